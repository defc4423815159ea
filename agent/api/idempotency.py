"""`Idempotency-Key`: the same key and request are answered as they were; the same key with another request is a 409."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Header
from fastapi.responses import JSONResponse

from agent.api.answer import Answer
from agent.api.auth import Caller
from tools.failure import ToolFailure

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from agent.ledger.ledger import Ledger

KEY = re.compile(r"[\x21-\x7e]{1,200}")
IdempotencyKey = Annotated[
    str | None,
    Header(description="Any text of 1 to 200 visible ASCII characters; the same for each repeat of one request."),
]


def once(
    ledger: Ledger, caller: Caller, key: str | None, request: list[Any], act: Callable[[Session], Answer]
) -> JSONResponse:
    """Do `act` and keep its answer in one transaction; a repeat gets the kept answer, marked by a header.

    Args:
        request: method, path and body: what makes it the same request.

    Raises:
        ToolFailure: `bad_header`, `idempotency_mismatch`, `idempotency_busy`, and what `act` raises (nothing is kept).
    """
    within = once_in(ledger, caller, key, request, act)
    with ledger.write() as session:
        answered = within(session)
    return answered.response()


def once_in(
    ledger: Ledger, caller: Caller, key: str | None, request: list[Any], act: Callable[[Session], Answer]
) -> Callable[[Session], Answer]:
    """`once`, within a transaction that the caller commits; raises what `once` raises."""
    sha = request_sha(key, request)

    def within(session: Session) -> Answer:
        kept = _kept(session, caller, key, sha)
        if kept is not None:
            return kept
        answer = act(session)
        _remember(session, caller, key, sha, answer, ledger.now())
        return answer

    return within


def replayed_or(
    ledger: Ledger, caller: Caller, key: str | None, request: list[Any], act: Callable[[], Answer]
) -> JSONResponse:
    """As `once`, for an effect outside the ledger that is harmless to repeat: its answer is kept after it is done."""
    sha = request_sha(key, request)
    with ledger.read() as session:
        kept = _kept(session, caller, key, sha)
    if kept is not None:
        return kept.response()
    answer = act()
    with ledger.write() as session:
        if _kept(session, caller, key, sha) is None:
            _remember(session, caller, key, sha, answer, ledger.now())
    return answer.response()


def request_sha(key: str | None, request: list[Any]) -> str:
    """What makes it the same request; raises `bad_header`."""
    if key is not None and not KEY.fullmatch(key):
        raise ToolFailure("bad_header", "an Idempotency-Key has 1 to 200 visible ASCII characters")
    return hashlib.sha256(json.dumps(request, sort_keys=True, default=str).encode()).hexdigest()


def _kept(session: Session, caller: Caller, key: str | None, sha: str) -> Answer | None:
    from agent.ledger.requests import answered

    row = answered(session, caller.principal, key, sha) if key is not None else None
    if row is None:
        return None
    place = {"Location": row.body["links"]["self"]} if row.status == 202 else {}
    return Answer(row.status, row.body, {**place, "Idempotency-Replayed": "true"})


def _remember(session: Session, caller: Caller, key: str | None, sha: str, answer: Answer, at: datetime) -> None:
    from agent.ledger.requests import remember

    if key is not None:
        remember(session, caller.principal, key, sha, answer.status, answer.body, at)
