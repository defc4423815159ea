"""Campaigns as the API shows them: what stands in the folder, with the status that the ledger holds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

from agent.api.state import Api
from agent.campaign import Campaign, Status
from agent.shelf import CAMPAIGN_ID, Shelved, read
from tools.failure import ToolFailure

if TYPE_CHECKING:
    from agent.ledger.tables import CampaignRow, JobRow


PLANNING_SECONDS = 2


def row_of(api: Api, campaign_id: str) -> tuple[CampaignRow, JobRow | None]:
    """The campaign's row and its last job.

    Raises:
        ToolFailure: `no_campaign`.
    """
    from agent.ledger.jobs import last_job
    from agent.ledger.tables import CampaignRow

    known = CAMPAIGN_ID.fullmatch(campaign_id)
    with api.ledger.read() as session:
        row = session.get(CampaignRow, campaign_id) if known else None
        if row is None:
            raise ToolFailure("no_campaign", f"there is no campaign {campaign_id[:64]!r}")
        return row, last_job(session, campaign_id)


def standing(api: Api, campaign_id: str) -> Shelved:
    """The campaign as it stands in its folder.

    Raises:
        ToolFailure: `no_campaign`; `plan_failed`; `wrong_status` while it is being planned.
    """
    row, job = row_of(api, campaign_id)
    if job is not None and job.state in ("queued", "running"):
        message = f"`{campaign_id}` is being planned; wait for its event `finished` or `failed`"
        raise ToolFailure("wrong_status", message, status="planning", retry_after=PLANNING_SECONDS)
    _not_failed(row, job)
    return _read(row)


def shown(api: Api, campaign_id: str) -> Campaign:
    """The campaign object; while it is planned, the parts that are known by then, with the status `planning`.

    Raises:
        ToolFailure: `no_campaign`; `plan_failed` with what went wrong.
    """
    row, job = row_of(api, campaign_id)
    if job is not None and job.state in ("queued", "running"):
        return _planning(api, row, job)
    _not_failed(row, job)
    campaign = _read(row).campaign
    return campaign.model_copy(update={"status": cast(Status, row.status)})


def _read(row: CampaignRow) -> Shelved:
    """Where it lies on this machine, and what stands there instead, is nobody's business over HTTP."""
    try:
        return read(Path(row.folder), row.campaign_id)
    except ToolFailure as failure:
        words = {
            "no_campaign": f"the files of `{row.campaign_id}` are gone; post its brief again",
            "bad_campaign": f"the files of `{row.campaign_id}` are not of this version; post its brief again",
        }
        raise ToolFailure(failure.code, words.get(failure.code, failure.message)) from failure


def _not_failed(row: CampaignRow, job: JobRow | None) -> None:
    if job is not None and job.state == "failed" and row.status == "planning":
        said = (job.problem or {}).get("detail", "")
        raise ToolFailure("plan_failed", f"`{row.campaign_id}` could not be planned: {said}; post the brief again")


def _planning(api: Api, row: CampaignRow, job: JobRow) -> Campaign:
    from datetime import date

    from agent.plan import understand
    from agent.sofar import known, snapshot

    # While a turn is carried out, the plan that it was said to is shown.
    if (Path(row.folder) / "campaign.json").is_file():
        before = _read(row).campaign
        return before.model_copy(update={"status": "planning"})
    so_far = known(snapshot(api.settings.home, row.campaign_id, job.job_id))
    if so_far is not None:
        return so_far
    today = date.fromisoformat(job.payload["today"])
    return Campaign(
        campaign_id=row.campaign_id,
        status="planning",
        today=today,
        created_at=row.created_at,
        brief=understand(job.payload["brief"], api.deps(), today),
        planner=job.payload["planner"] or "playbook",
        writer=job.payload["writer"] or "template",
    )
