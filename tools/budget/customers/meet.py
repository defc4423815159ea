"""The undecided customers' best plan by meeting in the middle, and the proof that there is no better one.

A plan is a set of moves away from everyone's best alternative at λ, each with a loss ≥ 0 (`core.py`):

    g(λ) − value = Σ losses of the moves + Σ_r |λ_r| · (slack of row r's priced side)

So in a plan better than the one at hand the losses, and each row's slack at its price, stay below what is left of the
gap. The customers are dealt into two halves, and of each half the sets of moves are listed, those of least loss. Two
sets, one of each half, are a plan if they meet every limit. They are not tried one by one: where a step of a row is
dearer than what is left (a capacity counts whole customers) the two must add up to one number exactly, and a hash of
those numbers finds the other half; along one of the other rows (money, as a rule) the lists are sorted, and only a
narrow window is looked at. Horowitz and Sahni 1974, with the dual's bound as the guide.

Where both lists hold every set up to what is left, no plan of these alternatives is better.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tools.budget.customers.core import Core
from tools.budget.customers.halves import DEEPEST, Half, Lister, Moves
from tools.budget.customers.problem import Floats, Ints

LOOKED_AT, LOOKED_AT_COMPILED = 5_000_000, 100_000_000
"""Pairs of sets that a round looks at."""
BLOCK = 1 << 18
SECONDS = 3e-6
"""A round's time for each set listed."""
SAME = 1e-9
LARGE = 1 << 62
BUCKETS, SHARP = 2, 0.5
"""Rows that are cut into buckets at most, and how far a move's usage must spread, in widths of the window."""


Sets = NDArray[np.int16]


@dataclass(frozen=True, eq=False)
class Met:
    """The best plan so far, and whether no plan of the core's alternatives is better."""

    core: Core
    proven: bool


def meet(
    core: Core,
    prices: Floats,
    bound: float,
    *,
    reach: float,
    enough: float,
    seed: int,
    sizes: tuple[int, ...],
    engine: Any = None,
    left: Callable[[], float] = lambda: math.inf,
) -> Met:
    """Better plans, round by round, each with the customers dealt anew.

    Args:
        prices: (R,) λ per integer unit, of the multipliers at which the core's losses were taken.
        bound: of the core's value, at those multipliers.
        reach: how far below the bound a plan is looked for while none is known.
        enough: stop when the plan's value is at least this.
        sizes: sets listed of each half, round by round.
        engine: module with a compiled `join`, or None.
        left: seconds that are left; a round that would take longer is not begun.
    """
    rng = np.random.default_rng(seed)
    found = Met(core, False)
    for size in sizes:
        if left() < SECONDS * size or (found.core.feasible and found.core.total >= enough):
            break
        found = _Round(found.core, prices, bound, reach).run(size, rng, engine)
        if found.proven:
            break
    return found


class _Round:
    """One dealing of the customers into halves."""

    def __init__(self, core: Core, prices: Floats, bound: float, reach: float) -> None:
        self.core, self.known = core, core.feasible
        self.base = core.with_y(_at_least_loss(core))
        gap = bound - core.total if self.known else reach
        # A hair more than what is left, for the rounding of the sums.
        self.left = gap * (1 + SAME) + 1e-13 * abs(bound)
        moves = Moves.of(self.base, self.left)
        low, high = self.base.room_low - self.base.used, self.base.room_high - self.base.used
        # Rows that no set can bring to a limit need no look.
        far = 2 * DEEPEST * np.abs(moves.usage).max(axis=0, initial=0)
        rows = np.flatnonzero((prices != 0) | (far > high) | (far > -low))
        self.moves, self.prices, self.low, self.high = moves.within(rows), prices[rows], low[rows], high[rows]

    def run(self, size: int, rng: np.random.Generator, engine: Any) -> Met:
        rules = _Rules.of(self.low, self.high, self.moves.usage, self.prices, self.left)
        if rules is None:
            return Met(self.core, self.known)
        side = rng.random(len(self.core.count)) < 0.5
        usage = self.moves.usage
        with np.errstate(over="ignore"):
            key = np.asarray(usage @ rules.factors, dtype=np.int64)
        lister = Lister(self.moves, key, usage[:, list(rules.ranked)].astype(np.float64))
        a, b = (
            rules.keyed(lister.listed(np.flatnonzero(side[self.moves.group] == s), self.left, size))
            for s in (False, True)
        )
        least = self.core.total - self.base.total if self.known else -np.inf
        args = (
            a.key, a.rank[:, 0].copy(), a.loss, a.value, a.sets, b.key, b.rank[:, 0].copy(), b.loss, b.value, b.sets,
            np.vstack([usage, np.zeros_like(self.low)]), rules.targets, *rules.window, self.low, self.high, self.left,
            least, LOOKED_AT_COMPILED if engine else LOOKED_AT,
        )  # fmt: skip
        i, j, all_looked_at = engine.join(*args) if engine else join(*args)
        whole = bool(all_looked_at) and a.whole and b.whole and self.moves.whole
        if i < 0:
            return Met(self.core, whole and self.known)
        y = self.base.y.copy()
        for move in (*a.sets[i], *b.sets[j]):
            if move >= 0:
                y[self.moves.a[move]] -= 1
                y[self.moves.b[move]] += 1
        return Met(self.core.with_y(y), whole)


def _at_least_loss(core: Core) -> Ints:
    """The core's plan with everyone who is not at an alternative of least loss moved to one."""
    least = np.full(len(core.count), np.inf)
    np.minimum.at(least, core.group, core.loss)
    size = float(np.abs(core.value).max(initial=0.0))
    best = core.loss <= least[core.group] + 1e-12 * size
    y = np.where(best, core.y, 0)
    missing = core.count - np.bincount(core.group, weights=y, minlength=len(core.count)).astype(np.int64)
    places = np.flatnonzero(best)
    first = places[np.unique(core.group[places], return_index=True)[1]]
    y[first] += missing
    return y


@dataclass(frozen=True, eq=False)
class _Rules:
    """What two sets must add up to.

    `factors` (R,): of the exact rows' hash. `ranked`: the row that the lists are sorted along, whose sums lie in
    `window`, then the rows that are cut into buckets of `widths`, hashed by `spice`. `targets`: the keys' sums.
    """

    factors: Ints
    ranked: tuple[int, ...]
    window: tuple[float, float]
    widths: Floats
    spice: Ints
    targets: Ints

    @classmethod
    def of(cls, room_low: Ints, room_high: Ints, usage: Ints, prices: Floats, left: float) -> _Rules | None:
        """None where nothing can be better: the slack that whole steps must leave costs more than what is left."""
        side, price = np.sign(prices).astype(np.int64), np.abs(prices)
        slack = np.where(prices > 0, room_high, -room_low)
        step = np.gcd.reduce(np.abs(usage), axis=0, initial=0)
        exact = (price * step >= left) & (step > 0)
        stays = np.where(exact, slack % np.maximum(step, 1), 0)
        if (price * stays > left).any() or ((step == 0) & (price * slack > left)).any():
            return None
        hashes = np.random.default_rng(len(slack)).integers(-LARGE, LARGE, len(slack) + BUCKETS) | 1
        factors = np.where(exact, hashes[:-BUCKETS], 0)
        spread = usage.std(axis=0) if len(usage) else np.zeros(len(price))
        sharp = np.where(exact, 0.0, spread * price / max(left, 1e-300))
        order = np.argsort(-sharp, kind="stable")
        windows = [_window(int(r), slack, prices, left, usage) for r in order[: BUCKETS + 1]]
        bucketed = [i for i in range(1, len(windows)) if sharp[order[i]] > SHARP]
        widths = np.array([windows[i][1] - windows[i][0] for i in bucketed])
        spice = hashes[len(slack) : len(slack) + len(bucketed)]
        with np.errstate(over="ignore"):  # 64-bit sums that wrap are a hash that adds up
            targets = np.array([((slack - stays) * side * factors).sum()], dtype=np.int64)
            for i, width, factor in zip(bucketed, widths, spice, strict=True):
                first, last = (math.floor(end / width) for end in windows[i])
                # Two buckets' numbers add up to that of the sum, or to one less.
                targets = (targets[:, None] + np.arange(first - 1, last + 1) * factor).ravel()
        ranked = tuple(int(r) for r in order[[0, *bucketed]]) if len(order) else ()
        return cls(factors, ranked, windows[0] if windows else (-np.inf, np.inf), widths, spice, targets)

    def keyed(self, half: Half) -> Half:
        """With the buckets in the keys, sorted by key and rank."""
        buckets = np.floor(half.rank[:, 1:] / self.widths).astype(np.int64)
        with np.errstate(over="ignore"):
            key = half.key + (buckets * self.spice).sum(axis=1)
        return replace(half, key=key).by_key()


def _window(r: int, slack: Ints, prices: Floats, left: float, usage: Ints) -> tuple[float, float]:
    """Between which row r's change must lie, by its price; a little wider, since sums of float64 are compared."""
    high, price = float(slack[r]), abs(float(prices[r]))
    if price == 0:
        return -np.inf, np.inf
    low = high - left / price
    slip = 1e-12 * (abs(high) + abs(low) + float(np.abs(usage[:, r]).max(initial=0)))
    return (low - slip, high + slip) if prices[r] > 0 else (-high - slip, -low + slip)


def join(
    key: Ints, rank: Floats, loss: Floats, value: Floats, sets: Sets, other_key: Ints, other_rank: Floats,
    other_loss: Floats, other_value: Floats, other_sets: Sets, usage: Ints, targets: Ints, first: float, last: float,
    low: Ints, high: Ints, most_loss: float, least: float, most: int,
) -> tuple[int, int, bool]:  # fmt: skip
    """The two sets, one of each list, of greatest value that meet every limit; (−1, −1) if none is above `least`.

    Args:
        key, rank, loss, value, sets: (N,), (N, d) of the one list, sorted by key and rank, and of the other.
        usage: (M + 1, R) of each move, and of none at the end.
        targets: what the keys may add up to; first, last: between which the ranks do.
        low, high: (R,) between which the usages add up.
        most_loss: above which two sets are not worth a look.
        most: pairs to look at; the third answer is whether that sufficed.
    """
    best, pair, looked = least, (-1, -1), 0
    for target in targets:
        with np.errstate(over="ignore"):
            wanted = target - key
        begin, end = np.searchsorted(other_key, wanted), np.searchsorted(other_key, wanted, side="right")
        lo = _within(other_rank, begin, end, first - rank, np.less)
        hi = _within(other_rank, begin, end, last - rank, np.less_equal)
        some = np.flatnonzero(hi > lo)
        edges = np.concatenate([[0], np.cumsum((hi - lo)[some])])
        at = 0
        while at < len(some):
            stop = max(int(np.searchsorted(edges, edges[at] + BLOCK, side="right")) - 1, at + 1)
            size = (hi - lo)[some[at:stop]]
            i = np.repeat(some[at:stop], size)
            j = np.arange(len(i)) - np.repeat(edges[at:stop] - edges[at], size) + np.repeat(lo[some[at:stop]], size)
            good = (loss[i] + other_loss[j] < most_loss) & (value[i] + other_value[j] > best)
            i, j = i[good], j[good]
            change = usage[sets[i]].sum(axis=1) + usage[other_sets[j]].sum(axis=1)
            good = ((change >= low) & (change <= high)).all(axis=1)
            i, j = i[good], j[good]
            if len(i):
                gain = value[i] + other_value[j]
                top = int(gain.argmax())
                best, pair = float(gain[top]), (int(i[top]), int(j[top]))
            at = stop
            if looked + edges[at] > most:
                return *pair, False
        looked += int(edges[-1])
    return *pair, True


def _within(rank: Floats, begin: NDArray[np.intp], end: NDArray[np.intp], limit: Floats, before: Any) -> Any:
    """For each i the first place in begin … end whose rank is not `before` limit_i; ranks there are sorted."""
    lo, hi = begin.copy(), end.copy()
    while (todo := lo < hi).any():
        middle = (lo + hi) // 2
        up = todo & before(rank[np.minimum(middle, len(rank) - 1)], limit)
        lo, hi = np.where(up, middle + 1, lo), np.where(todo & ~up, middle, hi)
    return lo
