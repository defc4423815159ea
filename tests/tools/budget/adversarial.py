"""Budget problems made to break a solver: ties, duplicates, zeros, one customer, huge and tiny numbers, sorted rows."""

from collections.abc import Callable

import numpy as np

from tools.budget import BudgetProblem, Row

Rng = np.random.Generator


def _plain(r: Rng, n: int, k: int) -> tuple[np.ndarray, np.ndarray]:
    return r.gamma(2, 200, (n, k)), r.integers(0, 1500, (n, k))


def _ties_everywhere(r: Rng, n: int, k: int) -> tuple[np.ndarray, np.ndarray]:
    kinds = r.integers(1, 4)
    value, cost = r.integers(1, 9, (kinds, k)) * 10.0, r.integers(1, 9, (kinds, k))
    who = r.integers(0, kinds, n)
    return value[who], cost[who]


def _equal_values(r: Rng, n: int, k: int) -> tuple[np.ndarray, np.ndarray]:
    return np.full((n, k), 7.0), r.integers(0, 5, (n, k))


def _zero_costs(r: Rng, n: int, k: int) -> tuple[np.ndarray, np.ndarray]:
    return r.normal(1, 5, (n, k)), np.zeros((n, k), dtype=np.int64)


def _negative_values(r: Rng, n: int, k: int) -> tuple[np.ndarray, np.ndarray]:
    return -r.gamma(2, 200, (n, k)) + (r.random((n, k)) < 0.1) * 500, r.integers(0, 50, (n, k))


def _extreme(r: Rng, n: int, k: int) -> tuple[np.ndarray, np.ndarray]:
    value = r.choice([1e-9, 1e-3, 1.0, 1e3, 1e9], (n, k)) * r.uniform(0.5, 2, (n, k))
    return value, r.choice(np.array([0, 1, 10**3, 10**9]), (n, k))


def _sorted(r: Rng, n: int, k: int) -> tuple[np.ndarray, np.ndarray]:
    value, cost = _plain(r, n, k)
    order = np.argsort(value[:, 0] / (1 + cost[:, 0]))
    return value[order], cost[order]


def _one_giant(r: Rng, n: int, k: int) -> tuple[np.ndarray, np.ndarray]:
    value, cost = _plain(r, n, k)
    value[0, 0], cost[0, 0] = 1e7, int(cost.sum() // 20)
    return value, cost


def _proportional(r: Rng, n: int, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Value = cost: a subset-sum problem, every plan on the same line."""
    cost = r.integers(1, 10**6, (n, k))
    return cost.astype(np.float64), cost


FAMILIES: dict[str, Callable[[Rng, int, int], tuple[np.ndarray, np.ndarray]]] = {
    "plain": _plain,
    "ties everywhere": _ties_everywhere,
    "equal values": _equal_values,
    "zero costs": _zero_costs,
    "negative values": _negative_values,
    "extreme": _extreme,
    "sorted": _sorted,
    "one giant": _one_giant,
    "proportional": _proportional,
}
SIZES = (1, 2, 7, 40, 300, 2000)


def adversarial(seed: int, n: int | None = None) -> tuple[str, BudgetProblem]:
    """Instance `seed` and its name. Every limit leaves room for contacting nobody or is reachable by construction."""
    r = np.random.default_rng(seed)
    name = list(FAMILIES)[seed % len(FAMILIES)]
    n = n or int(r.choice(SIZES))
    k = int(r.integers(1, 8))
    value, cost = FAMILIES[name](r, n, k)
    if r.random() < 0.2:
        value, cost = value[r.integers(0, max(1, n // 10), n)], cost[r.integers(0, max(1, n // 10), n)]
    budget = int(r.choice([0.0, 0.01, 0.1, 0.4, 2.0]) * cost.max(axis=1).sum())
    allowed = None if r.random() < 0.7 else r.random((n, k)) < 0.8
    rows = [_row(r, f"row {j}", n, k) for j in range(int(r.integers(0, 5)))]
    return name, BudgetProblem(value, cost, budget, tuple(rows), allowed)


def _row(r: Rng, name: str, n: int, k: int) -> Row:
    kind = int(r.integers(0, 6))
    group = r.random(n) < 0.4
    if kind == 0:
        return Row(name, None, int(0.2 * n), actions=[int(r.integers(0, k))])
    if kind == 1:
        return Row(name, None, int(0.3 * group.sum()), customers=group)
    if kind == 2:
        return Row(name, None, 0.25 * n, usage=r.random((n, k)))
    if kind == 3:
        return Row(name, 0, n, actions=[])  # no one uses it
    if kind == 4:
        share = np.where(group[:, None], 1.0 / max(1, group.sum()), -1.0 / max(1, (~group).sum())) * np.ones((n, k))
        return Row(name, -0.1, 0.1, usage=share)
    return Row(name, -1e-9, 0.3 * n * 1e9, usage=r.choice([1e-9, 1e9], (n, k)))
