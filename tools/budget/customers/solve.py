"""`solve`: a problem over customers to an allocation with a proven bound.

dual (samples, boxes, cutting planes)  →  λ*, g(λ*) ≥ every plan
integers (core, LP corner, local search, CP-SAT)  →  a plan that keeps every limit exactly
"""

from __future__ import annotations

import math
from collections.abc import Callable
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tools.budget.customers.counts import Plan
from tools.budget.customers.data import Customers, Limits, binding_limits, customers_of, limits_of
from tools.budget.customers.dual import DualState, solve_dual
from tools.budget.customers.integers import PROVEN, Rounder
from tools.budget.customers.oracle import passes, sweep, usage_of
from tools.budget.customers.problem import BudgetProblem, Floats
from tools.budget.customers.repair import least_value, repaired
from tools.budget.customers.result import Allocation, RowUse, relative_gap
from tools.budget.customers.whole import whole_dual
from tools.budget.types import SolveStatus

PROVE_UP_TO = 20_000
"""Pairs (n × k) up to which a proof of the very optimum is tried, whatever gap is asked for."""


def solve(problem: BudgetProblem, *, seed: int = 0, gap: float = 1e-6, time_limit_s: float | None = None) -> Allocation:
    """The most profitable allocation within the limits, with a proven upper bound.

    Args:
        seed: same seed, same answer (unless time runs out).
        gap: (bound − objective) / max(1, |bound|) that is good enough; small problems are proven anyway.
        time_limit_s: wall time after which the best certified answer so far is returned.

    An interrupt (Ctrl-C) does the same as the time limit. `status` is `optimal` where the gap is closed,
    `infeasible` where that is proven, `not_solved` where no plan was found.
    """
    return _Solve(problem, seed, gap, time_limit_s).run()[0]


def solve_from(
    problem: BudgetProblem, start: DualState | None, *, seed: int, gap: float, time_limit_s: float | None
) -> tuple[Allocation, DualState | None]:
    """`solve`, started at a similar problem's dual, with the dual for the next one."""
    return _Solve(problem, seed, gap, time_limit_s).run(start)


class _Solve:
    """One solve: what it has proven and found so far, so that it can stop at any moment."""

    def __init__(self, problem: BudgetProblem, seed: int, gap: float, time_limit_s: float | None) -> None:
        self.problem, self.seed, self.gap = problem, seed, gap
        self.started = perf_counter()
        self.end = math.inf if time_limit_s is None else self.started + time_limit_s
        self.customers: Customers = customers_of(problem)
        self.given: Limits = limits_of(problem)
        self.limits = binding_limits(self.given, self.customers)
        self.engine: Any = passes(problem.n * problem.k)
        self.state: DualState | None = None
        self.rounder: Rounder | None = None
        self.interrupted = False

    def over(self) -> bool:
        return perf_counter() > self.end

    def run(self, start: DualState | None = None) -> tuple[Allocation, DualState | None]:
        if self.problem.n and self.problem.k:
            try:
                self._work(start)
            except KeyboardInterrupt:
                self.interrupted = True
        return self._answer(), self.state

    def _work(self, start: DualState | None) -> None:
        over: Callable[[], bool] = self.over
        small = self.problem.n * self.problem.k <= PROVE_UP_TO
        self.state = whole_dual(self.customers, self.limits) if small else None
        if self.state is None:
            self.state = solve_dual(
                self.customers, self.limits, seed=self.seed, gap=self.gap / 50, engine=self.engine, start=start,
                over=over,
            )  # fmt: skip
        if self._impossible():
            return
        self.rounder = Rounder(
            self.customers, self.limits, self.state, gap=self.gap, prove=small, seed=self.seed, engine=self.engine,
            over=over,
        )  # fmt: skip
        self.rounder.run()

    def _impossible(self) -> bool:
        """No plan is worth less than everyone's worst, which is at most 0; a lower bound says there is no plan."""
        if self.state is None or self.state.dual.bound >= 0:
            return False
        floor = least_value(self.customers)
        return self.state.dual.bound < floor - 1e-9 * max(abs(floor), abs(self.state.dual.bound), 1e-300)

    def _answer(self) -> Allocation:
        n = self.problem.n
        if self._impossible() or (self.rounder is not None and self.rounder.impossible):
            return self._nothing("infeasible")
        lam = self.rounder.lam if self.rounder else self.state.lam if self.state else np.zeros(self.limits.m)
        plan = self.rounder.plan if self.rounder else None
        if plan is None:
            plan = repaired(self.customers, self.limits, lam)
        if plan is None and (n == 0 or self.problem.k == 0):
            return self._nothing("infeasible")
        if plan is None:
            return self._nothing("not_solved")
        bound = max(self._bound(lam), plan.value)
        return self._allocation(plan, bound, lam)

    def _bound(self, lam: Floats) -> float:
        if self.rounder is not None:
            return self.rounder.bound
        if self.state is not None:
            return self.state.dual.bound
        point, _ = sweep(self.customers, lam, self.engine)
        return self.limits.h(lam) + point.gain

    def _allocation(self, plan: Plan, bound: float, lam: Floats) -> Allocation:
        gap = relative_gap(bound, plan.value)
        status: SolveStatus = "optimal" if gap <= PROVEN else "feasible"
        who = np.flatnonzero(plan.action >= 0)
        spend = int(self.problem.cost_minor[who, plan.action[who]].sum())
        return Allocation(
            action=plan.action,
            status=status,
            objective=plan.value,
            bound=bound,
            gap=gap,
            spend_minor=spend,
            rows=self._rows(plan.action, lam),
            seconds=perf_counter() - self.started,
        )

    def _rows(self, action: NDArray[np.int64], lam: Floats) -> tuple[RowUse, ...]:
        used = usage_of(self.customers, action.astype(np.int16)).usage
        if used[0] > self.problem.budget_minor:
            raise AssertionError(f"a plan spends {used[0]} of {self.problem.budget_minor}")
        order = [*range(1, self.limits.m), 0]
        return tuple(
            RowUse(
                name=self.limits.names[r],
                lower=float(self.given.lower[r]),
                upper=float(self.given.upper[r]),
                used=float(used[r]),
                slack=float(min(self.given.upper[r] - used[r], used[r] - self.given.lower[r])),
                shadow_price=float(lam[r]) + 0.0,
            )
            for r in order
        )

    def _nothing(self, status: SolveStatus) -> Allocation:
        action = np.full(self.problem.n, -1, dtype=np.int64)
        bound = -math.inf if status == "infeasible" else self._bound(np.zeros(self.limits.m))
        lam = np.zeros(self.limits.m)
        rows = self._rows(action, lam)
        return Allocation(action, status, -math.inf, bound, math.inf, 0, rows, perf_counter() - self.started)
