"""Why no plan keeps every limit: a smallest set of limits that conflict, and the cheapest way out.

The set is found by deletion: a limit without which the rest still conflict is dropped. What remains conflicts, and
taking any one of it away makes the rest possible: both are then proven again, one solve each. The audience itself
(how many customers which channel reaches) is not a limit that can be dropped; it stands behind every set.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from tools.budget.cells.curve import enough_budget
from tools.budget.cells.exact import is_feasible
from tools.budget.cells.limits import PERCENT, Limit, list_limits, with_value, without
from tools.budget.cells.problem import CellProblem, Limits
from tools.budget.cells.programme import build_programme


@dataclass(frozen=True)
class Relaxation:
    """Change this one limit to `value` (its unit; shares as a fraction) and a plan exists. None: drop the limit."""

    limit: Limit
    value: float | None
    change: float
    """How much, as a fraction of the old number (1 = doubled); dropping counts as the whole of it."""


@dataclass(frozen=True)
class Conflict:
    """`limits`: irreducible. `relaxations`: single changes that suffice, smallest first; empty if none does alone."""

    limits: tuple[Limit, ...]
    relaxations: tuple[Relaxation, ...]
    together: tuple[Relaxation, ...]
    """Changes that suffice jointly, where no single one does."""
    proven: bool
    """Every solve behind this was decided (no time ran out)."""


class _Prober:
    """Asks whether the problem with other limits has a plan, and remembers whether each question was decided."""

    def __init__(self, problem: CellProblem, seed: int, time_limit_s: float) -> None:
        self.problem, self.seed, self.time_limit_s = problem, seed, time_limit_s
        self.no_budget = enough_budget(problem)
        self.decided = True

    def possible(self, limits: Limits) -> bool:
        programme = build_programme(replace(self.problem, limits=limits))
        answer = is_feasible(programme, seed=self.seed, time_limit_s=self.time_limit_s)
        self.decided &= answer is not None
        return bool(answer)

    def only(self, kept: tuple[Limit, ...]) -> Limits:
        limits = self.problem.limits
        for limit in list_limits(limits):
            if limit not in kept:
                limits = without(limits, limit, self.no_budget)
        return limits


def explain_conflict(problem: CellProblem, *, seed: int = 0, time_limit_s: float = 2.0) -> Conflict:
    """The conflict of a problem that has no plan."""
    prober = _Prober(problem, seed, time_limit_s)
    kept = _irreducible(prober, list_limits(problem.limits))
    proven = not prober.possible(prober.only(kept)) and all(
        prober.possible(prober.only(tuple(k for k in kept if k != limit))) for limit in kept
    )
    singles = [r for limit in kept if (r := _relaxation(prober, limit, problem.limits)) is not None]
    singles.sort(key=lambda r: r.change)
    together = () if singles else _joint(prober)
    return Conflict(kept, tuple(singles), together, proven and prober.decided)


def _irreducible(prober: _Prober, kept: tuple[Limit, ...]) -> tuple[Limit, ...]:
    for limit in reversed(kept):
        fewer = tuple(k for k in kept if k != limit)
        if not prober.possible(prober.only(fewer)):
            kept = fewer
    return kept


def _joint(prober: _Prober) -> tuple[Relaxation, ...]:
    """Several conflicts at once: one limit of each is given up, then each is put back as tight as it can be."""
    every = list_limits(prober.problem.limits)
    kept = every
    while not prober.possible(prober.only(kept)):
        conflict = _irreducible(prober, kept)
        given_up = conflict[-1]  # the budget comes first in the list, so it is given up last
        kept = tuple(k for k in kept if k != given_up)
    limits = prober.only(kept)
    changes: list[Relaxation] = []
    for limit in every:
        if limit in kept:
            continue
        change = _relaxation(prober, limit, _restored(limits, limit))
        if change is not None:
            changes.append(change)
            if change.value is not None:
                limits = with_value(limits, limit, _as_integer(limit, change.value))
    return tuple(changes)


def _restored(limits: Limits, limit: Limit) -> Limits:
    """`limits` with the original number of a limit that had been taken away."""
    return limits if limit.value is None else with_value(limits, limit, _as_integer(limit, limit.value))


def _as_integer(limit: Limit, value: float) -> int:
    return round(value * PERCENT) if limit.kind == "max_share_offer" else int(value)


def _relaxation(prober: _Prober, limit: Limit, limits: Limits) -> Relaxation | None:
    """The smallest change of this limit alone, all other `limits` kept, that makes a plan possible."""
    if not prober.possible(without(limits, limit, prober.no_budget)):
        return None
    if limit.value is None:
        return Relaxation(limit, None, 1.0)
    old = _as_integer(limit, limit.value)

    def possible(value: int) -> bool:
        return prober.possible(with_value(limits, limit, value))

    if limit.is_lower:
        value = -_smallest(lambda v: possible(-v), -old, 0)
    else:
        value = _smallest(possible, old, _ceiling(prober, limit))
    number = value / PERCENT if limit.kind == "max_share_offer" else float(value)
    return Relaxation(limit, number, abs(value - old) / max(abs(old), 1))


def _ceiling(prober: _Prober, limit: Limit) -> int:
    """A number at which the limit can bind no more."""
    if limit.is_money:
        return prober.no_budget
    if limit.kind == "max_share_offer":
        return PERCENT
    return max(prober.problem.customers, len(prober.problem.options))


def _smallest(possible: Callable[[int], bool], low: int, high: int) -> int:
    """The smallest value in (low, high] that is possible; `low` is not, `high` is, and more never hurts."""
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if possible(middle) else (middle, high)
    return high
