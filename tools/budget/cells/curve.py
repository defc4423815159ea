"""The budget curve: the best margin for each of a range of budgets, each solved, none interpolated."""

from __future__ import annotations

from tools.budget.cells.exact import ExactSolution, solve_exact
from tools.budget.cells.prices import shadow_price
from tools.budget.cells.problem import MICRO, CellProblem
from tools.budget.cells.programme import Programme, build_programme
from tools.budget.types import BudgetPoint

CURVE_GAP = 1e-5
"""A point of the curve need not be proven to the last cent: a fraction that no chart can show."""


def spend_micro(programme: Programme, x: tuple[int, ...]) -> int:
    return sum(c * n for c, n in zip(programme.cost, x, strict=True))


def value_micro(programme: Programme, x: tuple[int, ...]) -> int:
    return sum(v * n for v, n in zip(programme.value, x, strict=True))


def whole_minor(micro: int) -> int:
    """Millionths to minor units, rounded up: what is shown is never less than what is spent."""
    return -(-micro // MICRO)


def enough_budget(problem: CellProblem) -> int:
    """A budget that no plan can exceed, in minor units."""
    programme = build_programme(problem)
    dearest = (max((programme.cost[j] * programme.variables[j].upper for j in m), default=0) for m in programme.members)
    return whole_minor(sum(dearest))


def saturation(problem: CellProblem, *, seed: int, time_limit_s: float) -> ExactSolution:
    """The best plan if money were no limit: what it spends is the point where more money brings nothing."""
    free = build_programme(problem.with_limits(budget_minor=enough_budget(problem)))
    return solve_exact(free, seed=seed, time_limit_s=time_limit_s)


def budgets(given: int, saturated_at: int, points: int) -> tuple[int, ...]:
    """Budgets to solve: 0, the given one, the saturation; most of the rest below twice the given budget."""
    fixed = {0, given, saturated_at}
    near = min(saturated_at, 2 * given) if given else saturated_at
    rest = max(points - len(fixed), 2)
    far = rest // 3 if saturated_at > near else 0
    fixed |= {round(near * (i + 1) / (rest - far + 1)) for i in range(rest - far)}
    fixed |= {round(near * (saturated_at / near) ** ((i + 1) / (far + 1))) for i in range(far)} if near else set()
    return tuple(sorted(fixed))


def budget_curve(
    problem: CellProblem, plan: tuple[int, ...], best: ExactSolution, *, seed: int, time_limit_s: float, points: int
) -> tuple[BudgetPoint, ...]:
    """Margin and shadow price over budgets. Budgets too small for the other limits are left out.

    Args:
        plan: the solution at the given budget, which is one of the points.
        best: the solution where money is no limit.
    """
    if points <= 0:
        return ()
    base = build_programme(problem)
    given = problem.limits.budget_minor
    top = whole_minor(spend_micro(base, best.x)) if best.solved else enough_budget(problem)
    curve: list[BudgetPoint] = []
    previous: tuple[int, ...] | None = None
    for budget in budgets(given, top, points):
        programme = build_programme(problem.with_limits(budget_minor=budget))
        x = plan if budget == given else best.x if best.solved and budget >= top else None
        if x is None:
            solution = solve_exact(programme, seed=seed, time_limit_s=time_limit_s, hint=previous or (), gap=CURVE_GAP)
            x = solution.x if solution.solved else previous
        if x is None:
            continue
        if previous is not None and budget != given and value_micro(base, previous) > value_micro(base, x):
            x = previous  # a plan for less money is also one for more
        previous = x
        curve.append(
            BudgetPoint(
                budget_minor=budget,
                spend_minor=whole_minor(spend_micro(base, x)),
                incremental_margin_minor=value_micro(base, x) / MICRO,
                shadow_price=shadow_price(programme, x, "budget"),
            )
        )
    return tuple(curve)
