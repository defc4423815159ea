"""Events of a campaign, numbered without a gap: what the SSE stream shows, and what a person can look up later."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from agent.ledger.tables import EventRow

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def append(session: Session, campaign_id: str, kind: str, data: dict[str, Any], at: datetime) -> EventRow:
    """Add the next event. The caller holds the campaign's row (`campaigns.enter`, `known`), so numbers never clash."""
    last = session.scalar(select(func.max(EventRow.seq)).where(EventRow.campaign_id == campaign_id)) or 0
    event = EventRow(campaign_id=campaign_id, seq=last + 1, kind=kind, data=data, at=at)
    session.add(event)
    session.flush()
    return event


def after(session: Session, campaign_id: str, seq: int) -> list[EventRow]:
    """The events with a greater number, in order."""
    rows = select(EventRow).where(EventRow.campaign_id == campaign_id, EventRow.seq > seq)
    return list(session.scalars(rows.order_by(EventRow.seq)))


def newest(session: Session) -> int:
    """The id of the newest event of all campaigns, 0 where there is none: one cheap look for many listeners."""
    return session.scalar(select(func.max(EventRow.event_id))) or 0


def behind(session: Session, have: Mapping[str, int]) -> list[str]:
    """Of campaigns and the greatest number known of each: those that have a greater one."""
    greatest = select(EventRow.campaign_id, func.max(EventRow.seq)).where(EventRow.campaign_id.in_(have))
    rows = session.execute(greatest.group_by(EventRow.campaign_id)).all()
    return [str(row[0]) for row in rows if row[1] > have[row[0]]]
