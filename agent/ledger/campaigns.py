"""Campaigns and their versions. The ledger's status is the truth; the one in `campaign.json` is written after it."""

from __future__ import annotations

import secrets
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import and_, func, literal, select, tuple_
from sqlalchemy.exc import IntegrityError

from agent.campaign import FOLLOWS, Campaign, Status
from agent.ledger.approvals import standing, void
from agent.ledger.events import append
from agent.ledger.outbox import begun
from agent.ledger.tables import CampaignRow, Moment, VersionRow
from tools.failure import ToolFailure

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

SENT: tuple[Status, ...] = ("exported", "measured")
"""A campaign that has left the house is never planned anew."""


def enter(session: Session, campaign_id: str, folder: Path, at: datetime, status: Status = "planning") -> CampaignRow:
    """The campaign's row, locked until the transaction ends; made with `status` if there is none yet."""
    row = locked(session, campaign_id)
    if row is not None:
        return row
    made = CampaignRow(**fresh(campaign_id, str(folder.absolute()), at, status))
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError:
        # Another process entered it in between (PostgreSQL; SQLite has one writer at a time).
        return known(session, campaign_id)
    return made


def fresh(campaign_id: str, folder: str, at: datetime, status: Status = "planning") -> dict[str, Any]:
    """The columns of a new campaign's row."""
    return {
        "campaign_id": campaign_id,
        "status": status,
        "folder": folder,
        "secret": secrets.token_bytes(32),
        "created_at": at,
        "updated_at": at,
    }


def locked(session: Session, campaign_id: str) -> CampaignRow | None:
    return session.get(CampaignRow, campaign_id, with_for_update=True, populate_existing=True)


def known(session: Session, campaign_id: str) -> CampaignRow:
    """The campaign's row, locked.

    Raises:
        ToolFailure: `no_campaign`.
    """
    row = locked(session, campaign_id)
    if row is None:
        raise ToolFailure("no_campaign", f"the ledger has no campaign `{campaign_id}`", campaign_id=campaign_id)
    return row


def move(row: CampaignRow, status: Status, at: datetime) -> None:
    """Change the status by `agent.campaign.FOLLOWS`.

    Raises:
        ToolFailure: `wrong_status` where `status` may not follow.
    """
    now = cast(Status, row.status)
    if status not in FOLLOWS[now]:
        message = f"`{row.campaign_id}` is {now.replace('_', ' ')}, so it cannot become {status.replace('_', ' ')}"
        raise ToolFailure("wrong_status", message, campaign_id=row.campaign_id, status=now, wanted=status)
    row.status = status
    row.updated_at = at


def current_version(session: Session, campaign_id: str) -> VersionRow | None:
    """The newest version, or null before the first."""
    newest = select(VersionRow).where(VersionRow.campaign_id == campaign_id).order_by(VersionRow.number.desc()).limit(1)
    return session.scalars(newest).first()


def holding(session: Session, campaign: Campaign) -> Status:
    """The status that the plan has once it is settled: an equal plan keeps what it had (approved, exported).

    Raises:
        ToolFailure: `already_exported` where the plan differs from what was, or is being, exported.
    """
    row = session.get(CampaignRow, campaign.campaign_id)
    last = current_version(session, campaign.campaign_id)
    same = last is not None and last.plan_sha == campaign.plan_sha()
    sent = next((status for status in SENT if row is not None and row.status == status), None)
    if same and sent is not None:
        return sent
    if row is not None and (sent is not None or begun(session, f"export:{campaign.campaign_id}:")) and not same:
        message = f"the export of `{campaign.campaign_id}` has begun or is done; another plan is another campaign"
        raise ToolFailure("already_exported", message, campaign_id=campaign.campaign_id)
    if campaign.status not in ("draft", "approved", *SENT):
        return campaign.status
    # What a file claims beyond a draft holds by the ledger alone.
    return "approved" if same and standing(session, campaign.campaign_id) is not None else "draft"


def settle(session: Session, campaign: Campaign, folder: Path, at: datetime) -> Status:
    """Record the plan as it was written; one that differs from the last is a new version and voids its approval.

    Returns:
        The status that holds.

    Raises:
        ToolFailure: `already_exported`.
    """
    row = enter(session, campaign.campaign_id, folder, at)
    last, sha = current_version(session, campaign.campaign_id), campaign.plan_sha()
    status = holding(session, campaign)
    if last is not None and last.plan_sha == sha and row.status == status:
        return status
    number = last.number if last is not None else 0
    if last is None or last.plan_sha != sha:
        number += 1
        session.add(VersionRow(campaign_id=campaign.campaign_id, number=number, plan_sha=sha, created_at=at))
        void(session, campaign.campaign_id, at)
    row.status, row.updated_at, row.folder = status, at, str(folder.absolute())
    append(session, campaign.campaign_id, "planned", {"status": status, "version": number, "plan_sha": sha}, at)
    return status


def page(session: Session, most: int, after: str | None = None) -> list[tuple[CampaignRow, VersionRow | None]]:
    """Campaigns with their newest versions, newest first; those that come after the campaign `after`."""
    newest = select(VersionRow.campaign_id, func.max(VersionRow.number).label("number"))
    last = newest.group_by(VersionRow.campaign_id).subquery()
    rows = (
        select(CampaignRow, VersionRow)
        .outerjoin(last, last.c.campaign_id == CampaignRow.campaign_id)
        .outerjoin(VersionRow, and_(VersionRow.campaign_id == last.c.campaign_id, VersionRow.number == last.c.number))
        .order_by(CampaignRow.created_at.desc(), CampaignRow.campaign_id.desc())
        .limit(most)
    )
    before = session.get(CampaignRow, after) if after is not None else None
    if before is not None:
        place = tuple_(CampaignRow.created_at, CampaignRow.campaign_id)
        rows = rows.where(place < tuple_(literal(before.created_at, Moment()), literal(before.campaign_id)))
    return [(row[0], row[1]) for row in session.execute(rows).all()]
