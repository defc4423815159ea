"""Cutting planes on the aggregated dual (Kelley 1960): minimise g(λ) over a box, an oracle call a cut.

Each call at λ_t gives planes below g, one a block of customers: their choices stay possible at every λ, so
g(λ) ≥ Σ_r (h_r λ_r⁺ − l_r λ_r⁻) + Σ_b max_t (V_bt − Σ_r λ_r U_btr). The master minimises that (an LP of m + blocks
rows in its dual form, OR-Tools' GLOP); its minimum bounds min g from below, the best call bounds it from above.
Calls are made part of the way from the best point to the master's (in-out): a third of the calls where m is large.

This is not the update by per-multiplier thresholds that Ant/Alibaba have patented: no threshold is ever computed;
all multipliers move together, by a linear programme over planes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from tools.budget.customers.data import Limits
from tools.budget.customers.oracle import Oracle, Point
from tools.budget.customers.problem import Bools, Floats
from tools.budget.glop import solve_lp

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

MOST_CALLS = 400
FAINT = 1e-6
"""A multiplier below this part of its scale is one that is on its way to 0."""
IDLE = 0.05
"""A row is idle when its usage could grow by this fraction and more before it binds."""
STEP = 0.3
"""How far from the best point to the master's the next call is made."""
NOISE = 1e-13
"""Usages below this fraction of the largest are the sum's rounding, and trouble the simplex."""


@dataclass(frozen=True, eq=False)
class Dual:
    """`lam` with g(lam) = `bound`, the least found; `least` a lower estimate of min g over the box, from the master.

    `pull` (m,): usage beyond what the limit allows (> 0: λ_r wants to be higher than the box lets it) or short of it
    (< 0: lower) at the master's minimum; where the box is not in the way, 0. `idle` (m,): rows far from
    their limits there.
    """

    lam: Floats
    bound: float
    least: float
    pull: Floats
    idle: Bools
    calls: int

    @property
    def gap(self) -> float:
        return max(0.0, self.bound - self.least) / max(1e-300, abs(self.bound))


def minimise(
    oracle: Oracle,
    limits: Limits,
    start: Floats,
    low: Floats,
    high: Floats,
    *,
    scale: Floats,
    gap: float,
    apart: Point | None = None,
    inside: float = 0.0,
    most_calls: int = MOST_CALLS,
    over: Callable[[], bool] = lambda: False,
) -> Dual:
    """Minimise g over low ≤ λ ≤ high.

    Args:
        start: the first call.
        scale: (m,) the size of a multiplier that matters, per row; the master is solved in these units.
        apart: customers who choose alike wherever λ is in the box. Their value and usage are constants, and the master
            is about the others alone: a hundred million decided ones would drown its digits.
        gap: stop when (bound − least) / |bound| is below; or below `inside` while no face of the box is in the way.
        over: says when the time is up.
    """
    best = query = np.clip(start, low, high)
    bound, least, calls = np.inf, -np.inf, 0
    fixed, used_apart = (0.0, np.zeros(limits.m)) if apart is None else (apart.value, apart.usage)
    limits = replace(limits, lower=limits.lower - used_apart, upper=limits.upper - used_apart)
    planes = _Planes(limits, low, high, scale)
    pull = usage = np.zeros(limits.m)
    step = STEP
    while True:
        points = oracle(query)
        calls += 1
        planes.add(points)
        g = fixed + limits.h(query) + sum(p.gain for p in points)
        if g < bound:
            bound, best = g, query
        master = planes.minimum()
        if master is None:
            break
        target, estimate, pull, usage = master
        step = STEP if fixed + estimate > least or g <= bound else 1.0
        least = max(least, fixed + estimate)
        if bound - least <= gap * abs(bound) or calls >= most_calls or over():
            break
        if bound - least <= inside * abs(bound) and not faces(pull, bound, limits, low, high, scale, inside).any():
            break
        query = best + step * (target - best)
        if np.array_equal(query, best):
            break
    margin = np.minimum(limits.upper - usage, usage - limits.lower)
    idle = (np.abs(best) <= FAINT * scale) & (margin > IDLE * np.abs(usage + used_apart))
    best = np.where(idle & (low <= 0) & (high >= 0), 0.0, best)
    bound = fixed + limits.h(best) + sum(p.gain for p in oracle(best)) if idle.any() else bound
    return Dual(best, float(bound), float(least), pull, idle, calls)


def faces(
    pull: Floats, bound: float, limits: Limits, low: Floats, high: Floats, scale: Floats, gap: float = 0.0
) -> Bools:
    """Rows whose box keeps the master from a lower minimum. λ_r = 0 is no face where the other side has no limit.

    Args:
        gap: how near the minimum is known, relative; a pull that is worth less within the box tells nothing.
    """
    reach = np.where(high > low, (high - low) / 2, scale)
    worth = np.abs(pull) * reach > np.where(high > low, max(gap, 1e-9), 1e-9) * max(abs(bound), 1e-300)
    up = (pull > 0) & (np.isfinite(limits.upper) | (high < 0))
    down = (pull < 0) & (np.isfinite(limits.lower) | (low > 0))
    return np.asarray(worth & (up | down), dtype=np.bool_)


class _Planes:
    """The planes so far, and their minimum over the box.

    The master's dual form mixes the planes' usages (weights w_bt):

        max Σ w_bt V_bt + Σ_r (low_r p_r − high_r q_r)   Σ_t w_bt = 1 for each block b,
                                                         Σ w_bt U_btr − q_r + p_r within the limits of row r

    q, p: usage over or under a limit, at the box's prices. λ_r is the price of row r. In units: λ_r = scale_r μ_r,
    money in units of the largest |V|.
    """

    def __init__(self, limits: Limits, low: Floats, high: Floats, scale: Floats) -> None:
        self.low, self.high, self.scale = low, high, scale
        # A box on one side of 0 prices every unit of slack, so that side's limit is met by p and q.
        # A multiplier held at 0 prices nothing: its row is free.
        free = (low == 0) & (high == 0)
        self.row_lower = np.where(free, -np.inf, np.where(low >= 0, limits.upper, limits.lower)) * scale
        self.row_upper = np.where(free, np.inf, np.where(high <= 0, limits.lower, limits.upper)) * scale
        self.values: list[float] = []
        self.usage: list[Floats] = []
        self.block: list[int] = []

    def add(self, points: tuple[Point, ...]) -> None:
        for b, point in enumerate(points):
            self.values.append(point.value)
            self.usage.append(point.usage * self.scale)
            self.block.append(b)

    def minimum(self) -> tuple[Floats, float, Floats, Floats] | None:
        """(λ, minimum, pull, usage), or None where the simplex fails."""
        m, t = len(self.scale), len(self.values)
        values, usage = np.array(self.values), np.array(self.usage).T
        blocks = max(self.block) + 1
        unit = max(float(np.abs(values).max()), float(np.abs(usage).max())) or 1.0
        usage = usage / unit
        lp = solve_lp(
            np.concatenate([values / unit, -self.high / self.scale, self.low / self.scale]),
            self._matrix(usage, blocks),
            np.append(self.row_lower / unit, np.ones(blocks)),
            np.append(self.row_upper / unit, np.ones(blocks)),
            np.zeros(t + 2 * m),
            np.full(t + 2 * m, np.inf),
        )
        if lp is None:
            return None
        target = np.clip(lp.duals[:m] * self.scale, self.low, self.high)
        over, under = lp.x[t : t + m], lp.x[t + m :]
        used = usage @ lp.x[:t] * unit / self.scale
        return target, lp.objective * unit, (over - under) * unit / self.scale, used

    def _matrix(self, usage: Floats, blocks: int) -> "csr_matrix[Any]":
        from scipy.sparse import csr_matrix

        m, t = usage.shape
        ends = np.broadcast_to([-1.0, 1.0], (m, 2))
        columns = np.hstack([np.tile(np.arange(t), (m, 1)), np.arange(t, t + 2 * m).reshape(2, m).T])
        order = np.argsort(self.block, kind="stable")
        data = np.concatenate([np.hstack([usage, ends]).ravel(), np.ones(t)])
        indices = np.concatenate([columns.ravel(), order])
        per_block = np.bincount(self.block, minlength=blocks)
        starts = np.concatenate([[0], np.cumsum(np.concatenate([np.full(m, t + 2), per_block]))])
        return csr_matrix((data, indices, starts), shape=(m + blocks, t + 2 * m))
