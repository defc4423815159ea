"""Made problems for the budget benchmark. Same seed, same problem, at any size."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tools.budget import BudgetProblem, Row, ShardRow, write_shards

K = 10
BLOCK = 1_000_000


def plain(n: int, seed: int = 1) -> BudgetProblem:
    """Ten offers, a budget for a part of what pays, and four rows: two capacities, an offer cap, a minimum reach."""
    r = np.random.default_rng(seed)
    value, cost = _offers(r, n)
    group = r.random(n) < 0.2
    rows = (
        Row("capacity of channel A", None, int(0.15 * n), actions=[0, 1, 2]),
        Row("capacity of channel B", None, int(0.20 * n), actions=[3, 4, 5, 6]),
        Row("cap of offer 7", None, int(0.03 * n), actions=[7]),
        Row("reach of the group", int(0.6 * group.sum()), None, customers=group),
    )
    return BudgetProblem(value, cost, int(0.25 * cost.mean() * n), rows)


def many_rows(n: int, seed: int = 1) -> BudgetProblem:
    """Twenty rows: caps of offers, minimum reach of segments, fairness between groups, efforts that differ by pair."""
    r = np.random.default_rng(seed)
    value, cost = _offers(r, n)
    segment = r.integers(0, 6, n)
    rows = [Row(f"cap of offer {a}", None, int(0.04 * n), actions=[a]) for a in range(0, K, 2)]
    for s in range(6):
        members = segment == s
        rows.append(Row(f"reach of segment {s}", int(0.35 * members.sum()), None, customers=members))
    for g in range(4):
        rows.append(_fairness(f"fairness {g}", r.random(n) < 0.15 + 0.1 * g))
    for e in range(3):
        rows.append(Row(f"effort {e}", None, 0.16 * n, usage=r.random((n, K))))
    rows.append(Row("capacity of channel A", None, int(0.2 * n), actions=[0, 1, 2]))
    rows.append(Row("share of segment 0", None, int(0.08 * n), customers=segment == 0))
    return BudgetProblem(value, cost, int(0.25 * cost.mean() * n), tuple(rows))


def _offers(r: np.random.Generator, n: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Margins that differ by customer and by offer; dearer offers bring more, some bring a loss."""
    taste = r.gamma(2.0, 150.0, (n, 1))
    value = taste * r.uniform(0.2, 1.0, (n, K)) + r.normal(0.0, 40.0, (n, K))
    cost = r.integers(5, 400, (n, K)) + (np.arange(K) * 30)
    return value, cost.astype(np.int64)


def _fairness(name: str, members: NDArray[np.bool_]) -> Row:
    """The rate of contact of members less that of the others stays within two points."""
    line = np.where(members, 1.0 / members.sum(), -1.0 / (~members).sum())
    return Row(name, -0.02, 0.02, usage=np.repeat(line[:, None], K, axis=1))


def shards(folder: Path, n: int, seed: int = 1) -> tuple[int, tuple[ShardRow, ...]]:
    """Customers in Parquet, a million a file, with a budget and ten rows: five caps, two capacities, three reaches."""
    total = 0
    members = np.zeros(3, dtype=np.int64)
    for s, start in enumerate(range(0, n, BLOCK)):
        size = min(BLOCK, n - start)
        r = np.random.default_rng([seed, s])
        value, cost = _offers(r, size)
        groups = {f"group_{g}": r.random(size) < 0.1 + 0.1 * g for g in range(3)}
        members += [int(groups[f"group_{g}"].sum()) for g in range(3)]
        total += int(cost.sum())
        part = BudgetProblem(value, cost.astype(np.int32), 0)
        paths = write_shards(part, folder, groups)
        paths[0].rename(folder / f"block-{s:05d}.parquet")
    rows = [ShardRow(f"cap of offer {a}", None, int(0.04 * n), actions=[a]) for a in range(0, K, 2)]
    rows.append(ShardRow("capacity of channel A", None, int(0.15 * n), actions=[0, 1, 2]))
    rows.append(ShardRow("capacity of channel B", None, int(0.20 * n), actions=[3, 4, 5, 6]))
    rows += [ShardRow(f"reach of group {g}", int(0.5 * members[g]), None, customers=f"group_{g}") for g in range(3)]
    return int(0.25 * total / K), tuple(rows)
