"""Shared looks: what many want to know at once is asked once; nobody is told what was found before they asked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Generic, TypeVar

from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool

Key = TypeVar("Key", bound=Hashable)
Found = TypeVar("Found")


class Shared(Generic[Key, Found]):
    """One look at a time, in a thread; who comes meanwhile waits for the next, with all others who do."""

    def __init__(self, find: Callable[[Sequence[Key]], Mapping[Key, Found]]) -> None:
        self._find = find
        self._waiting: dict[Key, asyncio.Future[Found]] = {}
        self._looking: asyncio.Task[None] | None = None

    async def ask(self, key: Key) -> Found:
        """What is found of `key` by a look that has not begun yet.

        Raises:
            SQLAlchemyError: the ledger cannot be read.
        """
        if key not in self._waiting:
            self._waiting[key] = asyncio.get_running_loop().create_future()
        answer = self._waiting[key]
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
        return await asyncio.shield(answer)  # who goes away does not take it from the others

    async def _look(self) -> None:
        while self._waiting:
            asked, self._waiting = self._waiting, {}
            error: Exception = RuntimeError("the look was not taken")
            found: Mapping[Key, Found] = {}
            try:
                found = await run_in_threadpool(self._find, list(asked))
            except SQLAlchemyError as failed:
                error = failed
            finally:
                if not isinstance(error, SQLAlchemyError) and not found:
                    # Broken: no look follows by itself, so who came meanwhile is told too and does not wait for ever.
                    late, self._waiting = self._waiting, {}
                    for answer in late.values():
                        _fail(answer, error)
                for key, answer in asked.items():
                    if key in found:
                        answer.set_result(found[key])
                    else:
                        _fail(answer, error)


def _fail(answer: asyncio.Future[Found], error: Exception) -> None:
    answer.set_exception(error)
    answer.exception()  # it is known, though everybody may be gone by now
