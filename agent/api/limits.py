"""Rate limits: a moving window a caller, by the `limits` library; in memory, so each server process counts its own."""

from __future__ import annotations

import math
import time
from typing import Literal

from tools.failure import ToolFailure

Kind = Literal["read", "write", "refused"]


class RateLimits:
    """At most so many requests a minute of each kind and caller; `refused` counts failed keys by address."""

    def __init__(self, per_minute: dict[Kind, int]) -> None:
        from limits import RateLimitItemPerMinute
        from limits.storage import MemoryStorage
        from limits.strategies import MovingWindowRateLimiter

        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._items = {kind: RateLimitItemPerMinute(most) for kind, most in per_minute.items()}

    def hit(self, kind: Kind, who: str) -> None:
        """Count a request.

        Raises:
            ToolFailure: `too_many`, with the seconds to wait in `retry_after`.
        """
        if not self._limiter.hit(self._items[kind], kind, who):
            raise self._too_many(kind, who)

    def check(self, kind: Kind, who: str) -> None:
        """Refuse who has no hit left, without counting; raises what `hit` raises."""
        if not self._limiter.test(self._items[kind], kind, who):
            raise self._too_many(kind, who)

    def _too_many(self, kind: Kind, who: str) -> ToolFailure:
        item = self._items[kind]
        wait = max(1, math.ceil(self._limiter.get_window_stats(item, kind, who).reset_time - time.time()))
        message = f"more than {item.amount} requests a minute; try again in {wait} seconds"
        return ToolFailure("too_many", message, retry_after=wait)
