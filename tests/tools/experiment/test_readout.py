"""The readout against a shop whose truth is known: it covers the truth, the naive way does not."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tests.tools.experiment.campaigns import facts, readout, run, spend_before
from tools.experiment.effects import ObservationalEstimate, RandomisedEffect, effect_name
from tools.experiment.observed import Observed
from tools.experiment.readout import read_out
from tools.experiment.readout_types import ReadoutPart
from tools.metrics.rates import parts
from tools.shop.world import World

WORLD = World(seed=11, size=1500)


def test_intervals_hold_the_truth_and_the_naive_way_fails() -> None:
    """Ten campaigns here; test_coverage.py plays hundreds."""
    truth = WORLD.true_effect(np.ones(WORLD.size, dtype=bool), "email", 0.1)
    inside, naive = 0, []
    for seed in range(10):
        observed = run(WORLD, seed)
        effect = read_out(observed, facts(WORLD)).effect("conversion")
        assert isinstance(effect, RandomisedEffect)
        _, low, high = parts(effect.uplift)
        inside += low <= truth <= high
        redeemed = observed.rows["redeemed"].fillna(False).astype(bool)
        bought = observed.rows["orders"] > 0
        naive.append(bought[redeemed].mean() - bought[~redeemed].mean())
    assert inside >= 8
    assert min(naive) > 10 * truth


def test_cuped_takes_the_past_out() -> None:
    part = read_out(run(WORLD, 2, before=spend_before(WORLD)), facts(WORLD))
    kept = [row.effect.variance_kept for row in part.effects if row.effect.method == "cuped"]
    assert len(kept) == 3 + 2 * 3
    assert all(one is not None and one < 1 for one in kept[:3])
    first = [row.effect.method for row in part.effects if row.scope == "overall"]
    assert first == ["difference", "cuped", "cuped", "difference", "cuped", "difference"]
    assert part.past_spend_gap is not None
    assert abs(part.past_spend_gap) < 0.25


def test_a_biased_assignment_is_caught_and_is_not_called_uplift() -> None:
    """Customers of the holdout who did not buy went missing, as happens when a sender reports on the contacted."""
    observed = run(WORLD, 1)
    rows = observed.rows
    lost = (rows["arm"] == "holdout") & (rows["orders"] == 0) & (np.arange(len(rows)) % 2 == 0)
    kept = Observed(rows[~lost].reset_index(drop=True))
    part = read_out(kept, facts(WORLD))
    assert part.sample_ratio.broken
    assert part.basis == "observational"
    effect = part.effect("conversion")
    assert isinstance(effect, ObservationalEstimate)
    assert effect_name(effect) != "uplift"
    assert part.returns.incremental_roas.estimate is None
    assert not read_out(observed, facts(WORLD)).sample_ratio.broken


def test_totals_and_returns_add_up() -> None:
    part = readout(WORLD, 3)
    effect = part.effect("conversion")
    assert isinstance(effect, RandomisedEffect)
    treated = next(arm for arm in part.arms if arm.role == "treated")
    row = next(row for row in part.effects if row.outcome == "conversion")
    assert row.total.estimate == pytest.approx(parts(effect.uplift)[0] * treated.customers)
    returns = part.returns
    assert treated.discount_minor is not None
    assert returns.spend_minor == 100 + treated.discount_minor
    margin = next(r for r in part.effects if r.outcome == "margin" and r.scope == "overall").total.estimate
    assert margin is not None
    assert returns.incremental_net_minor.estimate == pytest.approx(margin - 100)


def test_no_control_no_effect() -> None:
    observed = run(WORLD, 4)
    only = Observed(observed.rows[observed.rows["arm"] == "campaign"].reset_index(drop=True))
    part = read_out(only, facts(WORLD, control=None, shares=None, randomised=False, standing="a coupon mailing"))
    assert part.effects == ()
    assert part.returns.incremental_roas.no_data
    assert part.returns.roas.estimate is not None
    assert part.arms[0].converted.estimate is not None


def test_what_is_not_recorded_is_no_data() -> None:
    observed = run(WORLD, 5)
    blank = observed.rows.assign(opened=pd.Series(pd.NA, index=observed.rows.index), margin_minor=np.nan, survey=np.nan)
    part = read_out(Observed(blank), replace(facts(WORLD), sending_minor=None))
    treated = next(arm for arm in part.arms if arm.role == "treated")
    assert treated.opened.estimate is None
    assert treated.survey.estimate is None
    assert treated.clicked.estimate is not None
    margin = part.effect("margin")
    assert margin is not None
    assert margin.difference.no_data == "the margin is not known"
    assert part.returns.roas.no_data == "the cost of sending is not known"


def test_two_arms_are_corrected_together() -> None:
    observed = run(WORLD, 6)
    rows = observed.rows
    second = (rows["arm"] == "campaign") & (np.arange(len(rows)) % 2 == 0)
    split = Observed(rows.assign(arm=rows["arm"].mask(second, "other")))
    part = read_out(split, facts(WORLD, shares=None))
    arms = [row for row in part.effects if row.scope == "arm" and row.outcome == "conversion"]
    assert [row.name for row in arms] == ["campaign", "other"]
    for row in arms:
        assert row.effect.difference.level == pytest.approx(0.975)
        assert row.effect.p_adjusted is not None
        assert row.effect.p_value is not None
        assert row.effect.p_adjusted >= row.effect.p_value


def test_it_survives_json() -> None:
    part = readout(WORLD, 7)
    assert ReadoutPart.model_validate_json(part.model_dump_json()) == part
