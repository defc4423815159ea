"""Customers against brute force on small instances: equal objective, feasible, proven, infeasible where it is."""

import itertools
import math

import numpy as np
import pytest

from tools.budget import BudgetProblem, Row, certify, solve
from tools.budget.customers import integers

SLACK = 1e-9


def _used(row: Row, choice: tuple[int, ...]) -> float:
    """The row's sum, read word by word from the docstring of `Row`."""
    total = 0.0
    for i, a in enumerate(choice):
        if a < 0 or (row.actions is not None and a not in row.actions):
            continue
        if row.customers is not None and not np.asarray(row.customers)[i]:
            continue
        total += 1.0 if row.usage is None else float(row.usage[i, a])
    return total


def brute(problem: BudgetProblem) -> float:
    """The best value of any plan, −inf if there is none."""
    best = -math.inf
    for choice in itertools.product(range(-1, problem.k), repeat=problem.n):
        pairs = [(i, a) for i, a in enumerate(choice) if a >= 0]
        if problem.allowed is not None and not all(problem.allowed[i, a] for i, a in pairs):
            continue
        if sum(int(problem.cost_minor[i, a]) for i, a in pairs) > problem.budget_minor:
            continue
        if all(row.low - SLACK <= _used(row, choice) <= row.high + SLACK for row in problem.rows):
            best = max(best, math.fsum(float(problem.value[i, a]) for i, a in pairs))
    return best


def small(seed: int) -> BudgetProblem:
    r = np.random.default_rng(seed)
    n, k, kind = int(r.integers(1, 6)), int(r.integers(1, 4)), int(r.integers(0, 5))
    if kind < 2:
        value = r.normal(5, 6, (n, k))
    elif kind < 4:
        value = r.integers(-3, 8, (n, k)).astype(np.float64)
    else:
        value = r.choice([1e-9, 1e9, 0.0, 1.0, -1e3], (n, k))
    cost = np.full((n, k), int(r.integers(0, 3))) if kind == 3 else r.integers(0, 10, (n, k))
    budget = int(r.integers(0, cost.max() * n + 1)) if r.random() < 0.8 else 0
    rows = tuple(_row(r, f"row {j}", n, k) for j in range(int(r.integers(0, 4))))
    allowed = None if r.random() < 0.7 else r.random((n, k)) < 0.8
    return BudgetProblem(value, cost, budget, rows, allowed)


def _row(r: np.random.Generator, name: str, n: int, k: int) -> Row:
    kind = int(r.integers(0, 5))
    if kind == 0:
        return Row(name, None, int(r.integers(0, n + 1)), actions=[int(r.integers(0, k))])
    if kind == 1:
        return Row(name, int(r.integers(0, n + 1)), None, customers=np.flatnonzero(r.random(n) < 0.7))
    if kind == 2:
        return Row(name, -float(r.random()), 3 * float(r.random()), usage=r.normal(0, 1, (n, k)))
    if kind == 3:
        return Row(name, None, float(r.random() * n / 2), usage=r.random((n, k)))
    return Row(
        name,
        0.1 * int(r.integers(0, 3)),
        0.1 * int(r.integers(3, 9)),
        usage=np.asarray(0.1 * r.integers(0, 4, (n, k)), dtype=np.float64),
    )


def _check(seeds: range) -> None:
    for seed in seeds:
        problem = small(seed)
        truth, found = brute(problem), solve(problem)
        if truth == -math.inf:
            assert found.status == "infeasible", seed
            continue
        assert found.status == "optimal", seed
        assert found.objective == pytest.approx(truth, rel=1e-9, abs=1e-9), seed
        assert found.bound >= found.objective, seed
        certificate = certify(problem, found)
        assert certificate.bound >= truth - 1e-9 * max(1, abs(truth)), seed


@pytest.mark.parametrize("block", range(4))
def test_equal_to_brute_force(block: int) -> None:
    _check(range(100 * block, 100 * (block + 1)))


@pytest.mark.slow
def test_equal_to_brute_force_on_thousands() -> None:
    _check(range(1000, 5000))


def test_brute_force_is_not_trivial() -> None:
    """Some of the instances are infeasible, some have a gap between LP and integers, some spend nothing."""
    found = [solve(small(seed)) for seed in range(100)]
    assert 5 <= sum(f.status == "infeasible" for f in found) <= 50
    assert sum(f.objective == 0 for f in found) >= 3
    assert sum(f.spend_minor > 0 for f in found) >= 30


def _fair(r: np.random.Generator, n: int, k: int, width: float) -> Row:
    """Rates of contact of two groups by lot differ by at most `width`."""
    group = r.random(n) < 0.4
    line = np.where(group, 1.0 / max(1, group.sum()), -1.0 / max(1, (~group).sum()))
    return Row("fair", -width, width, usage=np.repeat(line[:, None], k, axis=1))


@pytest.mark.parametrize(("n", "k", "value"), [(15, 11, "one cost"), (24, 5, "one value"), (32, 3, "nobody")])
def test_small_problems_are_proven_in_the_first_step(
    n: int, k: int, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Equal rates of contact in two groups of different sizes: few plans of whole customers keep that, the LP's bound
    says little, and sets that meet took a minute where CP-SAT takes a hundredth of a second."""
    monkeypatch.setattr(integers, "STEPS", integers.STEPS[:1])
    r = np.random.default_rng([n, k])
    worth = {"one cost": r.gamma(2, 100, (n, k)), "one value": np.ones((n, k)), "nobody": r.normal(-50, 60, (n, k))}
    cost = np.full((n, k), 40) if value == "one cost" else r.integers(1, 100, (n, k))
    rows = (_fair(r, n, k, 0.0), Row("few", None, n // 3, actions=[0]))
    problem = BudgetProblem(worth[value], cost, int(0.3 * n * cost.mean()), rows)
    found = solve(problem)
    assert found.status == "optimal"
    certify(problem, found)
