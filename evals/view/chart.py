"""Differences drawn: where an interval lies on its task's scale, and what it says."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from evals.compare import Entry
from evals.stats import LEVEL

WIDTH, EDGE = 200.0, 6.0
LEAST = 0.05
"""A scale is never finer than so many points to a side: no difference looks great for want of a greater one."""


@dataclass(frozen=True)
class Scale:
    """From −`limit` to +`limit`, zero in the middle, on `WIDTH` units."""

    limit: float

    def x(self, value: float) -> float:
        held = max(-self.limit, min(self.limit, value))
        return round(WIDTH / 2 + held / self.limit * (WIDTH / 2 - EDGE), 1)


def scale_of(entries: Iterable[Entry]) -> Scale:
    """The scale that all intervals fit in, to whole five points."""
    ends = [abs(end) for e in entries for end in (e.difference.low, e.difference.high) if end is not None]
    return Scale(max(LEAST, math.ceil(20 * max(ends, default=0)) / 20))


def verdict(entry: Entry) -> str:
    """`better`, `worse`, `same` (no case differs), `unclear` (chance may explain it), or `none`: no data."""
    mean, p = entry.difference.mean, entry.adjusted_p
    if mean is None or p is None:
        return "none"
    if not mean and not entry.fixed and not entry.broken:
        return "same"
    if p > LEVEL or not mean:
        return "unclear"
    return "better" if mean > 0 else "worse"
