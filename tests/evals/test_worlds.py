"""The oracle against brute force, and what its worth says of plans that are known to be bad."""

import itertools

import numpy as np
import pytest

from evals.oracle import Truth, truth
from evals.run import choose
from evals.target import Target
from evals.tasks import worlds
from tools.shop.world import World

ACTIONS = {("email", "none"): 0.0, ("sms", "none"): 0.0, ("email", "percent-10"): 0.1}
SENDING = {"email": 0.1, "sms": 1.6}


@pytest.fixture(scope="module")
def known() -> Truth:
    return truth(World(seed=5, size=400), ACTIONS, SENDING)


def test_the_oracle_is_no_worse_than_the_best_whole_plan() -> None:
    rng = np.random.default_rng(2)
    for _ in range(20):
        gain, cost = rng.normal(1, 3, (4, 2)), rng.uniform(0.5, 3, (4, 2))
        small = Truth(tuple("abcd"), (("email", "x"), ("sms", "x")), gain, cost)
        plans = itertools.product((None, 0, 1), repeat=4)
        worth = [
            sum(gain[i, j] for i, j in enumerate(plan) if j is not None)
            for plan in plans
            if sum(cost[i, j] for i, j in enumerate(plan) if j is not None) <= 3
        ]
        assert small.best(3, list("abcd")) >= max(worth) - 1e-9
        assert small.best(10**9, list("abcd")) == pytest.approx(np.maximum(0, gain.max(axis=1)).sum())


def test_the_oracle_leaves_sleeping_dogs_alone(known: Truth) -> None:
    everybody = dict.fromkeys(known.customers, ("email", "none"))
    gain, cost = known.worth(everybody)
    assert cost == pytest.approx(0.1 * len(known.customers))
    assert 0 < gain < known.best(10**6, known.customers)
    assert known.best(10, known.customers) < known.best(100, known.customers)
    assert known.best(10**6, known.customers[:200]) < known.best(10**6, known.customers)


@pytest.mark.deep
def test_a_plan_on_a_world_is_whole_and_worth_something() -> None:
    one = next(case for case in worlds.task().cases if case.id == "pennies-1")
    found = worlds.score(one, worlds.answer(one, Target()).text)
    assert found.detail == ""
    assert {name: found.scores[name] for name in ("status", "package", "money", "true_money")} == dict.fromkeys(
        ("status", "package", "money", "true_money"), 1.0
    )
    assert 0.4 < (found.scores["earned"] or 0) < 1


def test_the_full_tier_leaves_out_what_is_on_demand() -> None:
    full = {task.name: {case.id for case in cases} for task, cases in choose(["full"])}
    named = {task.name: {case.id for case in cases} for task, cases in choose(["plans"])}
    assert named["plans"] - full["plans"] == {"literal", "zh", "coffee", "everyone", "bulleted"}
    assert len(full["worlds"]) == 12
    assert len(full["chat"]) == 196
