"""A plan at any multipliers that cannot overspend: best choices, then the least worthwhile are dropped."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from tools.budget.customers.core import reduced_values, usage_units
from tools.budget.customers.counts import Plan, used_units
from tools.budget.customers.data import CHUNK, Customers, Limits
from tools.budget.customers.exact_rows import IntegerRow, Scale, common_scale, integer_rows
from tools.budget.customers.problem import Floats, Ints


def least_value(customers: Customers) -> float:
    """What the worst plan is worth: no feasible plan is worth less."""
    total = []
    for _, chunk in customers.chunks():
        worst = chunk.value if chunk.allowed is None else np.where(chunk.allowed, chunk.value, 0.0)
        total.append(float(np.minimum(worst.min(axis=1, initial=0.0), 0.0).sum()))
    return math.fsum(total)


def repaired(customers: Customers, limits: Limits, lam: Floats) -> Plan | None:
    """The plan, or None where dropping contacts cannot keep every limit (a lower limit asks for more)."""
    n = customers.n
    action = np.full(n, -1, dtype=np.int64)
    gain = np.zeros(n)
    for part, chunk in customers.chunks():
        red = reduced_values(chunk, lam)
        best = red.argmax(axis=1)
        top = red[np.arange(chunk.n), best]
        action[part] = np.where(top > 0, best, -1)
        gain[part] = top
    rows = _rows(customers, limits)
    for _ in range(len(rows) + 1):
        used = used_units(customers, action, rows)
        broken = [c for c, row in enumerate(rows) if used[c] > row.high]
        if not broken:
            break
        _drop(customers, action, gain, rows, broken[0], int(used[broken[0]]) - rows[broken[0]].high)
    for candidate in (action, np.full(n, -1, dtype=np.int64)):
        used = used_units(customers, candidate, rows)
        if all(row.low <= u <= row.high for u, row in zip(used, rows, strict=True)):
            who = np.flatnonzero(candidate >= 0)
            return Plan(candidate, math.fsum(customers.value[who, candidate[who]]))
    return None


def _rows(customers: Customers, limits: Limits) -> list[IntegerRow]:
    scales = [common_scale(np.zeros(1), total=1.0)]
    dense = {d.index: d.usage for d in customers.dense}
    place = {int(r): t for t, r in enumerate(customers.table_rows)}
    for r in range(1, limits.m):
        entries = customers.table[:, place[r], :] if r in place else dense[r]
        largest = float(np.abs(entries).max(initial=0.0))
        scales.append(_scale(entries, largest * customers.n))
    return integer_rows(limits, scales, customers.n)


def _scale(entries: Floats, total: float) -> Scale:
    return common_scale(entries, total=max(total, 1.0))


def _drop(
    customers: Customers, action: NDArray[np.int64], gain: Floats, rows: list[IntegerRow], c: int, excess: int
) -> None:
    """Take contacts back, the least gain per unit of row c first, until `excess` units are freed."""
    who = np.flatnonzero(action >= 0)
    units: Ints = np.zeros(len(who), dtype=np.int64)
    for start in range(0, len(who), CHUNK):
        some = who[start : start + CHUNK]
        units[start : start + CHUNK] = usage_units(customers, some, action[some].astype(np.intp), [rows[c]])[:, 0]
    who, units = who[units > 0], units[units > 0]
    order = np.argsort(gain[who] / units, kind="stable")
    freed = np.cumsum(units[order])
    last = int(np.searchsorted(freed, excess)) + 1
    action[who[order[:last]]] = -1
