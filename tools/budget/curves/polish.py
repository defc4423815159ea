"""From spends at some prices to a plan in whole minor units: cut to the limits, filled up, and money moved about.

Money moves from one channel to another (or from what is left) in steps from what is left down to one minor unit, as
long as that gains.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tools.budget.curves.oracle import Region
from tools.budget.curves.problem import Curves
from tools.budget.customers.problem import Floats

Spend = NDArray[np.int64]
MOST_MOVES = 400
TINY = 1e-12


def cut_to_limits(curves: Curves, region: Region, x: Floats) -> Spend | None:
    """Whole units within every limit, each limit's excess cut in proportion. None where the minima do not fit."""
    low = np.ceil(region.low)
    if (curves.member @ low > curves.limit).any():
        return None
    above = np.clip(x, low, np.maximum(region.high, low)) - low
    for r, limit in enumerate(curves.limit):
        inside = curves.member[r] > 0
        room, asked = limit - low[inside].sum(), above[inside].sum()
        if asked > room:
            above[inside] *= room / asked
    return np.asarray(np.floor(low + above), dtype=np.int64)


def polished(curves: Curves, region: Region, spend: Spend) -> Spend:
    """The plan at a local optimum for moves of money between two channels."""
    low, high = np.ceil(region.low).astype(np.int64), np.floor(region.high).astype(np.int64)
    steps = _steps(int(max((curves.limit - curves.member @ spend).max(), 1)))
    x, moves, k = spend.copy(), 0, 0
    while k < len(steps) and moves < MOST_MOVES:
        best = _best_move(curves, x, low, high, steps[k])
        if best is None:
            k += 1
            continue
        i, j, step = best
        x[j] += step
        if i >= 0:
            x[i] -= step
        moves += 1
    return x


def _steps(largest: int) -> list[int]:
    steps = []
    step = largest
    while step >= 1:
        steps.append(step)
        step = step * 2 // 3
    return steps


def _best_move(curves: Curves, x: Spend, low: Spend, high: Spend, step: int) -> tuple[int, int, int] | None:
    """(from or −1 for what is left, to, how much) that gains most at this step; None where none gains."""
    now = curves.value(x.astype(np.float64))
    up = curves.value((x + step).astype(np.float64)) - now
    down = np.append(curves.value((x - step).astype(np.float64)) - now, 0.0)
    up[x + step > high] = -np.inf
    down[:-1][x - step < low] = -np.inf
    gain = up[None, :] + down[:, None]
    room = curves.limit - curves.member @ x
    for r in np.flatnonzero(room < step):
        inside = curves.member[r] > 0
        giver = np.append(inside, False)
        gain[np.ix_(~giver, inside)] = -np.inf
    np.fill_diagonal(gain, -np.inf)
    i, j = np.unravel_index(int(gain.argmax()), gain.shape)
    if not gain[i, j] > TINY * max(float(now.sum()), 1e-300):
        return None
    return (-1 if i == curves.n else int(i)), int(j), step
