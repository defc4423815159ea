"""Which rows a model of behaviour is fitted, chosen and judged on: three spans of time, the newest for judging.

A row looks from its origin at a window that lies ahead. It belongs to a span where the origin lies in it and the window
ends before the next span begins, so that no row of an earlier span has seen a day of a later one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tools.failure import ToolFailure
from tools.response.behaviour.purchases import Purchases, Rows

LEAD = (0, 21)
WINDOW = (3, 35)
"""Days between looking and the window's first day, and the window's days: what a model may be asked, both ends too."""
SPAN = LEAD[1] + WINDOW[1]
PAST_DAYS = 56
"""Days that lie before the first origin: the features need a past."""
STEP = 7
DRAWS = 2
"""Questions that each customer is looked at with from each origin."""
MOST_ROWS = 150_000


@dataclass(frozen=True)
class Split:
    """`valid_from`, `test_from`, `end`: days from 1970-01-01 where the later spans and the unseen begin."""

    train: Rows
    valid: Rows
    test: Rows
    valid_from: int
    test_from: int
    end: int

    def all(self) -> Rows:
        return Rows.joined((self.train, self.valid, self.test))


def split(purchases: Purchases, end: int, *, seed: int) -> Split:
    """The rows of a shop whose days before `end` are known.

    Raises:
        ToolFailure: `too_little_history`, naming how many days there are and how many it takes.
    """
    first = int(purchases.day.min()) if len(purchases.day) else end
    least = PAST_DAYS + 3 * (SPAN // 2)
    if end - first < least:
        message = f"the orders reach over {end - first} days; a model of who buys needs {least}"
        raise ToolFailure("too_little_history", message, days=end - first, needed=least)
    length = min(SPAN, (end - first - PAST_DAYS) // 3)
    test_from, valid_from = end - length, end - 2 * length
    rng = np.random.default_rng(seed)
    return Split(
        train=_draw(purchases, first + PAST_DAYS, valid_from, rng),
        valid=_draw(purchases, valid_from, test_from, rng),
        test=_draw(purchases, test_from, end, rng),
        valid_from=valid_from,
        test_from=test_from,
        end=end,
    )


def _draw(purchases: Purchases, begin: int, end: int, rng: np.random.Generator) -> Rows:
    """Customers who had bought before, asked from every `STEP`th day with drawn leads and windows."""
    made: list[Rows] = []
    origins = range(end - WINDOW[0], begin - 1, -STEP)
    most = MOST_ROWS // max(1, DRAWS * len(origins))
    for origin in origins:
        seen = np.unique(purchases.before(origin).who)
        if len(seen) > most:
            seen = np.sort(rng.choice(seen, most, replace=False))
        for _ in range(DRAWS):
            lead = rng.integers(LEAD[0], LEAD[1] + 1, len(seen))
            window = rng.integers(WINDOW[0], WINDOW[1] + 1, len(seen))
            inside = origin + lead + window <= end
            made.append(Rows(seen[inside], np.full(int(inside.sum()), origin), lead[inside], window[inside]))
    return Rows.joined(made)
