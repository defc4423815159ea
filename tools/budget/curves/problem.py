"""Spend against effect, channel by channel. Frozen, and it validates itself.

maximise   Σ_i f_i(x_i)                  f_i(x) = top_i · x^s / (x^s + half_i^s), s = shape_i: Hill's curve
subject to Σ_i x_i ≤ B                   money in integer minor units
           Σ_{i in G} x_i ≤ C_G          caps of groups, which may overlap
           least_i ≤ x_i ≤ most_i

With s ≤ 1 a curve is concave; with s > 1 it is S-shaped, convex up to its inflection half · ((s−1)/(s+1))^(1/s): a
little money does next to nothing, and the best plan leaves some channels out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tools.budget.customers.problem import Floats, InvalidProblem


@dataclass(frozen=True)
class Curve:
    """One channel's response.

    Attributes:
        top: margin in minor units that unlimited spend approaches, > 0.
        half_minor: spend that brings half of it, > 0.
        shape: Hill's exponent, > 0.
        least_minor, most_minor: spend in minor units; None: the budget is the limit.
    """

    name: str
    top: float
    half_minor: float
    shape: float
    least_minor: int = 0
    most_minor: int | None = None


@dataclass(frozen=True)
class Cap:
    """These channels together spend at most `most_minor`."""

    name: str
    channels: frozenset[str]
    most_minor: int


@dataclass(frozen=True)
class CurveProblem:
    """Curves, a budget and caps that fit together.

    Raises:
        InvalidProblem: naming the curve or cap.
    """

    curves: tuple[Curve, ...]
    budget_minor: int
    caps: tuple[Cap, ...] = ()

    def __post_init__(self) -> None:
        names = [c.name for c in self.curves]
        for name in names:
            if names.count(name) > 1:
                raise InvalidProblem(f"The curve {name!r} is given twice.")
        _money("budget_minor", self.budget_minor)
        for c in self.curves:
            for field in ("top", "half_minor", "shape"):
                number = getattr(c, field)
                if not (math.isfinite(number) and number > 0):
                    raise InvalidProblem(f"`{field}` of curve {c.name!r} must be above 0, it is {number!r}.")
            _money(f"least_minor of curve {c.name!r}", c.least_minor)
            if c.most_minor is not None:
                _money(f"most_minor of curve {c.name!r}", c.most_minor)
                if c.most_minor < c.least_minor:
                    raise InvalidProblem(f"Curve {c.name!r} spends {c.least_minor} to {c.most_minor}.")
        for cap in self.caps:
            _money(f"most_minor of cap {cap.name!r}", cap.most_minor)
            if unknown := sorted(cap.channels - set(names)):
                raise InvalidProblem(f"Cap {cap.name!r} names {unknown[0]!r}, which is no curve.")


def _money(what: str, amount: object) -> None:
    if isinstance(amount, bool) or not isinstance(amount, int) or amount < 0:
        raise InvalidProblem(f"`{what}` must be a whole number >= 0, it is {amount!r}.")


class Curves:
    """The curves as arrays (n,), and the limits as rows: 0 is the budget, the caps follow. `member` (m, n) 0 or 1."""

    def __init__(self, problem: CurveProblem) -> None:
        curves = problem.curves
        self.top = np.array([c.top for c in curves], dtype=np.float64)
        self.half = np.array([c.half_minor for c in curves], dtype=np.float64)
        self.shape = np.array([c.shape for c in curves], dtype=np.float64)
        self.low = np.array([c.least_minor for c in curves], dtype=np.float64)
        most = [problem.budget_minor if c.most_minor is None else c.most_minor for c in curves]
        self.high = np.maximum(np.minimum(np.array(most, dtype=np.float64), problem.budget_minor), self.low)
        self.limit = np.array([problem.budget_minor, *(cap.most_minor for cap in problem.caps)], dtype=np.float64)
        inside = [[c.name in cap.channels for c in curves] for cap in problem.caps]
        self.member: Floats = np.array([[True] * len(curves), *inside], dtype=np.float64)
        over_one = np.maximum(self.shape, 1.0)
        self.inflection = self.half * ((over_one - 1) / (over_one + 1)) ** (1 / over_one)

    @property
    def n(self) -> int:
        return len(self.top)

    def value(self, x: Floats) -> Floats:
        """f_i(x_i); x (n,) or (…, n)."""
        z = (np.maximum(x, 0.0) / self.half) ** self.shape
        return np.asarray(self.top * (1 - 1 / (1 + z)))

    def slope(self, x: Floats) -> Floats:
        """f_i'(x_i) for x_i > 0."""
        z = (x / self.half) ** self.shape
        return np.asarray(self.top * self.shape * z / (x * (1 + z) ** 2))

    def feasible(self, x: NDArray[np.int64]) -> bool:
        inside = bool((x >= self.low).all() and (x <= self.high).all())
        return inside and bool((self.member @ x <= self.limit).all())
