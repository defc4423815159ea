"""What solving over customers returns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tools.budget.types import SolveStatus


@dataclass(frozen=True)
class RowUse:
    """A limit at the plan. `slack`: to the nearer limit, >= 0 where it holds.

    `shadow_price`: the multiplier of the row in the bound: what one more unit of `upper` brings (>= 0), or what one
    more unit of `lower` brings (<= 0: it costs). Minor units of margin per unit of the row; 0 where it does not bind.
    """

    name: str
    lower: float
    upper: float
    used: float
    slack: float
    shadow_price: float


@dataclass(frozen=True, eq=False)
class Allocation:
    """Who gets which action.

    `action` (n,) int, −1 for no contact. `objective` in minor units of incremental margin. `bound`: a proven upper
    bound of every feasible plan. `gap` = (bound − objective) / max(1, |bound|). `rows`: those of the problem in their
    order, then the budget. `seconds`: wall time. Where no plan was found (`infeasible`, `not_solved`) `action` is −1
    throughout and `objective` −inf; `infeasible` is proven.
    """

    action: NDArray[np.int64]
    status: SolveStatus
    objective: float
    bound: float
    gap: float
    spend_minor: int
    rows: tuple[RowUse, ...]
    seconds: float

    def price(self, name: str) -> float:
        return next(row.shadow_price for row in self.rows if row.name == name)


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
