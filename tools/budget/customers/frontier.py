"""The frontier: the best plan for each of a range of budgets, each solved and certified, the dual warm-started."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from tools.budget.customers.clock import Clock
from tools.budget.customers.data import customers_of, limits_of
from tools.budget.customers.exact_rows import rows_of
from tools.budget.customers.problem import BudgetProblem, Floats
from tools.budget.customers.result import FrontierPoint
from tools.budget.customers.solve import Solve, as_int64


def frontier(
    problem: BudgetProblem,
    budgets: Sequence[int] | None = None,
    *,
    points: int = 20,
    seed: int = 0,
    gap: float = 1e-6,
    time_limit_s: float | None = None,
) -> tuple[FrontierPoint, ...]:
    """Budget against value, with the shadow price of every limit at each point.

    Args:
        budgets: in minor units; by default `points` of them up to one and a half times the problem's budget.
        time_limit_s: for each point.
    """
    if budgets is None:
        budgets = [int(b) for b in np.unique(np.linspace(0, 1.5 * problem.budget_minor, points).round())]
    found: dict[int, FrontierPoint] = {}
    customers, limits = customers_of(problem), limits_of(problem)
    rows = rows_of(customers, limits)
    start: Floats | None = None
    stopped = False
    # From the largest budget down, multipliers grow steadily and each is near the one before.
    for budget in sorted({int(b) for b in budgets}, reverse=True):
        upper = limits.upper.copy()
        upper[0] = budget
        at = [replace(rows[0], high=budget), *rows[1:]]
        clock = Clock(0.0 if stopped else time_limit_s)
        one = Solve(customers, replace(limits, upper=upper), at, seed=seed, gap=gap, clock=clock)
        found[budget] = FrontierPoint(budget, as_int64(one.run(start)))
        start, stopped = one.multipliers, stopped or one.interrupted
    return tuple(found[int(b)] for b in budgets)
