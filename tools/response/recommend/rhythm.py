"""How often something happened and when next: of a customer and a product, a kind or a category, and of a customer.

For a thing that happened on distinct days, all before day t:

    times        how many days                    recency    t − the last          age      t − the first
    gap, gap_sd  mean and spread between days     last_gap   the newest gap        overdue  recency / gap
    decay_h      Σ ½^((t − day)/h)

Gaps are NaN where it happened once. One definition serves all, in training and in use.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tools.response.recommend.lines import DAYS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Cells = NDArray[np.float32]
    Ints = NDArray[np.int64]

HALF_LIVES = (7, 21, 60, 180)
NAMES = ("times", "recency", "age", "gap", "gap_sd", "last_gap", "overdue", *(f"decay_{h}" for h in HALF_LIVES))


@dataclass(frozen=True)
class Rhythm:
    """`key`: distinct and sorted, shape (k,); `values[name]`: shape (k,)."""

    key: Ints
    values: dict[str, Cells]

    def at(self, key: Ints) -> Ints:
        """The place of each key, −1 where it never happened; shape (m,)."""
        if not len(self.key):
            return np.full(len(key), -1)
        place = np.minimum(np.searchsorted(self.key, key), len(self.key) - 1)
        return np.where(self.key[place] == key, place, -1)


def rhythm(key: Ints, day: Ints, origin: int, names: tuple[str, ...] = NAMES) -> Rhythm:
    """The rhythm of each key by the days it happened on, in any order and with repeats; all before `origin`."""
    both = np.unique(key * DAYS + day)
    day = both % DAYS
    found, begin, of, times = np.unique(both // DAYS, return_index=True, return_inverse=True, return_counts=True)
    size = len(found)
    age = (origin - day).astype(float)
    last = day[begin + times - 1] if size else day
    gaps = np.diff(day).astype(float)
    within = np.flatnonzero(of[1:] == of[:-1])
    n = np.where(times > 1, times - 1, np.nan)
    mean = np.bincount(of[within], gaps[within], size) / n
    newest = np.full(size, np.nan)
    newest[of[within]] = gaps[within]
    recency = (origin - last).astype(float)
    values = {
        "times": times.astype(float),
        "recency": recency,
        "age": age[begin],
        "gap": mean,
        "gap_sd": np.sqrt(np.maximum(np.bincount(of[within], gaps[within] ** 2, size) / n - mean**2, 0)),
        "last_gap": newest,
        "overdue": recency / mean,
    }
    values |= {f"decay_{h}": np.bincount(of, 0.5 ** (age / h), size) for h in HALF_LIVES}
    return Rhythm(found, {name: values[name].astype(np.float32) for name in names})
