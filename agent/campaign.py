"""The campaign: one object from brief to readout. The parts that the tools return, composed; its hash; its statuses."""

import hashlib
from datetime import date, datetime
from typing import Any, Literal

from pydantic import ConfigDict, Field

from agent.brief.fields import Brief
from tools.budget.types import AllocationPart
from tools.catalog.types import ProductChoice
from tools.compliance.types import Check
from tools.copywriter.types import CopyEdit, CopyItem, Writing
from tools.experiment.readout_types import ReadoutPart
from tools.experiment.types import ExperimentPart
from tools.response.types import ForecastCell, Offer
from tools.segments.types import AudiencePart
from tools.vocabulary import Model

SCHEMA_VERSION = "1.0"

Status = Literal["planning", "needs_input", "infeasible", "refused", "draft", "approved", "exported", "measured"]
PlannerName = Literal["playbook", "llm"]
WriterName = Literal["template", "llm"]

FOLLOWS: dict[Status, tuple[Status, ...]] = {
    "planning": ("needs_input", "infeasible", "refused", "draft"),
    "needs_input": ("planning",),
    "infeasible": ("planning",),
    "refused": ("planning",),
    "draft": ("planning", "approved"),
    "approved": ("planning", "exported"),
    "exported": ("measured",),
    "measured": ("measured",),
}
"""Which status may follow which."""


ACCOUNTS = {"status", "trace", "cost", "created_at", "readout", "writing", "edits"}
"""What an approval is not for: how the plan came about, and what came of it."""


class ToolCall(Model):
    """One call of a tool. `result_summary` is what the planner saw; no customer row is ever in it."""

    seq: int = Field(ge=1)
    tool: str
    mode: Literal["READ", "WRITE"]
    arguments: dict[str, Any]
    ok: bool
    summary: str
    ms: int = Field(ge=0)
    reused: bool = False
    """Nothing was computed: what the step reads is as it was, so the earlier version's part was taken."""


class Cost(Model):
    llm_calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    seconds: float = 0


class Problem(Model):
    """Why a campaign is not a draft (RFC 9457 in spirit): the limit or words concerned and what would help."""

    type: str
    title: str
    detail: str
    suggestions: tuple[str, ...] = ()


class Data(Model):
    """Which data the plan rests on."""

    shop: str
    content_sha: str
    market: str
    currency: str
    last_order_at: datetime | None
    synthetic: dict[str, tuple[str, ...]]
    """Table → columns that a generator made."""


class Campaign(Model):
    """`campaign.json`. A part is null until its tool has returned it."""

    model_config = ConfigDict(title="Campaign", validate_by_name=True, serialize_by_alias=True)

    schema_version: str = SCHEMA_VERSION
    campaign_id: str
    status: Status
    today: date
    created_at: datetime
    version: int = Field(default=1, ge=1)
    revises: str | None = None
    """`plan_sha` of the version before; null for the first."""
    restores: int | None = None
    """The version whose brief an undo took up again."""
    turns: tuple[str, ...] = ()
    """What she said after the brief that changed the plan, in order; quotes of `brief.evidence` point into them."""
    step_arguments: dict[str, dict[str, int | str]] = Field(default_factory=dict)
    """Tool → arguments that she asked for beyond the brief's fields ("split the audience by value")."""
    edits: tuple[CopyEdit, ...] = ()
    """A person's own words in the copy. What they change is in `copy`; kept so that a later version has them too."""
    data: Data | None = None
    brief: Brief
    audience: AudiencePart | None = None
    products: tuple[ProductChoice, ...] = ()
    offers: tuple[Offer, ...] = ()
    forecast: tuple[ForecastCell, ...] = ()
    allocation: AllocationPart | None = None
    copies: tuple[CopyItem, ...] = Field(default=(), alias="copy")
    """`copy` in JSON: the contract's name, which BaseModel already has a method of."""
    checks: tuple[Check, ...] = ()
    experiment: ExperimentPart | None = None
    readout: ReadoutPart | None = None
    """What it caused; null until results were read. Not a part of what is approved."""
    problem: Problem | None = None
    planner: PlannerName = "playbook"
    writer: WriterName = "template"
    writing: Writing | None = None
    """What a model wrote of the copy, what not, and why; null where there is none. Not a part of what is approved."""
    trace: tuple[ToolCall, ...] = ()
    cost: Cost = Cost()

    def plan_sha(self) -> str:
        """What an approval is for: SHA-256, in canonical JSON, of the plan without its accounts.

        Left out are status, trace, cost, readout, writing, and the edits, whose words are the copy's.
        """
        import json

        plan = self.model_dump(mode="json", exclude=ACCOUNTS)
        text = json.dumps(plan, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        return hashlib.sha256(text.encode()).hexdigest()
