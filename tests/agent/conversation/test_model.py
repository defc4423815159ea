"""A conversation that a model leads: it says what a turn does that the rules do not understand, and no more."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agent.conversation.chat import Chat
from agent.conversation.memory import memory
from agent.deps import Deps
from agent.shelf import read
from evals.servers.faulty import Faulty, Kind
from evals.servers.fluent import Fluent
from evals.servers.obedient import Obedient
from evals.servers.protocol import Mind, Said, Server, serving
from tests.agent.pointing.test_acts import Actor

pytestmark = pytest.mark.deep
Say = Callable[..., Chat]


@pytest.fixture
def led(deps: Deps, base: Path, tmp_path: Path) -> Iterator[Say]:
    """The base campaign, as if a model had led it."""
    folder = tmp_path / "campaign"
    shutil.copytree(base, folder)
    path = folder / "campaign.json"
    told = json.loads(path.read_text(encoding="utf-8")) | {"planner": "llm"}
    path.write_text(json.dumps(told), encoding="utf-8")
    with ExitStack() as stack:

        def opened(server: Server, **changes: float) -> Chat:
            quick: dict[str, object] = {
                "llm_base_url": server.url,
                "llm_model": f"talker-of-{tmp_path.name}",
                "llm_call_seconds": 20,
            }
            own = replace(deps, settings=deps.settings.model_copy(update=quick | changes))
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


class Caller:
    """A model that calls one tool, whatever it is asked."""

    def __init__(self, tool: str) -> None:
        self.tool = tool

    def answer(self, request: dict[str, Any]) -> list[Said]:
        return [Said("Certainly! The budget is $900,000 now.", calls=((self.tool, '{"budget": 90000000}'),))]


def test_a_model_picks_the_tool_and_sees_no_figure_of_the_turn(led: Say) -> None:
    with serving(Caller("suppose")) as server:
        chat = led(server)
        shown = chat.say("make it $900")
        prompts = json.dumps([request["messages"] for request in server.requests])
    assert shown.kind == "what_if", shown.text
    assert chat.talk.campaign.version == 1
    assert "900" not in prompts
    assert "$###" in prompts


@pytest.mark.parametrize(
    "mind",
    [Caller("undo"), Caller("run_sql"), Caller("leave_out"), Obedient(), Fluent(), Actor()],
    ids=["undo", "sql", "leave_out", "obedient", "fluent", "nothing"],
)
def test_a_tool_that_the_turn_does_not_call_for_is_not_called(led: Say, mind: Mind) -> None:
    with serving(mind) as server:
        reply = led(server).say("why is there no discount for some?")
        assert len(server.requests) == 1
    assert reply.kind == "answered", reply.text


@pytest.mark.parametrize("kind", ["500", "hangs_before", "half_json"])
def test_a_faulty_talker_leaves_the_conversation_to_the_playbook(led: Say, kind: Kind) -> None:
    with serving(Actor(), Faulty(kind)) as server:
        reply = led(server, llm_planner_seconds=3).say("what does it cost?")
    assert reply.kind == "answered", reply.text
    assert reply.figures


def test_what_a_turn_spends_is_the_campaigns_whether_it_plans_or_not(led: Say) -> None:
    with serving(Caller("answer_question")) as server:
        chat = led(server)
        before = chat.talk.campaign
        chat.say("what does it cost?")
        kept = read(chat.talk.folder, "campaign").campaign
        revised = chat.say("10% at most")
    assert before.cost.llm_calls < kept.cost.llm_calls
    assert kept.plan_sha() == before.plan_sha()
    assert chat.talk.folder.joinpath("llm.jsonl").read_text(encoding="utf-8").count("conversation") >= 1
    assert revised.kind == "revised", revised.text
    assert read(chat.talk.folder, "campaign").campaign.cost.llm_calls > 0
