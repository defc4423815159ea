"""Why a plan over customers is as it is: what binds and what it is worth, why nothing is possible, why this offer.

Every statement is computed, none is a guess: prices from the allocation's own rows, conflicts by taking limits away
and solving again, a customer's ranking from the values, costs and multipliers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from tools.budget.customers.problem import BUDGET, BudgetProblem, InvalidProblem, Row
from tools.budget.customers.result import Allocation
from tools.budget.customers.solve import solve

STEPS = 40
"""Halvings in the search for the smallest change of a limit that is not a whole number."""


@dataclass(frozen=True)
class Binding:
    """A limit that binds. `worth`: what its next unit would bring, in minor units (negative: what it costs)."""

    name: str
    side: str
    limit: float
    worth: float


@dataclass(frozen=True)
class Change:
    """Set this limit to `value` and a plan exists; `change` is relative to the old number (1: doubled or dropped)."""

    name: str
    side: str
    value: float
    change: float


@dataclass(frozen=True)
class Conflict:
    """`limits` conflict, and without any one of them there is a plan (`proven`: every solve behind this was decided).

    `relaxations`: single changes that suffice, the smallest first.
    """

    limits: tuple[str, ...]
    relaxations: tuple[Change, ...]
    proven: bool


@dataclass(frozen=True)
class Alternative:
    """An action (−1: no contact) with what it is worth to the plan: value − cost at its price − use of each limit."""

    action: int
    value: float
    cost_minor: int
    charges: dict[str, float]
    """Limit → what the pair's use of it is charged, at the multiplier; the budget's among them."""
    net: float
    allowed: bool


@dataclass(frozen=True)
class Choice:
    """Why customer `customer` gets `chosen`: the alternatives by net worth, and how far the best other one is behind.

    `behind` < 0: another action is worth more at the prices; whole customers do not fit the limits without a few such.
    """

    customer: int
    chosen: Alternative
    others: tuple[Alternative, ...]
    behind: float


def binding(allocation: Allocation) -> tuple[Binding, ...]:
    """The limits that bind, the one that is worth most first."""
    found = []
    for row in allocation.rows:
        price = row.shadow_price or row.multiplier
        if price:
            side, limit = ("upper", row.upper) if price > 0 else ("lower", row.lower)
            found.append(Binding(row.name, side, limit, row.shadow_price))
    return tuple(sorted(found, key=lambda b: -abs(b.worth)))


def why(problem: BudgetProblem, allocation: Allocation, customer: int) -> Choice:
    """Why this customer gets this action and not the next one.

    Raises:
        InvalidProblem: there is no such customer, or the allocation has no plan.
    """
    if not 0 <= customer < problem.n:
        raise InvalidProblem(f"There is no customer {customer}; there are {problem.n}.", customer=customer)
    if allocation.status not in ("optimal", "feasible"):
        raise InvalidProblem(f"The allocation is {allocation.status!r}: it holds no plan to explain.")
    multipliers = {row.name: row.multiplier for row in allocation.rows}
    every = [_alternative(problem, multipliers, customer, a) for a in range(-1, problem.k)]
    own = int(allocation.action[customer])
    others = sorted((a for a in every if a.action != own), key=lambda a: (not a.allowed, -a.net, a.action))
    best = max((a.net for a in others if a.allowed), default=-math.inf)
    return Choice(customer, every[own + 1], tuple(others), every[own + 1].net - best)


def _alternative(problem: BudgetProblem, multipliers: dict[str, float], i: int, a: int) -> Alternative:
    if a < 0:
        return Alternative(-1, 0.0, 0, {}, 0.0, True)
    cost = int(problem.cost_minor[i, a])
    charges = {BUDGET: multipliers.get(BUDGET, 0.0) * cost}
    for row in problem.rows:
        charges[row.name] = multipliers.get(row.name, 0.0) * _usage(row, i, a)
    charges = {name: charge for name, charge in charges.items() if charge}
    value = float(problem.value[i, a])
    allowed = problem.allowed is None or bool(problem.allowed[i, a])
    return Alternative(a, value, cost, charges, value - math.fsum(charges.values()), allowed)


def _usage(row: Row, i: int, a: int) -> float:
    if row.actions is not None and a not in row.actions:
        return 0.0
    if row.customers is not None and not np.asarray(row.customers)[i]:
        return 0.0
    return 1.0 if row.usage is None else float(row.usage[i, a])


def conflict(problem: BudgetProblem, *, seed: int = 0, time_limit_s: float = 10.0) -> Conflict | None:
    """Why the problem has no plan; None where it has one.

    The smallest set is found by deletion: a limit without which the others still conflict is dropped. Lower and upper
    limits of a row count as two. The audience itself (who there is, and what is allowed) stands behind every set.

    Args:
        time_limit_s: for each of the solves.
    """
    prober = _Prober(problem, seed, time_limit_s)
    kept = prober.every
    if prober.possible(kept):
        return None
    for limit in reversed(kept):
        fewer = tuple(k for k in kept if k != limit)
        if not prober.possible(fewer):
            kept = fewer
    proven = all(prober.possible(tuple(k for k in kept if k != limit)) for limit in kept)
    changes = [c for limit in kept if (c := _relaxation(prober, limit)) is not None]
    return Conflict(
        tuple(f"{name} ({side})" for name, side in kept),
        tuple(sorted(changes, key=lambda c: c.change)),
        proven and prober.decided,
    )


Limit = tuple[str, str]
"""(row, side)."""


class _Prober:
    """Asks whether there is a plan under some of the limits, some of them with another number."""

    def __init__(self, problem: BudgetProblem, seed: int, time_limit_s: float) -> None:
        # Only whether there is a plan matters: every action is worth the same, so the first plan found is the answer.
        self.problem = replace(problem, value=np.zeros_like(problem.value))
        self.seed, self.time_limit_s, self.decided = seed, time_limit_s, True
        self.most = int(problem.cost_minor.max(axis=1, initial=0).sum())
        self.number: dict[Limit, float] = {(BUDGET, "upper"): float(problem.budget_minor)}
        for row in problem.rows:
            self.number |= {(row.name, "lower"): row.low} if math.isfinite(row.low) else {}
            self.number |= {(row.name, "upper"): row.high} if math.isfinite(row.high) else {}
        self.every = tuple(self.number)

    def possible(self, kept: Sequence[Limit], changed: dict[Limit, float] | None = None) -> bool:
        number = {limit: self.number[limit] for limit in kept} | (changed or {})
        rows = [
            replace(row, lower=number.get((row.name, "lower")), upper=number.get((row.name, "upper")))
            for row in self.problem.rows
        ]
        budget = int(number.get((BUDGET, "upper"), self.most))
        problem = self.problem.with_rows(rows).with_budget(budget)
        found = solve(problem, seed=self.seed, gap=1.0, time_limit_s=self.time_limit_s)
        self.decided &= found.status != "not_solved"
        return found.status in ("optimal", "feasible")


def _relaxation(prober: _Prober, limit: Limit) -> Change | None:
    """The smallest change of this limit alone, all others kept, that makes a plan possible."""
    rest = tuple(k for k in prober.every if k != limit)
    if not prober.possible(rest):
        return None
    old, (name, side) = prober.number[limit], limit
    row = next((row for row in prober.problem.rows if row.name == name), None)
    far = float(prober.most) if row is None else _far(row, prober.problem, side)

    def possible(value: float) -> bool:
        return prober.possible(rest, {limit: value})

    value = _nearest(possible, old, far, whole=row is None or row.usage is None)
    return Change(name, side, value, abs(value - old) / max(abs(old), 1.0))


def _far(row: Row, problem: BudgetProblem, side: str) -> float:
    """A number at which the limit cannot bind."""
    if row.usage is None:
        return 0.0 if side == "lower" else float(problem.n)
    most = np.maximum(row.usage, 0).max(axis=1, initial=0).sum()
    least = np.minimum(row.usage, 0).min(axis=1, initial=0).sum()
    return float(least if side == "lower" else most)


def _nearest(possible: Callable[[float], bool], bad: float, good: float, *, whole: bool) -> float:
    """The number nearest to `bad` at which a plan is possible; `good` is one, and farther never hurts."""
    if whole:
        bad = math.ceil(bad) if good < bad else math.floor(bad)
    for _ in range(64 if whole else STEPS):
        if whole and abs(good - bad) <= 1:
            break
        middle = math.floor((bad + good) / 2) if whole else (bad + good) / 2
        good, bad = (middle, bad) if possible(middle) else (good, middle)
    return float(good)
