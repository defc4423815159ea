"""The oracle: value and usage of the best choices at given multipliers. All the dual method needs to know.

    g(λ) = Σ_r (h_r λ_r⁺ − l_r λ_r⁻) + Σ_i max(0, max_a (v_ia − Σ_r λ_r u_ria))    ≥  every feasible plan's value

`Oracle` is an interface: whoever answers it (arrays here, Parquet shards in `shards.py`, workers on Ray or Spark)
sends back m + 2 numbers a call.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from tools.budget.customers import twin
from tools.budget.customers.data import Customers, Population
from tools.budget.customers.exact_rows import IntegerRow
from tools.budget.customers.gathering import Gathering
from tools.budget.customers.problem import Bools, Floats, Ints

COMPILE_FROM = 400_000
"""Pairs (n × k) from which loading the compiled passes pays."""
BLOCKS = 4
"""More blocks, fewer calls and larger masters: the least time for 4 to 20 rows."""
PAIR_TABLE = 1 << 21
"""Largest table of radii by pair of actions."""


@dataclass(frozen=True, eq=False)
class Point:
    """The answer at `lam`: Σ of the best reduced values (`gain`), Σ v of the choices (`value`), usage (m,) of each row.

    gain = value − lam · usage up to rounding.
    """

    lam: Floats
    gain: float
    value: float
    usage: Floats

    def plus(self, other: Point) -> Point:
        return Point(self.lam, self.gain + other.gain, self.value + other.value, self.usage + other.usage)


class Oracle(Protocol):
    """Answers for a set of customers, a point for each of a fixed number of blocks of them."""

    def __call__(self, lam: Floats) -> tuple[Point, ...]: ...


def passes(pairs: int) -> Any:
    """The module with the two passes: compiled where it pays and Numba is there, else NumPy."""
    if pairs < COMPILE_FROM:
        return twin
    try:
        from tools.budget.customers import kernels
    except ImportError:
        return twin
    return kernels


class ArrayOracle:
    """The oracle over arrays, in blocks."""

    def __init__(self, customers: Customers, *, engine: Any) -> None:
        self.engine = engine
        edges = np.linspace(0, customers.n, BLOCKS + 1).astype(int)
        self.blocks = [customers.take(slice(a, b)) for a, b in itertools.pairwise(edges)]

    def __call__(self, lam: Floats) -> tuple[Point, ...]:
        return tuple(sweep(block, lam, self.engine)[0] for block in self.blocks)


@dataclass(frozen=True, eq=False)
class Split:
    """One pass with a box around λ: the decided customers' sums, the undecided ones' indices, everyone's choice.

    `units` (R,): the decided customers' usage in the integer rows' units, exact.
    """

    decided: Point
    units: Ints
    undecided: "np.typing.NDArray[np.intp]"
    open_customers: Customers
    choice: twin.Choice


def sweep(customers: Population, lam: Floats, engine: Any = twin) -> tuple[Point, twin.Choice]:
    """The best choices at λ and their sums."""
    choice = np.empty(customers.n, dtype=np.int16)
    total = _Sums(customers)
    for part, chunk in customers.chunks():
        total.add(chunk, lam, choice[part], engine)
    return total.point(lam), choice


def split(
    customers: Population, lam: Floats, width: Floats, engine: Any = twin, rows: Sequence[IntegerRow] = ()
) -> Split:
    """The best choices at λ, and who could choose otherwise for some λ' with |λ' − λ| ≤ width."""
    choice = np.empty(customers.n, dtype=np.int16)
    total = _Sums(customers, rows)
    radius = _radius(customers, width)
    found, kept = [], Gathering()
    for part, chunk in customers.chunks():
        own = choice[part]
        is_open = np.empty(chunk.n, dtype=np.bool_)
        total.mark(chunk, lam, own, engine, width, radius, is_open)
        index = np.flatnonzero(is_open)
        found.append(index + part.start)
        kept.add(chunk.take(index))
        total.add_choices(chunk, own, ~is_open, engine)
    return Split(total.point(lam), total.units(), np.concatenate(found), kept.customers(), choice)


class _Sums:
    """Running sums over chunks."""

    def __init__(self, customers: Population, rows: Sequence[IntegerRow] = ()) -> None:
        self.all, self.rows = customers, rows
        self.gain = 0.0
        self.values: list[float] = []
        self.cost = 0
        self.dense_units = [0] * len(customers.dense)
        self.counts = np.zeros((len(customers.table), customers.k)) if len(customers.table_rows) else np.zeros((0, 0))
        self.dense = np.zeros(len(customers.dense))

    def add(self, chunk: Customers, lam: Floats, choice: twin.Choice, engine: Any) -> None:
        prices = chunk.table_prices(lam)
        extra, allowed = _extra(chunk, lam), _allowed(chunk)
        gain, value, cost = engine.choose(
            chunk.value, chunk.cost, float(lam[0]), chunk.pattern, prices, extra, allowed, choice, self.counts
        )
        self.gain, self.cost = self.gain + gain, self.cost + int(cost)
        self.values.append(value)
        self._add_dense(chunk, choice)

    def mark(
        self, chunk: Customers, lam: Floats, choice: twin.Choice, engine: Any, width: Floats, radius: Floats, out: Bools
    ) -> None:
        prices = chunk.table_prices(lam)
        extra, allowed = _extra(chunk, lam), _allowed(chunk)
        common = (chunk.value, chunk.cost, float(lam[0]), chunk.pattern, prices, extra, allowed)
        engine.choose(*common, choice, np.zeros((0, 0)))
        engine.undecided(*common, choice, float(width[0]), radius, _extra_radius(chunk, choice, width), out)

    def add_choices(self, chunk: Customers, choice: twin.Choice, which: Bools, engine: Any = twin) -> None:
        """Sums of given choices (of the customers in `which`) rather than of the best ones."""
        value, cost = engine.tally(chunk.value, chunk.cost, chunk.pattern, choice, which, self.counts)
        self.values.append(value)
        self.cost += int(cost)
        if not chunk.dense:
            return
        who = np.flatnonzero(which & (choice >= 0))
        own = choice[who].astype(np.intp)
        for d, row in enumerate(chunk.dense):
            used = row.usage[who, own]
            self.dense[d] += float(used.sum())
            if self.rows:
                self.dense_units[d] += int(self.rows[row.index].units(used).sum())

    def _add_dense(self, chunk: Customers, choice: twin.Choice) -> None:
        if not chunk.dense:
            return
        who = np.flatnonzero(choice >= 0)
        own = choice[who].astype(np.intp)
        for d, row in enumerate(chunk.dense):
            self.dense[d] += float(row.usage[who, own].sum())

    def point(self, lam: Floats) -> Point:
        usage = np.zeros(self.all.m)
        usage[0] = self.cost
        if self.counts.size:
            usage[self.all.table_rows] = self.all.usage_of_counts(self.counts)
        for d, row in enumerate(self.all.dense):
            usage[row.index] = self.dense[d]
        return Point(lam, self.gain, math.fsum(self.values), usage)

    def units(self) -> Ints:
        """(R,) in the integer rows' units, exact: money and counts are integers, and so is a table row's unit."""
        units = np.zeros(len(self.rows), dtype=np.int64)
        if not self.rows:
            return units
        units[0] = self.cost
        counts = self.counts.astype(np.int64)
        for t, r in enumerate(self.all.table_rows):
            units[r] = (counts * self.rows[r].units(self.all.table[:, t, :])).sum()
        for d, row in enumerate(self.all.dense):
            units[row.index] = self.dense_units[d]
        return units


@dataclass(frozen=True, eq=False)
class Tally:
    """What given choices are worth, and their usage (R,) in the integer rows' units."""

    value: float
    units: Ints


def tally(customers: Population, choice: twin.Choice, rows: Sequence[IntegerRow], engine: Any = twin) -> Tally:
    """The sums of given choices (n,), −1 being no contact."""
    total = _Sums(customers, rows)
    for part, chunk in customers.chunks():
        total.add_choices(chunk, choice[part], np.ones(chunk.n, dtype=np.bool_), engine)
    return Tally(math.fsum(total.values), total.units())


def _allowed(chunk: Customers) -> Bools:
    return np.zeros((0, 0), dtype=np.bool_) if chunk.allowed is None else chunk.allowed


def _extra(chunk: Customers, lam: Floats) -> Floats:
    """(c, k) what the dense rows charge, or (0, 0)."""
    extra = np.zeros((0, 0))
    for row in chunk.dense:
        if lam[row.index] != 0:
            extra = extra + row.usage * lam[row.index] if extra.size else row.usage * lam[row.index]
    return extra


def _extra_radius(chunk: Customers, choice: twin.Choice, width: Floats) -> Floats:
    """(c, k + 1) Σ over dense rows of w_r |u_r,choice − u_rb|, or (0, 0)."""
    radius = np.zeros((0, 0))
    rows = np.arange(chunk.n)
    for row in chunk.dense:
        if width[row.index] != 0:
            usage = np.column_stack([row.usage, np.zeros(chunk.n)])
            part = width[row.index] * np.abs(usage - usage[rows, choice.astype(np.intp)][:, None])
            radius = radius + part if radius.size else part
    return radius


def _radius(customers: Population, width: Floats) -> Floats:
    """(patterns, k + 1, k + 1) Σ over table rows of w_r |u_ra − u_rb|; where that is large, of |u_ra| + |u_rb|."""
    patterns, rows, k = customers.table.shape
    w = width[customers.table_rows]
    usage = np.concatenate([customers.table, np.zeros((patterns, rows, 1))], axis=2)
    if patterns * max(rows, 1) * (k + 1) ** 2 > PAIR_TABLE:
        single = np.tensordot(w, np.abs(usage), axes=(0, 1))
        return np.asarray(single[:, :, None] + single[:, None, :])
    differ = np.abs(usage[:, :, :, None] - usage[:, :, None, :])
    return np.asarray(np.tensordot(w, differ, axes=(0, 1)), dtype=np.float64)
