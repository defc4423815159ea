"""Workspace: one campaign while it is planned. Customer rows live here and in the package's files, nowhere else."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from agent.brief.fields import Brief
from agent.campaign import Campaign, Cost, Data, PlannerName, Problem, Status, ToolCall, WriterName
from agent.deps import Deps
from agent.terms import PlanTerms, plan_terms
from tools.budget.types import AllocationPart
from tools.catalog.types import ProductChoice
from tools.compliance.types import Check
from tools.copywriter.types import CopyEdit, CopyItem, Writing
from tools.experiment.types import ExperimentPart
from tools.llm.types import LlmCall
from tools.response.types import ForecastCell, Offer

if TYPE_CHECKING:
    from tools.budget.allocate import GroupAllocation
    from tools.response.forecast import Economics
    from tools.segments.audience import Audience
    from tools.segments.backtest import Past


@dataclass(frozen=True)
class Line:
    """Where a version stands in its campaign's line of versions; the first has no id given and nothing before it."""

    campaign_id: str | None = None
    version: int = 1
    revises: str | None = None
    restores: int | None = None
    turns: tuple[str, ...] = ()
    step_arguments: Mapping[str, Mapping[str, int | str]] = field(default_factory=dict)
    edits: tuple[CopyEdit, ...] = ()


def campaign_id(text: str, today: date, deps: Deps) -> str:
    """Of a brief that is planned for the first time: from its text, day, data and the settings' seed."""
    what = [text, today.isoformat(), deps.store.info.content_sha, deps.settings.seed]
    digest = hashlib.sha256(json.dumps(what, ensure_ascii=False).encode()).hexdigest()
    return f"c-{today:%Y%m%d}-{digest[:10]}"


@dataclass
class Workspace:
    """The parts as they are made; a part that is null or empty has not been made yet."""

    deps: Deps
    brief: Brief
    today: date
    created_at: datetime
    planner: PlannerName = "playbook"
    writer: WriterName = "template"
    """Who is to write; the campaign says who did."""
    audience: Audience | None = None
    products: tuple[ProductChoice, ...] = ()
    offers: tuple[Offer, ...] = ()
    forecast: tuple[ForecastCell, ...] = ()
    economics: tuple[Economics, ...] = ()
    allocation: AllocationPart | None = None
    groups: tuple[GroupAllocation, ...] = ()
    copies: tuple[CopyItem, ...] = ()
    writing: Writing | None = None
    model_problem: str = ""
    """Why the model that is configured is not used; empty where it is, or none is."""
    llm_calls: list[LlmCall] = field(default_factory=list)
    """Requests to the model, redacted."""
    checks: tuple[Check, ...] = ()
    experiment: ExperimentPart | None = None
    trace: list[ToolCall] = field(default_factory=list)
    cost: Cost = field(default_factory=Cost)
    line: Line = field(default_factory=Line)
    pasts: dict[str, tuple[Past, ...]] = field(default_factory=dict)
    """What customers of a filter did at earlier dates, by filter, window and follow-on: it takes long to look up."""
    keys: dict[str, str] = field(default_factory=dict)
    """Step → hash of all that it read when it was done (`agent.conversation.inputs`)."""
    members_sha: str = ""
    """Hash of the audience's members, once they are made."""

    @cached_property
    def terms(self) -> PlanTerms:
        return plan_terms(self.brief, self.deps.store.info, self.deps.settings)

    @cached_property
    def campaign_id(self) -> str:
        """The same brief, day, data and settings have the same id, so a repeated plan is the same campaign.

        A revision keeps the id of what it revises.
        """
        if self.line.campaign_id:
            return self.line.campaign_id
        return campaign_id(self.brief.text, self.today, self.deps)

    @property
    def salt(self) -> str:
        """Of the arms, the variants and the offer code."""
        return f"{self.campaign_id}:{self.deps.settings.seed}"

    @property
    def code(self) -> str:
        """The offer's code: letters only, from the salt."""
        letters = "ABCDEFGHJKLMNPQRSTUVWXYZ"
        digest = hashlib.sha256(f"code:{self.salt}".encode()).digest()
        return "".join(letters[byte % len(letters)] for byte in digest[:8])

    def campaign(self, status: Status, problem: Problem | None = None) -> Campaign:
        """The campaign object as it stands."""
        info = self.deps.store.info
        return Campaign(
            campaign_id=self.campaign_id,
            status=status,
            today=self.today,
            created_at=self.created_at,
            version=self.line.version,
            revises=self.line.revises,
            restores=self.line.restores,
            turns=self.line.turns,
            step_arguments={tool: dict(arguments) for tool, arguments in self.line.step_arguments.items()},
            edits=self.line.edits,
            data=Data(
                shop=info.name,
                content_sha=info.content_sha,
                market=info.market,
                currency=info.currency,
                last_order_at=info.last_order_at,
                synthetic=info.synthetic,
            ),
            brief=self.brief,
            audience=self.audience.part if self.audience else None,
            products=self.products,
            offers=self.offers,
            forecast=self.forecast,
            allocation=self.allocation,
            copies=self.copies,
            checks=self.checks,
            experiment=self.experiment,
            problem=problem,
            planner=self.planner,
            writer="llm" if any(item.writer == "llm" for item in self.copies) else "template",
            writing=self.writing,
            trace=tuple(self.trace),
            cost=self.cost,
        )
