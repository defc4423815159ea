"""What solving over customers returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tools.budget.types import SolveStatus


@dataclass(frozen=True)
class RowUse:
    """A limit at the plan. `slack`: to the nearer limit, >= 0 where it holds.

    `shadow_price`: what the next unit of `upper` would bring (>= 0), or the next unit of `lower` (<= 0: it costs), the
    right-hand derivative of the linear programme's value. Minor units of margin per unit of the row; 0 where it does
    not bind. `multiplier`: the row's multiplier in the bound; the two differ only where a limit is met to the last unit
    by a whole step, and the last unit brought more than the next one would.
    """

    name: str
    lower: float
    upper: float
    used: float
    slack: float
    shadow_price: float
    multiplier: float


@dataclass(frozen=True, eq=False)
class Allocation:
    """Who gets which action.

    `action` (n,) int64 (int16 from `solve_sharded`), −1 for no contact.
    `objective` in minor units of incremental margin. `bound`: a proven upper
    bound of every feasible plan. `gap` = (bound − objective) / max(1, |bound|). `rows`: those of the problem in their
    order, then the budget. `seconds`: wall time. Where no plan was found (`infeasible`, `not_solved`) `action` is −1
    throughout and `objective` −inf; `infeasible` is proven.
    """

    action: NDArray[np.signedinteger[Any]]
    status: SolveStatus
    objective: float
    bound: float
    gap: float
    spend_minor: int
    rows: tuple[RowUse, ...]
    seconds: float

    def row(self, name: str) -> RowUse:
        """The row of that name; the budget's is "budget"."""
        return next(row for row in self.rows if row.name == name)

    def price(self, name: str) -> float:
        return self.row(name).shadow_price


@dataclass(frozen=True)
class CustomerCertificate:
    """What `certify` found. Every figure is computed from the problem, the actions and the multipliers alone."""

    objective: float
    bound: float
    gap: float
    spend_minor: int
    budget_minor: int
    contacted: int
    residuals: dict[str, float]
    """Row → how far inside its nearer limit; none is negative."""
    method: str


@dataclass(frozen=True, eq=False)
class FrontierPoint:
    """The best plan at one budget."""

    budget_minor: int
    allocation: Allocation

    @property
    def objective(self) -> float:
        return self.allocation.objective

    @property
    def spend_minor(self) -> int:
        return self.allocation.spend_minor

    @property
    def shadow_price(self) -> float:
        return self.allocation.price("budget")


def relative_gap(bound: float, objective: float) -> float:
    return max(0.0, bound - objective) / max(1.0, abs(bound))
