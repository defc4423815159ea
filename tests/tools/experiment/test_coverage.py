"""Hundreds of simulated campaigns, whole: how often the readout covers the truth, and how often it raises an alarm."""

import numpy as np
import pytest

from tests.tools.experiment.campaigns import facts, run, spend_before
from tools.experiment.effects import RandomisedEffect
from tools.experiment.observed import Observed
from tools.experiment.readout import read_out
from tools.experiment.readout_types import ReadoutPart
from tools.metrics.rates import parts
from tools.shop.world import World

pytestmark = pytest.mark.slow

CAMPAIGNS = 400
AA = 1000
WORLD = World(seed=11, size=1500)
EVERYBODY = np.ones(WORLD.size, dtype=bool)


@pytest.fixture(scope="module")
def many() -> list[tuple[Observed, ReadoutPart]]:
    before = spend_before(WORLD)
    runs = [run(WORLD, seed, before=before) for seed in range(CAMPAIGNS)]
    return [(one, read_out(one, facts(WORLD))) for one in runs]


def covers(many: list[tuple[Observed, ReadoutPart]], outcome: str, truth: float) -> float:
    inside = 0
    for _, part in many:
        effect = part.effect(outcome)  # type: ignore[arg-type]
        assert isinstance(effect, RandomisedEffect)
        _, low, high = parts(effect.uplift)
        inside += low <= truth <= high
    return inside / len(many)


def test_intervals_cover_the_truth_and_the_naive_way_fails(many: list[tuple[Observed, ReadoutPart]]) -> None:
    orders = WORLD.true_effect(EVERYBODY, "email", 0.1)
    revenue = WORLD.true_effect(EVERYBODY, "email", 0.1, money=True)
    assert covers(many, "conversion", orders) >= 0.93
    assert covers(many, "revenue", revenue) >= 0.93
    naive = []
    for observed, _ in many[:20]:
        rows = observed.rows
        redeemed = rows["redeemed"].fillna(False).astype(bool)
        naive.append((rows.loc[redeemed, "orders"] > 0).mean() - (rows.loc[~redeemed, "orders"] > 0).mean())
    assert min(naive) > 10 * orders


def test_cuped_narrows_the_money(many: list[tuple[Observed, ReadoutPart]]) -> None:
    kept = [row.effect.variance_kept for _, part in many for row in part.effects if row.effect.method == "cuped"]
    assert all(one is not None for one in kept)
    overall = [
        row.effect.variance_kept
        for _, part in many
        for row in part.effects
        if row.scope == "overall" and row.outcome == "revenue" and row.effect.method == "cuped"
    ]
    assert np.mean([one for one in overall if one is not None]) < 0.9


def test_discounts_to_those_who_would_buy_anyway(many: list[tuple[Observed, ReadoutPart]]) -> None:
    base = WORLD.chances(np.full(WORLD.size, ""), np.zeros(WORLD.size))
    some = WORLD.chances(np.full(WORLD.size, "email"), np.full(WORLD.size, 0.1))
    worth = WORLD.customers["mean_order_minor"].to_numpy()
    truth = float((np.minimum(base, some) * worth).sum() / (some * worth).sum())
    found = [parts(part.returns.discount_share_anyway) for _, part in many]
    assert np.mean([value for value, _, _ in found]) == pytest.approx(truth, abs=0.06)
    assert np.mean([low <= truth <= high for _, low, high in found]) >= 0.9


def test_no_effect_raises_alarms_at_the_level() -> None:
    """A/A: 1,000 campaigns whose contact changes nothing, read out for everybody and by segment."""
    world = World(seed=12, size=900, effect=0.0)
    alarms = families = 0
    for seed in range(AA):
        part = read_out(run(world, seed, depth=0.0), facts(world))
        whole = part.effect("conversion")
        assert whole is not None
        assert whole.p_value is not None
        alarms += whole.p_value < 0.05
        segments = [r.effect.p_adjusted for r in part.effects if r.scope == "segment" and r.outcome == "conversion"]
        assert len(segments) == 3
        families += min(p for p in segments if p is not None) < 0.05
    # 0.05 ± three standard errors of 1,000 draws.
    assert 0.029 <= alarms / AA <= 0.071
    assert families / AA <= 0.071
