"""Sets of moves that meet in the middle: against every plan of small cores, and the join's two forms."""

import itertools

import numpy as np
import pytest

from tools.budget.customers import kernels, meet, twin
from tools.budget.customers.core import Core, best_start
from tools.budget.customers.meet import join
from tools.budget.customers.problem import Floats


def _core(seed: int) -> tuple[Core, Floats, float]:
    """Five groups of one to three customers, three alternatives each; a budget, a count and a row of both sides.

    Losses are those at made-up prices, so that g(λ) = Σ best + Σ λ·limit bounds every plan.
    """
    r = np.random.default_rng(seed)
    count = r.integers(1, 4, 5) if seed % 2 else np.ones(5, dtype=np.int64)
    group = np.repeat(np.arange(5), 3)
    value = r.integers(0, 30, 15).astype(np.float64) + r.random(15) * (seed % 3)
    usage = np.column_stack([r.integers(0, 40, 15), r.integers(0, 2, 15), r.integers(-3, 4, 15)]).astype(np.int64)
    prices = np.array([0.4, 3.0, -0.7]) * r.random(3)
    reduced = (value - usage @ prices).reshape(5, 3)
    loss = (reduced.max(axis=1, keepdims=True) - reduced).ravel()
    low, high = np.array([-(10**9), -(10**9), -2]), np.array([int(20 * count.sum()), int(count.sum()) // 2, 3])
    members = tuple(np.arange(n) for n in count)
    core = Core(group, np.tile(np.arange(3), 5), value, loss, usage, count, members, low, high, count * 0, 3)
    bound = float(reduced.max(axis=1) @ count) + prices[0] * high[0] + prices[1] * high[1] + prices[2] * low[2]
    return core.with_y(best_start(core)), prices, bound


def _best(core: Core) -> float:
    """The best value of any plan of the core, −inf if there is none."""
    each = [[c for c in itertools.product(range(n + 1), repeat=3) if sum(c) == n] for n in core.count.tolist()]
    plans = np.array([sum(parts, ()) for parts in itertools.product(*each)])
    used = plans @ core.usage
    fits = ((used >= core.room_low) & (used <= core.room_high)).all(axis=1)
    return float((plans[fits] @ core.value).max(initial=-np.inf))


@pytest.mark.parametrize("engine", [None, kernels])
def test_no_plan_is_better_than_what_is_proven(engine: object) -> None:
    proven = 0
    for seed in range(60):
        core, prices, bound = _core(seed)
        truth = _best(core)
        found = meet.meet(
            core, prices, bound, reach=1e3, enough=np.inf, seed=seed, sizes=(50, 5_000, 5_000), engine=engine
        )
        assert bound >= truth - 1e-9
        if not found.core.feasible:
            assert truth == -np.inf, seed
            continue
        assert found.core.total <= truth + 1e-9
        assert (found.core.y >= 0).all()
        assert (np.bincount(found.core.group, weights=found.core.y) == found.core.count).all()
        proven += found.proven
        if found.proven:
            assert found.core.total == pytest.approx(truth, abs=1e-9), seed
    assert proven >= 40


def test_the_compiled_join_equals_its_twin() -> None:
    """Random lists with few distinct keys; the same best value, whichever of equals is taken."""
    assert not hasattr(twin, "join")
    for seed in range(20):
        r = np.random.default_rng(seed)
        usage = np.vstack([r.integers(-9, 10, (30, 3)), np.zeros((1, 3), dtype=np.int64)])
        key_of = np.append(r.integers(-(1 << 62), 1 << 62, 3)[r.integers(0, 3, 30)], 0)
        value_of = np.append(r.normal(0, 5, 30), 0.0)
        lists = []
        for _ in range(2):
            sets = np.where(r.random((300, 4)) < 0.7, r.integers(0, 30, (300, 4)), -1).astype(np.int16)
            sets = -np.sort(-sets, axis=1)
            with np.errstate(over="ignore"):
                key = key_of[sets].sum(axis=1)
            rank = usage[sets, 0].sum(axis=1).astype(np.float64)
            order = np.lexsort((rank, key))
            loss = r.random(300)
            sets = sets[order]
            lists += [key[order], rank[order], loss, value_of[sets].sum(axis=1), sets]
        low, high = np.array([-5, -12, -12]), np.array([5, 12, 12])
        targets = np.unique(np.concatenate([lists[0][:40] + lists[5][:40], [0]]))
        args = (*lists, usage, targets, -5.0, 5.0, low, high, 1.5, -3.0, 10**9)
        slow, fast = join(*args), kernels.join(*args)
        assert slow[2]
        assert fast[2]
        assert (slow[0] < 0) == (fast[0] < 0)
        if slow[0] >= 0:
            assert lists[3][slow[0]] + lists[8][slow[1]] == lists[3][fast[0]] + lists[8][fast[1]]
            total = usage[lists[4][fast[0]]].sum(axis=0) + usage[lists[9][fast[1]]].sum(axis=0)
            assert ((total >= low) & (total <= high)).all()
