"""A plan at any multipliers that cannot overspend: best choices, then contacts dropped and added until limits hold."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from tools.budget.customers import twin
from tools.budget.customers.core import reduced_values, usage_units
from tools.budget.customers.counts import Plan
from tools.budget.customers.data import Population
from tools.budget.customers.exact_rows import IntegerRow
from tools.budget.customers.oracle import tally
from tools.budget.customers.problem import Floats, Ints

ROUNDS = 2


def least_value(customers: Population) -> float:
    """What the worst plan is worth: no feasible plan is worth less."""
    total = []
    for _, chunk in customers.chunks():
        worst = chunk.value if chunk.allowed is None else np.where(chunk.allowed, chunk.value, 0.0)
        total.append(float(np.minimum(worst.min(axis=1, initial=0.0), 0.0).sum()))
    return math.fsum(total)


def repaired(customers: Population, rows: Sequence[IntegerRow], lam: Floats, engine: Any = twin) -> Plan | None:
    """The plan, or None where a few rounds of dropping and adding contacts do not make every limit hold."""
    n = customers.n
    action = np.full(n, -1, dtype=np.int16)
    gain = np.zeros(n)
    for part, chunk in customers.chunks():
        red = reduced_values(chunk, lam)
        best = red.argmax(axis=1)
        top = red[np.arange(chunk.n), best]
        action[part] = np.where(top > 0, best, -1).astype(np.int16)
        gain[part] = top
    for _ in range(ROUNDS * len(rows) + 1):
        used = tally(customers, action, rows, engine).units
        short = [c for c, row in enumerate(rows) if used[c] < row.low]
        over = [c for c, row in enumerate(rows) if used[c] > row.high]
        if short:
            _add(customers, action, gain, rows, short[0], rows[short[0]].low - int(used[short[0]]), lam)
        elif over:
            _drop(customers, action, gain, rows, over[0], int(used[over[0]]) - rows[over[0]].high)
        else:
            break
    for candidate in (action, np.full(n, -1, dtype=np.int16)):
        sums = tally(customers, candidate, rows, engine)
        if all(row.low <= u <= row.high for u, row in zip(sums.units, rows, strict=True)):
            return Plan(candidate, sums.value, sums.units)
    return None


def _drop(
    customers: Population, action: twin.Choice, gain: Floats, rows: Sequence[IntegerRow], c: int, excess: int
) -> None:
    """Take contacts back, the least gain per unit of row c first, until `excess` units are freed.

    Contacts that a lower limit counts come last: they would have to be made again.
    """
    units: Ints = np.zeros(customers.n, dtype=np.int64)
    asked = np.zeros(customers.n, dtype=np.bool_)
    others = [row for row in rows if row.low > 0]
    for part, chunk in customers.chunks():
        own = action[part].astype(np.intp)
        some = np.flatnonzero(own >= 0)
        units[part.start + some] = usage_units(chunk, some, own[some], [rows[c]])[:, 0]
        if others:
            asked[part.start + some] = (usage_units(chunk, some, own[some], others) > 0).any(axis=1)
    who = np.flatnonzero(units > 0)
    order = np.lexsort((gain[who] / units[who], asked[who]))
    freed = np.cumsum(units[who[order]])
    last = int(np.searchsorted(freed, excess)) + 1
    action[who[order[:last]]] = -1


def _add(
    customers: Population, action: twin.Choice, gain: Floats, rows: Sequence[IntegerRow], c: int, missing: int,
    lam: Floats,
) -> None:  # fmt: skip
    """Give customers the action that counts in row c and costs least of their net worth per unit, until enough do."""
    n, k = customers.n, customers.k
    units, rate, to = np.zeros(n, dtype=np.int64), np.full(n, np.inf), np.full(n, -1, dtype=np.int16)
    for part, chunk in customers.chunks():
        red = reduced_values(chunk, lam)
        own = action[part].astype(np.intp)
        own[own < 0] = k
        at = np.arange(chunk.n)
        worth = np.column_stack([red, np.zeros(chunk.n)])
        every = np.repeat(at, k), np.tile(np.arange(k), chunk.n)
        used = np.column_stack([usage_units(chunk, *every, [rows[c]]).reshape(chunk.n, k), np.zeros(chunk.n, np.int64)])
        more = used - used[at, own][:, None]
        with np.errstate(divide="ignore", invalid="ignore"):
            price = np.where(more > 0, (worth[at, own][:, None] - worth) / more, np.inf)
        best = price.argmin(axis=1)
        units[part], rate[part], to[part] = more[at, best], price[at, best], np.where(best < k, best, -1)
    who = np.flatnonzero(np.isfinite(rate))
    order = np.argsort(rate[who], kind="stable")
    given = np.cumsum(units[who[order]])
    chosen = who[order[: int(np.searchsorted(given, missing)) + 1]]
    action[chosen] = to[chosen]
    gain[chosen] -= rate[chosen] * units[chosen]
