"""Shadow prices: what one more unit of a limit would bring.

They are the *right-hand* derivative at the plan, its yes/no decisions (which options are used) held fixed: each limit
in turn is loosened by a hair and the LP's dual read there. At a kink, where the dual is not unique, this is the price
of the next unit, not of the last: a budget that is just sufficient has price 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from tools.budget.cells.lp import has_rules, options_not_used, solve_relaxed
from tools.budget.cells.problem import MICRO
from tools.budget.cells.programme import LinearRow, Programme

NOTHING = 1e-9
"""Prices below this (minor units) are the LP's noise."""


def shadow_prices(programme: Programme, x: tuple[int, ...]) -> Mapping[str, float]:
    """Limit → what the next unit brings, in minor units of margin. Raising a lower limit costs, so those are <= 0."""
    return {row.name: shadow_price(programme, x, row.name) for row in programme.rows}


def shadow_price(programme: Programme, x: tuple[int, ...], name: str) -> float:
    """What the next unit of this one limit brings."""
    if not programme.variables:
        return 0.0
    unused = options_not_used(programme, x) if has_rules(programme) else frozenset[int]()
    i = next(i for i, row in enumerate(programme.rows) if row.name == name)
    rows = list(programme.rows)
    rows[i] = _one_hair_on(rows[i])
    lp = solve_relaxed(programme, rows, unused) or solve_relaxed(programme, programme.rows, unused)
    if lp is None:
        return 0.0
    price = float(lp.duals[i])
    if name.startswith("max_share_offer:"):
        price *= float(sum(lp.x))  # the row is per customer, the limit is a fraction of all contacted
    return price if abs(price) > NOTHING else 0.0


def _one_hair_on(row: LinearRow) -> LinearRow:
    """The limit a hair higher: a minor unit or a thousandth of a customer, and never below the LP's tolerance."""
    limit = row.upper if row.upper is not None else row.lower or 0
    hair = max(row.unit / 1000 if row.unit == 1 else row.unit, abs(limit) / MICRO)
    if row.upper is None:
        return replace(row, lower=limit + hair)  # type: ignore[arg-type]  # a real number is fine in the LP
    return replace(row, upper=limit + hair)  # type: ignore[arg-type]
