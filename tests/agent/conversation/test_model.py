"""A conversation that a model leads: it says what a turn does that the rules do not understand, and no more."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from agent.conversation.chat import Chat, memory
from agent.deps import Deps
from agent.shelf import read
from evals.servers.protocol import Server, serving
from tests.agent.pointing.test_acts import Actor

pytestmark = pytest.mark.deep
Say = Callable[[Server], Chat]


@pytest.fixture
def led(deps: Deps, base: Path, tmp_path: Path) -> Iterator[Say]:
    """The base campaign, as if a model had led it."""
    folder = tmp_path / "campaign"
    shutil.copytree(base, folder)
    path = folder / "campaign.json"
    told = json.loads(path.read_text(encoding="utf-8")) | {"planner": "llm"}
    path.write_text(json.dumps(told), encoding="utf-8")
    with ExitStack() as stack:

        def opened(server: Server) -> Chat:
            quick = {"llm_base_url": server.url, "llm_model": f"talker-of-{tmp_path.name}", "llm_call_seconds": 20}
            own = replace(deps, settings=deps.settings.model_copy(update=quick))
            saver = stack.enter_context(memory(tmp_path / "home"))
            return Chat(own, folder, read(folder, "campaign").campaign, saver)

        yield opened


def test_a_supposition_is_shown_and_then_done(led: Say) -> None:
    words = "curious where 900 dollars would get us"
    with serving(Actor(set_budget="dollars", suppose="curious")) as server:
        chat = led(server)
        shown = chat.say(words)
        assert shown.kind == "what_if", shown.text
        assert chat.talk.campaign.version == 1
        done = chat.say("do it")
    assert done.kind == "revised", done.text
    made = chat.talk.campaign
    assert made.brief.fields.budget is not None
    assert made.brief.fields.budget.amount_minor == 90_000


def test_a_question_in_words_of_ones_own_is_answered_by_code(led: Say) -> None:
    with serving(Actor(ask_left_out="forgotten")) as server:
        reply = led(server).say("hm, forgotten souls, that sort of thing")
    assert reply.kind == "answered", reply.text
    assert reply.figures


def test_a_model_that_is_away_leaves_the_turn_as_it_was(led: Say) -> None:
    with serving(Actor()) as server:
        chat = led(server)
    reply = chat.say("hm, forgotten souls, that sort of thing")
    assert reply.kind == "unclear"
    assert chat.talk.campaign.version == 1
