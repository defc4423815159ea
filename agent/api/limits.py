"""Rate limits: a moving window a caller; in memory, so each server process counts its own."""

from __future__ import annotations

import math
import time
from collections import defaultdict, deque
from collections.abc import Callable
from typing import Literal

from tools.failure import ToolFailure

Kind = Literal["read", "write", "refused"]
WINDOW_SECONDS = 60.0


class RateLimits:
    """At most so many requests a minute of each kind and caller; `refused` counts failed keys by address.

    Called by the event loop alone, at every request, so it may neither lock nor wait.
    """

    def __init__(self, per_minute: dict[Kind, int], clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._clock = per_minute, clock
        self._hits: defaultdict[tuple[Kind, str], deque[float]] = defaultdict(deque)
        self._swept = clock()

    def hit(self, kind: Kind, who: str) -> None:
        """Count a request.

        Raises:
            ToolFailure: `too_many`, with the seconds to wait in `retry_after`.
        """
        self.check(kind, who)
        self._hits[kind, who].append(self._clock())

    def check(self, kind: Kind, who: str) -> None:
        """Refuse who has no hit left, without counting; raises what `hit` raises."""
        now = self._clock()
        if now - self._swept >= WINDOW_SECONDS:
            self._sweep(now)
        hits = self._hits.get((kind, who))
        if not hits:
            return
        while hits and hits[0] <= now - WINDOW_SECONDS:
            hits.popleft()
        if len(hits) >= self._most[kind]:
            wait = max(1, math.ceil(hits[0] + WINDOW_SECONDS - now))
            message = f"more than {self._most[kind]} requests a minute; try again in {wait} seconds"
            raise ToolFailure("too_many", message, retry_after=wait)

    def _sweep(self, now: float) -> None:
        """Forget who has not come for a minute: addresses can be made up without end."""
        self._swept = now
        for who in [who for who, hits in self._hits.items() if not hits or hits[-1] <= now - WINDOW_SECONDS]:
            del self._hits[who]
