"""Approvals: of one version by its hash, by a named person, once. At most one of a campaign stands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from agent.ledger.events import append
from agent.ledger.tables import ApprovalRow
from tools.failure import ToolFailure

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def standing(session: Session, campaign_id: str) -> ApprovalRow | None:
    """The approval that holds, if there is one."""
    live = select(ApprovalRow).where(ApprovalRow.campaign_id == campaign_id, ApprovalRow.voided_at.is_(None))
    return session.scalars(live).first()


def grant(
    session: Session, campaign_id: str, plan_sha: str, approver: str, files: Mapping[str, str], at: datetime
) -> ApprovalRow:
    """Approve. The caller holds the campaign's row and has checked that `plan_sha` is its current version.

    Raises:
        ToolFailure: `already_approved`, also where two approve at once: one of them is first.
    """
    before = standing(session, campaign_id)
    if before is not None:
        raise _already(before)
    made = ApprovalRow(campaign_id=campaign_id, plan_sha=plan_sha, approver=approver, files=dict(files), at=at)
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError as error:
        first = standing(session, campaign_id)
        if first is None:
            raise
        raise _already(first) from error
    append(session, campaign_id, "approved", {"approver": approver, "plan_sha": plan_sha}, at)
    return made


def void(session: Session, campaign_id: str, at: datetime) -> None:
    """The plan has changed: the approval that stood stands no more."""
    live = standing(session, campaign_id)
    if live is not None:
        live.voided_at = at
        append(session, campaign_id, "approval_voided", {"approver": live.approver, "plan_sha": live.plan_sha}, at)


def _already(row: ApprovalRow) -> ToolFailure:
    message = f"`{row.campaign_id}` was approved by {row.approver} on {row.at:%Y-%m-%d %H:%M} UTC; once is enough"
    return ToolFailure("already_approved", message, approver=row.approver, plan_sha=row.plan_sha)
