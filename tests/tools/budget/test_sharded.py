"""From Parquet shards: the same answers as from arrays, the same refusals, and a certificate from the files."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tools.budget import (
    BudgetProblem,
    InvalidProblem,
    NotCertified,
    Row,
    ShardRow,
    certify,
    certify_sharded,
    solve,
    solve_sharded,
    write_shards,
)
from tools.budget.customers import population
from tools.budget.customers.parquet import Batch, Shards


def _made(folder: Path, n: int, seed: int = 3) -> tuple[BudgetProblem, list[ShardRow], list[Path]]:
    """A problem as arrays, and the same as shards of uneven sizes."""
    r = np.random.default_rng(seed)
    value = r.gamma(2, 200, (n, 5)) * r.uniform(0.2, 1, (n, 1))
    cost = r.integers(10, 1500, (n, 5))
    vip, effort, allowed = r.random(n) < 0.3, r.random((n, 5)), r.random((n, 5)) < 0.9
    rows = (
        Row("cap", None, int(0.1 * n), actions=[0, 1]),
        Row("reach", int(0.3 * vip.sum()), None, customers=vip),
        Row("effort", None, 0.1 * n, usage=effort),
        Row("vip effort", None, 0.02 * n, usage=effort, customers=vip, actions=[2, 3]),
    )
    problem = BudgetProblem(value, cost, int(cost.mean() * n * 0.12), rows, allowed)
    paths = write_shards(problem, folder, {"vip": vip, "effort": effort}, customers_a_shard=n // 3 + 1)
    named = [
        ShardRow("cap", None, rows[0].upper, actions=[0, 1]),
        ShardRow("reach", rows[1].lower, None, customers="vip"),
        ShardRow("effort", None, rows[2].upper, usage="effort"),
        ShardRow("vip effort", None, rows[3].upper, usage="effort", customers="vip", actions=[2, 3]),
    ]
    return problem, named, paths


def test_small_shards_answer_as_arrays_do(tmp_path: Path) -> None:
    problem, rows, paths = _made(tmp_path, 300)
    here, there = solve(problem), solve_sharded(tmp_path, problem.budget_minor, rows)
    assert len(paths) == 3
    assert there.objective == pytest.approx(here.objective, rel=1e-12)
    assert certify(problem, there).gap == pytest.approx(certify_sharded(paths, problem.budget_minor, rows, there).gap)


def test_streamed_answers_are_certified(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """90,000 customers, of whom no more than a sample and the undecided are ever in memory."""
    problem, rows, paths = _made(tmp_path, 90_000)
    monkeypatch.setattr(population, "LARGEST_SAMPLE", 20_000)
    monkeypatch.setattr("tools.budget.customers.dual.LARGEST_SAMPLE", 20_000)
    found = solve_sharded(paths, problem.budget_minor, rows)
    assert found.action.dtype == np.int16
    certificate = certify(problem, found)
    assert certificate.gap <= 1e-6
    again = certify_sharded(paths, problem.budget_minor, rows, found)
    assert again.spend_minor == certificate.spend_minor == found.spend_minor
    assert again.residuals == pytest.approx(certificate.residuals)
    assert again.bound == pytest.approx(certificate.bound, rel=1e-12)
    assert found.action.tobytes() == solve_sharded(paths, problem.budget_minor, rows).action.tobytes()
    with pytest.raises(NotCertified, match="budget is overspent"):
        certify_sharded(paths, found.spend_minor - 1, rows, found)
    with pytest.raises(NotCertified, match="claims"):
        certify_sharded(paths, problem.budget_minor, rows, replace(found, spend_minor=found.spend_minor - 1))


def test_the_files_are_read_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once to check and sample, once to decide nearly everyone; what is left is solved in memory."""
    problem, rows, paths = _made(tmp_path, 90_000, seed=5)
    monkeypatch.setattr(population, "LARGEST_SAMPLE", 20_000)
    monkeypatch.setattr("tools.budget.customers.dual.LARGEST_SAMPLE", 20_000)
    read, passes = Shards.batches, []

    def counted(self: Shards) -> Iterator[Batch]:
        passes.append(self.n)
        return read(self)

    monkeypatch.setattr(Shards, "batches", counted)
    found = solve_sharded(paths, problem.budget_minor, rows)
    assert passes == [problem.n] * 2
    assert found.gap <= 1e-6
    assert certify(problem, found).gap <= 1e-6


def test_list_columns_are_read_too(tmp_path: Path) -> None:
    value, cost = [[6.0, 9.0], [5.0, 7.0], [4.0, 8.0]], [[1, 4], [1, 2], [2, 3]]
    pq.write_table(pa.table({"value": value, "cost_minor": cost}), tmp_path / "one.parquet")
    found = solve_sharded(tmp_path / "one.parquet", 5)
    assert found.action.tolist() == [0, 0, 1]
    assert found.objective == 19.0


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"value_0": [1.0, np.nan], "cost_minor_0": [1, 2]}, r"customer 3 \(.*b.parquet, line 1\), action 0 is nan"),
        ({"value_0": [1.0, 2.0], "cost_minor_0": [1, -2]}, r"customer 3 .* is -2: a cost is not negative"),
        ({"value_0": [1.0, 2.0], "cost_minor_0": [1.0, 2.5]}, "must hold integers"),
        ({"value_0": [1.0, None], "cost_minor_0": [1, 2]}, "empty cells"),
        ({"value_0": [1.0, 2.0]}, "no column `cost_minor`"),
    ],
)
def test_refused_with_the_place_named(tmp_path: Path, columns: dict[str, list[object]], words: str) -> None:
    pq.write_table(pa.table({"value_0": [1.0, 2.0], "cost_minor_0": [1, 2]}), tmp_path / "a.parquet")
    pq.write_table(pa.table(columns), tmp_path / "b.parquet")
    with pytest.raises(InvalidProblem, match=words):
        solve_sharded(tmp_path, 5)


def test_no_shards(tmp_path: Path) -> None:
    with pytest.raises(InvalidProblem, match="no shards"):
        solve_sharded(tmp_path, 5)
    with pytest.raises(InvalidProblem, match="no shards"):
        solve_sharded([tmp_path / "missing.parquet"], 5)
    pq.write_table(
        pa.table({"value_0": np.zeros(0), "cost_minor_0": np.zeros(0, dtype=np.int64)}), tmp_path / "a.parquet"
    )
    with pytest.raises(InvalidProblem, match="hold no customers"):
        solve_sharded(tmp_path, 5)


def test_an_interrupt_before_all_is_read_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C at the second batch of the pass that checks the data: no plan, no bound, and no exception."""
    problem, rows, paths = _made(tmp_path, 300)
    read = population.ShardPopulation._check
    seen: list[int] = []

    def interrupted(self: population.ShardPopulation, batch: Batch) -> None:
        seen.append(batch.start)
        if len(seen) == 2:
            raise KeyboardInterrupt
        read(self, batch)

    monkeypatch.setattr(population.ShardPopulation, "_check", interrupted)
    found = solve_sharded(paths, problem.budget_minor, rows)
    assert len(seen) == 2
    assert found.status == "not_solved"
    assert found.bound == np.inf
    assert (found.action == -1).all()
    with pytest.raises(NotCertified, match="outside"):
        certify_sharded(paths, problem.budget_minor, rows, found)
