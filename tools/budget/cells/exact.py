"""Cells solved to proven optimality: CP-SAT on the core that the LP's multipliers leave open.

Most plans are small and one CP-SAT call proves them in milliseconds. Larger ones: the LP relaxation gives multipliers
and a start near its corner, `core.py` fixes what a better plan cannot change, CP-SAT solves the core; each better
plan shrinks the core further. Time is CP-SAT's deterministic clock, so the same seed gives the same plan.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Literal

from tools.budget.cells.core import Core, undecided_core
from tools.budget.cells.lp import Relaxation, has_rules, relaxation, rounded_rules
from tools.budget.cells.model import CellModel
from tools.budget.cells.programme import Programme
from tools.budget.cpsat import interruptible

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

Status = Literal["optimal", "feasible", "infeasible", "not_solved"]

FIRST_S = 0.1
"""Deterministic seconds of the first call; what it proves needs no core."""
NEAR = 2
"""Customers around the LP's corner among which the start is sought."""
START_GAP = 1e-5


@dataclass(frozen=True)
class ExactSolution:
    """`x[j]`: customers of variable j, empty unless solved; `bound_micro`: proven by CP-SAT, None where none was."""

    status: Status
    x: tuple[int, ...] = ()
    bound_micro: int | None = None
    exact: bool = True

    @property
    def solved(self) -> bool:
        return self.status in ("optimal", "feasible")


def solve_exact(
    programme: Programme,
    *,
    seed: int = 0,
    time_limit_s: float = 10.0,
    hint: Sequence[int] = (),
    gap: float = 0.0,
) -> ExactSolution:
    """The plan of greatest value; among plans of equal value, one that costs least.

    Args:
        hint: a plan to start from, a customer count per variable.
        gap: stop once the plan is proven to be within this fraction of the optimum (for the points of a curve).
    """
    return _Search(programme, seed, time_limit_s, gap).run(hint)


def is_feasible(programme: Programme, *, seed: int = 0, time_limit_s: float = 5.0) -> bool | None:
    """Whether any plan keeps every limit; None where the time did not suffice to tell."""
    model = CellModel(programme)
    status = interruptible(_solver(seed, time_limit_s), model.model)
    if status in (model.cp.OPTIMAL, model.cp.FEASIBLE):
        return True
    return False if status == model.cp.INFEASIBLE and model.exact else None


class _Search:
    """One search: the best plan and bound so far, and the time that is left."""

    def __init__(self, programme: Programme, seed: int, time_limit_s: float, gap: float) -> None:
        self.programme, self.seed, self.gap = programme, seed, gap
        self.left = time_limit_s
        self.wall_end = perf_counter() + 2 * time_limit_s + 1
        self.best: tuple[int, ...] | None = None
        self.best_micro = 0
        self.bound_micro: int | None = None

    def run(self, hint: Sequence[int]) -> ExactSolution:
        model = CellModel(self.programme)
        status = self._improve(model, hint, min(FIRST_S, self.left), self.gap)
        if status == model.cp.INFEASIBLE and model.exact:
            return ExactSolution("infeasible")
        if not self._done() and (lp := relaxation(self.programme)) is not None:
            self._start(lp)
            core = self._close(lp)
        else:
            core = None
        if self.best is None:
            return ExactSolution("not_solved", exact=model.exact)
        if not model.exact:
            return ExactSolution("feasible", self.best, None, exact=False)
        if self.bound_micro is None or self.bound_micro > self.best_micro:
            return ExactSolution("feasible", self.best, self.bound_micro)
        return ExactSolution("optimal", self._cheapest(core), self.best_micro)

    def _done(self) -> bool:
        if self.bound_micro is None or self.best is None:
            return False
        return self.bound_micro - self.best_micro <= self.gap * abs(self.bound_micro)

    def _improve(self, model: CellModel, hint: Sequence[int], time_s: float, gap: float) -> cp_model.CpSolverStatus:
        """One CP-SAT call; keeps what is better, and the bound if it is of the whole problem or of the core."""
        value, d = model.value()
        model.model.maximize(value)
        if hint:
            model.hint(hint)
        solver = _solver(self.seed, min(time_s, max(self.wall_end - perf_counter(), 0.01)), gap)
        status = interruptible(solver, model.model)
        self.left -= solver.deterministic_time
        if status == model.cp.MODEL_INVALID:
            raise ValueError(f"CP-SAT refused the model: {model.model.validate()}")
        if status in (model.cp.OPTIMAL, model.cp.FEASIBLE):
            self._keep(tuple(int(solver.value(v)) for v in model.x))
            # CP-SAT maximises by minimising the negative; the proto carries that integer bound, not a rounded float.
            self._tighten(d * -int(solver.response_proto.inner_objective_lower_bound))
        elif status == model.cp.INFEASIBLE and self.best is not None:
            self._tighten(self.best_micro)
        return status

    def _keep(self, x: tuple[int, ...]) -> None:
        micro = sum(v * n for v, n in zip(self.programme.value, x, strict=True))
        if self.best is None or micro > self.best_micro:
            self.best, self.best_micro = x, micro

    def _tighten(self, bound: int) -> None:
        bound = max(bound, self.best_micro)
        self.bound_micro = bound if self.bound_micro is None else min(self.bound_micro, bound)

    def _start(self, lp: Relaxation) -> None:
        """A plan near the LP's corner; its bound is of that neighbourhood only and is thrown away."""
        bound = self.bound_micro
        corner = rounded_rules(self.programme, lp) if has_rules(self.programme) else lp.x
        sizes = [v.upper for v in self.programme.variables]
        down = [max(0, min(math.floor(v + 1e-6), n)) for v, n in zip(corner, sizes, strict=True)]
        near = [(max(0, v - NEAR), min(n, v + 1 + NEAR)) for v, n in zip(down, sizes, strict=True)]
        self._improve(CellModel(self.programme, near), down, min(1.0, self.left), START_GAP)
        self.bound_micro = bound

    def _close(self, lp: Relaxation) -> Core | None:
        """Solve the core in growing slices of time, and shrink it whenever the plan has improved."""
        core: Core | None = None
        slice_s = 0.3
        while not self._done() and self.left > 0 and perf_counter() < self.wall_end:
            known = self.best_micro
            if self.best is not None:
                core = undecided_core(self.programme, lp.multipliers, known)
                self._tighten(core.bound_micro)
            self._improve(self._model(core), self.best or (), min(slice_s, self.left), self.gap)
            slice_s *= 1.0 if self.best_micro > known else 2.0
        return core

    def _model(self, core: Core | None) -> CellModel:
        if core is None:
            return CellModel(self.programme)
        return CellModel(self.programme, core.domains, core.least)

    def _cheapest(self, core: Core | None) -> tuple[int, ...]:
        """Of all plans with the best value, the cheapest that CP-SAT finds: no money is spent that brings nothing."""
        model = self._model(core)
        value, d = model.value()
        model.model.add(value >= self.best_micro // d)
        model.model.minimize(model.cost())
        best = self.best or ()
        model.hint(best)
        solver = _solver(self.seed, 1.0)
        if interruptible(solver, model.model) not in (model.cp.OPTIMAL, model.cp.FEASIBLE):
            return best
        return tuple(int(solver.value(v)) for v in model.x)


def _solver(seed: int, time_limit_s: float, gap: float = 0.0) -> cp_model.CpSolver:
    from ortools.sat.python import cp_model

    solver = cp_model.CpSolver()
    p = solver.parameters
    p.num_workers, p.random_seed, p.linearization_level = 1, seed, 2
    p.absolute_gap_limit, p.relative_gap_limit = 0.0, gap
    # The deterministic clock stops the same search at the same node on any machine; the wall is the backstop.
    p.max_deterministic_time, p.max_time_in_seconds = time_limit_s, 3 * time_limit_s + 1
    return solver
