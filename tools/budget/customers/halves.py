"""Sets of moves of some of the core's customers, listed by what they lose. `meet.py` joins two such lists."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tools.budget.customers.core import Core
from tools.budget.customers.problem import Floats, Ints

MOST_MOVES = 8000
DEEPEST = 12
"""Moves of a set at most."""
HALVINGS, FULL = 24, 0.75
"""Tries at a loss up to which the sets nearly fill the list, and what part of it is enough."""


@dataclass(frozen=True, eq=False)
class Moves:
    """One customer's moves from alternative a, of least loss in its group, to b; by loss.

    `room` (M,): how many customers a has to move. `whole`: these are all moves of a loss below what is left.
    """

    a: NDArray[np.intp]
    b: NDArray[np.intp]
    group: NDArray[np.intp]
    room: Ints
    loss: Floats
    value: Floats
    usage: Ints
    whole: bool

    @classmethod
    def of(cls, base: Core, left: float) -> Moves:
        """The moves from `base`, in which everyone is at an alternative of least loss."""
        used = np.flatnonzero(base.y > 0)
        size = np.bincount(base.group, minlength=len(base.count))
        start = np.concatenate([[0], np.cumsum(size)])
        each = size[base.group[used]]
        a = np.repeat(used, each)
        b = np.arange(len(a)) - np.repeat(np.cumsum(each) - each, each) + start[base.group[a]]
        loss = np.maximum(base.loss[b] - base.loss[a], 0.0)
        kept = np.flatnonzero((a != b) & (loss < left))
        kept = kept[np.argsort(loss[kept], kind="stable")]
        whole = len(kept) <= MOST_MOVES
        a, b = a[kept[:MOST_MOVES]], b[kept[:MOST_MOVES]]
        return cls(
            a, b, base.group[a], base.y[a], loss[kept[:MOST_MOVES]], base.value[b] - base.value[a],
            base.usage[b] - base.usage[a], whole,
        )  # fmt: skip

    def within(self, rows: NDArray[np.intp]) -> Moves:
        """With the usage of some rows only."""
        return replace(self, usage=np.ascontiguousarray(self.usage[:, rows]))


@dataclass(frozen=True, eq=False)
class Half:
    """Sets of moves (N, d), −1 behind, with what they lose and are worth; key and rank by which they are joined.

    `rank` (N, 1 + buckets): usages by which pairs are narrowed down, the first of them within a key.
    """

    sets: NDArray[np.int16]
    key: Ints
    rank: Floats
    loss: Floats
    value: Floats
    whole: bool

    def by_key(self) -> Half:
        order = np.lexsort((self.rank[:, 0], self.key))
        return Half(
            self.sets[order], self.key[order], self.rank[order], self.loss[order], self.value[order], self.whole
        )


@dataclass(frozen=True, eq=False)
class Lister:
    """Lists sets of the moves `own`. `key` (M,), `rank` (M, …): what each move adds to a set's."""

    moves: Moves
    key: Ints
    rank: Floats

    def listed(self, own: NDArray[np.intp], left: float, size: int) -> Half:
        """The sets of least loss, up to `size` of them; `whole` where these are all of a loss up to `left`."""
        found = self._subsets(own, left, size)
        if found is not None:
            return found
        low, high = 0.0, left
        best = self._subsets(own[:0], 0.0, 1)
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            found = self._subsets(own, middle, size)
            if found is None:
                high = middle
                continue
            low, best = middle, found
            if len(found.key) >= FULL * size:
                break
        if best is None:
            raise AssertionError("the empty set fits every list")
        return replace(best, whole=False)

    def _subsets(self, own: NDArray[np.intp], most_loss: float, size: int) -> Half | None:
        """All sets of a loss of at most `most_loss`; None if they are more than `size`.

        A set is extended by moves behind its last one, so that each is listed once; by the last one again where its
        alternative has another customer to move.
        """
        m = self.moves
        loss, source, room, key, rank, value = (x[own] for x in (m.loss, m.a, m.room, self.key, self.rank, m.value))
        again = room > 1
        # Moves of one customer exclude each other; of a group's many there are as many as it has.
        limited = again | (np.bincount(source, minlength=1)[source] > 1)
        level = _empty(rank.shape[1])
        levels, count, whole = [level], 1, True
        while True:
            more = np.maximum(np.searchsorted(loss, most_loss - level.loss, side="right") - level.next, 0)
            if count + int(more.sum()) > 2 * size:
                return None
            parent = np.repeat(np.arange(len(more)), more)
            move = np.arange(len(parent)) - np.repeat(np.cumsum(more) - more, more) + level.next[parent]
            held = np.flatnonzero(limited[move])
            before = (source[level.sets[parent[held]]] == source[move[held]][:, None]).sum(axis=1)
            keep = np.ones(len(move), dtype=np.bool_)
            keep[held] = before < room[move[held]]
            parent, move = parent[keep], move[keep]
            count += len(move)
            if not len(move) or level.sets.shape[1] == DEEPEST or count > size:
                whole = not len(move)
                break
            with np.errstate(over="ignore"):
                level = _Level(
                    np.column_stack([level.sets[parent], move.astype(np.int16)]), move + ~again[move],
                    level.loss[parent] + loss[move], level.key[parent] + key[move], level.rank[parent] + rank[move],
                    level.value[parent] + value[move],
                )  # fmt: skip
            levels.append(level)
        return None if count > size else _stacked(levels, own, whole)


@dataclass(frozen=True, eq=False)
class _Level:
    """All sets of so many moves. `next`: the first move that may be added."""

    sets: NDArray[np.int16]
    next: NDArray[np.intp]
    loss: Floats
    key: Ints
    rank: Floats
    value: Floats


def _empty(ranks: int) -> _Level:
    """The empty set."""
    none = np.zeros(1)
    return _Level(
        np.zeros((1, 0), dtype=np.int16), np.zeros(1, dtype=np.intp), none, np.zeros(1, dtype=np.int64),
        np.zeros((1, ranks)), none,
    )  # fmt: skip


def _stacked(levels: list[_Level], own: NDArray[np.intp], whole: bool) -> Half:
    """The levels under each other, moves numbered among all."""
    deepest = max(levels[-1].sets.shape[1], 1)
    sets = np.full((sum(len(level.loss) for level in levels), deepest), -1, dtype=np.int16)
    at = 0
    for level in levels:
        part = level.sets
        sets[at : at + len(part), : part.shape[1]] = own[part]
        at += len(part)
    key, rank, loss, value = (
        np.concatenate([getattr(level, name) for level in levels]) for name in ("key", "rank", "loss", "value")
    )
    return Half(sets, key, rank, loss, value, whole)
