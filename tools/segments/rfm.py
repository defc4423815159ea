"""Segments: the audience split where it differs most in value and taste, each part by explicit conditions.

A tree is grown greedily. What a split is worth is how much of the members' spread it explains: the sum of squares,
between the two parts, of their standardised recency, frequency, monetary value, basket, discount share and tastes.
Cuts are at round numbers, so that a segment can be said in words. Every leaf is the conjunction of its conditions, so
the segments exclude each other and together are the audience.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from tools.money import minor_digits
from tools.segments.filter import Bought, Filter, Measure, Not, Scope
from tools.segments.walk import all_of

if TYPE_CHECKING:
    import pandas as pd

Cuttable = Literal["recency_days", "orders", "spend_minor", "average_order_minor", "discount_share"]
SplitBy = Literal["value", "recency", "frequency", "basket", "discounts", "taste"]
"""What she may ask the audience to be split by; without it, by whatever explains most."""
SPLITS: dict[SplitBy, Cuttable | Literal["taste"]] = {
    "value": "spend_minor", "recency": "recency_days", "frequency": "orders", "basket": "average_order_minor",
    "discounts": "discount_share", "taste": "taste",
}  # fmt: skip

SMALLEST = 30
"""Members that a segment has at least; an audience of fewer than twice as many stays whole."""
SMALLEST_SHARE = 0.1
LEAST_GAIN = 0.04
"""Share of the whole spread that a split must explain."""
QUANTILES = (0.2, 0.33, 0.5, 0.67, 0.8)
DAYS = (7, 14, 21, 30, 45, 60, 75, 90, 120, 150, 180, 240, 300, 365, 540, 730, 1095)
ROUND = (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)
WEIGHTS: dict[Cuttable, float] = {
    "spend_minor": 1.0, "recency_days": 0.8, "orders": 0.8, "discount_share": 0.8, "average_order_minor": 0.4,
}  # fmt: skip
TASTES, TASTE_WEIGHT = 20, 1.2
"""How many categories stand for taste, and what they weigh together."""
OFTEN = (1, 2, 3, 5, 8, 12)


@dataclass(frozen=True)
class Condition:
    """One cut: `holds` says which side of it."""

    on: Cuttable | Literal["taste"]
    threshold: float
    category: str | None
    holds: bool
    known: bool
    """Whether every member has the measure; if not, the other side is what is left, not what is less."""

    def filter(self) -> Filter:
        if self.on == "taste":
            bought = Bought(scope=Scope(categories=(self.category or "",)), min_orders=int(self.threshold))
            return bought if self.holds else Not(of=bought)
        at_least = Measure(measure=self.on, op="ge", value=self.threshold)
        if self.holds:
            return at_least
        return Measure(measure=self.on, op="lt", value=self.threshold) if self.known else Not(of=at_least)


@dataclass(frozen=True)
class Leaf:
    """A segment before it has a name. `rows` are positions in the members' frame."""

    conditions: tuple[Condition, ...]
    rows: NDArray[np.intp]

    def filter(self) -> Filter:
        return all_of(tuple(condition.filter() for condition in self.conditions))


def split(
    members: pd.DataFrame, bought: pd.DataFrame, *, most: int, currency: str, by: SplitBy | None = None
) -> tuple[Leaf, ...]:
    """At most `most` leaves of `members` (the columns of `behaviour`); `bought` as from `tastes`.

    The one leaf of an audience that is small or of a kind has no condition: its filter is everyone.

    Args:
        by: cut by this alone, and let its own spread decide where.
    """
    n = len(members)
    leaves = [Leaf((), np.arange(n))]
    if n < 2 * SMALLEST or most < 2:
        return tuple(leaves)
    popular, counts = _taste_counts(members, bought)
    features = _features(members, counts, SPLITS[by] if by else None)
    spread = float((features**2).sum())
    least = max(SMALLEST, round(SMALLEST_SHARE * n))
    cutter = _Cutter(members, popular, counts, currency, SPLITS[by] if by else None)
    while len(leaves) < most and spread > 0:
        options = [(g, i, parts) for i, leaf in enumerate(leaves) for g, parts in cutter.best(leaf, features, least)]
        if not options:
            break
        gain, at, parts = max(options, key=lambda option: (option[0], -option[1]))
        if gain < LEAST_GAIN * spread:
            break
        leaves[at : at + 1] = parts
    return tuple(leaves)


@dataclass(frozen=True)
class _Cutter:
    members: pd.DataFrame
    popular: tuple[str, ...]
    counts: NDArray[np.float64]
    currency: str
    only: Cuttable | Literal["taste"] | None

    def best(self, leaf: Leaf, features: NDArray[np.float64], least: int) -> Iterator[tuple[float, tuple[Leaf, Leaf]]]:
        """The split of a leaf that explains most, with what it explains; nothing where no split leaves enough."""
        best: tuple[float, Condition, NDArray[np.bool_]] | None = None
        own = features[leaf.rows]
        for condition, holds in self._cuts(leaf):
            inside = int(holds.sum())
            if inside < least or len(holds) - inside < least:
                continue
            gain = _between(own, holds)
            if best is None or gain > best[0] + 1e-9:
                best = gain, condition, holds
        if best is not None:
            gain, yes, holds = best
            no = Condition(yes.on, yes.threshold, yes.category, holds=False, known=yes.known)
            parts = Leaf(_with(leaf, yes), leaf.rows[holds]), Leaf(_with(leaf, no), leaf.rows[~holds])
            yield gain, parts

    def _cuts(self, leaf: Leaf) -> Iterator[tuple[Condition, NDArray[np.bool_]]]:
        for measure in WEIGHTS:
            if self.only not in (None, measure):
                continue
            values = self.members[measure].to_numpy(dtype="float64")[leaf.rows]
            every = bool(np.isfinite(self.members[measure].to_numpy(dtype="float64")).all())
            known = values[np.isfinite(values)]
            if not len(known):
                continue
            for threshold in sorted({self._rounded(measure, q) for q in np.quantile(known, QUANTILES)}):
                yield Condition(measure, threshold, None, holds=True, known=every), values >= threshold
        for column, category in enumerate(self.popular if self.only in (None, "taste") else ()):
            counts = self.counts[leaf.rows, column]
            for often in OFTEN:
                yield Condition("taste", often, category, holds=True, known=True), counts >= often

    def _rounded(self, measure: Cuttable, value: float) -> float:
        if measure == "recency_days":
            return min(DAYS, key=lambda day: (abs(day - value), day))
        if measure == "discount_share":
            return round(round(value * 20) / 20, 2)
        if measure == "orders":
            return max(1, round(value)) if value < 20 else 5 * round(value / 5)
        unit = 10 ** minor_digits(self.currency)
        if value < unit:
            return round(value)
        scale = 10 ** int(np.floor(np.log10(value / unit)))
        step = min(ROUND, key=lambda step: (abs(step * scale * unit - value), step))
        return float(round(unit * scale * step))


def _with(leaf: Leaf, new: Condition) -> tuple[Condition, ...]:
    """A leaf's conditions and one more, which replaces a wider one of its kind."""
    kept = (c for c in leaf.conditions if (c.on, c.category, c.holds) != (new.on, new.category, new.holds))
    return (*kept, new)


def _between(features: NDArray[np.float64], holds: NDArray[np.bool_]) -> float:
    """Sum of squares between the two parts, over all features."""
    n, inside = len(holds), int(holds.sum())
    difference = features[holds].mean(axis=0) - features[~holds].mean(axis=0)
    return float(inside * (n - inside) / n * (difference**2).sum())


def _features(
    members: pd.DataFrame, counts: NDArray[np.float64], only: Cuttable | Literal["taste"] | None
) -> NDArray[np.float64]:
    """Standardised, weighted features, one row a member, all or those of `only`; what is missing stands at the mean."""
    columns = [np.zeros(len(members))]
    for measure, weight in WEIGHTS.items():
        if only not in (None, measure):
            continue
        values = members[measure].to_numpy(dtype="float64")
        scaled = values if measure == "discount_share" else np.log1p(np.maximum(values, 0))
        columns.append(_standard(scaled) * weight**0.5)
    shares = np.log1p(counts)
    for column in range(shares.shape[1] if only in (None, "taste") else 0):
        columns.append(_standard(shares[:, column] - shares.mean(axis=1)) * (TASTE_WEIGHT / shares.shape[1]) ** 0.5)
    return np.column_stack(columns)


def _standard(values: NDArray[np.float64]) -> NDArray[np.float64]:
    known = np.isfinite(values)
    mean, deviation = (values[known].mean(), values[known].std()) if known.any() else (0.0, 0.0)
    scaled = np.zeros(len(values))
    if deviation > 0:
        scaled[known] = (values[known] - mean) / deviation
    return scaled


def _taste_counts(members: pd.DataFrame, bought: pd.DataFrame) -> tuple[tuple[str, ...], NDArray[np.float64]]:
    """The categories that most members bought, and in how many orders each did, shape (n, categories)."""
    buyers = bought.groupby("category")["customer_id"].nunique().sort_index()
    popular = tuple(str(c) for c in buyers.sort_values(ascending=False, kind="stable").index[:TASTES])
    if not popular:
        return (), np.zeros((len(members), 0))
    wide = bought[bought["category"].isin(popular)].pivot(index="customer_id", columns="category", values="orders")
    wide = wide.reindex(index=members["customer_id"], columns=list(popular)).fillna(0)
    return popular, wide.to_numpy(dtype="float64")
