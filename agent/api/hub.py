"""Hub: one look at the ledger for all who listen. A stream is woken when its campaign has something new."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool

if TYPE_CHECKING:
    from agent.ledger.ledger import Ledger

LOOK_SECONDS = 0.1


class Hub:
    """Looks for new events while anybody listens, and wakes the streams of their campaigns."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._listeners: dict[str, set[asyncio.Event]] = defaultdict(set)
        self._seen = 0

    @property
    def streams(self) -> int:
        return sum(len(events) for events in self._listeners.values())

    @contextmanager
    def listening(self, campaign_id: str) -> Iterator[asyncio.Event]:
        """An event that is set whenever the campaign may have something new."""
        event = asyncio.Event()
        self._listeners[campaign_id].add(event)
        try:
            yield event
        finally:
            self._listeners[campaign_id].discard(event)
            if not self._listeners[campaign_id]:
                del self._listeners[campaign_id]

    async def run(self) -> None:
        """Look until cancelled."""
        self._seen = await run_in_threadpool(self._newest)
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            if self._listeners:
                for campaign_id in await run_in_threadpool(self._fresh):
                    for event in self._listeners.get(campaign_id, ()):
                        event.set()

    def _newest(self) -> int:
        from agent.ledger.events import newest

        with self._ledger.read() as session:
            return newest(session)

    def _fresh(self) -> set[str]:
        from agent.ledger.events import since

        with self._ledger.read() as session:
            self._seen, campaigns = since(session, self._seen)
        return campaigns
