"""What the endpoints work with, made once by the app and handed to them; no global."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request

from agent.api.batch import Batches
from agent.api.hub import Hub
from agent.api.limits import RateLimits
from agent.api.metrics import Metrics
from agent.api.probe import ModelProbe
from agent.api.room import Room
from agent.api.shared import Shared
from agent.deps import Deps

if TYPE_CHECKING:
    from agent.api.supervisor import Supervisor
    from agent.ledger.keys import Look
    from agent.ledger.ledger import Ledger
    from agent.settings import Settings
    from tools.segments.everybody import Everybody

KEPT_SEGMENTS = 8


@dataclass
class Api:
    """The ledger, the shop, the hub of events, limits and metrics."""

    base: Deps
    limits: RateLimits
    metrics: Metrics
    supervisor: Supervisor | None = None
    hub: Hub = field(init=False)
    batches: Batches = field(init=False)
    room: Room = field(init=False)
    model: ModelProbe = field(init=False)
    callers: Shared[str | None, Look] = field(init=False)
    _shop: Deps = field(init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _alone: threading.Lock = field(default_factory=threading.Lock)
    _readout: threading.Lock = field(default_factory=threading.Lock)
    _segments: dict[tuple[str, date], Everybody] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.hub = Hub(self.ledger)
        self.batches = Batches(self.ledger, self.settings.max_queue)
        self.room = Room(self.ledger, self.settings.max_queue)
        self.model = ModelProbe(self.settings)
        self.callers = Shared(self._callers)
        self._shop = self.base

    @property
    def settings(self) -> Settings:
        return self.base.settings

    @property
    def ledger(self) -> Ledger:
        return self.base.ledger

    def deps(self) -> Deps:
        """Deps on the shop's current version: an import while the server runs is seen by the next request."""
        with self._lock:
            self._shop = self._shop.current()
            return self._shop

    @contextmanager
    def shop(self) -> Iterator[Deps]:
        """As `deps`, alone: DuckDB's connection and the index serve one thread at a time."""
        with self._alone:
            yield self.deps()

    @contextmanager
    def reading(self) -> Iterator[Deps]:
        """Deps of a readout's own, one readout at a time: it takes seconds, and searches go on meanwhile.

        Raises:
            ToolFailure: `too_many` while another is read.
        """
        from tools.failure import ToolFailure

        if not self._readout.acquire(blocking=False):
            raise ToolFailure("too_many", "another readout is being made; try again in 5 seconds", retry_after=5)
        try:
            own = Deps(self.settings, self.base.now)
            own.ledger = self.ledger
            yield own
        finally:
            self._readout.release()

    def segments(self, as_of: date) -> Everybody:
        """The whole shop in segments; a version of the shop never changes, so neither do they."""
        from tools.segments.everybody import everybody

        with self.shop() as deps:
            key = (deps.store.folder.name, as_of)
            if key not in self._segments:
                if len(self._segments) >= KEPT_SEGMENTS:
                    self._segments.pop(next(iter(self._segments)))
                self._segments[key] = everybody(deps.store, as_of)
            return self._segments[key]

    def _callers(self, given: Sequence[str | None]) -> dict[str | None, Look]:
        from agent.ledger import keys

        with self.ledger.look() as connection:
            return keys.look(connection, given)

    def export_folder(self, campaign_id: str, format_name: str) -> Path:
        return self.settings.home / "exports" / campaign_id / format_name


async def _api(request: Request) -> Api:
    """A coroutine, though it waits for nothing: any other dependency is called in a thread, which costs more."""
    made: Api = request.app.state.api
    return made


TheApi = Annotated[Api, Depends(_api)]
