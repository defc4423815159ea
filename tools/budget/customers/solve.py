"""`solve`: a problem over customers to an allocation with a proven bound.

dual (samples, boxes, cutting planes)  →  λ*, g(λ*) ≥ every plan
integers (core, LP corner, local search, CP-SAT)  →  a plan that keeps every limit exactly
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np

from tools.budget.customers.boxes import DualState
from tools.budget.customers.clock import Clock
from tools.budget.customers.counts import Plan
from tools.budget.customers.data import Customers, Limits, Population, binding_limits, customers_of, limits_of
from tools.budget.customers.dual import solve_dual
from tools.budget.customers.exact_rows import IntegerRow, rows_of
from tools.budget.customers.integers import Rounder
from tools.budget.customers.oracle import passes, sweep
from tools.budget.customers.prices import next_unit_prices
from tools.budget.customers.problem import BudgetProblem, Floats
from tools.budget.customers.repair import least_value, repaired
from tools.budget.customers.result import Allocation, RowUse, relative_gap
from tools.budget.customers.rounding import PROVEN
from tools.budget.customers.twin import Choice
from tools.budget.customers.warm import multipliers_of, plan_of
from tools.budget.customers.whole import whole_dual
from tools.budget.types import SolveStatus

PROVE_UP_TO = 20_000
"""Pairs (n × k) up to which a proof of the very optimum is tried, whatever gap is asked for."""

MANY = 20_000
"""Customers from which the prices of the last and the next unit are held to be the same."""


def solve(
    problem: BudgetProblem,
    *,
    seed: int = 0,
    gap: float = 1e-6,
    time_limit_s: float | None = None,
    warm: Allocation | None = None,
) -> Allocation:
    """The most profitable allocation within the limits, with a proven upper bound.

    Args:
        seed: same seed, same answer (unless time runs out).
        gap: (bound − objective) / max(1, |bound|) that is good enough; small problems are proven anyway.
        time_limit_s: wall time after which the best certified answer so far is returned.
        warm: the answer to a similar problem over the same customers (another budget, other limits): its multipliers
            are where the search starts, and its plan stands where it keeps the new limits.

    An interrupt (Ctrl-C) does the same as the time limit. `status` is `optimal` where the gap is closed,
    `infeasible` where that is proven, `not_solved` where no plan was found.
    """
    clock = Clock(time_limit_s)
    customers, limits = customers_of(problem), limits_of(problem)
    one = Solve(customers, limits, rows_of(customers, limits), seed=seed, gap=gap, clock=clock)
    if warm is None:
        return as_int64(one.run())
    return as_int64(one.run(multipliers_of(warm, limits), plan_of(warm, customers)))


def as_int64(found: Allocation) -> Allocation:
    return replace(found, action=found.action.astype(np.int64))


class Solve:
    """One solve: what it has proven and found so far, so that it can stop at any moment.

    Args:
        limits, rows: the limits, and the same in integer units.
    """

    def __init__(
        self, customers: Population, limits: Limits, rows: list[IntegerRow], *, seed: int, gap: float, clock: Clock
    ) -> None:
        self.customers, self.given, self.rows = customers, limits, rows
        self.seed, self.gap, self.clock = seed, gap, clock
        self.limits = binding_limits(limits, customers)
        self.engine: Any = passes(customers.n * customers.k)
        self.multipliers: Floats | None = None
        """The latest: of a sample while the dual is not solved."""
        self.state: DualState | None = None
        self.rounder: Rounder | None = None
        self.interrupted = False

    def run(self, start: Floats | None = None, plan: Choice | None = None) -> Allocation:
        """The answer; `start` and `plan` from a similar problem."""
        prices: Floats | None = None
        if self.customers.n and self.customers.k:
            try:
                self._work(start, plan)
                prices = self._next_unit()
            except KeyboardInterrupt:
                self.interrupted = True  # what has been found so far is the answer
        return self._answer(prices)

    def _work(self, start: Floats | None, plan: Choice | None) -> None:
        everyone = self.customers
        small = isinstance(everyone, Customers) and everyone.n * everyone.k <= PROVE_UP_TO
        if start is not None:
            self.multipliers = start = self._priceable(start)
        if isinstance(everyone, Customers) and small:
            self.state = whole_dual(everyone, self.limits, self.clock.left())
        if self.state is None:
            self.state = solve_dual(
                self.customers, self.limits, self.rows, seed=self.seed, gap=self.gap / 50, engine=self.engine,
                start=start, over=self.clock.over, seen=self._see,
            )  # fmt: skip
        self._see(self.state.lam)
        if self._impossible():
            return
        self.rounder = Rounder(
            self.customers, self.limits, self.rows, self.state, gap=self.gap, prove=small, seed=self.seed,
            engine=self.engine, clock=self.clock,
        )  # fmt: skip
        if plan is not None:
            self.rounder.offer(plan)
        self.rounder.run()

    def _see(self, lam: Floats) -> None:
        self.multipliers = lam

    def _priceable(self, lam: Floats) -> Floats:
        """Without prices for sides that have no limit."""
        low = np.where(np.isfinite(self.limits.lower), -np.inf, 0.0)
        return np.clip(lam, low, np.where(np.isfinite(self.limits.upper), np.inf, 0.0))

    def _impossible(self) -> bool:
        """No plan is worth less than everyone's worst, which is at most 0; a lower bound says there is no plan."""
        if self.state is None or self.state.dual.bound >= 0:
            return False
        floor = least_value(self.customers)
        return self.state.dual.bound < floor - 1e-9 * max(abs(floor), abs(self.state.dual.bound), 1e-300)

    def _next_unit(self) -> Floats | None:
        """Where customers are many and no two alike, the next unit brings what the last one did, to 1/n or so."""
        if self.rounder is None or self.rounder.corner is None or self.clock.over():
            return None
        core = self.rounder.corner.core
        if self.customers.n > MANY and 2 * len(core.count) > core.count.sum():
            return None
        return next_unit_prices(self.rounder.corner, self.rows, self.rounder.lam, self.rounder.worth_at)

    def _g(self, lam: Floats) -> float:
        return self.limits.h(lam) + sweep(self.customers, lam, self.engine)[0].gain

    def _answer(self, prices: Floats | None) -> Allocation:
        rounder, nothing = self.rounder, np.zeros(self.limits.m)
        if self._impossible() or (rounder is not None and rounder.impossible):
            return self.without_plan("infeasible", -math.inf)
        lam = rounder.lam if rounder else self.multipliers if self.multipliers is not None else nothing
        plan = rounder.plan if rounder else None
        if plan is None:
            plan = repaired(self.customers, self.rows, lam, self.engine)
        if plan is None:
            empty = not self.customers.n or not self.customers.k
            return self.without_plan("infeasible" if empty else "not_solved", -math.inf if empty else self._g(nothing))
        bound = max(rounder.bound if rounder else self._g(lam), plan.value)
        gap = relative_gap(bound, plan.value)
        return Allocation(
            action=plan.action,
            status="optimal" if gap <= PROVEN else "feasible",
            objective=plan.value,
            bound=bound,
            gap=gap,
            spend_minor=int(plan.units[0]),
            rows=self._uses(plan, lam, lam if prices is None else prices),
            seconds=self.clock.seconds,
        )

    def _uses(self, plan: Plan, lam: Floats, prices: Floats) -> tuple[RowUse, ...]:
        used = [int(u) / float(row.scale.factor) for u, row in zip(plan.units, self.rows, strict=True)]
        if plan.units[0] > self.rows[0].high:
            raise AssertionError(f"a plan spends {plan.units[0]} of {self.rows[0].high}")
        order = [*range(1, self.limits.m), 0]
        return tuple(
            RowUse(
                name=self.limits.names[r],
                lower=float(self.given.lower[r]),
                upper=float(self.given.upper[r]),
                used=used[r],
                slack=float(min(self.given.upper[r] - used[r], used[r] - self.given.lower[r])),
                shadow_price=float(prices[r]) + 0.0,
                multiplier=float(lam[r]) + 0.0,
            )
            for r in order
        )

    def without_plan(self, status: SolveStatus, bound: float) -> Allocation:
        """The answer that holds no plan."""
        units = np.zeros(len(self.rows), dtype=np.int64)
        nobody = Plan(np.full(self.customers.n, -1, dtype=np.int16), -math.inf, units)
        nothing = np.zeros(self.limits.m)
        rows = self._uses(nobody, nothing, nothing)
        return Allocation(nobody.action, status, -math.inf, bound, math.inf, 0, rows, self.clock.seconds)
