"""A server seen from inside: what its own metrics say of its answers, and what they cost it, between two moments."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import aiohttp
import psutil

BUCKET = re.compile(r'briefsmith_http_request_seconds_bucket\{le="([^"]+)",(.*)\} (\S+)')


@dataclass(frozen=True)
class Moment:
    """`counts[answer][le]`: how many answers of that kind had begun within `le` seconds; `cpu` in seconds."""

    counts: dict[str, dict[float, float]]
    cpu: float

    @classmethod
    async def now(cls, client: aiohttp.ClientSession, server: psutil.Process) -> Moment:
        """Workers are processes of their own and not counted."""
        async with client.get("/metrics") as answer:
            text = await answer.text()
        counts: dict[str, dict[float, float]] = {}
        for le, labels, count in BUCKET.findall(text):
            counts.setdefault(labels, {})[float(le)] = float(count)
        times = server.cpu_times()
        return cls(counts, times.user + times.system)

    def quantiles(self, before: Moment, method: str, route: str, status: int) -> str:
        """The median and 95th percentile since then, by a straight line within a bucket."""
        labels = f'method="{method}",route="{route}",status="{status}"'
        if labels not in self.counts:
            return "not counted"
        then = before.counts.get(labels, {})
        rising = [(le, count - then.get(le, 0.0)) for le, count in sorted(self.counts[labels].items())]
        if rising[-1][1] == 0:
            return "none"
        return f"{1000 * quantile(rising, 0.5):.0f} ms, {1000 * quantile(rising, 0.95):.0f} ms"


def quantile(rising: list[tuple[float, float]], share: float) -> float:
    """Of cumulative counts by upper bound; the last finite bound where it lies beyond.

    >>> quantile([(0.01, 0.0), (0.02, 10.0), (math.inf, 10.0)], 0.5)
    0.015
    """
    wanted, low, below = share * rising[-1][1], 0.0, 0.0
    for le, count in rising:
        if count >= wanted and count > below:
            return low if math.isinf(le) else low + (le - low) * (wanted - below) / (count - below)
        low, below = le, count
    return low
