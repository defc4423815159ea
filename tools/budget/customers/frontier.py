"""The frontier: the best plan for each of a range of budgets, each solved and certified, the dual warm-started."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tools.budget.customers.dual import DualState
from tools.budget.customers.problem import BudgetProblem
from tools.budget.customers.result import FrontierPoint
from tools.budget.customers.solve import solve_from


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
    start: DualState | None = None
    # From the largest budget down, multipliers grow steadily and each is near the one before.
    for budget in sorted({int(b) for b in budgets}, reverse=True):
        allocation, state = solve_from(
            problem.with_budget(budget), start, seed=seed, gap=gap, time_limit_s=time_limit_s
        )
        start = state if state is not None and np.isfinite(state.dual.bound) else start
        found[budget] = FrontierPoint(budget, allocation)
    return tuple(found[int(b)] for b in budgets)
