"""The LP relaxation of the cells: real-valued customers, the linear limits, none of the yes/no rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tools.budget.cells.problem import MICRO
from tools.budget.cells.programme import LinearRow, Programme
from tools.budget.glop import Floats, LpSolution, solve_lp


@dataclass(frozen=True)
class Relaxation:
    """`x[j]`: customers; `multipliers`: limit → dual value, minor units per unit of it (>= 0, lower limits too)."""

    x: Floats
    multipliers: Mapping[str, float]


def relaxation(programme: Programme) -> Relaxation | None:
    """None where the programme has no variables or the LP no solution."""
    if not programme.variables:
        return None
    lp = solve_relaxed(programme, programme.rows, frozenset())
    if lp is None:
        return None
    return Relaxation(lp.x, {r.name: abs(float(d)) for r, d in zip(programme.rows, lp.duals, strict=False)})


def solve_relaxed(programme: Programme, rows: Sequence[LinearRow], unused: frozenset[int]) -> LpSolution | None:
    """The LP under these rows, the `unused` options (indices) held at nobody. Duals: the rows' first, in order."""
    matrix, lower, upper = _matrix(programme, rows)
    most = np.array([0 if v.option in unused else v.upper for v in programme.variables], dtype=np.float64)
    value = np.array(programme.value, dtype=np.float64) / MICRO
    return solve_lp(value, matrix, lower, upper, np.zeros(len(most)), most)


def has_rules(programme: Programme) -> bool:
    """Whether some limit is a yes/no decision that the LP does not see."""
    limits = programme.problem.limits
    return bool(
        limits.min_cell > 1
        or limits.max_offers_per_segment is not None
        or limits.max_segments_per_offer
        or limits.exclusive_offers
        or limits.min_channel_spend_minor
    )


def options_not_used(programme: Programme, x: Sequence[float] | Floats, least: float = 0.5) -> frozenset[int]:
    """Options that fewer than `least` customers get."""
    count: Counter[int] = Counter()
    for v, n in zip(programme.variables, x, strict=True):
        count[v.option] += float(n)  # type: ignore[assignment]  # the LP hands out parts of customers
    return frozenset(o for o in range(len(programme.problem.options)) if count[o] < least)


def rounded_rules(programme: Programme, lp: Relaxation) -> Floats:
    """The LP's customers after deciding the rules by its weights: the most used offers, no cell that is too small."""
    limits = programme.problem.limits
    unused = set(options_not_used(programme, lp.x, max(limits.min_cell, 1) / 2))
    most = limits.max_offers_per_segment
    if most is not None:
        weight: dict[str, Counter[str]] = {}
        for j, n in enumerate(lp.x):
            o = programme.option(j)
            weight.setdefault(o.segment_id, Counter())[o.offer_id] += n
        kept = {s: {f for f, _ in w.most_common(most)} for s, w in weight.items()}
        # An offer that may be used is open in every channel: money that comes free finds its way.
        unused = {i for i, o in enumerate(programme.problem.options) if o.offer_id not in kept.get(o.segment_id, set())}
    decided = solve_relaxed(programme, programme.rows, frozenset(unused))
    return lp.x if decided is None else decided.x


def _matrix(programme: Programme, rows: Sequence[LinearRow]) -> tuple[Any, Any, Any]:
    """Rows in units of their limit, then one row a group: its customers get at most one option."""
    from scipy.sparse import csr_matrix

    n = len(programme.variables)
    limit_rows = np.array([[a / row.unit for a in row.coefficients] for row in rows], dtype=np.float64).reshape(-1, n)
    groups = [m for m in programme.members if m]
    group_rows = np.zeros((len(groups), n))
    for i, m in enumerate(groups):
        group_rows[i, list(m)] = 1
    lower = [-np.inf if r.lower is None else r.lower / r.unit for r in rows] + [-np.inf] * len(groups)
    upper = [np.inf if r.upper is None else r.upper / r.unit for r in rows]
    upper += [float(programme.variables[m[0]].upper) for m in groups]
    return csr_matrix(np.vstack([limit_rows, group_rows])), np.array(lower), np.array(upper)
