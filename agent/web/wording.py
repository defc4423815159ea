"""A line of copy edited in the page: tried as it is typed, kept as a new version by a worker."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, cast

from fastapi import APIRouter, Query, Response
from pydantic import Field

from agent.api.auth import Planner, PlannerReads
from agent.api.campaigns import CampaignId, queue
from agent.api.planned import row_of, standing
from agent.api.state import Api, TheApi
from agent.steps.edits import MOST_CHARACTERS
from agent.web.environment import HEADERS, PageLanguage
from tools.failure import ToolFailure
from tools.vocabulary import Model

if TYPE_CHECKING:
    from agent.steps.edits import Trial

router = APIRouter(include_in_schema=False)
Lang = Annotated[PageLanguage, Query()]


class Words(Model):
    """What is to stand in a part of a message; slots as `{offer}`."""

    copy_id: str = Field(min_length=1, max_length=200)
    part: str = Field(min_length=1, max_length=40)
    text: Annotated[str, Field(max_length=MOST_CHARACTERS)]


class KeptWords(Words):
    plan_sha: str = Field(pattern=r"^[0-9a-f]{64}$")
    """The plan that was shown."""


class Finding(Model):
    rule: str
    blocks: bool
    text: str


class Tried(Model):
    """The message as an example customer would read it, and every rule that it breaks."""

    rendered: str
    findings: tuple[Finding, ...]
    slots: dict[str, str]


@router.post("/copy/{campaign_id}/try")
def try_words(api: TheApi, _caller: PlannerReads, campaign_id: CampaignId, body: Words, lang: Lang = "en") -> Tried:
    """What these words would be; nothing is kept."""
    from agent.report.language import sayer

    trial, t = _trial(api, campaign_id, body), sayer(lang)
    return Tried(
        rendered=trial.rendered[body.part],
        findings=tuple(
            Finding(rule=one.rule_id, blocks=one.severity == "block", text=t(one.detail)) for one in trial.findings
        ),
        slots=dict(trial.slots),
    )


@router.post("/copy/{campaign_id}", status_code=202)
def keep_words(api: TheApi, _caller: Planner, campaign_id: CampaignId, body: KeptWords) -> Response:
    """A new version with these words, which voids an approval. Words that break a blocking rule are refused here."""
    blocking = [one for one in _trial(api, campaign_id, body).findings if one.severity == "block"]
    if blocking:
        told = tuple(f"{one.rule_id}: {one.detail}" for one in blocking)
        raise ToolFailure("copy_blocked", " ".join(told), suggestions=told)
    _enqueue(api, campaign_id, body)
    return Response(status_code=202, headers=HEADERS)


def _trial(api: Api, campaign_id: str, body: Words) -> Trial:
    from agent.editing import planned_work
    from agent.steps.edits import tried

    row_of(api, campaign_id)
    with api.shop() as deps:
        shelved = standing(api, campaign_id)
        work = planned_work(shelved.campaign, shelved.folder, deps)
        return tried(work, body.copy_id, body.part, body.text)


def _enqueue(api: Api, campaign_id: str, body: KeptWords) -> None:
    from agent.campaign import FOLLOWS, Status
    from agent.ledger import campaigns

    with api.ledger.write() as session:
        row = campaigns.known(session, campaign_id)
        sha = standing(api, campaign_id).campaign.plan_sha()
        if body.plan_sha != sha:
            raise ToolFailure("sha_mismatch", "the plan has changed since it was shown; look at it again")
        if "planning" not in FOLLOWS[cast(Status, row.status)]:
            raise ToolFailure("already_exported", f"the campaign is {row.status}: what has gone out is not edited")
        words = {"copy_id": body.copy_id, "part": body.part, "text": body.text}
        queue(api, session, campaign_id, "revise", {"words": words, "plan_sha": sha})
