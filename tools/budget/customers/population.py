"""Shards as the solver reads them: a pass checks everything and keeps a sample, each later one is one of the oracle.

The rows that count customers alike become one table over patterns (`data.py`): here a pattern is which of the named
groups a customer belongs to.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from tools.budget.customers.data import CHUNK, Customers, DenseRow, Limits
from tools.budget.customers.dual import LARGEST_SAMPLE
from tools.budget.customers.exact_rows import (
    MOST_DECIMALS,
    IntegerRow,
    Scale,
    common_scale,
    integer_rows,
    is_whole,
    most_used,
)
from tools.budget.customers.gathering import Gathering
from tools.budget.customers.parquet import Batch, Shards
from tools.budget.customers.problem import Floats, InvalidProblem

MOST_GROUPS = 10
"""Groups that make patterns (2 to this power); rows over further groups are read pair by pair."""


@dataclass(frozen=True)
class ShardRow:
    """One coupling row over shards: as `Row`, with names of columns instead of arrays.

    Attributes:
        usage: the column with each pair's usage; None counts 1 for each chosen pair.
        actions: the actions that count; None counts all.
        customers: the bool column of the customers that count; None counts all.
    """

    name: str
    lower: float | None
    upper: float | None
    usage: str | None = None
    actions: Sequence[int] | None = None
    customers: str | None = None


class ShardPopulation:
    """The shards' customers under rows. Answers for `data.Population`."""

    def __init__(self, shards: Shards, rows: Sequence[ShardRow]) -> None:
        self.shards, self.rows = shards, rows
        counting = [row for row in rows if row.usage is None]
        names = dict.fromkeys(row.customers for row in counting if row.customers is not None)
        self.groups = list(names)[:MOST_GROUPS]
        in_table = [r for r, row in enumerate(rows, start=1) if self._by_pattern(row)]
        lines = [self._lines(rows[r - 1]) for r in in_table]
        self.table: Floats = np.stack(lines, axis=1) if lines else np.zeros((1, 0, self.k))
        self.table_rows: NDArray[np.intp] = np.array(in_table, dtype=np.intp)
        self.dense = tuple(
            DenseRow(r, np.zeros((0, self.k))) for r in range(1, len(rows) + 1) if r not in set(in_table)
        )
        self.reserve: Customers | None = None

    @property
    def n(self) -> int:
        return self.shards.n

    @property
    def k(self) -> int:
        return self.shards.k

    @property
    def m(self) -> int:
        return 1 + len(self.rows)

    def usage_of_counts(self, counts: Floats) -> Floats:
        return np.asarray(np.einsum("pa,pra->r", counts, self.table), dtype=np.float64)

    def chunks(self, size: int = CHUNK) -> Iterator[tuple[slice, Customers]]:
        for batch in self.shards.batches():
            for part, chunk in self._customers(batch).chunks(size):
                yield slice(part.start + batch.start, part.stop + batch.start), chunk

    def take(self, index: NDArray[np.intp]) -> Customers:
        """The customers at sorted `index`: one pass."""
        found = Gathering()
        for batch in self.shards.batches():
            found.add(self._part(batch, index))
        return found.customers()

    def sample(self, size: int, rng: np.random.Generator) -> Customers:
        """Drawn from the sample that `scan` kept."""
        if self.reserve is None:
            raise RuntimeError("`scan` comes first: it keeps the sample")
        if size >= self.reserve.n:
            last, self.reserve = self.reserve, None  # the largest sample is the last: it need not be kept
            return last
        return self.reserve.sample(size, rng)

    def scan(self, limits: Limits, rng: np.random.Generator) -> list[IntegerRow]:
        """The first pass: every number checked, the rows' integer scales found, a sample kept.

        Raises:
            InvalidProblem: naming the shard and the line.
        """
        size = min(self.n, LARGEST_SAMPLE)
        index = ((np.arange(size) + rng.random(size)) * (self.n / max(size, 1))).astype(np.intp)
        digits = [_Digits() for _ in self.dense]
        per_pattern = np.zeros(len(self.table), dtype=np.int64)
        kept, dearest = Gathering(), 0
        for batch in self.shards.batches():
            self._check(batch)
            customers = self._customers(batch)
            dearest = max(dearest, int(batch.cost.max(initial=0)))
            per_pattern += np.bincount(customers.pattern, minlength=len(self.table))
            for row, found in zip(customers.dense, digits, strict=True):
                found.see(row.usage)
            kept.add(self._part(batch, index))
        if dearest * self.n >= 1 << 62:
            raise InvalidProblem(f"A cost of {dearest} times {self.n} customers is beyond 64-bit integers.")
        self.reserve = kept.customers()
        scales = [Scale(Fraction(1), True)] * self.m
        for t, r in enumerate(self.table_rows):
            entries = self.table[:, t, :]
            scales[int(r)] = common_scale(entries, total=float(per_pattern @ np.abs(entries).sum(axis=1)))
        for dense, found in zip(self.dense, digits, strict=True):
            scales[dense.index] = found.scale()
        return integer_rows(limits, scales, self.n)

    def _check(self, batch: Batch) -> None:
        arrays = {"value": batch.value, **batch.usage}
        for name, array in arrays.items():
            if not np.isfinite(array.sum()) and not np.isfinite(array).all():
                i, a = (int(p) for p in np.argwhere(~np.isfinite(array))[0])
                raise InvalidProblem(
                    f"`{name}` of customer {batch.start + i} ({self.shards.place(batch.start + i)}), action {a} is "
                    f"{array[i, a]}: a finite number is needed.",
                    customer=batch.start + i,
                    action=a,
                )
        if batch.cost.size and int(batch.cost.min()) < 0:
            i, a = (int(p) for p in np.argwhere(batch.cost < 0)[0])
            raise InvalidProblem(
                f"`cost_minor` of customer {batch.start + i} ({self.shards.place(batch.start + i)}), action {a} is "
                f"{batch.cost[i, a]}: a cost is not negative.",
                customer=batch.start + i,
                action=a,
            )

    def _part(self, batch: Batch, index: NDArray[np.intp]) -> Customers:
        """Those of the batch that are in sorted `index`."""
        ends = np.searchsorted(index, [batch.start, batch.start + len(batch.value)])
        return self._customers(batch).take(index[ends[0] : ends[1]] - batch.start)

    def _customers(self, batch: Batch) -> Customers:
        pattern = np.zeros(len(batch.value), dtype=np.int32)
        for bit, name in enumerate(self.groups):
            pattern |= batch.groups[name].astype(np.int32) << bit
        dense = tuple(DenseRow(d.index, self._usage(batch, self.rows[d.index - 1])) for d in self.dense)
        return Customers(batch.value, batch.cost, batch.allowed, pattern, self.table, self.table_rows, dense)

    def _usage(self, batch: Batch, row: ShardRow) -> Floats:
        usage = np.ones(batch.value.shape) if row.usage is None else batch.usage[row.usage]
        if row.actions is not None:
            usage = usage * self._counted(row)
        return usage if row.customers is None else usage * batch.groups[row.customers][:, None]

    def _by_pattern(self, row: ShardRow) -> bool:
        return row.usage is None and (row.customers is None or row.customers in self.groups)

    def _lines(self, row: ShardRow) -> Floats:
        """(patterns, k) usage."""
        patterns = np.arange(1 << len(self.groups))
        if row.customers is None:
            return np.tile(self._counted(row), (len(patterns), 1))
        member = (patterns >> self.groups.index(row.customers)) & 1
        return np.asarray(member[:, None] * self._counted(row), dtype=np.float64)

    def _counted(self, row: ShardRow) -> Floats:
        counted = np.ones(self.k) if row.actions is None else np.zeros(self.k)
        for a in row.actions or ():
            if not 0 <= a < self.k:
                raise InvalidProblem(f"Row {row.name!r} names action {a}; there are {self.k}.", row=row.name)
            counted[a] = 1
        return counted


class _Digits:
    """How many decimals a usage column needs, seen a batch at a time, and how large a plan's sum can be."""

    def __init__(self) -> None:
        self.decimals, self.total = 0, 0.0

    def see(self, usage: Floats) -> None:
        self.total += most_used(usage)
        while self.decimals <= MOST_DECIMALS and not is_whole(usage, 10.0**self.decimals):
            self.decimals += 1

    def scale(self) -> Scale:
        fits = Fraction(10**self.decimals)
        coarse = common_scale(np.array([0.5**60]), total=self.total)  # never short decimals: the finest binary scale
        return Scale(fits, True) if self.decimals <= MOST_DECIMALS and fits <= coarse.factor else coarse
