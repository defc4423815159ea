"""Boxes of multipliers, and what is known once everyone has been split by one: the decided and the open."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tools.budget.customers.data import Customers
from tools.budget.customers.kelley import Dual
from tools.budget.customers.oracle import Point, sweep
from tools.budget.customers.problem import Floats, Ints


@dataclass(frozen=True, eq=False)
class Box:
    """low ≤ λ ≤ high."""

    low: Floats
    high: Floats

    @classmethod
    def around(cls, lam: Floats, width: Floats, within: tuple[Floats, Floats]) -> Box:
        return cls(np.clip(lam - width, *within), np.clip(lam + width, *within))

    @property
    def middle(self) -> Floats:
        return np.asarray((self.low + self.high) / 2)

    @property
    def half(self) -> Floats:
        return np.asarray((self.high - self.low) / 2)


@dataclass(frozen=True, eq=False)
class DualState:
    """Everyone at the dual's minimum.

    `open`: indices of the customers whose choice was open in the last box, `low` to `high`; `decided`: the others'
    sums, `units` (R,) their usage in integer units, and `choice` (n,) theirs.
    """

    dual: Dual
    scale: Floats
    open: NDArray[np.intp]
    open_customers: Customers
    decided: Point
    units: Ints
    choice: NDArray[np.int16]
    finished: bool
    """The minimum lies inside the box."""
    low: Floats
    high: Floats

    @property
    def lam(self) -> Floats:
        return self.dual.lam

    def holds(self, lam: Floats) -> bool:
        return bool((self.low <= lam).all() and (lam <= self.high).all())

    def point(self, lam: Floats, engine: Any) -> Point:
        """Everyone at a λ in the box, from the open customers alone."""
        d = self.decided
        at = Point(lam, d.value - float(lam @ d.usage), d.value, d.usage)
        return at.plus(sweep(self.open_customers, lam, engine)[0])


def nested(outer: DualState, inner: DualState) -> DualState:
    """The inner split, of the outer's open customers, as a split of everyone."""
    outer.choice[outer.open] = inner.choice  # what is open has no choice yet, so nothing of the outer's is lost
    decided = outer.decided.plus(inner.decided)
    return replace(
        inner, open=outer.open[inner.open], decided=decided, units=outer.units + inner.units, choice=outer.choice
    )


def everyone_open(customers: Customers, dual: Dual, scale: Floats) -> DualState:
    nothing = Point(dual.lam, 0.0, 0.0, np.zeros(customers.m))
    choice = np.full(customers.n, -1, dtype=np.int16)
    units = np.zeros(customers.m, dtype=np.int64)
    anywhere = np.full(customers.m, np.inf)
    return DualState(dual, scale, np.arange(customers.n), customers, nothing, units, choice, True, -anywhere, anywhere)
