"""Shadow prices: what the next unit of a limit would bring.

Where the dual has one minimum, its multipliers are these prices. At a corner (a budget that is spent to the last unit
by a whole step) it has many, and any of them proves the bound: 8/3 was earned by the last unit, 2 will be by the next.
The price of the next unit is the right-hand derivative of the LP's value in the limit, the least λ_r among all
optimal λ. It is itself a linear programme, over the directions d in which the LP's optimum y* may move:

    max Σ v_j d_j    Σ_j d_j = 0 in each group, d_j ≥ 0 where y*_j = 0, d_j ≤ 0 where y*_j is all of its group,
                     Σ u_rj d_j ≤ 1 for the limit in question, ≤ 0 for the others that bind (≥ for lower limits)

whose dual values are such a λ. The core knows some of the directions only, so that λ counts if the oracle finds it
optimal over everyone; if not, the multiplier itself stays the price.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tools.budget.customers.core import Core
from tools.budget.customers.corelp import CoreLp
from tools.budget.customers.exact_rows import IntegerRow
from tools.budget.customers.problem import Bools, Floats
from tools.budget.glop import solve_lp

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

WHOLE = 1e-6
"""A count nearer to a whole number is that number."""
TIGHT = 1e-7
SAME = 1e-9


@dataclass(frozen=True, eq=False)
class Corner:
    """The core at the dual's minimum and its LP's optimum."""

    core: Core
    lp: CoreLp


def next_unit_prices(
    corner: Corner, rows: Sequence[IntegerRow], lam: Floats, value_at: Callable[[Floats], float]
) -> Floats:
    """(m,) what one more unit of each row's limit brings.

    Args:
        lam: the multipliers of the bound.
        value_at: g(λ) over everyone.
    """
    face = _Face(corner)
    prices = lam.copy()
    if face.is_a_point():
        return prices
    units = np.array([float(row.scale.factor) for row in rows])
    least = value_at(lam)
    for r in np.flatnonzero(face.at_high | face.at_low):
        found = face.least_price(int(r))
        if found is None or found[r] * units[r] >= lam[r] - SAME * abs(lam[r]):
            continue
        other = np.where(face.at_high, np.where(face.at_low, found, np.maximum(found, 0)), np.minimum(found, 0)) * units
        if value_at(other) <= least + SAME * max(abs(least), 1e-12):
            prices[r] = other[r]
    return prices


class _Face:
    """The optimal multipliers of the core's LP, seen from its optimum y*."""

    def __init__(self, corner: Corner) -> None:
        core, y = corner.core, corner.lp.y
        self.core = core
        self.size = np.maximum(np.abs(core.usage).max(axis=0, initial=0), 1).astype(np.float64)
        count = core.count[core.group].astype(np.float64)
        self.none, self.all = y <= WHOLE, y >= count - WHOLE
        used = (core.usage / self.size).T @ y
        tolerance = TIGHT * np.maximum(np.abs(core.usage / self.size).T @ y, 1.0)
        self.at_high: Bools = core.room_high / self.size <= used + tolerance
        self.at_low: Bools = core.room_low / self.size >= used - tolerance

    def is_a_point(self) -> bool:
        """As many choices are free as limits bind: then the multipliers are the only ones."""
        free = ~self.none & ~self.all
        groups = np.unique(self.core.group[free])
        return int(free.sum()) - len(groups) >= int((self.at_high | self.at_low).sum())

    def least_price(self, r: int) -> Floats | None:
        """(R,) optimal multipliers per integer unit with the least λ_r; None where the next unit has no plan."""
        from scipy.sparse import csr_matrix, vstack

        core = self.core
        groups, j = len(core.count), len(core.group)
        rows = csr_matrix((core.usage / self.size).T)
        per_group: csr_matrix[Any] = csr_matrix((np.ones(j), (core.group, np.arange(j))), shape=(groups, j))
        low, high = np.where(self.at_low, 0.0, -np.inf), np.where(self.at_high, 0.0, np.inf)
        if self.at_high[r]:
            high[r] = 1.0
            low[r] = 1.0 if self.at_low[r] else low[r]
        else:
            low[r] = 1.0
        unit = max(float(np.abs(core.value).max(initial=0.0)), 1e-300)
        nothing = np.zeros(groups)
        lp = solve_lp(
            core.value / unit,
            vstack([rows, per_group]).tocsr(),
            np.concatenate([low, nothing]),
            np.concatenate([high, nothing]),
            np.where(self.none, 0.0, -np.inf),
            np.where(self.all, 0.0, np.inf),
        )
        return None if lp is None else lp.duals[: len(self.size)] * unit / self.size
