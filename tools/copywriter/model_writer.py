"""The model's writer: for each cell and angle several variants, verified, the best distinct one kept.

A cell that the model cannot serve (rejected twice, a fault, a ceiling, the deadline) keeps the template's message,
and the reason is told. The templates are written first, so there is always something to send.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast

from tools.compliance.check import failures
from tools.copywriter.desk import Desk, set_desk
from tools.copywriter.learned import ResponseScore
from tools.copywriter.pack import Angle
from tools.copywriter.prompting import copy_ask, repair_ask
from tools.copywriter.score import rubric, shared
from tools.copywriter.templates import write_templates
from tools.copywriter.types import CopyItem, CopyRequest, Replaced
from tools.copywriter.verify import Judge, Verdict, verify
from tools.copywriter.voice import Voice
from tools.failure import ToolFailure
from tools.llm.account import Account
from tools.llm.client import LlmClient, Session
from tools.llm.schemas import read
from tools.llm.types import Ask

REJECTED = "rejected"
"""The words were found wanting."""
CANDIDATES = 2
"""Variants written for each one that is needed."""
MOST_SHARED = 0.5
"""Three-word runs that two variants of a cell may share, as the diversity rule has it."""


@dataclass(frozen=True)
class Written:
    items: tuple[CopyItem, ...]
    replaced: tuple[Replaced, ...]
    """Which messages are the template's, and why."""


@dataclass(frozen=True)
class _Fit:
    item: CopyItem
    parts: dict[str, str]
    over: int


@dataclass(frozen=True)
class _Draft:
    """What became of one cell and angle: the fit variants, or why there is none."""

    fits: tuple[_Fit, ...] = ()
    code: str = REJECTED
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class ModelWriter:
    """One campaign's writer. `judge` runs the rules of law and fact on a copy as it would be sent."""

    client: LlmClient
    account: Account
    judge: Judge
    voice: Voice
    seed: int
    progress: Callable[[int, int], None]
    winners: tuple[str, ...] = ()
    """Openings that won in past readouts, shown as examples."""
    score: ResponseScore | None = None
    """Learned from past readouts; null: the rubric ranks what is fit."""

    def write(self, requests: Sequence[CopyRequest], *, variants: int = 3) -> Written:
        """Messages for each request, `variants` of them with different angles.

        Raises:
            ToolFailure: as `write_templates` does; no fault of the model's is one.
        """
        fallback = write_templates(requests, seed=self.seed, variants=variants)
        of_cell: dict[tuple[str, str, str], list[CopyItem]] = {}
        for item in fallback:
            of_cell.setdefault((item.segment_id, item.channel, item.offer_id), []).append(item)
        desks = [set_desk(request, self.seed) for request in requests]
        groups = [of_cell[d.request.segment_id, d.request.channel, d.request.offer.offer_id] for d in desks]
        cells = list(zip(desks, groups, strict=True))
        drafts = self.client.run(self.account, lambda session: self._all(session, cells))
        items: list[CopyItem] = []
        replaced: list[Replaced] = []
        for (_, group), made in zip(cells, drafts, strict=True):
            chosen, missed = _choose(group, made, self.score)
            items += chosen
            replaced += missed
        return Written(tuple(items), tuple(replaced))

    async def _all(self, session: Session, cells: Sequence[tuple[Desk, list[CopyItem]]]) -> list[list[_Draft]]:
        done, total = [0], sum(len(group) for _, group in cells)

        async def one(desk: Desk, item: CopyItem, group: list[CopyItem]) -> _Draft:
            made = await self._draft(_Task(session, desk, item, _lines_beside(item, group)))
            done[0] += 1
            self.progress(done[0], total)
            return made

        async def cell(desk: Desk, group: list[CopyItem]) -> list[_Draft]:
            return list(await asyncio.gather(*(one(desk, item, group) for item in group)))

        return list(await asyncio.gather(*(cell(desk, group) for desk, group in cells)))

    async def _draft(self, task: "_Task") -> _Draft:
        """Ask, verify, and once more with the findings where nothing fits; a fault the client has tried to mend."""
        words = self.client.config.grammar == "words"
        first = copy_ask(
            task.desk,
            task.template.angle,
            self.voice,
            n=CANDIDATES,
            seed=self.seed,
            winners=self.winners,
            words=words,
        )
        made, said = await self._try(task, first)
        if made.fits or made.code != REJECTED:
            return made
        repaired, _ = await self._try(task, repair_ask(first, said, made.reasons))
        return repaired if repaired.fits else _Draft((), repaired.code, (*made.reasons, *repaired.reasons))

    async def _try(self, task: "_Task", ask: Ask) -> tuple[_Draft, dict[str, str] | None]:
        try:
            answer = await task.session.ask(ask)
        except ToolFailure as failure:
            return _Draft((), failure.code, (failure.message,)), None
        fits: list[_Fit] = []
        reasons: list[str] = []
        said: dict[str, str] | None = None
        for choice in answer.choices:
            parts = read(str(ask.schema), choice.text) if choice.whole else None
            if parts is None:
                reasons.append("the answer is not of the schema, or was cut off")
                continue
            said = said or parts
            verdict = self._verdict(task, parts)
            if verdict.item is not None:
                fits.append(_Fit(verdict.item, parts, verdict.over))
            reasons += verdict.findings
        return _Draft(tuple(fits), REJECTED, tuple(dict.fromkeys(reasons))), said

    def _verdict(self, task: "_Task", parts: dict[str, str]) -> Verdict:
        return verify(
            task.desk,
            parts,
            cast(Angle, task.template.angle),
            task.template.variant,
            voice=self.voice,
            model=self.client.config.model,
            judge=self.judge,
            excused=lambda: self._excused(task),
            heard=task.heard,
        )

    def _excused(self, task: "_Task") -> frozenset[str]:
        """The rules that the template's message breaks too, whatever the words: what the shop has not declared."""
        return frozenset(check.rule_id for check in failures(self.judge(task.template, task.desk.request), "block"))


@dataclass(frozen=True)
class _Task:
    """One message to be written, and the template's that stands in for it."""

    session: Session
    desk: Desk
    template: CopyItem
    heard: frozenset[str]


def _lines_beside(item: CopyItem, group: Sequence[CopyItem]) -> frozenset[str]:
    """The common lines of the cell's other templates: a variant leaves them to the others."""
    return frozenset(line for other in group if other is not item for line in other.template_ids)


def _choose(
    group: Sequence[CopyItem], drafts: Sequence[_Draft], score: ResponseScore | None
) -> tuple[list[CopyItem], list[Replaced]]:
    """The best fit variant of each angle that is unlike those chosen before, else the template's."""
    chosen: list[_Fit] = []
    items, replaced = [], []
    for template, draft in zip(group, drafts, strict=True):
        others = [fit.parts for fit in chosen]
        distinct = [fit for fit in draft.fits if all(shared(fit.parts, other) <= MOST_SHARED for other in others)]
        if distinct:
            best = max(distinct, key=lambda fit: _worth(fit, others, score))
            chosen.append(best)
            items.append(best.item)
            continue
        reasons = draft.reasons if not draft.fits else ("it says the same as another variant of its cell",)
        items.append(template)
        replaced.append(Replaced(copy_id=template.copy_id, code=draft.code, reasons=reasons[:8]))
    return items, replaced


def _worth(fit: _Fit, others: Sequence[dict[str, str]], score: ResponseScore | None) -> tuple[float, float]:
    """By the learned score where there is one, and between equals by the rubric."""
    return score.of(fit.item) if score else 0.0, rubric(fit.parts, fit.over, others, 280)
