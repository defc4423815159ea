"""The certificate of an allocation over customers. It shares no code with the solver.

From the problem, the actions and the multipliers it counts everything again: each customer's action is allowed, money
in integers, counts in integers, sums of usage arrays in exact binary arithmetic (`math.fsum`), the objective, and the
bound as the Lagrangian dual at the allocation's multipliers,

    g(λ) = Σ_r (h_r λ_r⁺ − l_r λ_r⁻) + Σ_i max(0, max_a (v_ia − Σ_r λ_r u_ria)),

which no plan can beat whatever the λ are, in extended precision.
"""

from __future__ import annotations

import math

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
    action = np.asarray(allocation.action)
    n, k = problem.value.shape
    if action.shape != (n,) or action.dtype.kind != "i":
        raise NotCertified(f"`action` must be {n} integers, it is {action.dtype} of shape {action.shape}.")
    if n and (action.min() < -1 or action.max() >= k):
        i = int(np.flatnonzero((action < -1) | (action >= k))[0])
        raise NotCertified(f"Customer {i} has action {int(action[i])}; there are {k}.", customer=i)
    who = np.flatnonzero(action >= 0)
    what = action[who]
    if problem.allowed is not None and not problem.allowed[who, what].all():
        i = int(who[~problem.allowed[who, what]][0])
        raise NotCertified(f"Customer {i} has action {int(action[i])}, which is not allowed.", customer=i)
    spend = (
        sum(int(c) for c in np.add.reduceat(problem.cost_minor[who, what], range(0, len(who), BLOCK)))
        if len(who)
        else 0
    )
    if spend > problem.budget_minor:
        over = spend - problem.budget_minor
        raise NotCertified(f"The budget is overspent by {over} minor units.", row="budget", amount=over)
    residuals = {"budget": float(problem.budget_minor - spend)}
    for row in problem.rows:
        residuals[row.name] = _residual(row, who, what)
    objective = math.fsum(problem.value[who, what])
    bound = _dual_bound(problem, {row.name: row.multiplier for row in allocation.rows})
    _check_claims(allocation, objective, spend, bound)
    return CustomerCertificate(
        objective=objective,
        bound=bound,
        gap=max(0.0, bound - objective) / max(1.0, abs(bound)),
        spend_minor=spend,
        budget_minor=problem.budget_minor,
        contacted=len(who),
        residuals=residuals,
        method="integers recounted; Lagrangian dual bound recomputed from the multipliers in extended precision",
    )


def _residual(row: Row, who: NDArray[np.intp], what: NDArray[np.int64]) -> float:
    """How far the row's use is inside its nearer limit; raises where it is outside."""
    counted = np.ones(len(who), dtype=np.bool_)
    if row.actions is not None:
        counted &= np.isin(what, np.asarray(row.actions))
    if row.customers is not None:
        counted &= np.asarray(row.customers, dtype=np.bool_)[who]
    if row.usage is None:
        used, tolerance = float(counted.sum()), 0.0
    else:
        terms = row.usage[who[counted], what[counted]]
        used = math.fsum(terms)
        tolerance = ROUNDING * (float(np.abs(terms).sum()) + max(_size(row.low), _size(row.high)))
    slack = min(row.high - used, used - row.low)
    if slack < -tolerance:
        raise NotCertified(
            f"Row {row.name!r} uses {used} of {row.low} to {row.high}: {-slack} outside.", row=row.name, amount=-slack
        )
    return max(slack, 0.0)


def _size(limit: float) -> float:
    return abs(limit) if math.isfinite(limit) else 0.0


def _dual_bound(problem: BudgetProblem, prices: dict[str, float]) -> float:
    lam0 = max(prices.get("budget", 0.0), 0.0)
    bound = np.longdouble(problem.budget_minor) * np.longdouble(lam0)
    priced: list[tuple[Row, float]] = []
    for row in problem.rows:
        lam = prices.get(row.name, 0.0)
        # A side without a limit cannot be priced; 0 is always a valid multiplier.
        lam = lam if math.isfinite(row.high if lam > 0 else row.low) else 0.0
        if lam:
            bound += np.longdouble(lam) * np.longdouble(row.high if lam > 0 else row.low)
            priced.append((row, lam))
    for start in range(0, problem.value.shape[0], BLOCK):
        bound += _block_gain(problem, slice(start, start + BLOCK), lam0, priced)
    return float(bound)


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
