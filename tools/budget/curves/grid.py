"""The exact grid model (OR-Tools' CP-SAT) for rules that only integers express: which channels are used at all.

Each channel takes one of a few levels of spend. The model chooses the channels; how much each of them gets is then
solved without the grid, so that nothing rests on the levels but the choice.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tools.budget.cpsat import interruptible
from tools.budget.curves.oracle import Region
from tools.budget.curves.problem import CurveProblem, Curves
from tools.budget.customers.problem import Floats, InvalidProblem

LEVELS = 61
DIGITS = 1 << 40


@dataclass(frozen=True)
class CurveRules:
    """At most so many channels; a least spend where a channel is used; pairs of which one is used at most."""

    most_channels: int | None = None
    least_if_used_minor: tuple[tuple[str, int], ...] = ()
    exclusive: tuple[tuple[str, str], ...] = ()


def solve_grid(problem: CurveProblem, rules: CurveRules, *, seed: int, time_limit_s: float) -> Region | None:
    """What the rules leave each channel: unused ones 0, used ones at least their minimum. None where nothing fits.

    Raises:
        InvalidProblem: a rule names what is no curve.
    """
    from ortools.sat.python import cp_model

    curves, names = Curves(problem), [c.name for c in problem.curves]
    place = {name: i for i, name in enumerate(names)}
    least = _least(rules, place, len(names))
    model = cp_model.CpModel()
    levels = [_levels(curves.low[i], max(curves.low[i], least[i]), curves.high[i]) for i in range(len(names))]
    pick = [[model.new_bool_var("") for _ in own] for own in levels]
    used = []
    for own, chosen in zip(levels, pick, strict=True):
        model.add_exactly_one(chosen)
        used.append(sum(v for v, x in zip(chosen, own, strict=True) if x > 0))
    for r, limit in enumerate(curves.limit):
        inside = [i for i in range(len(names)) if curves.member[r, i]]
        model.add(sum(int(x) * v for i in inside for x, v in zip(levels[i], pick[i], strict=True)) <= int(limit))
    if rules.most_channels is not None:
        model.add(sum(used) <= rules.most_channels)
    for a, b in rules.exclusive:
        model.add(used[place[a]] + used[place[b]] <= 1)
    unit = DIGITS / max(float(curves.top.sum()), 1e-300)
    terms = []
    for i, own in enumerate(levels):
        at = np.zeros((len(own), curves.n))
        at[:, i] = own
        terms += [int(w) * v for w, v in zip(curves.value(at)[:, i] * unit, pick[i], strict=True)]
    model.maximize(sum(terms))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers, solver.parameters.random_seed = 1, seed
    solver.parameters.max_time_in_seconds = time_limit_s
    if interruptible(solver, model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    spent = [sum(x * int(solver.value(v)) for v, x in zip(*p, strict=True)) for p in zip(pick, levels, strict=True)]
    on = np.array(spent) > 0
    return Region(np.where(on, np.maximum(curves.low, least), 0.0), np.where(on, curves.high, 0.0))


def _levels(low: float, least: float, high: float) -> list[int]:
    """Nothing (where that is allowed), then even steps from the least to the most."""
    steps = sorted({int(x) for x in np.linspace(max(least, 1.0), high, LEVELS - 1)}) if high >= max(least, 1.0) else []
    return [0, *steps] if low == 0 else steps or [int(low)]


def _least(rules: CurveRules, place: dict[str, int], n: int) -> Floats:
    for name in (*(name for name, _ in rules.least_if_used_minor), *(b for pair in rules.exclusive for b in pair)):
        if name not in place:
            raise InvalidProblem(f"A rule names {name!r}, which is no curve.")
    least = np.zeros(n)
    for name, amount in rules.least_if_used_minor:
        least[place[name]] = amount
    return least
