"""Scoring a million customers for ten offers: `python -m evals.bench.scoring [ROWS]`.

A model of the behaviour model's size (150 trees of 15 leaves over its features, by `fit_trees`), on drawn features:
rows are customers × offers, in pieces of a million. CPU seconds where the machine is shared.
"""

import sys
import time
from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tools.response.behaviour.features import NAMES
from tools.response.behaviour.trees import fit_trees, tree_values

Floats = NDArray[np.float64]
ROWS, PIECE = 10_000_000, 1_000_000
LEARNED, TREES = 19_000, 150


def drawn(rows: int, seed: int) -> pd.DataFrame:
    """Skewed features, a tenth of them not known."""
    rng = np.random.default_rng(seed)
    cells = rng.lognormal(size=(rows, len(NAMES))).astype(np.float32)
    cells[rng.random(cells.shape) < 0.1] = np.nan
    return pd.DataFrame(cells, columns=list(NAMES))


def model() -> str:
    """LightGBM's text."""
    x = drawn(LEARNED, 1)
    value = np.nan_to_num(np.log(x.to_numpy())) @ np.random.default_rng(2).normal(size=len(NAMES))
    return fit_trees(x, value > 0, None, seed=0, rounds=TREES)[0]


def timed(score: Callable[[], Floats]) -> tuple[Floats, float, float]:
    """The answer, wall and CPU seconds."""
    wall, cpu = time.perf_counter(), time.process_time()
    found = score()
    return found, time.perf_counter() - wall, time.process_time() - cpu


def main() -> None:
    """Print the rows that stand in docs/benchmarks.md."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    text, x = model(), drawn(min(rows, PIECE), 3)
    wall = cpu = 0.0
    for _ in range(0, rows, len(x)):
        _, w, c = timed(lambda: tree_values(text, x))
        wall, cpu = wall + w, cpu + c
    print(f"| `tree_values`, two threads, {rows:,} rows | {wall:.1f} s wall | {cpu:.1f} CPU-s |", flush=True)


if __name__ == "__main__":
    main()
