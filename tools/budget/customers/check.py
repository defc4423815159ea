"""The core as an integer programme (OR-Tools' CP-SAT): checks local search, and finds what it leaves open.

CP-SAT proves optimality of integers, so what it is given must be the true problem. Usages are integers already.
Values enter as what each alternative loses against its group's most valuable one, as integers by a decimal factor
where they are short decimals, else by a power of two rounded down: CP-SAT's least loss is then never above the true
one, and the bound made of it is a bound of the true values.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

import numpy as np

from tools.budget.cpsat import interruptible
from tools.budget.customers.core import Core
from tools.budget.customers.exact_rows import NO_LIMIT, Scale, common_scale
from tools.budget.customers.problem import Floats, Ints

if TYPE_CHECKING:
    from ortools.sat.python import cp_model


EPS = 2 * float(np.finfo(np.float64).eps)
"""What products, and differences from a group's best, lose at most, against their size: 1e9 − 1e-9 is 1e9."""


@dataclass(frozen=True, eq=False)
class Checked:
    """`y` where a plan was found; `bound`: of the core's value, proven for every plan made of its alternatives."""

    status: Literal["optimal", "feasible", "infeasible", "not_solved"]
    y: Ints | None
    bound: float


def check(
    core: Core, *, seed: int, time_limit_s: float, wall_s: float = math.inf, hint: bool, cutoff: float | None = None
) -> Checked:
    """Solve the core in integers.

    Args:
        time_limit_s: by CP-SAT's deterministic clock, so that the same seed gives the same answer.
        wall_s: wall time left in all.
        hint: start from `core.y`.
        cutoff: only plans worth at least this interest (minor units of the core's value).
    """
    from ortools.sat.python import cp_model

    if not len(core.count):
        return Checked("optimal" if core.feasible else "infeasible", core.y, 0.0)
    base = np.zeros(len(core.count))
    np.maximum.at(base, core.group, core.value)
    # Values are taken from each group's best: small numbers keep more digits.
    lost = base[core.group] - core.value
    scale = common_scale(lost, total=float(lost @ core.count[core.group]) or 1.0)
    objective = _integers(lost, scale)
    model = cp_model.CpModel()
    y = [model.new_int_var(0, int(core.count[g]), "") for g in core.group]
    for g in range(len(core.count)):
        js = np.flatnonzero(core.group == g)
        model.add(sum(y[j] for j in js) == int(core.count[g]))
    for r in range(core.usage.shape[1]):
        _add_row(model, y, core, r)
    model.minimize(cp_model.LinearExpr.weighted_sum(y, objective.tolist()))
    total = math.fsum(base * core.count)
    if cutoff is not None:
        allowed = Fraction(total - cutoff) * scale.factor + int(core.count.sum())
        model.add(cp_model.LinearExpr.weighted_sum(y, objective.tolist()) <= max(math.ceil(allowed), 0))
    if hint:
        for variable, n in zip(y, core.y, strict=True):
            model.add_hint(variable, int(n))
    solver = cp_model.CpSolver()
    p = solver.parameters
    p.num_workers, p.random_seed, p.linearization_level = 1, seed, 2
    p.absolute_gap_limit = p.relative_gap_limit = 0.0
    p.max_deterministic_time, p.max_time_in_seconds = time_limit_s, min(wall_s, 30 * time_limit_s + 10)
    status = interruptible(solver, model)
    if status == cp_model.MODEL_INVALID:
        raise ValueError(f"CP-SAT refused the core: {model.validate()}")
    if status == cp_model.INFEASIBLE:
        return Checked("infeasible", None, -math.inf)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Checked("not_solved", None, math.inf)
    least_lost = Fraction(int(solver.response_proto.inner_objective_lower_bound)) / scale.factor
    lost_digits = EPS * (math.fsum(np.abs(base) * core.count) + float(least_lost))
    bound = total - float(least_lost) + lost_digits
    found = np.array([int(solver.value(v)) for v in y], dtype=np.int64)
    return Checked("optimal" if status == cp_model.OPTIMAL else "feasible", found, bound)


def _integers(lost: Floats, scale: Scale) -> Ints:
    """Losses rounded down, so that the least of their sums is never above the true least."""
    if scale.exact:
        return np.rint(lost * float(scale.factor)).astype(np.int64)
    return np.floor(np.ldexp(lost, scale.bits)).astype(np.int64)


def _add_row(model: cp_model.CpModel, y: list[cp_model.IntVar], core: Core, r: int) -> None:
    units = core.usage[:, r]
    low, high = int(core.room_low[r]), int(core.room_high[r])
    least = int((_per_group(units, core, np.minimum) * core.count).sum())
    most = int((_per_group(units, core, np.maximum) * core.count).sum())
    if low <= least and high >= most:
        return
    divisor = math.gcd(*(int(u) for u in units)) or 1
    coefficients = [int(u) // divisor for u in units]
    expression = sum(c * v for c, v in zip(coefficients, y, strict=True) if c)
    if high < most and high < NO_LIMIT // 2:
        model.add(expression <= high // divisor)
    if low > least and low > -NO_LIMIT // 2:
        model.add(expression >= -(-low // divisor))


def _per_group(units: Ints, core: Core, pick: "np.ufunc") -> Ints:
    edges = np.flatnonzero(np.r_[True, core.group[1:] != core.group[:-1]])
    return np.asarray(pick.reduceat(units, edges), dtype=np.int64)
