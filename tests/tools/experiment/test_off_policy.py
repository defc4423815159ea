"""Off-policy values against closed forms and the shop of known truth; the naive average must fail."""

import numpy as np
import pytest

from tools.experiment.off_policy import Logged, off_policy
from tools.metrics.rates import parts
from tools.shop.world import World

LOGGED = Logged(np.array([0, 1, 1, 0] * 10), np.array([0.5, 0.5, 0.25, 0.5] * 10), np.array([1.0, 0.0, 4.0, 2.0] * 10))


def test_by_hand() -> None:
    policy = np.array([[0.5, 0.5]] * 40)
    found = off_policy(LOGGED, policy)
    # Weights 1, 1, 2, 1: IPS = (1 + 0 + 8 + 2) / 4; SNIPS = 11 / 5; effective = 10 · 5² / 7.
    assert found.ips.estimate == pytest.approx(11 / 4)
    assert found.snips.estimate == pytest.approx(11 / 5)
    assert found.effective == pytest.approx(10 * 25 / 7)
    assert found.dr.no_data
    model = np.array([[1.0, 3.0]] * 40)
    # Direct 2; corrections 1·(1−1), 1·(0−3), 2·(4−3), 1·(2−1): mean 0.
    assert off_policy(LOGGED, policy, model).dr.estimate == pytest.approx(2.0)


def test_the_logging_policy_has_the_average_reward() -> None:
    rng = np.random.default_rng(1)
    arm = (rng.random(500) < 0.3).astype(np.int64)
    reward = rng.random(500)
    policy = np.tile([0.7, 0.3], (500, 1))
    found = off_policy(Logged(arm, policy[np.arange(500), arm], reward), policy)
    assert found.ips.estimate == pytest.approx(reward.mean())
    assert found.effective == pytest.approx(500)


def test_covers_the_truth_where_the_naive_average_fails() -> None:
    """Half were e-mailed by lot, likely buyers more often; the policy contacts the persuadable alone."""
    world = World(seed=31, size=3000)
    none = world.chances(np.full(world.size, ""), np.zeros(world.size))
    some = world.chances(np.full(world.size, "email"), np.zeros(world.size))
    target = (world.customers["kind"] == "persuadable").to_numpy()
    policy = np.column_stack([~target, target]).astype(float)
    truth = float(np.where(target, some, none).mean())
    chance = np.clip(0.2 + 1.5 * none, 0.2, 0.8)
    rng = np.random.default_rng(2)
    inside = dict.fromkeys(("ips", "snips", "dr"), 0)
    naive, spread = [], dict.fromkeys(("ips", "dr"), 0.0)
    for _ in range(300):
        arm = (rng.random(world.size) < chance).astype(np.int64)
        reward = (rng.random(world.size) < np.where(arm == 1, some, none)).astype(float)
        logged = Logged(arm, np.where(arm == 1, chance, 1 - chance), reward)
        model = np.column_stack([none * 0.8, some * 0.8 + 0.02])
        found = off_policy(logged, policy, model)
        for name in inside:
            _, low, high = parts(getattr(found, name))
            inside[name] += low <= truth <= high
            if name in spread:
                spread[name] += high - low
        naive.append(reward[(arm == 1) == target].mean())
    assert all(count >= 0.93 * 300 for count in inside.values()), inside
    assert spread["dr"] < 0.85 * spread["ips"]
    assert abs(np.mean(naive) - truth) > 4 * np.std(naive) / np.sqrt(300)


def test_too_few_effective_customers_are_no_data() -> None:
    policy = np.zeros((1000, 2))
    policy[:, 0] = 1
    arm = np.ones(1000, dtype=np.int64)
    arm[:5] = 0
    found = off_policy(Logged(arm, np.where(arm == 0, 0.01, 0.99), np.ones(1000)), policy)
    assert found.ips.estimate is None
    assert found.snips.no_data == "the policy rests on 5.0 effective customers of 1000, fewer than 30"
    empty = off_policy(Logged(arm[:0], np.zeros(0), np.zeros(0)), np.zeros((0, 2)))
    assert empty.ips.no_data


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="has to lie in"):
        Logged(np.array([0]), np.array([0.0]), np.array([1.0]))
    with pytest.raises(ValueError, match="rows that sum to 1"):
        off_policy(LOGGED, np.full((40, 2), 0.4))
    with pytest.raises(ValueError, match="is not the policy's"):
        off_policy(LOGGED, np.full((40, 2), 0.5), np.zeros((40, 3)))
