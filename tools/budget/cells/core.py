"""Interval fixing: which counts a plan better than the best known can still have. In exact integers.

With multipliers λ ≥ 0 let r_j = v_j − Σ_r λ_r a_rj, r*_g = max(0, max_j r_j) and
U = Σ_r λ_r b_r + Σ_g n_g r*_g. A plan worth at least L loses Σ_j x_j (r*_g − r_j) + Σ_g idle_g r*_g ≤ U − L against
its groups' best choices, so x_j ≤ (U − L)/(r*_g − r_j) and idle_g ≤ (U − L)/r*_g. What remains open is the core.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tools.budget.cells.problem import MICRO
from tools.budget.cells.programme import Programme

SCALE = 10**9
"""λ are rounded to multiples of 1/SCALE: any non-negative multipliers are valid."""


@dataclass(frozen=True)
class Core:
    """`domains[j]`: (0, most) customers; `least[g]`: customers of group g that get something; the bound in micro."""

    domains: tuple[tuple[int, int], ...]
    least: tuple[int, ...]
    bound_micro: int


def undecided_core(programme: Programme, multipliers: Mapping[str, float], known_micro: int) -> Core:
    """What plans worth at least `known_micro` can look like."""
    red = [v * SCALE for v in programme.value]
    total = 0
    for row in programme.rows:
        lam = round(multipliers.get(row.name, 0.0) * MICRO * SCALE / row.unit)
        limit, sign = (row.upper, 1) if row.upper is not None else (row.lower or 0, -1)
        if not lam or limit is None:
            continue
        total += sign * lam * limit
        for j, a in enumerate(row.coefficients):
            red[j] -= sign * lam * a
    best = [max((red[j] for j in members), default=0) for members in programme.members]
    best = [max(b, 0) for b in best]
    sizes = [g.customers for g in programme.problem.groups]
    total += sum(n * b for n, b in zip(sizes, best, strict=True))
    slack = max(total - known_micro * SCALE, 0)
    domains = []
    for j, v in enumerate(programme.variables):
        loss = best[v.group] - red[j]
        domains.append((0, min(v.upper, slack // loss) if loss > 0 else v.upper))
    least = tuple(
        max(0, n - slack // b) if b > 0 and members else 0
        for n, b, members in zip(sizes, best, programme.members, strict=True)
    )
    return Core(tuple(domains), least, total // SCALE)
