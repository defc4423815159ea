"""A plan at any multipliers that cannot overspend: best choices, then the least worthwhile are dropped."""

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


def least_value(customers: Population) -> float:
    """What the worst plan is worth: no feasible plan is worth less."""
    total = []
    for _, chunk in customers.chunks():
        worst = chunk.value if chunk.allowed is None else np.where(chunk.allowed, chunk.value, 0.0)
        total.append(float(np.minimum(worst.min(axis=1, initial=0.0), 0.0).sum()))
    return math.fsum(total)


def repaired(customers: Population, rows: Sequence[IntegerRow], lam: Floats, engine: Any = twin) -> Plan | None:
    """The plan, or None where dropping contacts cannot keep every limit (a lower limit asks for more)."""
    n = customers.n
    action = np.full(n, -1, dtype=np.int16)
    gain = np.zeros(n)
    for part, chunk in customers.chunks():
        red = reduced_values(chunk, lam)
        best = red.argmax(axis=1)
        top = red[np.arange(chunk.n), best]
        action[part] = np.where(top > 0, best, -1).astype(np.int16)
        gain[part] = top
    for _ in range(len(rows) + 1):
        used = tally(customers, action, rows, engine).units
        broken = [c for c, row in enumerate(rows) if used[c] > row.high]
        if not broken:
            break
        _drop(customers, action, gain, rows, broken[0], int(used[broken[0]]) - rows[broken[0]].high)
    for candidate in (action, np.full(n, -1, dtype=np.int16)):
        sums = tally(customers, candidate, rows, engine)
        if all(row.low <= u <= row.high for u, row in zip(sums.units, rows, strict=True)):
            return Plan(candidate, sums.value, sums.units)
    return None


def _drop(
    customers: Population, action: twin.Choice, gain: Floats, rows: Sequence[IntegerRow], c: int, excess: int
) -> None:
    """Take contacts back, the least gain per unit of row c first, until `excess` units are freed."""
    units: Ints = np.zeros(customers.n, dtype=np.int64)
    for part, chunk in customers.chunks():
        own = action[part].astype(np.intp)
        some = np.flatnonzero(own >= 0)
        units[part.start + some] = usage_units(chunk, some, own[some], [rows[c]])[:, 0]
    who = np.flatnonzero(units > 0)
    order = np.argsort(gain[who] / units[who], kind="stable")
    freed = np.cumsum(units[who[order]])
    last = int(np.searchsorted(freed, excess)) + 1
    action[who[order[:last]]] = -1
