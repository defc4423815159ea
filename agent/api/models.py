"""What the API takes and answers with. The campaign itself is `agent.campaign.Campaign`, as in `campaign.json`."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from agent.campaign import PlannerName, Status, WriterName
from tools.catalog.types import SearchHit
from tools.segments.types import FunnelStep, Segment
from tools.vocabulary import Model

EXAMPLE_BRIEF = "Win back pet owners who haven't bought pet food for 60 days. $300, email and SMS, Dec 1–14, 2017."
EXAMPLE_ID = "c-20171124-23770b993f"
EXAMPLE_SHA = "a98d2ee0dfa4c4fa2f6840e99630e749a41e8c5f647c6b2f3714f1b5d4be9b6f"
YEARS = (1970, 2200)


def _sane(day: date) -> date:
    if not YEARS[0] <= day.year < YEARS[1]:
        raise ValueError(f"the year is from {YEARS[0]} to before {YEARS[1]}")
    return day


def _written(day: object) -> object:
    """A day is written as one: a number would be taken for seconds."""
    if not isinstance(day, date) and not (isinstance(day, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", day, re.ASCII)):
        raise ValueError("a day is written YYYY-MM-DD")
    return day


def _sha(text: object) -> object:
    if isinstance(text, str) and not re.fullmatch(r"[0-9a-f]{64}", text):
        raise ValueError("a plan's hash is the 64 hexadecimal digits of the campaign's header `Plan-Sha`")
    return text


PlanSha = Annotated[str, BeforeValidator(_sha), Field(pattern=r"^[0-9a-f]{64}$", examples=[EXAMPLE_SHA])]
Day = Annotated[date, BeforeValidator(_written), AfterValidator(_sane)]


class NewCampaign(Model):
    """A brief to be planned."""

    brief: str = Field(min_length=1, max_length=20_000, examples=[EXAMPLE_BRIEF])
    """In the marketer's own words, English or Chinese."""
    today: Day | None = Field(default=None, examples=["2017-11-24"])
    """The day it was written on; null: the shop's today."""
    planner: PlannerName | None = None
    """Who leads; null: the model where one is configured, answers and calls tools, else the playbook."""
    writer: WriterName | None = None
    """Who writes; null: the model where one is configured and answers, else the templates."""


class Accepted(Model):
    """The brief is in the ledger; a repeat is the same campaign."""

    campaign_id: str = Field(examples=[EXAMPLE_ID])
    status: Status = Field(examples=["planning"])
    links: dict[str, str] = Field(examples=[{"self": f"/v1/campaigns/{EXAMPLE_ID}"}])


class Listed(Model):
    campaign_id: str = Field(examples=[EXAMPLE_ID])
    status: Status
    version: int | None
    plan_sha: str | None = Field(examples=[EXAMPLE_SHA])
    created_at: datetime
    updated_at: datetime


class CampaignList(Model):
    """Newest first. `next` continues, null at the end."""

    campaigns: tuple[Listed, ...]
    next: str | None


class NewApproval(Model):
    """For exactly the plan that was shown."""

    plan_sha: PlanSha
    """As the header `Plan-Sha` of the campaign said."""
    approver: str | None = Field(default=None, min_length=1, max_length=100, examples=["Ann Lee"])
    """Who approves; with an API key it is the key's name, and may be left out."""


class Approval(Model):
    campaign_id: str = Field(examples=[EXAMPLE_ID])
    status: Status = Field(examples=["approved"])
    plan_sha: str = Field(examples=[EXAMPLE_SHA])
    approver: str = Field(examples=["Ann Lee"])
    at: datetime


class NewTurn(Model):
    """Something said to a planned campaign."""

    text: str = Field(min_length=1, max_length=4_000, examples=["drop SMS, 10% at most"])
    """A change, an answer or a question, in plain words. The reply is the event `replied`."""
    plan_sha: PlanSha | None = None
    """The plan it was said to; refused where it has changed since. Null: whatever stands there now."""


class NewExport(Model):
    format: str = Field(min_length=1, max_length=40, examples=["csv", "klaviyo+codes"])
    """One of docs/launch.md; `+codes` gives each customer a code of their own."""


class ExportFile(Model):
    name: str
    sha256: str
    url: str


class Export(Model):
    campaign_id: str = Field(examples=[EXAMPLE_ID])
    status: Status = Field(examples=["exported"])
    format: str = Field(examples=["csv"])
    files: tuple[ExportFile, ...]


class Segments(Model):
    """Everybody who may be contacted on some channel, split as a campaign to all would be."""

    as_of: date
    funnel: tuple[FunnelStep, ...]
    segments: tuple[Segment, ...]


class Found(Model):
    query: str
    products: tuple[SearchHit, ...]
