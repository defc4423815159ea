"""Does the gate catch what was made worse, and leave alone what was not? `python -m evals.bench.gate` prints both.

Planted: each of `evals.planted` against the stored baseline, on the tasks that could see it. A/A: two runs of one noisy
target on the full set's cases, whose chance of each case is drawn once (Beta(8, 2) a cluster), so nothing differs.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from evals.commands import BASELINE
from evals.gate import Gates, gate, load_gates
from evals.planted import PLANTS
from evals.results import Run, read_run

PAIRS = 100


def planted(folder: Path, full: Run) -> int:
    """Number of plants that were caught."""
    gates, caught = load_gates(), 0
    print(f"{'planted':<20}{'caught':<8}why")
    for name, plant in PLANTS.items():
        out = folder / name
        subprocess.run([sys.executable, "-m", "evals.planted", name, "--out", str(out)], check=True)
        verdict = gate(read_run(out), _only(full, plant.tasks), gates)
        caught += not verdict.passed
        said = next(iter(verdict.reasons), plant.what)
        print(f"{name:<20}{'yes' if not verdict.passed else 'NO':<8}{said}", flush=True)
    print(f"caught {caught} of {len(PLANTS)}")
    return caught


def _only(run: Run, tasks: tuple[str, ...]) -> Run:
    infos = tuple(info for info in run.header.tasks if info.name in tasks)
    rows = tuple(row for row in run.rows if row.task in tasks)
    return Run(header=run.header.model_copy(update={"tasks": infos}), rows=rows)


def alarms(full: Run, pairs: int = PAIRS) -> int:
    """False alarms among `pairs` of runs that differ by chance alone."""
    rng = np.random.default_rng(11)
    closed = 0
    for _ in range(pairs):
        chance = {row.cluster: rng.beta(8, 2) for row in full.rows}
        first, second = _noisy(full, chance, rng), _noisy(full, chance, rng)
        closed += not gate(second, first, Gates()).passed
    print(f"A/A: {closed} false alarms in {pairs} runs", flush=True)
    return closed


def _noisy(run: Run, chance: dict[str, float], rng: np.random.Generator) -> Run:
    rows = tuple(
        row.model_copy(update={"scores": {name: float(rng.random() < chance[row.cluster]) for name in row.scores}})
        for row in run.rows
    )
    return Run(header=run.header.model_copy(update={"deterministic": False}), rows=rows)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m evals.bench.gate")
    parser.add_argument("--baseline", type=Path, default=BASELINE / "full", help="a run of the code as it stands")
    full = read_run(parser.parse_args(arguments).baseline)
    alarms(full)
    with tempfile.TemporaryDirectory() as folder:
        planted(Path(folder), full)


if __name__ == "__main__":
    main()
