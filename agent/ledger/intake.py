"""Intake: campaigns that the ledger has never seen, entered many at once with their jobs and first events.

A row at a time, with a savepoint each, costs ten times as much, and everybody who waits to be accepted pays for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from agent.ledger.campaigns import fresh
from agent.ledger.jobs import waiting
from agent.ledger.tables import CampaignRow, EventRow, JobRow, RequestRow

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Newcomer:
    """A brief that was posted; `key` is its Idempotency-Key, and the answer is what is kept under it."""

    campaign_id: str
    folder: str
    payload: dict[str, Any]
    principal: str
    key: str | None
    request_sha: str
    status: int
    body: dict[str, Any]


def take_in(session: Session, came: Sequence[Newcomer], most_waiting: int, at: datetime) -> set[int]:
    """Enter those that are new, while there is room in the queue: which of `came` they were.

    The others are known, used a key that is known, come twice, or find no room: they are looked at one by one. So is
    everybody where another process entered one of them in between (PostgreSQL).
    """
    connection = session.connection()
    new = _new(connection, came, most_waiting - waiting(connection))
    if not new:
        return set()
    taken = [came[index] for index in new]
    try:
        with session.begin_nested():
            _insert(connection, taken, at)
    except IntegrityError:
        return set()
    return set(new)


def _new(connection: Connection, came: Sequence[Newcomer], room: int) -> list[int]:
    ids, keys = [one.campaign_id for one in came], [one.key for one in came if one.key is not None]
    known = set(connection.scalars(select(CampaignRow.campaign_id).where(CampaignRow.campaign_id.in_(ids))))
    rows = connection.execute(select(RequestRow.principal, RequestRow.key).where(RequestRow.key.in_(keys))).all()
    used = {(str(row[0]), str(row[1])) for row in rows} if keys else set()
    new: list[int] = []
    for index, one in enumerate(came):
        by = (one.principal, one.key)
        if one.campaign_id in known or by in used or len(new) >= room:
            continue
        new.append(index)
        known.add(one.campaign_id)
        if one.key is not None:
            used.add((one.principal, one.key))
    return new


def _insert(connection: Connection, taken: Sequence[Newcomer], at: datetime) -> None:
    connection.execute(insert(CampaignRow), [fresh(one.campaign_id, one.folder, at) for one in taken])
    connection.execute(
        insert(JobRow),
        [
            {
                "campaign_id": one.campaign_id,
                "kind": "plan",
                "payload": one.payload,
                "state": "queued",
                "attempts": 0,
                "created_at": at,
            }
            for one in taken
        ],
    )
    accepted = {"seq": 1, "kind": "accepted", "data": {"job": "plan"}, "at": at}
    connection.execute(insert(EventRow), [{"campaign_id": one.campaign_id, **accepted} for one in taken])
    kept = [
        {
            "principal": one.principal,
            "key": one.key,
            "request_sha": one.request_sha,
            "status": one.status,
            "body": one.body,
            "at": at,
        }
        for one in taken
        if one.key is not None
    ]
    if kept:
        connection.execute(insert(RequestRow), kept)
