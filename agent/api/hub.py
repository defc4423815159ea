"""Hub: the events that somebody listens to, read from the ledger once and handed to all who do.

One task looks for new events; a stream costs the ledger nothing while it is open. A campaign's events are numbered
from 1 without a gap, so what a stream has not sent yet is the rest of a list.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool

from tools.failure import ToolFailure

if TYPE_CHECKING:
    from agent.ledger.ledger import Ledger
    from agent.ledger.tables import EventRow

LOOK_SECONDS = 0.1
THOROUGH_LOOKS = 50
"""Each so many looks all campaigns are looked through: ids of events may be committed out of order (PostgreSQL)."""
BEAT_SECONDS = 15.0
"""A stream on which nothing happens says that it lives."""
BEAT = b": beat\n\n"


@dataclass
class Feed:
    """One campaign's events as they are sent: `frames[n]` is number n + 1."""

    frames: list[bytes] = field(default_factory=list)
    listeners: set[asyncio.Event] = field(default_factory=set)
    loading: asyncio.Lock = field(default_factory=asyncio.Lock)
    loaded: bool = False

    def extend(self, rows: Sequence[EventRow]) -> None:
        for row in rows:
            if row.seq == len(self.frames) + 1:
                self.frames.append(_frame(row))
        for event in self.listeners:
            event.set()


def _frame(row: EventRow) -> bytes:
    from fastapi.sse import format_sse_event

    data = json.dumps({**row.data, "at": row.at.isoformat()}, ensure_ascii=False)
    return format_sse_event(id=str(row.seq), event=row.kind, data_str=data)


class Hub:
    """Looks for new events while anybody listens."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._feeds: dict[str, Feed] = {}
        self._newest = -1
        self._looks = 0

    @property
    def streams(self) -> int:
        return sum(len(feed.listeners) for feed in self._feeds.values())

    async def open(self, campaign_id: str) -> Feed:
        """The campaign's events so far; read by the first who asks.

        Raises:
            ToolFailure: `no_campaign`.
        """
        feed = self._feeds.get(campaign_id) or Feed()
        async with feed.loading:
            if not feed.loaded:
                if campaign_id not in self._feeds:
                    self._feeds[campaign_id] = feed
                try:
                    feed.extend(await run_in_threadpool(self._first, campaign_id))
                    feed.loaded = True
                finally:
                    self._drop(campaign_id, feed, unless=feed.loaded)
        return feed

    async def follow(self, campaign_id: str, feed: Feed, seq: int, seconds: float) -> AsyncGenerator[bytes, None]:
        """What comes after number `seq`, as it comes, for so long."""
        loop = asyncio.get_running_loop()
        until, news = loop.time() + seconds, asyncio.Event()
        feed = self._feeds.setdefault(campaign_id, feed)
        feed.listeners.add(news)
        self._newest = -1 if len(feed.listeners) == 1 else self._newest  # it may have missed something meanwhile
        try:
            while loop.time() < until:
                news.clear()
                if frames := feed.frames[seq:]:
                    seq += len(frames)
                    yield b"".join(frames)
                    continue
                try:
                    await asyncio.wait_for(news.wait(), BEAT_SECONDS)
                except TimeoutError:
                    yield BEAT
        finally:
            feed.listeners.discard(news)
            self._drop(campaign_id, feed, unless=bool(feed.listeners))

    def _drop(self, campaign_id: str, feed: Feed, unless: bool) -> None:
        if not unless and self._feeds.get(campaign_id) is feed:
            del self._feeds[campaign_id]

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            if not self._feeds:
                continue
            have = {campaign_id: len(feed.frames) for campaign_id, feed in self._feeds.items() if feed.loaded}
            for campaign_id, rows in (await run_in_threadpool(self._fresh, have)).items():
                if campaign_id in self._feeds:
                    self._feeds[campaign_id].extend(rows)

    def _first(self, campaign_id: str) -> list[EventRow]:
        from agent.ledger.events import after
        from agent.ledger.tables import CampaignRow
        from agent.shelf import CAMPAIGN_ID

        with self._ledger.read() as session:
            if not CAMPAIGN_ID.fullmatch(campaign_id) or session.get(CampaignRow, campaign_id) is None:
                raise ToolFailure("no_campaign", f"there is no campaign {campaign_id[:64]!r}")
            return after(session, campaign_id, 0)

    def _fresh(self, have: Mapping[str, int]) -> dict[str, list[EventRow]]:
        """Campaign → the events that are not in its feed yet, where there are any."""
        from agent.ledger.events import after, behind, newest

        self._looks += 1
        with self._ledger.read() as session:
            found = newest(session)
            if found == self._newest and self._looks % THOROUGH_LOOKS:
                return {}
            self._newest = found
            return {name: after(session, name, have[name]) for name in behind(session, have)}
