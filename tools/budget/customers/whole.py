"""Small problems: the whole linear programme at once (OR-Tools' GLOP) instead of cutting planes."""

from __future__ import annotations

import math

import numpy as np

from tools.budget.customers.boxes import DualState, everyone_open
from tools.budget.customers.data import Customers, Limits
from tools.budget.customers.kelley import Dual
from tools.budget.customers.oracle import sweep
from tools.budget.customers.problem import Floats
from tools.budget.glop import solve_lp

LONGEST_S = 30.0
TINY = 2000
"""Pairs up to which CP-SAT alone tells whether there is a plan."""


def whole_dual(customers: Customers, limits: Limits, time_limit_s: float = math.inf) -> DualState | None:
    """The dual's minimum from the LP's dual values; None where GLOP finds no optimum (perhaps there is none).

    The smallest problems then start at λ = 0, and CP-SAT tells whether they have a plan.
    """
    from scipy.sparse import csr_matrix, vstack

    n, k, m = customers.n, customers.k, limits.m
    allowed = np.ones((n, k), dtype=np.bool_) if customers.allowed is None else customers.allowed
    i, a = np.nonzero(allowed)
    usage = np.zeros((m, len(i)))
    usage[0] = customers.cost[i, a]
    usage[customers.table_rows] = customers.table[customers.pattern[i], :, a].T
    for dense in customers.dense:
        usage[dense.index] = dense.usage[i, a]
    size = np.abs(usage).max(axis=1, initial=0.0)
    size[size == 0] = 1.0
    unit = float(np.abs(customers.value).max(initial=0.0)) or 1.0
    once = csr_matrix((np.ones(len(i)), (i, np.arange(len(i)))), shape=(n, len(i)))
    lp = solve_lp(
        customers.value[i, a] / unit,
        vstack([csr_matrix(usage / size[:, None]), once]).tocsr(),
        np.concatenate([limits.lower / size, np.full(n, -np.inf)]),
        np.concatenate([limits.upper / size, np.ones(n)]),
        np.zeros(len(i)),
        np.ones(len(i)),
        min(time_limit_s, LONGEST_S),
    )
    if lp is None and n * k > TINY:
        return None
    lam = np.zeros(m) if lp is None else _signed(lp.duals[:m] * unit / size, limits)
    point, _ = sweep(customers, lam)
    bound = limits.h(lam) + point.gain
    none = np.zeros(m)
    dual = Dual(lam, bound, -np.inf if lp is None else lp.objective * unit, none, none > 0, 0)
    return everyone_open(customers, dual, unit / size)


def _signed(lam: Floats, limits: Limits) -> Floats:
    """Without prices for sides that have no limit."""
    low = np.where(np.isfinite(limits.lower), -np.inf, 0.0)
    return np.clip(lam, low, np.where(np.isfinite(limits.upper), np.inf, 0.0))
