"""Who of each segment gets which channel and offer: solve, price, certify, explain. What a plan uses by default.

The programme is written out in `cells/problem.py`, the exact model in `cells/exact.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from time import perf_counter

from tools.budget.cells.certificate import certify_cells
from tools.budget.cells.conflict import explain_conflict
from tools.budget.cells.curve import budget_curve, saturation, spend_micro, value_micro, whole_minor
from tools.budget.cells.exact import ExactSolution, solve_exact
from tools.budget.cells.explain import Facts, Wording, explain, infeasible
from tools.budget.cells.lp import relaxation
from tools.budget.cells.prices import shadow_prices
from tools.budget.cells.problem import MICRO, CellProblem, Group, Limits, Option
from tools.budget.cells.programme import Programme, build_programme
from tools.budget.cells.result import GroupAllocation, PlanAllocation
from tools.budget.cells.summary import cells_of, constraints_of, groups_of
from tools.budget.types import AllocationPart, Certificate

__all__ = ["Group", "GroupAllocation", "Limits", "Option", "PlanAllocation", "allocate"]

SOLVER = "OR-Tools CP-SAT (exact integers), GLOP (prices)"


def allocate(
    groups: Iterable[Group],
    options: Iterable[Option],
    limits: Limits,
    *,
    seed: int = 0,
    time_limit_s: float = 10.0,
    curve_points: int = 15,
    labels: Mapping[str, str] | None = None,
) -> PlanAllocation:
    """The most profitable allocation within the limits, proven, priced and explained.

    Args:
        groups: customers by segment and by the channels that reach them; each customer is in exactly one group.
        options: what may be sent to a segment; an option whose channel reaches nobody is never used.
        limits: the budget and what else must hold.
        seed: same seed, same answer.
        time_limit_s: for the main solve; the curve's points share as much again.
        labels: id → words for the sentences (segments, offers, channels).

    Raises:
        ToolFailure: `infeasible` where no plan keeps the limits, with the conflicting limits and the smallest change
            that helps in its detail; `invalid_problem` where the data contradict themselves.
    """
    problem = CellProblem(tuple(groups), tuple(options), limits)
    words = Wording(limits.currency, labels or {})
    programme = build_programme(problem)
    solution = solve_exact(programme, seed=seed, time_limit_s=time_limit_s)
    if solution.status == "infeasible":
        raise infeasible(problem, explain_conflict(problem, seed=seed, time_limit_s=max(time_limit_s / 5, 0.2)), words)
    x = solution.x or (0,) * len(programme.variables)
    plan = groups_of(programme, x)
    relaxed = relaxation(programme)
    certificate = certify_cells(problem, plan, relaxed.multipliers if relaxed else {})
    if not solution.solved:
        solution = _nothing(solution, x, certificate)
    answer = _Answer(problem, programme, solution, x, certificate, seed, time_limit_s)
    return PlanAllocation(part=answer.part(words, curve_points), groups=plan)


@dataclass(frozen=True)
class _Answer:
    """A plan `x` (customers of each variable) with its certificate, yet to be priced and explained."""

    problem: CellProblem
    programme: Programme
    solution: ExactSolution
    x: tuple[int, ...]
    certificate: Certificate
    seed: int
    time_limit_s: float

    def part(self, words: Wording, curve_points: int) -> AllocationPart:
        """The campaign's part: prices, what more and less money would bring, and the reasons in words."""
        problem, programme, x, seed, limit_s = self.problem, self.programme, self.x, self.seed, self.time_limit_s
        best = saturation(problem, seed=seed, time_limit_s=limit_s)
        started = perf_counter()
        constraints = constraints_of(programme, x, shadow_prices(programme, x), seed=seed, time_limit_s=limit_s / 5)
        objective, bound = _objective_and_bound(programme, self.solution, self.certificate)
        facts = Facts(
            status=self.solution.status,
            contacted=sum(x),
            spend_minor=whole_minor(spend_micro(programme, x)),
            objective_minor=objective,
            gap=max(0.0, bound - objective) / max(1.0, abs(bound)),
            constraints=constraints,
            saturated_at_minor=whole_minor(spend_micro(programme, best.x)) if best.solved else None,
        )
        left = max(limit_s - (perf_counter() - started), 0.5)
        each_s = left / max(curve_points, 1)
        return AllocationPart(
            status=facts.status,
            solver=SOLVER,
            objective=objective,
            bound=bound,
            gap=facts.gap,
            spend_minor=facts.spend_minor,
            budget_minor=problem.limits.budget_minor,
            shadow_price=next(c.shadow_price for c in constraints if c.name == "budget"),
            constraints=constraints,
            cells=cells_of(programme, x),
            budget_curve=budget_curve(problem, x, best, seed=seed, time_limit_s=each_s, points=curve_points),
            certificate=self.certificate,
            explanation=explain(problem, facts, words),
        )


def _nothing(solution: ExactSolution, x: tuple[int, ...], certificate: Certificate) -> ExactSolution:
    """Where the time did not suffice for any plan: contacting nobody, if the limits allow that."""
    status = solution.status if certificate.violations else "feasible"
    return ExactSolution(status, x, None, exact=solution.exact)


def _objective_and_bound(
    programme: Programme, solution: ExactSolution, certificate: Certificate
) -> tuple[float, float]:
    objective = value_micro(programme, solution.x) / MICRO
    if solution.bound_micro is None:
        return objective, max(certificate.bound, objective)
    return objective, max(min(solution.bound_micro / MICRO, certificate.bound), objective)
