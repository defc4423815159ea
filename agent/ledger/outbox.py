"""Effects on the world outside, each by its key: begun before, done after, so that a repeat knows where it stands.

Files: an effect that was begun and not done is done again, with the same bytes. A call to another system is repeated
with the same key where that system knows keys, and looked up there first where it does not.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from agent.ledger.tables import OutboxRow

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def begin(session: Session, key: str, kind: str, at: datetime) -> OutboxRow:
    """The effect's row, locked; made as `begun` if there is none. `done` means: do nothing, answer `result`."""
    row = session.get(OutboxRow, key, with_for_update=True, populate_existing=True)
    if row is not None:
        return row
    made = OutboxRow(key=key, kind=kind, state="begun", begun_at=at)
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError:
        return session.get_one(OutboxRow, key, with_for_update=True, populate_existing=True)
    return made


def done(session: Session, key: str, result: dict[str, Any], at: datetime) -> bool:
    """Record that it happened. False: it was recorded before, and that first record stands."""
    row = session.get_one(OutboxRow, key, with_for_update=True, populate_existing=True)
    if row.state == "done":
        return False
    row.state, row.result, row.done_at = "done", result, at
    return True


def begun(session: Session, prefix: str) -> bool:
    """Whether an effect whose key starts so was begun, done or not."""
    rows = select(func.count()).where(OutboxRow.key.startswith(prefix, autoescape=True))
    return bool(session.scalar(rows))
