"""The budget solver against HiGHS, both in one run: `python -m evals.bench.budget [case …]`.

Each measurement is a process of its own: CPU seconds of all its threads, wall seconds, memory beyond the data at its
peak. Compiling is apart (a small problem is solved first). Every answer of ours is certified by `certify`.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any

import numpy as np

from evals.bench.budget_data import many_rows, plain, shards
from tools.budget import BudgetProblem, certify, certify_sharded, frontier, solve, solve_sharded

MAKERS: dict[str, Callable[[int], BudgetProblem]] = {"plain": plain, "many": many_rows}
DEFAULT = ("plain-100k", "many-100k", "plain-1m", "replan-1m", "frontier-1m", "shards-10m")
CASES: dict[str, tuple[tuple[str, str, int], ...]] = {
    "plain-100k": (("ours", "plain", 100_000), ("highs", "plain", 100_000)),
    "many-100k": (("ours", "many", 100_000), ("highs", "many", 100_000)),
    "plain-1m": (("ours", "plain", 1_000_000),),
    "plain-1m-highs": (("ours", "plain", 1_000_000), ("highs", "plain", 1_000_000)),
    "replan-1m": (("replan", "plain", 1_000_000),),
    "frontier-1m": (("frontier", "plain", 1_000_000),),
    "shards-10m": (("sharded", "shards", 10_000_000),),
    "shards-100m": (("sharded", "shards", 100_000_000),),
}
WHAT = {
    "ours": "`solve`",
    "highs": "HiGHS interior point (LP only)",
    "replan": "budget −10 % on a solved plan",
    "frontier": "`frontier`, 20 budgets",
    "sharded": "`solve_sharded`, 10 rows",
}


def _memory_mib(key: str) -> float:
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith(key):
            return int(line.split()[1]) / 1024
    raise RuntimeError(f"{key} is not in /proc/self/status")


class _Meter:
    """CPU, wall and added peak memory of a block."""

    def __enter__(self) -> "_Meter":
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak starts from here
        self.before = _memory_mib("VmRSS")
        self.cpu, self.wall = process_time(), perf_counter()
        return self

    def __exit__(self, *_: object) -> None:
        self.cpu, self.wall = process_time() - self.cpu, perf_counter() - self.wall
        self.added = _memory_mib("VmHWM") - self.before

    def row(self, **found: Any) -> dict[str, Any]:
        return {"cpu": self.cpu, "wall": self.wall, "added_mib": self.added, **found}


def _ours(problem: BudgetProblem) -> dict[str, Any]:
    solve(plain(50_000))
    with _Meter() as meter:
        found = solve(problem)
    certificate = certify(problem, found)
    return meter.row(value=found.objective, gap=certificate.gap, violations=0)


def _highs(problem: BudgetProblem) -> dict[str, Any]:
    from evals.bench.budget_rivals import highs_interior_point

    with _Meter() as meter:
        value = highs_interior_point(problem)
    return meter.row(value=value)


def _replan(problem: BudgetProblem) -> dict[str, Any]:
    first = solve(problem)
    less = problem.with_budget(problem.budget_minor * 9 // 10)
    with _Meter() as meter:
        found = solve(less, warm=first)
    certificate = certify(less, found)
    return meter.row(value=found.objective, gap=certificate.gap, violations=0)


def _frontier(problem: BudgetProblem) -> dict[str, Any]:
    solve(plain(50_000))
    with _Meter() as meter:
        points = frontier(problem, [int(problem.budget_minor * share) for share in np.linspace(0.5, 1.5, 20)])
    gaps = [certify(problem.with_budget(p.budget_minor), p.allocation).gap for p in points]
    return meter.row(value=points[-1].objective, gap=max(gaps), violations=0)


def _sharded(n: int, seed: int) -> dict[str, Any]:
    solve(plain(50_000))
    with TemporaryDirectory(prefix="shards-") as name:
        folder = Path(name)
        budget, rows = shards(folder, n, seed)
        with _Meter() as meter:
            found = solve_sharded(folder, budget, rows)
        certificate = certify_sharded(folder, budget, rows, found)
    return meter.row(value=found.objective, gap=certificate.gap, violations=0)


CHILDREN = {"ours": _ours, "highs": _highs, "replan": _replan, "frontier": _frontier}


def _child(side: str, maker: str, n: int, seed: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "evals.bench.budget", "--child", side, maker, str(n), "--seed", str(seed)]
    out = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return dict(json.loads(out.stdout.splitlines()[-1]))  # HiGHS greets on the lines before


def main() -> None:
    """Print one row a measurement, as they stand in docs/benchmarks.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", nargs="*", default=DEFAULT, help=f"of {', '.join(CASES)}")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.child:
        side, maker, n = args.child
        if side == "sharded":
            print(json.dumps(_sharded(int(n), args.seed)))
            return
        print(json.dumps(CHILDREN[side](MAKERS[maker](int(n), args.seed))))  # type: ignore[call-arg]
        return
    print(f"Load of the machine at the start: {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores.\n")
    print("| case | who | CPU s | wall s | added MiB | gap | violations | rival's CPU : ours |")
    print("|---|---|---|---|---|---|---|---|")
    for case in args.cases:
        rows = [(side, _child(side, maker, n, args.seed)) for side, maker, n in CASES[case]]
        for side, row in rows:
            gap = f"{row['gap']:.1e}" if "gap" in row else ""
            ratio = f"{row['cpu'] / rows[0][1]['cpu']:,.0f}" if side == "highs" else ""
            print(
                f"| {case} | {WHAT[side]} | {row['cpu']:.2f} | {row['wall']:.2f} | {row['added_mib']:,.0f} | {gap} "
                f"| {row.get('violations', '')} | {ratio} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
