"""Response curves against their rivals: `python -m evals.bench.budget_curves`.

Loss is measured to the bound that `solve_curves` proves, for everyone alike;
an answer that is infeasible or no answer has none.
"""

import argparse
from collections.abc import Callable
from time import process_time

import numpy as np

from evals.bench.curve_rivals import auglag, greedy, grid, slsqp
from tools.budget import Cap, Curve, CurveProblem, solve_curves
from tools.budget.curves.problem import Curves
from tools.budget.customers.problem import Floats

SIZES = (10, 50, 200)
GROUPS, LONGEST_S = 4, 300.0
OURS = "`solve_curves`"
RIVALS: dict[str, Callable[[Curves], Floats]] = {
    "SLSQP from an equal split": slsqp, "AUGLAG from an equal split": auglag, "greedy climb": greedy,
    "grid of 61 points, CP-SAT": grid,
}  # fmt: skip
WITHIN = 1 + 1e-6


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


class Score:
    """What one contender did over all instances of a size."""

    def __init__(self) -> None:
        self.loss: list[float] = []
        self.unspent: list[float] = []
        self.cpu = 0.0
        self.infeasible = 0

    def see(self, curves: Curves, x: Floats, bound: float, cpu: float) -> None:
        self.cpu += cpu
        used = curves.member @ x
        if not (used <= curves.limit * WITHIN).all():  # nor is an answer that is no number
            self.infeasible += 1
            return
        self.loss.append(1 - float(curves.value(x).sum()) / bound)
        room = np.maximum(curves.limit - used, 0)
        # Every curve rises throughout and every channel is in a group: what groups and budget leave could be used.
        self.unspent.append(float(min(room[0], room[1:].sum()) / curves.limit[0]))

    def row(self, n: int, name: str) -> str:
        count = len(self.loss) + self.infeasible
        mean, worst = (f"{np.mean(self.loss):.3%}", f"{max(self.loss):.3%}") if self.loss else ("", "")
        unspent = f"{max(self.unspent):.3%}" if self.unspent else ""
        cells = (n, name, mean, worst, unspent, f"{self.cpu / max(count, 1):.2f}", f"{self.infeasible} of {count}")
        return "| " + " | ".join(map(str, cells)) + " |"


def main() -> None:
    """Print one row a size and contender, as they stand in docs/benchmarks.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--instances", type=int, default=34, help="of each size")
    parser.add_argument("--grid", type=int, default=34, help="of each size that the grid is given: it takes its time")
    args = parser.parse_args()
    print("| channels | who | mean loss | worst loss | most useful budget unspent | CPU s each | infeasible |")
    print("|---|---|---|---|---|---|---|")
    for n in SIZES:
        scores = {name: Score() for name in (OURS, *RIVALS)}
        for seed in range(args.instances):
            problem = made(n, seed)
            curves = Curves(problem)
            started = process_time()
            found = solve_curves(problem, time_limit_s=LONGEST_S)  # by the clock: other work may slow it
            spend = np.array(list(found.spend_minor.values()), dtype=np.float64)
            scores[OURS].see(curves, spend, found.bound, process_time() - started)
            for name, rival in RIVALS.items():
                if rival is grid and seed >= args.grid:
                    continue
                started = process_time()
                x = rival(curves)
                scores[name].see(curves, x, found.bound, process_time() - started)
        for name, score in scores.items():
            print(score.row(n, name), flush=True)


if __name__ == "__main__":
    main()
