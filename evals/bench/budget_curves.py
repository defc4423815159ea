"""Response curves against scipy's SLSQP from an equal split and a greedy climb: `python -m evals.bench.budget_curves`.

Loss is measured to the bound that `solve_curves` proves, for everyone alike.
"""

import argparse
from time import process_time

import numpy as np
from scipy.optimize import LinearConstraint, minimize

from tools.budget import Cap, Curve, CurveProblem, solve_curves
from tools.budget.curves.problem import Curves
from tools.budget.customers.problem import Floats

SIZES = (10, 50, 200)
GROUPS, PIECES = 4, 200


def made(n: int, seed: int) -> CurveProblem:
    """Shapes 0.8 to 4, a budget below what would saturate, four groups of channels with a cap each."""
    r = np.random.default_rng([n, seed])
    curves = tuple(
        Curve(f"c{i}", float(r.uniform(5e4, 5e5)), float(r.uniform(2e4, 2e5)), float(r.choice([0.8, 1.5, 2, 3, 4])))
        for i in range(n)
    )
    budget = int(sum(c.half_minor for c in curves) * r.uniform(0.3, 0.9))
    groups = [frozenset(c.name for c in curves[g::GROUPS]) for g in range(GROUPS)]
    return CurveProblem(curves, budget, tuple(Cap(f"g{g}", m, int(budget * 0.28)) for g, m in enumerate(groups)))


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


def main() -> None:
    """Print one row a size, as they stand in docs/benchmarks.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--instances", type=int, default=10, help="of each size")
    count = parser.parse_args().instances
    print("| channels | who | mean loss | worst loss | CPU s each | infeasible |\n|---|---|---|---|---|---|")
    for n in SIZES:
        loss: dict[str, list[float]] = {"`solve_curves`": [], "SLSQP": [], "greedy": []}
        cpu, broken = dict.fromkeys(loss, 0.0), dict.fromkeys(loss, 0)
        for seed in range(count):
            problem = made(n, seed)
            curves = Curves(problem)
            started = process_time()
            found = solve_curves(problem)
            cpu["`solve_curves`"] += process_time() - started
            plans = {"`solve_curves`": np.array(list(found.spend_minor.values()), dtype=np.float64)}
            for name, rival in (("SLSQP", slsqp), ("greedy", greedy)):
                started = process_time()
                plans[name] = rival(curves)
                cpu[name] += process_time() - started
            for name, x in plans.items():
                broken[name] += int((curves.member @ x > curves.limit * (1 + 1e-6)).any())
                loss[name].append(1 - float(curves.value(x).sum()) / found.bound)
        for name in loss:
            print(
                f"| {n} | {name} | {np.mean(loss[name]):.3%} | {max(loss[name]):.3%} "
                f"| {cpu[name] / count:.2f} | {broken[name]} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
