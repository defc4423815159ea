"""Answers to requests that carried an Idempotency-Key: the same key and body get the same answer, for good."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import IntegrityError

from agent.ledger.tables import RequestRow
from tools.failure import ToolFailure

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def answered(session: Session, principal: str, key: str, request_sha: str) -> RequestRow | None:
    """The answer that this request was given, if it was.

    Raises:
        ToolFailure: `idempotency_mismatch` where the key was used for another request.
    """
    row = session.get(RequestRow, (principal, key), populate_existing=True)
    if row is not None and row.request_sha != request_sha:
        message = "this Idempotency-Key was used for another request; take a new key for a new request"
        raise ToolFailure("idempotency_mismatch", message)
    return row


def remember(
    session: Session, principal: str, key: str, request_sha: str, status: int, body: dict[str, Any], at: datetime
) -> None:
    """Keep the answer, in the transaction of the effect itself.

    Raises:
        ToolFailure: `idempotency_busy` where the same key is being answered elsewhere at this moment.
    """
    row = RequestRow(principal=principal, key=key, request_sha=request_sha, status=status, body=body, at=at)
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        message = "a request with this Idempotency-Key is being answered at this moment; try again"
        raise ToolFailure("idempotency_busy", message) from error
