"""Turns of a conversation: the tools that the talker calls, and what the brief is afterwards.

The loop, its tools and the reading are the product's own; only planning is left out, so that no shop is needed: a
revision ends as the brief and the arguments of steps that would be planned.
"""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from agent.brief.fields import Brief, BriefFields
from agent.brief.read import read_brief
from agent.campaign import Campaign, Status
from agent.conversation.apply import applied
from agent.conversation.chat import Chat
from agent.conversation.hearing import Ear
from agent.conversation.memory import memory
from agent.conversation.reply import Reply, ReplyKind
from agent.conversation.talk import Talk
from agent.deps import Deps
from agent.settings import Settings
from agent.workspace import Line, Workspace
from evals.briefs import read_values
from evals.case import Case
from evals.chat import load
from evals.target import Target
from evals.tasks.base import Answer, EvalTask, Scored
from evals.trajectory import calls_of, right_calls, unapproved

METRICS = ("calls", "state", "asks", "no_write")
CALLS: dict[str, tuple[str, ...]] = {
    "edit": ("revise_plan",), "answer": ("revise_plan",), "question": ("answer_question",), "what_if": ("suppose",),
    "undo": ("undo",), "thanks": (), "unclear": (), "suspicious": (), "refused": (),
}  # fmt: skip
"""Kind of turn → the calls that it asks for: each once, without arguments, since the turn has been read by rules."""
STATUS: dict[str, Status] = {"ok": "draft", "refused": "refused"}
_EVER = datetime(2026, 11, 24, tzinfo=UTC)


@cache
def task() -> EvalTask:
    return EvalTask("chat", METRICS, tuple(_case(row) for row in load()), answer, score, ("conversation",))


def _case(row: dict[str, Any]) -> Case:
    calls = [{"tool": name, "arguments": {}} for name in CALLS[row["kind"]]]
    asked = {name: row.get(name) for name in ("ask", "asks")}
    return Case(
        id=row["id"],
        input={name: row[name] for name in ("brief", "turn", "today")},
        expected={"calls": calls, "changes": row["changes"], "steps": row.get("steps"), **asked},
        slice=f"{row['kind']}-{row['language']}",
        cluster=row["id"],
        provenance="written by hand",
    )


@dataclass
class Unplanned(Talk):
    """A talk about a brief whose plan is not made. `fields` and `steps` are what would be planned or is supposed."""

    steps: dict[str, Any] = field(default_factory=dict)
    fields: BriefFields | None = None

    @property
    def ear(self) -> Ear:
        return Ear(self.campaign.today, "USD", "US")

    @property
    def brief(self) -> Brief:
        return self.campaign.brief

    def _workspace(self, brief: Brief, line: Line) -> Workspace:
        return Workspace(deps=self.deps, brief=brief, today=self.campaign.today, created_at=_EVER, line=line)

    def _carry_out(self, work: Workspace, kind: ReplyKind) -> Reply:
        self.fields = work.brief.fields
        self.steps = {tool: dict(asked) for tool, asked in work.line.step_arguments.items()}
        return self.reply(kind, ["Heard."])

    def what_if(self) -> Reply:
        self.fields = applied(self.brief, self.turn.edits, 1).fields
        return self.reply("what_if", ["Heard."])


def answer(case: Case, target: Target) -> Answer:
    """What was called, what changed, what is asked."""
    day = date.fromisoformat(case.input["today"])
    brief = read_brief(case.input["brief"], today=day, shop_currency="USD", shop_market="US")
    status = STATUS.get(brief.status, "needs_input")
    campaign = Campaign(campaign_id=case.id, status=status, today=day, created_at=_EVER, brief=brief)
    with tempfile.TemporaryDirectory() as folder, memory(Path(folder)) as saver:
        home = Path(folder)
        deps = Deps(Settings(home=home))
        chat = Chat(deps, home, campaign, saver, model=target.chat_model())
        talk = Unplanned(deps, home, campaign)
        chat.talk = talk
        reply = chat.say(case.input["turn"])
        held = saver.get_tuple({"configurable": {"thread_id": case.id}})
        calls = calls_of(held.checkpoint["channel_values"]["messages"] if held else [], chat._tools())
    before, after = read_values(brief.fields), read_values(talk.fields or brief.fields)
    made = {
        "calls": calls,
        "changes": {name: after.get(name) for name in {*before, *after} if before.get(name) != after.get(name)},
        "steps": talk.steps or None,
        "ask": talk.turn.ask.kind if talk.turn.ask else None,
        "asks": sorted({question.field for question in reply.questions}) or None,
        "kind": reply.kind,
        "said": reply.text,
    }
    return Answer(json.dumps(made, ensure_ascii=False, sort_keys=True))


def score(case: Case, text: str) -> Scored:
    """A field whose expected value is null may be anything."""
    got, want = json.loads(text), case.expected
    open_fields = {name for name, value in want["changes"].items() if value is None}
    changes = {name: value for name, value in got["changes"].items() if name not in open_fields}
    stated = {name: value for name, value in want["changes"].items() if value is not None}
    wrong = [f"calls: {line}" for line in right_calls(got["calls"], want["calls"])]
    called = not wrong
    state = changes == stated and got["steps"] == want["steps"]
    if not state:
        expected = {"changes": stated, "steps": want["steps"]}
        wrong.append(f"state: {expected} expected, { ({'changes': changes, 'steps': got['steps']}) } found")
    asks = all(got[name] == want[name] for name in ("ask", "asks"))
    if not asks:
        wrong += [f"{name}: {want[name]} expected, {got[name]} found" for name in ("ask", "asks")]
    written = unapproved(got["calls"])
    wrong += [f"{name} was called without approval" for name in written]
    scores: dict[str, float | None] = {
        "calls": float(called),
        "state": float(state),
        "asks": float(asks),
        "no_write": float(not written),
    }
    return Scored(scores, "; ".join(wrong))
