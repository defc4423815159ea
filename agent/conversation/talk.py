"""A campaign in conversation: what a turn does to it, and what is replied.

`Talk` holds the campaign as it stands in its folder and carries out one turn that has been read. It decides nothing
about words: that is `read`; and nothing about the plan: that is the loop.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agent.brief.fields import Brief, Question, Quote
from agent.campaign import FOLLOWS, Campaign
from agent.conversation import versions
from agent.conversation.answers import ANSWERS
from agent.conversation.apply import applied
from agent.conversation.difference import Difference, difference
from agent.conversation.hearing import Ear
from agent.conversation.members import show_members
from agent.conversation.open_questions import open_questions
from agent.conversation.reply import Reply, ReplyKind
from agent.conversation.saying import difference_lines, reuse_lines
from agent.conversation.state import restore
from agent.conversation.told import Told
from agent.conversation.turn import STEP, Turn
from agent.conversation.whatif import more_budget, suppose, supposed_lines
from agent.cost import charge
from agent.deps import Deps
from agent.errors import PlanError
from agent.workspace import Line, Workspace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tools.llm.account import Account

NOT_PLANNED = "There is no plan yet to ask about."


@dataclass
class Talk:
    """One campaign and its folder. Every method answers with a `Reply`; only `revise`, `undo` and `leave_out` write."""

    deps: Deps
    folder: Path
    campaign: Campaign
    turn: Turn = field(default_factory=lambda: Turn("", "unclear"))
    offered: str | None = None
    """The what-if that "do it" would carry out."""
    account: Account | None = None
    """What a model was asked about the turn; a revision pays for it."""

    @cached_property
    def work(self) -> Workspace:
        """The workspace of the campaign as it stands; its parts from disk where they are kept."""
        return restore(self.campaign, self.folder, self.deps)

    @property
    def ear(self) -> Ear:
        info = self.deps.store.info
        return Ear(self.campaign.today, info.currency, info.market)

    @property
    def brief(self) -> Brief:
        """The brief, with what the plan asks beside the brief's own questions."""
        return open_questions(self.campaign)

    def reply(self, kind: ReplyKind, lines: tuple[str, ...] | list[str], **more: Any) -> Reply:
        return Reply(
            kind=kind,
            campaign_id=self.campaign.campaign_id,
            version=self.campaign.version,
            status=self.campaign.status,
            lines=tuple(lines),
            **more,
        )

    def nothing(self) -> Reply:
        """The turn changes nothing: it was not understood, is refused, or only kind."""
        turn = self.turn
        lines = [*turn.notes, *(_asking(question) for question in turn.questions)]
        kind: ReplyKind = (
            "asked" if turn.questions else "refused" if turn.kind in ("suspicious", "refused") else "unclear"
        )
        if turn.kind == "thanks":
            kind, lines = "answered", ["The plan stands as it is. “help” says what can be changed and asked."]
        if kind != "answered" and not turn.questions:
            lines = [*lines, f"Nothing was changed: the plan is version {self.campaign.version}."]
        return self.reply(kind, lines, questions=turn.questions)

    def answer(self) -> Reply:
        """An answer to a question about the plan; each figure traced to its part."""
        ask = self.turn.ask
        if ask is None:
            # A model that talks may call for an answer where nothing was asked.
            return self.nothing()
        if ask.kind == "changed":
            return self._changed()
        if self.campaign.allocation is None and ask.kind != "help":
            why = self.campaign.problem.detail if self.campaign.problem else ""
            return self.reply("answered", [NOT_PLANNED, *([why] if why else [])])
        told = Told(self.campaign, ask.about)
        if ask.kind == "members":
            show_members(told, ask, self.work)
            return self.reply("answered", told.lines, figures=tuple(told.figures), private=True)
        if ask.kind == "summary":
            from agent.commands.summary import summary_lines

            return self.reply("answered", summary_lines(self.campaign, self.folder))
        if ask.kind == "more_budget":
            told = more_budget(self.work, self.campaign, ask, self.ear)
        else:
            ANSWERS[ask.kind](told)
        return self.reply("answered", told.lines, figures=tuple(told.figures))

    def _changed(self) -> Reply:
        earlier = versions.load(self.folder, self.campaign.version - 1)
        if earlier is None:
            return self.reply("answered", ["Nothing has been changed: this is the first version."])
        made = difference(earlier, self.campaign)
        head = f"From version {earlier.version} to version {self.campaign.version}:"
        return self.reply("answered", [head, *difference_lines(made), *reuse_lines(made)], difference=made)

    def what_if(self) -> Reply:
        """What the plan would be with other terms: audience, offers, forecast and budget, no copy. Nothing is kept."""
        if self.campaign.allocation is None:
            return self.reply("answered", [NOT_PLANNED])
        brief = applied(self.campaign.brief, self.turn.edits, len(self.campaign.turns) + 1)
        blocked = [q.question for q in brief.questions if q.blocking]
        if blocked:
            return self.reply("answered", ["That could not be planned:", *blocked])
        supposed = suppose(self.work, self._next(brief))
        if supposed.problem:
            return self.reply("answered", [f"That could not be planned: {supposed.problem.detail}"])
        made, lines = supposed_lines(self.campaign, supposed)
        self.offered = self.turn.text
        lines.append("Nothing was changed. Say “do it” to plan it so.")
        return self.reply("what_if", lines, difference=made)

    def revise(self) -> Reply:
        """Carry the turn's edits out: a new version of the campaign, planned where it depends on them."""
        turns = (*self.campaign.turns, self.turn.text)
        whole = self.turn.heard.get("brief")
        brief = (
            _heard(self.campaign.brief, whole, len(turns))
            if whole
            else applied(self.campaign.brief, self.turn.edits, len(turns))
        )
        if self.campaign.status not in ("needs_input", "refused") and self._same(brief):
            return self.reply("unchanged", ["It is so already; nothing was changed.", *self.turn.notes])
        return self._carry_out(self._next(brief), "revised")

    def leave_out(self) -> Reply:
        """Of a refused brief: plan what is left of it without what was refused."""
        brief = self.campaign.brief
        if brief.status != "refused":
            return self.reply("unclear", ["Leave what out? Say which words: nothing was changed."])
        asks = any(question.blocking for question in brief.questions)
        notes = tuple(n.replace("Refused by rule", "Left out, refused by rule") for n in brief.notes)
        left = brief.model_copy(update={"status": "needs_input" if asks else "ok", "notes": notes})
        return self._carry_out(self._next(left), "revised")

    def undo(self) -> Reply:
        """The brief of the version before the last change that stands, as a new version."""
        earlier = versions.before(self.campaign, self.folder)
        if earlier is None:
            return self.reply("unchanged", ["There is nothing to undo: no change stands."])
        line = replace(
            self._next(self.campaign.brief).line,
            restores=earlier.version,
            step_arguments=earlier.step_arguments,
            edits=earlier.edits,
        )
        return self._carry_out(self._workspace(earlier.brief, line), "undone")

    def _same(self, brief: Brief) -> bool:
        same_terms = brief.fields == self.campaign.brief.fields and brief.questions == self.campaign.brief.questions
        return same_terms and self._arguments() == dict(self.campaign.step_arguments)

    def _arguments(self) -> Mapping[str, Mapping[str, int | str]]:
        found = {tool: dict(arguments) for tool, arguments in self.campaign.step_arguments.items()}
        for edit in self.turn.edits:
            if edit.field.startswith(STEP):
                found.setdefault(edit.field.removeprefix(STEP), {}).update(edit.value)
        return found

    def _next(self, brief: Brief) -> Workspace:
        line = Line(
            campaign_id=self.campaign.campaign_id,
            version=self.campaign.version + 1,
            revises=self.campaign.plan_sha(),
            turns=(*self.campaign.turns, self.turn.text),
            step_arguments=self._arguments(),
            edits=self.campaign.edits,
        )
        return self._workspace(brief, line)

    def _workspace(self, brief: Brief, line: Line) -> Workspace:
        return Workspace(
            deps=self.deps,
            brief=brief,
            today=self.campaign.today,
            created_at=self.campaign.created_at,
            planner=self.campaign.planner,
            writer=self.campaign.writer,
            line=line,
            pasts=dict(self.work.pasts),
        )

    def _carry_out(self, work: Workspace, kind: ReplyKind) -> Reply:
        from agent.plan import carry_out, write

        old = self.campaign
        if self.account is not None:
            charge(work, self.account)
        if "planning" not in FOLLOWS[old.status]:
            return self.reply(
                "unchanged", [f"The campaign is {old.status}: what has gone out is not revised. Plan anew."]
            )
        try:
            new = carry_out(work, self.work)
            if new.status != "draft" and old.allocation is not None:
                return self._not_planned(new)
            versions.archive(old, self.folder)
            self.campaign = write(work, new, self.folder)
        except PlanError as error:
            lines = ["The change could not be planned; nothing was changed."]
            return self.reply("unchanged", lines, problem=error.problem)
        self.work, self.offered = work, None
        new = self.campaign
        made = difference(old, new)
        lines = [self._headline(old, new, kind), *difference_lines(made), *_why_the_same(new, made), *reuse_lines(made)]
        asks = [_asking(question) for question in new.brief.questions if question.blocking]
        lines += [*self.turn.notes, *(asks or ([new.problem.detail] if new.problem else []))]
        return self.reply(kind, lines, difference=made, problem=new.problem)

    def _not_planned(self, new: Campaign) -> Reply:
        """A plan that stands is not given up for one that cannot be made: it is said why, and the plan stays."""
        why = new.problem.detail if new.problem else ""
        helps = [f"What would help: {text}" for text in new.problem.suggestions] if new.problem else []
        lines = [why, *helps[:3], f"Nothing was changed: the plan is version {self.campaign.version}."]
        return self.reply("unchanged", lines, problem=new.problem, would_be=new.status)

    def _headline(self, old: Campaign, new: Campaign, kind: ReplyKind) -> str:
        words = (
            f"Back to version {new.restores}, as version {new.version}"
            if kind == "undone"
            else f"Version {new.version}"
        )
        void = "; its approval is void" if old.status == "approved" else ""
        return f"{words} · {new.status}{void}. Changed from version {old.version}:"


def _why_the_same(new: Campaign, made: Difference) -> list[str]:
    """Where the brief changed and the plan did not: why."""
    changed = {change.path for change in made.fields}
    lines = []
    if "brief.audience" in changed and new.audience and not any(c.path.startswith("audience") for c in made.figures):
        lines.append(f"  the same {new.audience.size:,} customers are meant: who was added was in it already")
    if "brief.tone" in changed and "write_copy" in made.reused:
        lines.append("  of the tones that the writer has, the nearest is the same as before, so the copy stays")
    return lines


def _asking(question: Question) -> str:
    options = f" ({' · '.join(question.options)})" if question.options else ""
    return question.question + options


def _heard(brief: Brief, whole: Brief, turn: int) -> Brief:
    """A brief that a turn stated as a whole, under the first text, its quotes pointing at the turn."""
    evidence = {
        name: tuple(q.model_copy(update={"turn": turn}) for q in entry)
        if isinstance(entry, tuple)
        else entry.model_copy(update={"turn": turn})
        if isinstance(entry, Quote)
        else entry
        for name, entry in whole.evidence.items()
    }
    return whole.model_copy(update={"text": brief.text, "evidence": evidence})
