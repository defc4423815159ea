"""`solve_sharded`: the same as `solve`, for more customers than fit in memory, from Parquet shards.

One pass checks the data and keeps a sample; the sample's multipliers give a box in which one more pass decides nearly
everyone; the rest is solved in memory (`dual.py`). What is kept a customer is two bytes, its action.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np

from tools.budget.customers.certify import Recount
from tools.budget.customers.clock import Clock
from tools.budget.customers.data import Limits, limits_of
from tools.budget.customers.exact_rows import Scale, integer_rows, rows_of
from tools.budget.customers.oracle import COMPILE_FROM
from tools.budget.customers.parquet import Batch, Shards, shard_paths
from tools.budget.customers.population import ShardPopulation, ShardRow
from tools.budget.customers.problem import BudgetProblem, Row
from tools.budget.customers.result import Allocation, CustomerCertificate
from tools.budget.customers.solve import Solve

Paths = Path | str | Sequence[Path | str]


def solve_sharded(
    paths: Paths,
    budget_minor: int,
    rows: Sequence[ShardRow] = (),
    *,
    seed: int = 0,
    gap: float = 1e-6,
    time_limit_s: float | None = None,
) -> Allocation:
    """The most profitable allocation of the shards' customers, in the order of the shards.

    Args:
        paths: a folder of `*.parquet`, or files. Columns `value_0` … and `cost_minor_0` … (or lists `value`,
            `cost_minor`), optionally `allowed`, and what `rows` name; see `parquet.py`.
        rows: the coupling rows, over columns.
        seed, gap, time_limit_s: as for `solve`. An interrupt in the first pass, which checks the data, gives
            `not_solved` with an infinite bound.

    Raises:
        InvalidProblem: the data contradict themselves; the message names the shard and the line.
    """
    clock = Clock(time_limit_s)
    shards = _opened(paths, rows)
    limits = _limits(budget_minor, rows, shards)
    population = ShardPopulation(shards, rows)
    try:
        integer = population.scan(limits, np.random.default_rng(seed))
    except KeyboardInterrupt:
        # Nothing is known of customers that have not been read, not even that their numbers are numbers.
        unread = integer_rows(limits, [Scale(Fraction(1), True)] * limits.m, shards.n)
        return Solve(population, limits, unread, seed=seed, gap=gap, clock=clock).without_plan("not_solved", math.inf)
    if shards.n * shards.k <= COMPILE_FROM:
        customers = population.take(np.arange(shards.n))
        return Solve(customers, limits, rows_of(customers, limits), seed=seed, gap=gap, clock=clock).run()
    return Solve(population, limits, integer, seed=seed, gap=gap, clock=clock).run()


def certify_sharded(
    paths: Paths, budget_minor: int, rows: Sequence[ShardRow], allocation: Allocation
) -> CustomerCertificate:
    """`certify` over shards, a batch at a time: everything is counted again from the files.

    Raises:
        NotCertified: naming the customer or the row and the amount.
    """
    shards = _opened(paths, rows)
    count = Recount(allocation, shards.n, shards.k, budget_minor, [(r.name, r.low, r.high) for r in map(_row, rows)])
    for batch in shards.batches():
        count.add(_problem(batch, budget_minor, rows), batch.start)
    return count.certificate()


def _opened(paths: Paths, rows: Sequence[ShardRow]) -> Shards:
    usage = dict.fromkeys(row.usage for row in rows if row.usage is not None)
    groups = dict.fromkeys(row.customers for row in rows if row.customers is not None)
    return Shards(shard_paths(paths), list(usage), list(groups))


def _row(row: ShardRow) -> Row:
    return Row(row.name, row.lower, row.upper)


def _limits(budget_minor: int, rows: Sequence[ShardRow], shards: Shards) -> Limits:
    """The limits, checked as those of a problem without customers are."""
    nobody = np.zeros((0, shards.k))
    problem = BudgetProblem(nobody, nobody.astype(np.int64), budget_minor, tuple(_row(row) for row in rows))
    return limits_of(problem)


def _problem(batch: Batch, budget_minor: int, rows: Sequence[ShardRow]) -> BudgetProblem:
    """The batch's customers as a problem of their own."""
    own = tuple(
        Row(
            row.name,
            row.lower,
            row.upper,
            None if row.usage is None else batch.usage[row.usage],
            row.actions,
            None if row.customers is None else batch.groups[row.customers],
        )
        for row in rows
    )
    return BudgetProblem(batch.value, batch.cost, budget_minor, own, batch.allowed)
