"""What there is to look back on: the campaigns by name, what was said about one, its versions."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Query

from agent.api.auth import Viewer
from agent.api.campaigns import CampaignId
from agent.api.planned import row_of
from agent.api.state import Api, TheApi
from agent.shelf import read
from agent.web.environment import PageLanguage, words
from tools.failure import ToolFailure
from tools.vocabulary import Model

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from agent.campaign import Campaign
    from agent.ledger.tables import CampaignRow, EventRow, JobRow

router = APIRouter(include_in_schema=False)
MOST_SAID = 500
MOST_CHANGES = 8


class Named(Model):
    """A campaign as a person would call it: its goal, and beside it for whom and when."""

    campaign_id: str
    name: str
    about: str
    status: str
    updated_at: datetime


class Said(Model):
    who: Literal["you", "agent"]
    text: str
    bad: bool = False


class Talk(Model):
    """What was said so far. `seq`: the last event that it takes account of."""

    seq: int
    said: tuple[Said, ...]
    steps: tuple[str, ...]
    """Of the work that is going on, as far as it is."""


class Version(Model):
    number: int
    about: str


@router.get("/history")
def campaigns(
    api: TheApi,
    _caller: Viewer,
    lang: Annotated[PageLanguage, Query()] = "en",
    limit: Annotated[int, Query(ge=1, le=200)] = 30,
) -> list[Named]:
    """The newest campaigns, named."""
    from agent.ledger.campaigns import page

    with api.ledger.read() as session:
        rows = [row for row, _ in page(session, limit)]
    return [_named(row, lang) for row in rows]


def _named(row: CampaignRow, language: PageLanguage) -> Named:
    from agent.report.naming import campaign_name

    try:
        campaign = read(Path(row.folder), row.campaign_id).campaign
        name, about = campaign_name(campaign, language)
    except ToolFailure:
        name, about = row.campaign_id, ""  # it is being planned for the first time, or its folder is gone
    return Named(campaign_id=row.campaign_id, name=name, about=about, status=row.status, updated_at=row.updated_at)


@router.get("/talk/{campaign_id}")
def talk(api: TheApi, _caller: Viewer, campaign_id: CampaignId, lang: Annotated[PageLanguage, Query()] = "en") -> Talk:
    """Both sides of the conversation, from the jobs that were asked for and the events that came of them."""
    from sqlalchemy import select

    from agent.ledger.tables import EventRow, JobRow

    row, _ = row_of(api, campaign_id)
    with api.ledger.read() as session:
        seq = _last_seq(session, campaign_id)
        jobs = list(session.scalars(select(JobRow).where(JobRow.campaign_id == campaign_id).order_by(JobRow.job_id)))
        rows = select(EventRow).where(EventRow.campaign_id == campaign_id, EventRow.seq <= seq)
        events = list(session.scalars(rows.order_by(EventRow.seq)))
        said = _woven([e for e in events if e.kind in _TELL or e.kind in ("accepted", "finished")], jobs, lang)
    if not any(job.kind == "plan" for job in jobs) and (Path(row.folder) / "campaign.json").is_file():
        said = [*_elsewhere(row, {one.text for one in said}), *said]
    return Talk(seq=seq, said=tuple(_in_words(one, lang) for one in said[-MOST_SAID:]), steps=_steps(events))


def _in_words(said: Said, language: PageLanguage) -> Said:
    """What the agent said, in the page's language; her own words stay."""
    from agent.report.language import sayer

    return said if said.who == "you" else said.model_copy(update={"text": sayer(language)(said.text)})


def _elsewhere(row: CampaignRow, here: set[str]) -> list[Said]:
    """Of a campaign that was planned on the command line: what she said there, as the plan keeps it."""
    campaign = read(Path(row.folder), row.campaign_id).campaign
    return [Said(who="you", text=text) for text in (campaign.brief.text, *campaign.turns) if text not in here]


def _steps(events: list[EventRow]) -> tuple[str, ...]:
    """What the work that is going on has come to; empty where nothing is."""
    steps: list[str] = []
    for event in events:
        if event.kind in ("accepted", "finished", "failed"):
            steps = []
        elif event.kind == "step":
            steps.append(str(event.data["step"]))
    return tuple(steps)


def _last_seq(session: Session, campaign_id: str) -> int:
    from sqlalchemy import func, select

    from agent.ledger.tables import EventRow

    return session.scalar(select(func.max(EventRow.seq)).where(EventRow.campaign_id == campaign_id)) or 0


def _woven(events: list[EventRow], jobs: list[JobRow], language: PageLanguage) -> list[Said]:
    """In the order of the events: each `accepted` stands for the next job, whose words are hers."""
    asked, said = iter(jobs), list[Said]()
    job: JobRow | None = None
    for event in events:
        if event.kind == "accepted":
            job = next(asked, None)
            said += [Said(who="you", text=_asked(job))] if job is not None else []
        elif event.kind == "finished":
            if job is not None and job.kind == "plan" and event.data.get("status") == "draft":
                said.append(Said(who="agent", text=words()[language]["planned"]))
        else:
            text = _TELL[event.kind](event.data)
            said += [Said(who="agent", text=text, bad=event.kind == "failed")] if text else []
    return said


def _asked(job: JobRow) -> str:
    if "words" in job.payload:
        return f"“{job.payload['words']['text']}”"
    return str(job.payload.get("text") or job.payload.get("brief") or "")


def _short(data: dict[str, Any]) -> str:
    """A reply without the end of a long list of changes: all of them stand in the plan beside it."""
    lines = list(data.get("lines", ()))
    if data.get("kind") not in ("revised", "undone", "answered"):
        return "\n".join(lines)
    inner = [i for i, line in enumerate(lines) if line.startswith("  ")]
    if "difference" not in data or len(inner) <= MOST_CHANGES + 2:
        return "\n".join(lines)
    cut = set(inner[MOST_CHANGES:])
    lines[inner[MOST_CHANGES]] = f"  … and {len(cut)} more: all stand in the plan, under “What changed”"
    return "\n".join(line for i, line in enumerate(lines) if i not in cut or i == inner[MOST_CHANGES])


_TELL: dict[str, Any] = {
    "replied": _short,
    "failed": lambda data: str(data.get("problem", {}).get("detail", "")),
    "approved": lambda data: f"✓ {data.get('approver', '')} · {str(data.get('plan_sha', ''))[:16]}",
}
"""Kind of event → what it says to her; the others are seen in the plan itself."""


@router.get("/versions/{campaign_id}")
def versions(
    api: TheApi, _caller: Viewer, campaign_id: CampaignId, lang: Annotated[PageLanguage, Query()] = "en"
) -> list[Version]:
    """The versions that can be looked at, the newest first."""
    from agent.report.naming import version_name

    newest = version_of(api, campaign_id)
    found = [_version(api, campaign_id, number) for number in range(newest.version, 0, -1)]
    return [Version(number=one.version, about=version_name(one, lang)) for one in found if one is not None]


def version_of(api: Api, campaign_id: str, number: int | None = None) -> Campaign:
    """A version of a campaign; null asks for the newest.

    Raises:
        ToolFailure: `no_campaign`; `no_version`.
    """
    found = _version(api, campaign_id, number)
    if found is None:
        raise ToolFailure("no_version", f"`{campaign_id}` has no version {number}")
    return found


def _version(api: Api, campaign_id: str, number: int | None = None) -> Campaign | None:
    from agent.conversation.versions import load

    row, _ = row_of(api, campaign_id)
    newest = read(Path(row.folder), campaign_id).campaign
    return newest if number in (None, newest.version) else load(Path(row.folder), int(number or 0))
