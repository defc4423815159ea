"""Local search on the exact loss: move customers of the core between alternatives, alone and in pairs.

A plan's merit is its value less a penalty for broken limits; a move (one customer of a group from alternative a to b)
is taken if it raises the merit. Moves alone first; where none helps, pairs of moves in two groups, which exchange
room: the one that frees some of a limit pays for the one that uses it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tools.budget.customers.core import Core
from tools.budget.customers.problem import Floats, Ints

FIRST_OF_PAIR, SECOND_OF_PAIR = 192, 3072
"""Moves of least loss tried as the first and the second of a pair."""
MOST_STEPS = 600


@dataclass(frozen=True, eq=False)
class _Moves:
    """All moves within groups: from alternative a to b, with the change of value, loss and usage."""

    a: NDArray[np.intp]
    b: NDArray[np.intp]
    value: Floats
    loss: Floats
    usage: Ints


def improve(
    core: Core,
    penalty: Floats,
    *,
    enough: float,
    engine: Any = None,
    over: Callable[[], bool] = lambda: False,
) -> Core:
    """The core at a local optimum for moves alone and in pairs.

    Args:
        penalty: (R,) merit lost per unit of usage beyond a limit.
        enough: stop when the plan is feasible and its value is at least this.
        engine: module with a compiled `best_pair`, or None.
    """
    return _climb(core, _all_moves(core), penalty, enough, engine, over)


def _climb(core: Core, moves: _Moves, penalty: Floats, enough: float, engine: Any, over: Callable[[], bool]) -> Core:
    y, used, value = core.y.copy(), core.used, core.total
    for _ in range(MOST_STEPS):
        broken = _broken(used, core, penalty)
        if (broken == 0 and value >= enough) or over():
            break
        step = _best_alone(core, moves, y, used, penalty, broken)
        if not step:
            step = _best_pair(core, moves, y, used, penalty, broken, engine)
        if not step:
            break
        for move in step:
            times = _repeat(core, moves, move, y, used) if len(step) == 1 and broken == 0 else 1
            y[moves.a[move]] -= times
            y[moves.b[move]] += times
            used = used + times * moves.usage[move]
            value += times * moves.value[move]
    return core.with_y(y)


def _all_moves(core: Core) -> _Moves:
    size = np.bincount(core.group, minlength=len(core.count))
    start = np.concatenate([[0], np.cumsum(size)])[core.group]
    a = np.repeat(np.arange(len(core.group)), size[core.group])
    offset = np.arange(len(a)) - np.repeat(np.cumsum(size[core.group]) - size[core.group], size[core.group])
    b = start[a] + offset
    a, b = a[a != b], b[a != b]
    loss = core.loss[b] - core.loss[a]
    order = np.argsort(loss, kind="stable")
    a, b, loss = a[order], b[order], loss[order]
    return _Moves(a, b, core.value[b] - core.value[a], loss, core.usage[b] - core.usage[a])


def _broken(used: Ints, core: Core, penalty: Floats) -> float:
    """The penalty of a state; with used (M, R), of each of M states (M,)."""
    over = np.maximum(used - core.room_high, 0) + np.maximum(core.room_low - used, 0)
    return over @ penalty  # type: ignore[no-any-return]


def _best_alone(core: Core, moves: _Moves, y: Ints, used: Ints, penalty: Floats, broken: float) -> tuple[int, ...]:
    open_ = np.flatnonzero(y[moves.a] > 0)
    if not len(open_):
        return ()
    gain = moves.value[open_] - (_broken(used + moves.usage[open_], core, penalty) - broken)
    best = int(gain.argmax())
    return (int(open_[best]),) if gain[best] > _tiny(core) else ()


def _best_pair(
    core: Core, moves: _Moves, y: Ints, used: Ints, penalty: Floats, broken: float, engine: Any
) -> tuple[int, ...]:
    open_ = np.flatnonzero(y[moves.a] > 0)[:SECOND_OF_PAIR]
    if len(open_) < 2:
        return ()
    args = (
        np.ascontiguousarray(moves.value[open_]), np.ascontiguousarray(moves.usage[open_]),
        np.ascontiguousarray(core.group[moves.a[open_]]), used, core.room_low, core.room_high, penalty, broken,
        FIRST_OF_PAIR, _tiny(core),
    )  # fmt: skip
    p, q = engine.best_pair(*args) if engine else best_pair(*args)
    return () if p < 0 else (int(open_[p]), int(open_[q]))


def best_pair(
    value: Floats, usage: Ints, group: NDArray[np.intp], used: Ints, low: Ints, high: Ints, penalty: Floats,
    broken: float, firsts: int, least: float,
) -> tuple[int, int]:  # fmt: skip
    """The pair of moves in two groups that raises the merit most, (−1, −1) if none by more than `least`."""
    best, pair = least, (-1, -1)
    for p in range(min(firsts, len(value))):
        after = used + usage[p] + usage[p + 1 :]
        over = np.maximum(after - high, 0) + np.maximum(low - after, 0)
        gain = value[p] + value[p + 1 :] - (over @ penalty - broken)
        gain[group[p + 1 :] == group[p]] = -np.inf
        if len(gain):
            q = int(gain.argmax())
            if gain[q] > best:
                best, pair = float(gain[q]), (p, p + 1 + q)
    return pair


def _repeat(core: Core, moves: _Moves, move: int, y: Ints, used: Ints) -> int:
    """How often a move can be made in a row while every limit holds (at least once: it was chosen)."""
    step = moves.usage[move]
    times = int(y[moves.a[move]])
    up, down = step > 0, step < 0
    if up.any():
        times = min(times, int(((core.room_high - used)[up] // step[up]).min()))
    if down.any():
        times = min(times, int(((used - core.room_low)[down] // -step[down]).min()))
    return max(times, 1)


def _tiny(core: Core) -> float:
    return 1e-13 * float(np.abs(core.value).max(initial=0.0))
