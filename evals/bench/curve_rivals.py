"""The rivals of the curves' benchmark: scipy's SLSQP, NLopt's AUGLAG, a greedy climb, a grid of 61 points by CP-SAT."""

from typing import Any

import nlopt
import numpy as np
from ortools.sat.python import cp_model
from scipy.optimize import LinearConstraint, minimize

from tools.budget.curves.problem import Curves
from tools.budget.customers.problem import Floats

PIECES, POINTS = 200, 61
MOST_CALLS, LONGEST_S = 20_000, 10.0
"""Of AUGLAG, and of the grid by CP-SAT's own clock, which other work on the machine does not slow."""
DIGITS = 10**8


def slsqp(curves: Curves) -> Floats:
    """From an equal split, with exact slopes, scaled to [0, 1]."""
    unit = curves.limit[0]
    found = minimize(
        lambda x: -curves.value(x * unit).sum() / curves.top.sum(),
        np.full(curves.n, 1 / curves.n),
        jac=lambda x: -curves.slope(np.maximum(x * unit, 1e-9)) * unit / curves.top.sum(),
        bounds=[(0, 1)] * curves.n,
        constraints=[LinearConstraint(curves.member, -np.inf, curves.limit / unit)],
        method="SLSQP",
        options={"maxiter": 300},
    )
    return np.asarray(np.maximum(found.x, 0) * unit)


def auglag(curves: Curves) -> Floats:
    """Augmented Lagrangian over L-BFGS, from an equal split, with exact slopes, scaled to [0, 1]."""
    unit, total = curves.limit[0], curves.top.sum()

    def worth(x: Floats, slope: Floats) -> float:
        if slope.size:
            slope[:] = curves.slope(np.maximum(x * unit, 1e-9)) * unit / total
        return float(curves.value(x * unit).sum() / total)

    def over(result: Floats, x: Floats, slope: Floats) -> None:
        if slope.size:
            slope[:] = curves.member
        result[:] = curves.member @ x - curves.limit / unit

    inner: Any = nlopt.opt(nlopt.LD_LBFGS, curves.n)
    inner.set_xtol_rel(1e-7)
    inner.set_maxeval(500)
    solver: Any = nlopt.opt(nlopt.AUGLAG, curves.n)
    solver.set_local_optimizer(inner)
    solver.set_lower_bounds(np.zeros(curves.n))
    solver.set_upper_bounds(np.ones(curves.n))
    solver.set_max_objective(worth)
    solver.add_inequality_mconstraint(over, np.full(len(curves.limit), 1e-8))
    solver.set_xtol_rel(1e-8)
    solver.set_maxeval(MOST_CALLS)
    try:
        return np.asarray(solver.optimize(np.full(curves.n, 1 / curves.n)) * unit)
    except nlopt.runtime_error:  # NLopt's own word for a solve that broke down; it hands nothing back
        return np.full(curves.n, np.nan)


def greedy(curves: Curves) -> Floats:
    """The budget in 200 pieces, each to the channel where it gains most."""
    x, piece = np.zeros(curves.n), curves.limit[0] / PIECES
    for _ in range(PIECES):
        gain = curves.value(x + piece) - curves.value(x)
        blocked = curves.member[curves.limit - curves.member @ x < piece * (1 - 1e-9)].any(axis=0)
        gain[blocked] = -np.inf
        if gain.max() <= 0:
            break
        x[int(gain.argmax())] += piece
    return x


def grid(curves: Curves) -> Floats:
    """One of 61 even levels for each channel, up to what its group or four times its half allows: CP-SAT."""
    caps = np.where(curves.member > 0, curves.limit[:, None], np.inf).min(axis=0)
    levels = np.linspace(0.0, np.minimum(caps, 4 * curves.half), POINTS, axis=1).astype(np.int64)
    worth = np.column_stack([curves.value(levels[:, p].astype(np.float64)) for p in range(POINTS)])
    whole = (worth * (DIGITS / curves.top.sum())).astype(np.int64)
    model = cp_model.CpModel()
    pick = [[model.new_bool_var("") for _ in range(POINTS)] for _ in range(curves.n)]
    for chosen in pick:
        model.add_exactly_one(chosen)
    for r, limit in enumerate(curves.limit):
        inside = np.flatnonzero(curves.member[r])
        flat = [v for i in inside for v in pick[i]]
        model.add(cp_model.LinearExpr.weighted_sum(flat, levels[inside].ravel().tolist()) <= int(limit))
    model.maximize(cp_model.LinearExpr.weighted_sum([v for chosen in pick for v in chosen], whole.ravel().tolist()))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers, solver.parameters.max_deterministic_time = 1, LONGEST_S
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return np.zeros(curves.n)
    at = np.array([next(p for p, v in enumerate(chosen) if solver.value(v)) for chosen in pick])
    return np.asarray(levels[np.arange(curves.n), at], dtype=np.float64)
