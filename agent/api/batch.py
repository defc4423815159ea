"""Batches: what many requests write at once goes to the ledger in one transaction, so one sync to the disk serves all.

Who waits holds no thread. Each request's part stands or falls alone (a savepoint); nobody is answered before the
commit. A batch takes what has come while the one before it was written.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool

from tools.failure import ToolFailure

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from agent.api.answer import Answer
    from agent.ledger.intake import Newcomer
    from agent.ledger.ledger import Ledger

LONGEST = 64
"""Requests in one batch."""
AGAIN_SECONDS = 1


def at_once() -> ToolFailure:
    message = f"too many briefs come at once; try again in {AGAIN_SECONDS} second"
    return ToolFailure("too_many", message, retry_after=AGAIN_SECONDS)


@dataclass(frozen=True)
class New:
    """A brief's rows and answer if it is new; whether it is, the ledger finds out for many at once."""

    rows: Newcomer
    answer: Answer


@dataclass(frozen=True)
class Part:
    act: Callable[[Session], Answer]
    new: New | None
    done: asyncio.Future[Answer]


class Batches:
    """One writes at a time; whoever finds nobody writing does it for all who have come by then."""

    def __init__(self, ledger: Ledger, most_waiting: int) -> None:
        self._ledger, self._most = ledger, most_waiting
        self._waiting: list[Part] = []
        self.writing: asyncio.Task[None] | None = None

    async def write(self, act: Callable[[Session], Answer], new: New | None = None) -> Answer:
        """What `act` made of the session, or what `new` says, once it is committed.

        Raises:
            ToolFailure: `too_many` where more wait than can be written soon; `ledger_busy`; what `act` raises.
            SQLAlchemyError: the ledger cannot be written; nothing of the batch was done.
        """
        if len(self._waiting) >= self._most:
            raise at_once()
        part = Part(act, new, asyncio.get_running_loop().create_future())
        self._waiting.append(part)
        if self.writing is None or self.writing.done():
            self.writing = asyncio.create_task(self._write())
        return await part.done

    async def _write(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:LONGEST], self._waiting[LONGEST:]
            results: Sequence[Answer | Exception] = [RuntimeError("the batch was not written")] * len(batch)
            try:
                results = await run_in_threadpool(self._commit, batch)
            except (SQLAlchemyError, ToolFailure) as error:
                results = [error] * len(batch)
            finally:
                for part, result in zip(batch, results, strict=True):
                    _tell(part.done, result)

    def _commit(self, batch: list[Part]) -> list[Answer | Exception]:
        with self._ledger.write() as session:
            taken = self._taken_in(session, batch)
            return [taken.get(index) or _alone(session, part) for index, part in enumerate(batch)]

    def _taken_in(self, session: Session, batch: Sequence[Part]) -> dict[int, Answer]:
        """Of those that turned out to be new, which they are of the batch, and their answers."""
        from agent.ledger.intake import take_in

        came = [(index, part.new) for index, part in enumerate(batch) if part.new is not None]
        if not came:
            return {}
        entered = take_in(session, [new.rows for _, new in came], self._most, self._ledger.now())
        return {index: new.answer for place, (index, new) in enumerate(came) if place in entered}


def _alone(session: Session, part: Part) -> Answer | Exception:
    try:
        with session.begin_nested():
            return part.act(session)
    except ToolFailure as failure:
        return failure


def _tell(done: asyncio.Future[Answer], result: Answer | Exception) -> None:
    if done.cancelled():
        return  # who asked is gone; what it asked for stands
    if isinstance(result, Exception):
        done.set_exception(result)
    else:
        done.set_result(result)
