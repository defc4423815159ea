"""A person edits a line of copy: what is refused, what a later version keeps of it, and what an undo takes back."""

import re
from pathlib import Path

import pytest

from agent.campaign import Campaign
from agent.conversation.chat import Chat
from agent.deps import Deps
from agent.editing import NewWords, planned_work, put_words
from agent.shelf import read
from agent.steps.edits import tried
from tests.agent.conversation.conftest import Open, base, open_chat
from tests.check_package import wrong_with
from tools.copywriter.types import CopyItem
from tools.failure import ToolFailure

__all__ = ["base", "open_chat"]


def stored(chat: Chat) -> Campaign:
    return read(chat.talk.folder, "campaign").campaign


def an_email(campaign: Campaign) -> CopyItem:
    return next(item for item in campaign.copies if item.channel == "email")


def put(chat: Chat, deps: Deps, part: str, text: str) -> str:
    campaign = stored(chat)
    new = NewWords(copy_id=an_email(campaign).copy_id, part=part, text=text)
    return put_words(campaign, chat.talk.folder, deps, new).kind


def test_her_words_are_a_new_version_in_all_that_is_sent(open_chat: Open, deps: Deps) -> None:
    chat = open_chat()
    before = stored(chat)
    assert put(chat, deps, "subject", "A little something for you, {first_name}") == "revised"
    after = stored(chat)
    assert (after.version, after.revises) == (2, before.plan_sha())
    assert after.plan_sha() != before.plan_sha()
    assert an_email(after).rendered["subject"] == "A little something for you, Alex"
    assert "A little something for you" in (chat.talk.folder / "messages.csv").read_text(encoding="utf-8")
    assert "A little something for you" in (chat.talk.folder / "report.html").read_text(encoding="utf-8")
    assert wrong_with(chat.talk.folder) == []
    assert [call.tool for call in after.trace if not call.reused] == ["check_copy"]
    assert put(chat, deps, "subject", "A little something for you, {first_name}") == "unchanged"


def test_a_later_version_keeps_them_and_an_undo_takes_them_back(open_chat: Open, deps: Deps) -> None:
    chat = open_chat()
    first = an_email(stored(chat)).parts
    put(chat, deps, "subject", "A little something for you")
    assert chat.say("raise it to 800").kind == "revised"
    assert an_email(stored(chat)).parts["subject"] == "A little something for you"
    chat.say("undo")
    assert an_email(stored(chat)).parts["subject"] == "A little something for you"
    chat.say("undo")
    assert an_email(stored(chat)).parts == first
    assert stored(chat).edits == ()


def test_words_that_are_written_anew_are_not_held_against_an_edit(open_chat: Open, deps: Deps) -> None:
    chat = open_chat()
    put(chat, deps, "subject", "A little something for you")
    assert chat.say("换成中文").kind == "revised"
    assert all(item.language == "zh" for item in stored(chat).copies)
    assert "A little something" not in str([item.parts for item in stored(chat).copies])


def test_the_writers_own_words_put_back_are_no_edit(open_chat: Open, deps: Deps) -> None:
    chat = open_chat()
    was = an_email(stored(chat)).parts["subject"]
    put(chat, deps, "subject", "A little something for you")
    assert stored(chat).edits[0].was == was
    assert put(chat, deps, "subject", was) == "revised"
    assert stored(chat).edits == ()


@pytest.mark.parametrize(
    ("part", "text"),
    [
        ("subject", "Save 50% today"),
        ("subject", "Only ½ price"),
        ("subject", "See https://elsewhere.example/now"),
        ("subject", "Hello {nobody}"),
        ("subject", "   "),
        ("subject", "Hi {{first_name}}"),
        ("body", "This food cures arthritis in dogs, guaranteed."),
        ("footer", "Bye."),
        ("subject", "<img src=x onerror=alert(1)>"),
        ("body", "<script>alert(1)</script>"),
        ("subject", "Look [here](javascript:alert(1))"),
        ("subject", "*|FNAME|* {% if x %}"),
    ],
)
def test_a_broken_rule_is_named_and_nothing_is_written(open_chat: Open, deps: Deps, part: str, text: str) -> None:
    chat = open_chat()
    before = stored(chat)
    work = planned_work(before, chat.talk.folder, deps)
    found = tried(work, an_email(before).copy_id, part, text).findings
    blocking = [check.rule_id for check in found if check.severity == "block"]
    assert blocking, text
    assert put(chat, deps, part, text) == "unchanged"
    assert stored(chat) == before


def test_words_that_a_spreadsheet_would_run_leave_as_text(open_chat: Open, deps: Deps) -> None:
    chat = open_chat()
    assert put(chat, deps, "subject", "=SUM(A:A) for you") == "revised"
    text = (chat.talk.folder / "messages.csv").read_text(encoding="utf-8")
    assert "'=SUM(A:A) for you" in text
    assert not re.search(r"(?:^|,)\"?=SUM", text, re.MULTILINE)


def test_a_message_that_is_not_there(open_chat: Open, deps: Deps, tmp_path: Path) -> None:
    chat = open_chat()
    work = planned_work(stored(chat), chat.talk.folder, deps)
    for copy_id, part in (("nothing", "subject"), (work.copies[0].copy_id, "nothing")):
        with pytest.raises(ToolFailure, match="has no message") as raised:
            tried(work, copy_id, part, "words")
        assert raised.value.code == "no_copy"
