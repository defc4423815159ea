"""The problem over customers. Frozen, and it validates itself.

maximise   Σ_ia v_ia x_ia                    v: incremental margin in minor units against no contact, may be < 0
subject to Σ_a x_ia ≤ 1                      each customer i at most one action a; no contact is always possible
           Σ_ia c_ia x_ia ≤ B                money, in integer minor units
           l_r ≤ Σ_ia u_ria x_ia ≤ h_r       coupling rows: capacities, caps, minimum reach, shares, fairness
           x_ia ∈ {0, 1},  x_ia = 0 where not allowed
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tools.failure import ToolFailure

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

BUDGET = "budget"
"""The name under which the budget stands among an allocation's rows."""
LARGEST_MONEY = 1 << 53
"""Sums of money stay below this, so that they are exact as integers and as float64."""


class InvalidProblem(ToolFailure, ValueError):
    """The data contradict themselves; the message names the array, customer, action or row."""

    def __init__(self, message: str, **detail: object) -> None:
        super().__init__("invalid_problem", message, **detail)


@dataclass(frozen=True, eq=False)
class Row:
    """One coupling row, `lower ≤ Σ usage of the chosen pairs ≤ upper`.

    Attributes:
        name: unique, and not "budget".
        lower, upper: None or an infinity where there is no limit on that side.
        usage: (n, k) float64; None counts 1 for each chosen pair.
        actions: the actions that count; None counts all.
        customers: the customers that count, as indices or as a mask (n,); None counts all.
    """

    name: str
    lower: float | None
    upper: float | None
    usage: Floats | None = None
    actions: Sequence[int] | None = None
    customers: Sequence[int] | Ints | Bools | None = None

    @property
    def low(self) -> float:
        return -np.inf if self.lower is None else float(self.lower)

    @property
    def high(self) -> float:
        return np.inf if self.upper is None else float(self.upper)


@dataclass(frozen=True, eq=False)
class BudgetProblem:
    """Values (n, k) float64, costs (n, k) int64 >= 0, a budget, rows, and which pairs are allowed (n, k) bool.

    Raises:
        InvalidProblem: on shapes that do not fit, NaN or infinities (naming the customer), negative or fractional
            costs, or a row that cannot be read.
    """

    value: Floats
    cost_minor: Ints
    budget_minor: int
    rows: tuple[Row, ...] = ()
    allowed: Bools | None = None

    def __post_init__(self) -> None:
        value = _as_floats("value", self.value, None)
        set_ = object.__setattr__
        set_(self, "value", value)
        set_(self, "cost_minor", _as_money(self.cost_minor, value.shape))
        set_(self, "budget_minor", _as_budget(self.budget_minor))
        if self.allowed is not None:
            allowed = np.asarray(self.allowed)
            if allowed.dtype != np.bool_ or allowed.shape != value.shape:
                raise InvalidProblem(
                    f"`allowed` must be bool of shape {value.shape}, it is {allowed.dtype} of {allowed.shape}."
                )
            set_(self, "allowed", np.ascontiguousarray(allowed))
        set_(self, "rows", tuple(_checked_row(row, value.shape) for row in self.rows))
        names = [row.name for row in self.rows]
        for name in names:
            if names.count(name) > 1 or name == BUDGET:
                raise InvalidProblem(f"The row name {name!r} is taken.", row=name)

    @property
    def n(self) -> int:
        return int(self.value.shape[0])

    @property
    def k(self) -> int:
        return int(self.value.shape[1])

    def with_budget(self, budget_minor: int) -> BudgetProblem:
        """The same problem at another budget. Nothing is copied or checked again but the budget."""
        return _unchecked(self, budget_minor=_as_budget(budget_minor), rows=self.rows)

    def with_rows(self, rows: Sequence[Row]) -> BudgetProblem:
        """The same customers under other rows."""
        return _unchecked(self, self.budget_minor, tuple(_checked_row(row, self.value.shape) for row in rows))


def _unchecked(problem: BudgetProblem, budget_minor: int, rows: tuple[Row, ...]) -> BudgetProblem:
    other = object.__new__(BudgetProblem)
    for name, item in {**vars(problem), "budget_minor": budget_minor, "rows": rows}.items():
        object.__setattr__(other, name, item)
    return other


def _as_floats(what: str, array: object, shape: tuple[int, ...] | None) -> Floats:
    found = np.ascontiguousarray(array, dtype=np.float64)
    if found.ndim != 2 or (shape is not None and found.shape != shape):
        raise InvalidProblem(f"`{what}` must have shape {shape or '(customers, actions)'}, it has {found.shape}.")
    # A sum is finite only if every term is; only then is the place looked for.
    with np.errstate(invalid="ignore", over="ignore"):
        finite = bool(np.isfinite(found.sum()))
    if not finite and not np.isfinite(found).all():
        i, a = (int(p) for p in np.argwhere(~np.isfinite(found))[0])
        raise InvalidProblem(
            f"`{what}` of customer {i}, action {a} is {found[i, a]}: a finite number is needed.", customer=i, action=a
        )
    return found


def _as_money(array: object, shape: tuple[int, ...]) -> Ints:
    raw = np.asarray(array)
    if raw.dtype.kind == "f":
        _as_floats("cost_minor", raw, shape)
        if not (raw == np.rint(raw)).all():
            i, a = (int(p) for p in np.argwhere(raw != np.rint(raw))[0])
            raise InvalidProblem(
                f"`cost_minor` of customer {i}, action {a} is {raw[i, a]}: whole minor units are needed.",
                customer=i,
                action=a,
            )
    elif raw.dtype.kind not in "iu":
        raise InvalidProblem(f"`cost_minor` must hold integers, it holds {raw.dtype}.")
    if raw.shape != shape:
        raise InvalidProblem(f"`cost_minor` must have the shape of `value`, {shape}, it has {raw.shape}.")
    cost = np.ascontiguousarray(raw, dtype=np.int64)
    if cost.size and int(cost.min()) < 0:
        i, a = (int(p) for p in np.argwhere(cost < 0)[0])
        raise InvalidProblem(
            f"`cost_minor` of customer {i}, action {a} is {cost[i, a]}: a cost is not negative.", customer=i, action=a
        )
    if cost.size and int(cost.max()) * shape[0] >= 1 << 62:
        raise InvalidProblem(f"A cost of {int(cost.max())} times {shape[0]} customers is beyond 64-bit integers.")
    return cost


def _as_budget(budget: object) -> int:
    if isinstance(budget, bool) or not isinstance(budget, int | np.integer) or budget < 0:
        raise InvalidProblem(f"`budget_minor` must be a whole number >= 0, it is {budget!r}.")
    return int(budget)


def _checked_row(row: Row, shape: tuple[int, ...]) -> Row:
    n, k = shape
    if np.isnan(row.low) or np.isnan(row.high) or row.low > row.high or row.low == np.inf or row.high == -np.inf:
        raise InvalidProblem(f"Row {row.name!r} has limits {row.lower!r} to {row.upper!r}.", row=row.name)
    usage = None if row.usage is None else _as_floats(f"usage of row {row.name}", row.usage, shape)
    actions = row.actions
    if actions is not None:
        actions = tuple(int(a) for a in actions)
        for a in actions:
            if not 0 <= a < k:
                raise InvalidProblem(f"Row {row.name!r} names action {a}; there are {k}.", row=row.name)
    customers = None if row.customers is None else _as_mask(row, n)
    return Row(row.name, row.lower, row.upper, usage, actions, customers)


def _as_mask(row: Row, n: int) -> Bools:
    given = np.asarray(row.customers)
    if given.dtype == np.bool_:
        if given.shape != (n,):
            raise InvalidProblem(f"Row {row.name!r} has a mask of {given.shape} for {n} customers.", row=row.name)
        return given
    mask = np.zeros(n, dtype=np.bool_)
    if given.size:
        if given.dtype.kind not in "iu" or int(given.min()) < 0 or int(given.max()) >= n:
            raise InvalidProblem(f"Row {row.name!r} names customers outside 0 to {n - 1}.", row=row.name)
        mask[given] = True
    return mask
