"""The core's linear programme (OR-Tools' GLOP): where the fractions are, and multipliers to the last digit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tools.budget.customers.core import Core
from tools.budget.customers.exact_rows import NO_LIMIT
from tools.budget.customers.problem import Floats, Ints
from tools.budget.glop import solve_lp


@dataclass(frozen=True, eq=False)
class CoreLp:
    """`y` (J,) real counts; `value` of the core's LP optimum; `prices` (R,) per integer unit of each integer row."""

    y: Floats
    value: float
    prices: Floats


def solve_core(core: Core) -> CoreLp | None:
    """max Σ v_j y_j, Σ_{j in g} y_j = count_g, room_low ≤ Σ usage_j y_j ≤ room_high; None if infeasible."""
    from scipy.sparse import csr_matrix, vstack

    groups, j = len(core.count), len(core.group)
    unit = max(float(np.abs(core.value).max(initial=0.0)), 1e-300)
    size = np.maximum(np.abs(core.usage).max(axis=0, initial=0), 1).astype(np.float64)
    rows = csr_matrix((core.usage / size).T)
    per_group = csr_matrix((np.ones(j), (core.group, np.arange(j))), shape=(groups, j))
    low = np.where(core.room_low <= -NO_LIMIT // 2, -np.inf, core.room_low / size)
    high = np.where(core.room_high >= NO_LIMIT // 2, np.inf, core.room_high / size)
    count = core.count.astype(np.float64)
    lp = solve_lp(
        core.value / unit,
        vstack([rows, per_group]).tocsr(),
        np.concatenate([low, count]),
        np.concatenate([high, count]),
        np.zeros(j),
        count[core.group],
    )
    if lp is None:
        return None
    return CoreLp(lp.x, lp.objective * unit, lp.duals[: len(size)] * unit / size)


def rounded(core: Core, lp: CoreLp) -> Ints:
    """The LP's counts rounded down, the few customers left over at their group's largest fraction."""
    y = np.floor(lp.y + 1e-7).astype(np.int64)
    left = core.count - np.bincount(core.group, weights=y, minlength=len(core.count)).astype(np.int64)
    part = lp.y - y
    for g in np.flatnonzero(left):
        js = np.flatnonzero(core.group == g)
        if left[g] < 0:
            y[js] = 0
            left[g] = core.count[g]
            part[js] = lp.y[js]
        y[js[int(part[js].argmax())]] += left[g]
    return y
