"""The chat task: what the loop calls, what the brief becomes, and how a wrong talker is seen."""

import json

from evals.case import Case
from evals.target import Target
from evals.tasks import chat
from evals.trajectory import right_calls, unapproved


def case(case_id: str) -> Case:
    return next(one for one in chat.task().cases if one.id == case_id)


def changed(one: Case, **more: object) -> str:
    return json.dumps(json.loads(chat.answer(one, Target()).text) | more)


def test_an_edit_calls_revise_and_changes_the_field() -> None:
    one = case("chat-001")
    found = chat.score(one, chat.answer(one, Target()).text)
    assert found.scores == {"calls": 1.0, "state": 1.0, "asks": 1.0, "no_write": 1.0}
    assert found.detail == ""


def test_a_what_if_is_supposed_and_a_question_changes_nothing() -> None:
    for one in (case("chat-067"), case("chat-057")):
        assert chat.score(one, chat.answer(one, Target()).text).detail == ""


def test_a_wrong_call_a_wrong_argument_and_a_write_are_seen() -> None:
    one = case("chat-001")
    call = {"tool": "revise_plan", "arguments": {}, "mode": "READ", "approved": False}
    assert chat.score(one, changed(one, calls=[call | {"tool": "undo"}])).scores["calls"] == 0
    assert chat.score(one, changed(one, calls=[call | {"arguments": {"budget": 1}}])).scores["calls"] == 0
    assert chat.score(one, changed(one, calls=[call, call])).scores["calls"] == 0
    sent = chat.score(one, changed(one, calls=[call, call | {"tool": "send_campaign", "mode": None}]))
    assert sent.scores["no_write"] == 0
    assert "send_campaign was called without approval" in sent.detail


def test_a_wrong_state_is_seen() -> None:
    one = case("chat-001")
    assert chat.score(one, changed(one, changes={})).scores["state"] == 0
    both = one.expected["changes"] | {"max_discount_pct": 50}
    assert chat.score(one, changed(one, changes=both)).scores["state"] == 0


def test_a_write_is_allowed_once_it_was_approved() -> None:
    write = {"tool": "export", "arguments": {}, "mode": "WRITE", "approved": True}
    assert unapproved([write]) == []
    assert unapproved([write | {"approved": False}]) == ["export"]
    assert right_calls([write], [{"tool": "export", "arguments": {"to": "x"}}]) == [
        "export with {'to': 'x'} expected, {} found"
    ]
