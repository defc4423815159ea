"""The certificate of an allocation over customers. It shares no code with the solver.

From the problem, the actions and the multipliers it counts everything again: each customer's action is allowed, money
in integers, counts in integers, sums of usage arrays in exact binary arithmetic (`math.fsum`), the objective, and the
bound as the Lagrangian dual at the allocation's multipliers,

    g(λ) = Σ_r (h_r λ_r⁺ − l_r λ_r⁻) + Σ_i max(0, max_a (v_ia − Σ_r λ_r u_ria)),

which no plan can beat whatever the λ are, in extended precision.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tools.budget.customers.problem import BudgetProblem, Floats, Row
from tools.budget.customers.result import Allocation, CustomerCertificate
from tools.failure import ToolFailure

ROUNDING = 1e-12
"""Sums of a usage array are held to their limit up to this part of the sum of their absolute terms."""
BLOCK = 8192


class NotCertified(ToolFailure, ValueError):
    """The allocation breaks a limit or claims what is not so; the message names the row and the amount."""

    def __init__(self, message: str, **detail: object) -> None:
        super().__init__("not_certified", message, **detail)


def certify(problem: BudgetProblem, allocation: Allocation) -> CustomerCertificate:
    """The certificate, or `NotCertified` naming the customer or the row and the amount."""
    rows = [(row.name, row.low, row.high) for row in problem.rows]
    count = Recount(allocation, problem.n, problem.k, problem.budget_minor, rows)
    count.add(problem, 0)
    return count.certificate()


class Recount:
    """Counts a plan again, customers part by part, and judges it.

    Args:
        limits: name, lower, upper of each row.
    """

    def __init__(
        self, allocation: Allocation, n: int, k: int, budget_minor: int, limits: Sequence[tuple[str, float, float]]
    ) -> None:
        action = np.asarray(allocation.action)
        if action.shape != (n,) or action.dtype.kind != "i":
            raise NotCertified(f"`action` must be {n} integers, it is {action.dtype} of shape {action.shape}.")
        if n and (action.min() < -1 or action.max() >= k):
            i = int(np.flatnonzero((action < -1) | (action >= k))[0])
            raise NotCertified(f"Customer {i} has action {int(action[i])}; there are {k}.", customer=i)
        self.allocation, self.action, self.budget_minor, self.limits = allocation, action, budget_minor, limits
        self.prices = {row.name: row.multiplier for row in allocation.rows}
        self.spend = self.contacted = 0
        self.values: list[float] = []
        self.gain = np.longdouble(0)
        self.used: dict[str, list[float]] = {name: [] for name, _, _ in limits}
        self.size = dict.fromkeys(self.used, 0.0)
        """The sum of absolute terms of a usage array; 0 for counts, which are exact."""

    def add(self, problem: BudgetProblem, start: int) -> None:
        """The customers from number `start` on, as a problem of their own."""
        action = self.action[start : start + problem.n]
        who = np.flatnonzero(action >= 0)
        what = action[who].astype(np.int64)
        if problem.allowed is not None and not problem.allowed[who, what].all():
            i = int(who[~problem.allowed[who, what]][0])
            raise NotCertified(f"Customer {start + i} has action {int(action[i])}, which is not allowed.", customer=i)
        if len(who):
            blocks = np.add.reduceat(problem.cost_minor[who, what], range(0, len(who), BLOCK))
            self.spend += sum(int(c) for c in blocks)
        self.contacted += len(who)
        self.values.append(math.fsum(problem.value[who, what]))
        for row in problem.rows:
            terms = _terms(row, who, what)
            self.used[row.name].append(math.fsum(terms))
            self.size[row.name] += 0.0 if row.usage is None else float(np.abs(terms).sum())
        self.gain += _dual_gain(problem, self.prices)

    def certificate(self) -> CustomerCertificate:
        if self.spend > self.budget_minor:
            over = self.spend - self.budget_minor
            raise NotCertified(f"The budget is overspent by {over} minor units.", row="budget", amount=over)
        residuals = {"budget": float(self.budget_minor - self.spend)}
        for name, low, high in self.limits:
            residuals[name] = self._residual(name, low, high)
        objective = math.fsum(self.values)
        bound = float(self.gain + self._priced_limits())
        _check_claims(self.allocation, objective, self.spend, bound)
        return CustomerCertificate(
            objective=objective,
            bound=bound,
            gap=max(0.0, bound - objective) / max(1.0, abs(bound)),
            spend_minor=self.spend,
            budget_minor=self.budget_minor,
            contacted=self.contacted,
            residuals=residuals,
            method="integers recounted; Lagrangian dual bound recomputed from the multipliers in extended precision",
        )

    def _residual(self, name: str, low: float, high: float) -> float:
        """How far the row's use is inside its nearer limit; raises where it is outside."""
        used = math.fsum(self.used[name])
        tolerance = ROUNDING * (self.size[name] + max(_size(low), _size(high))) if self.size[name] else 0.0
        slack = min(high - used, used - low)
        if slack < -tolerance:
            raise NotCertified(
                f"Row {name!r} uses {used} of {low} to {high}: {-slack} outside.", row=name, amount=-slack
            )
        return max(slack, 0.0)

    def _priced_limits(self) -> np.longdouble:
        total = np.longdouble(self.budget_minor) * np.longdouble(max(self.prices.get("budget", 0.0), 0.0))
        for name, low, high in self.limits:
            lam = _valid_price(self.prices.get(name, 0.0), low, high)
            if lam:
                total += np.longdouble(lam) * np.longdouble(high if lam > 0 else low)
        return total


def _terms(row: Row, who: NDArray[np.intp], what: NDArray[np.int64]) -> Floats:
    """What each contact uses of the row."""
    counted = np.ones(len(who), dtype=np.bool_)
    if row.actions is not None:
        counted &= np.isin(what, np.asarray(row.actions))
    if row.customers is not None:
        counted &= np.asarray(row.customers, dtype=np.bool_)[who]
    return np.ones(int(counted.sum())) if row.usage is None else row.usage[who[counted], what[counted]]


def _size(limit: float) -> float:
    return abs(limit) if math.isfinite(limit) else 0.0


def _valid_price(lam: float, low: float, high: float) -> float:
    """A side without a limit cannot be priced; 0 is always a valid multiplier."""
    return lam if math.isfinite(high if lam > 0 else low) else 0.0


def _dual_gain(problem: BudgetProblem, prices: dict[str, float]) -> np.longdouble:
    """The sum over customers in the dual."""
    lam0 = max(prices.get("budget", 0.0), 0.0)
    priced = [(row, lam) for row in problem.rows if (lam := _valid_price(prices.get(row.name, 0.0), row.low, row.high))]
    gain = np.longdouble(0)
    for start in range(0, problem.n, BLOCK):
        gain += _block_gain(problem, slice(start, start + BLOCK), lam0, priced)
    return gain


def _block_gain(problem: BudgetProblem, part: slice, lam0: float, priced: list[tuple[Row, float]]) -> np.longdouble:
    worth: Floats = problem.value[part] - lam0 * problem.cost_minor[part]
    for row, lam in priced:
        counted = np.ones(worth.shape, dtype=np.bool_)
        if row.actions is not None:
            counted &= np.isin(np.arange(worth.shape[1]), np.asarray(row.actions))[None, :]
        if row.customers is not None:
            counted &= np.asarray(row.customers, dtype=np.bool_)[part, None]
        worth = worth - lam * (counted if row.usage is None else np.where(counted, row.usage[part], 0.0))
    if problem.allowed is not None:
        worth = np.where(problem.allowed[part], worth, 0.0)
    return np.longdouble(np.maximum(worth.max(axis=1, initial=0.0), 0.0).sum(dtype=np.longdouble))


def _check_claims(allocation: Allocation, objective: float, spend: int, bound: float) -> None:
    slip = 1e-9 * max(1.0, abs(objective))
    if allocation.status not in ("optimal", "feasible"):
        raise NotCertified(f"The allocation's status is {allocation.status!r}: there is no plan to certify.")
    if spend != allocation.spend_minor:
        raise NotCertified(f"It claims to spend {allocation.spend_minor}, and spends {spend}.", row="budget")
    if abs(objective - allocation.objective) > slip:
        raise NotCertified(f"It claims to be worth {allocation.objective}, and is worth {objective}.")
    if allocation.bound < objective - slip or bound < objective - slip:
        raise NotCertified(f"Its bound {min(bound, allocation.bound)} is below what it is worth, {objective}.")
