"""The customers as the oracle reads them: arrays, and the rows in a form whose price is cheap.

Most rows treat many customers alike: "counts 1 for SMS", "counts 1 for members of the segment", "+1/|A| for group A,
−1/|B| for group B". Customers alike in all of those rows share a *pattern* p, and the price of action a is one number,
Σ_r λ_r t_pra: however many such *table* rows there are, the oracle reads one small table. A usage array with more
than a few distinct lines is a *dense* row: read pair by pair.

Row 0 is the budget, the problem's rows follow.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tools.budget.customers.problem import Bools, BudgetProblem, Floats, Ints, Row

CHUNK = 16_384
"""Customers read at a time: their rows fit in the second-level cache."""
FEW_LINES, PROBE = 64, 2048
LARGEST_TABLE = 1 << 22
"""Entries of the table of patterns; a row that would make it larger is read as a dense one."""


@dataclass(frozen=True, eq=False)
class Limits:
    """Limits of all rows, `lower ≤ usage ≤ upper`, (m,) each."""

    names: tuple[str, ...]
    lower: Floats
    upper: Floats

    @property
    def m(self) -> int:
        return len(self.names)

    def h(self, lam: Floats) -> float:
        """Σ_r the limit that λ_r prices, times λ_r. Rows without a limit on the priced side have λ_r = 0."""
        up = np.where(lam > 0, np.where(np.isfinite(self.upper), self.upper, 0) * lam, 0)
        low = np.where(lam < 0, np.where(np.isfinite(self.lower), self.lower, 0) * lam, 0)
        return float(up.sum() + low.sum())

    def scaled(self, share: float) -> Limits:
        return replace(self, lower=self.lower * share, upper=self.upper * share)


@dataclass(frozen=True, eq=False)
class DenseRow:
    """A row with usage (n, k), already 0 where the row does not count."""

    index: int
    usage: Floats


class Population(Protocol):
    """Customers that are read in order, a chunk at a time: arrays (`Customers`), or shards that do not fit in memory.

    `dense` and `table` say what the rows are; a shard's dense usages come with its chunks.
    """

    @property
    def n(self) -> int: ...
    @property
    def k(self) -> int: ...
    @property
    def m(self) -> int: ...
    @property
    def table(self) -> Floats: ...
    @property
    def table_rows(self) -> NDArray[np.intp]: ...
    @property
    def dense(self) -> tuple[DenseRow, ...]: ...

    def chunks(self, size: int = ...) -> Iterator[tuple[slice, Customers]]: ...
    def take(self, index: NDArray[np.intp]) -> Customers:
        """The customers at sorted `index`, in memory."""

    def sample(self, size: int, rng: np.random.Generator) -> Customers:
        """So many customers drawn at random, in memory."""

    def usage_of_counts(self, counts: Floats) -> Floats: ...


@dataclass(frozen=True, eq=False)
class Customers:
    """A set of customers in memory (all, a sample, the undecided).

    Arrays: value, cost (n, k); allowed (n, k) or None; pattern (n,); table (patterns, table rows, k) usage;
    `table_rows` their indices among all rows.
    """

    value: Floats
    cost: Ints
    allowed: Bools | None
    pattern: NDArray[np.int32]
    table: Floats
    table_rows: NDArray[np.intp]
    dense: tuple[DenseRow, ...]

    @property
    def n(self) -> int:
        return int(self.value.shape[0])

    @property
    def k(self) -> int:
        return int(self.value.shape[1])

    @property
    def m(self) -> int:
        return 1 + len(self.table_rows) + len(self.dense)

    def take(self, index: NDArray[np.intp] | slice) -> Customers:
        """The customers at `index` (a copy), or a slice of them (a view)."""
        return Customers(
            self.value[index],
            self.cost[index],
            None if self.allowed is None else self.allowed[index],
            self.pattern[index],
            self.table,
            self.table_rows,
            tuple(DenseRow(d.index, d.usage[index]) for d in self.dense),
        )

    def sample(self, size: int, rng: np.random.Generator) -> Customers:
        return self.take(np.sort(rng.choice(self.n, size, replace=False)))

    def chunks(self, size: int = CHUNK) -> Iterator[tuple[slice, Customers]]:
        if self.n <= size:
            yield slice(0, self.n), self
            return
        for start in range(0, self.n, size):
            part = slice(start, min(start + size, self.n))
            yield part, self.take(part)

    def table_prices(self, lam: Floats) -> Floats:
        """(patterns, k): what the table rows charge for each action."""
        return np.asarray(np.tensordot(lam[self.table_rows], self.table, axes=(0, 1)), dtype=np.float64)

    def usage_of_counts(self, counts: Floats) -> Floats:
        """(table rows,) usage, from counts (patterns, k) of chosen pairs."""
        return np.asarray(np.einsum("pa,pra->r", counts, self.table), dtype=np.float64)


def limits_of(problem: BudgetProblem) -> Limits:
    return Limits(
        names=("budget", *(row.name for row in problem.rows)),
        lower=np.array([-np.inf, *(row.low for row in problem.rows)]),
        upper=np.array([float(problem.budget_minor), *(row.high for row in problem.rows)]),
    )


def binding_limits(limits: Limits, customers: Population) -> Limits:
    """Without the limits that no pair uses and that 0 keeps: any price would do for them, and the right one is 0."""
    unused = np.zeros(limits.m, dtype=np.bool_)
    unused[customers.table_rows] = ~customers.table.any(axis=(0, 2))
    drop = unused & (limits.lower <= 0) & (limits.upper >= 0)
    return replace(limits, lower=np.where(drop, -np.inf, limits.lower), upper=np.where(drop, np.inf, limits.upper))


def customers_of(problem: BudgetProblem) -> Customers:
    """The problem's customers. Nothing is copied but the patterns and what dense rows leave out."""
    code: NDArray[np.int32] = np.zeros(problem.n, dtype=np.int32)
    lines: list[Floats] = []
    table_rows: list[int] = []
    dense: list[DenseRow] = []
    for r, row in enumerate(problem.rows, start=1):
        kind = _kinds(row, problem)
        merged = None if kind is None else _merge(code, lines, *kind)
        if merged is None:
            dense.append(DenseRow(r, _usage(row, problem)))
        else:
            code, lines = merged
            table_rows.append(r)
    table = np.stack(lines, axis=1) if lines else np.zeros((1, 0, problem.k))
    rows = np.array(table_rows, dtype=np.intp)
    return Customers(problem.value, problem.cost_minor, problem.allowed, code, table, rows, tuple(dense))


def _kinds(row: Row, problem: BudgetProblem) -> tuple[NDArray[np.int32], Floats] | None:
    """(n,) which of a few lines of usage each customer has, and the lines (kinds, k); None if they are many."""
    counted = _actions(row, problem.k)
    if row.usage is None:
        lines = np.stack([np.zeros(problem.k), counted])
        if row.customers is None:
            return np.zeros(problem.n, dtype=np.int32), lines[1:]
        return np.asarray(row.customers, dtype=np.int32), lines
    found = _few_lines(row.usage)
    if found is None:
        return None
    code, lines = found[0], found[1] * counted
    if row.customers is not None:
        lines = np.vstack([lines, np.zeros(problem.k)])
        code = np.where(np.asarray(row.customers), code, np.int32(len(lines) - 1)).astype(np.int32)
    return code, lines


def _few_lines(usage: Floats) -> tuple[NDArray[np.int32], Floats] | None:
    """The distinct lines of a usage array and who has which, if there are at most FEW_LINES."""
    n, k = usage.shape
    hashing = np.random.default_rng(k).uniform(1, 2, k)
    step = max(1, n // PROBE)
    keys, first = np.unique(usage[::step] @ hashing, return_index=True)
    if not 0 < len(keys) <= FEW_LINES:
        return None
    code, lines = np.zeros(n, dtype=np.int32), usage[::step][first]
    for start in range(0, n, CHUNK):
        part = usage[start : start + CHUNK]
        found = _coded(part, part @ hashing, keys, lines)
        if found is None:  # lines that the probe had not seen
            more = np.setdiff1d(part @ hashing, keys)
            if not len(more) or len(keys) + len(more) > FEW_LINES:
                return None
            which = [int(np.flatnonzero(part @ hashing == key)[0]) for key in more]
            keys, lines = np.concatenate([keys, more]), np.vstack([lines, part[which]])
            order = np.argsort(keys)
            code = np.argsort(order).astype(np.int32)[code]
            keys, lines = keys[order], lines[order]
            found = _coded(part, part @ hashing, keys, lines)
        if found is None:
            return None
        code[start : start + CHUNK] = found
    return code, lines


def _coded(part: Floats, hashed: Floats, keys: Floats, lines: Floats) -> NDArray[np.intp] | None:
    """(c,) which of `lines` each of `part` is, None if one is none of them."""
    code = np.minimum(np.searchsorted(keys, hashed), len(keys) - 1)
    return code if np.array_equal(lines[code], part) else None


def _merge(
    code: NDArray[np.int32], lines: list[Floats], other: NDArray[np.int32], kinds: Floats
) -> tuple[NDArray[np.int32], list[Floats]] | None:
    """Patterns split by one more row; None where that makes the table too large."""
    if len(kinds) == 1:
        return code, [*lines, np.broadcast_to(kinds, (_patterns(lines), kinds.shape[1]))]
    split = code * np.int32(len(kinds)) + other
    present = np.bincount(split, minlength=1) > 0
    distinct = np.flatnonzero(present)
    if len(distinct) * (len(lines) + 1) * kinds.shape[1] > LARGEST_TABLE:
        return None
    before, kind = distinct // len(kinds), distinct % len(kinds)
    renumbered = (np.cumsum(present, dtype=np.int32) - 1)[split]
    return renumbered.astype(np.int32), [*(line[before] for line in lines), kinds[kind]]


def _patterns(lines: list[Floats]) -> int:
    return len(lines[0]) if lines else 1


def _usage(row: Row, problem: BudgetProblem) -> Floats:
    """(n, k) usage, 0 where the row does not count; a view where it counts everywhere."""
    usage = np.ones((problem.n, problem.k)) if row.usage is None else row.usage
    if row.actions is not None:
        usage = usage * _actions(row, problem.k)
    if row.customers is not None:
        usage = usage * np.asarray(row.customers)[:, None]
    return usage


def _actions(row: Row, k: int) -> Floats:
    if row.actions is None:
        return np.ones(k)
    counted = np.zeros(k)
    counted[list(row.actions)] = 1
    return counted
