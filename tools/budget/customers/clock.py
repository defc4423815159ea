"""The time that a solve may take."""

from __future__ import annotations

import math
from time import perf_counter


class Clock:
    """Wall time since it was made, against a limit in seconds (None: none)."""

    def __init__(self, limit_s: float | None) -> None:
        self.started = perf_counter()
        self.end = math.inf if limit_s is None else self.started + limit_s

    def over(self) -> bool:
        return perf_counter() > self.end

    def left(self) -> float:
        """Seconds, >= 0; inf without a limit."""
        return max(self.end - perf_counter(), 0.0)

    @property
    def seconds(self) -> float:
        return perf_counter() - self.started
