"""The smallest detectable effect, against simulation; and what is said when nothing can be shown."""

from dataclasses import replace

import numpy as np
import pytest
from statsmodels.stats.proportion import proportions_ztest

from tools.experiment.design import DesignRequest, design, detectable
from tools.experiment.spend_power import SpendHistory
from tools.vocabulary import Interval

REQUEST = DesignRequest(
    campaign=9000,
    contacted=9000,
    held_out=1000,
    salt="s",
    days=14,
    baseline=Interval(estimate=0.2, low=0.18, high=0.22),
    expected_effect=0.06,
)


def test_power_at_the_smallest_detectable_effect_is_the_stated_one() -> None:
    effect = detectable(0.2, 9000, 1000, power=0.8, alpha=0.05)
    assert effect is not None
    rng = np.random.default_rng(0)
    treated = rng.binomial(9000, 0.2 + effect, 2000)
    held = rng.binomial(1000, 0.2, 2000)
    found = [proportions_ztest([t, h], [9000, 1000])[1] < 0.05 for t, h in zip(treated, held, strict=True)]
    assert 0.77 < np.mean(found) < 0.83


def test_the_naive_rule_of_equal_arms_would_promise_too_much() -> None:
    uneven = detectable(0.2, 9000, 1000, power=0.8, alpha=0.05)
    equal = detectable(0.2, 5000, 5000, power=0.8, alpha=0.05)
    assert uneven is not None
    assert equal is not None
    assert uneven > 1.5 * equal


@pytest.mark.parametrize(
    ("change", "measurable", "words"),
    [
        ({}, True, "sees a difference"),
        ({"expected_effect": 0.01}, False, "smaller than what an audience of this size"),
        ({"held_out": 0}, False, "nobody is held out"),
        ({"campaign": 60, "contacted": 60, "held_out": 7}, False, "too few for any test"),
        ({"baseline": Interval(estimate=0, low=0, high=0.01)}, False, "too few for any test"),
        ({"campaign": 1, "contacted": 1, "held_out": 0}, False, "nobody is held out"),
    ],
)
def test_says_what_cannot_be_measured(change: dict[str, object], measurable: bool, words: str) -> None:
    part = design(replace(REQUEST, **change))  # type: ignore[arg-type]
    assert part.measurable is measurable
    assert words in part.note


def test_looks_are_weekly_and_only_where_something_can_be_measured() -> None:
    part = design(replace(REQUEST, days=28))
    assert [look.day for look in part.looks] == [7, 14, 21, 28]
    assert part.looks[-1].information == 1
    assert 1.96 < part.looks[-1].boundary_z < 2.05
    assert part.looks[0].boundary_z > 3.5
    assert design(replace(REQUEST, days=13)).looks == ()
    assert design(replace(REQUEST, held_out=0)).looks == ()


def test_weeks_until_the_expected_effect_shows() -> None:
    enough = design(REQUEST)
    assert enough.weeks_needed == 2
    half = design(replace(REQUEST, expected_effect=(enough.mde or 0) / 2))
    assert half.weeks_needed == pytest.approx(8)
    assert design(replace(REQUEST, expected_effect=None)).weeks_needed is None


def test_spend_is_designed_on_the_past() -> None:
    rng = np.random.default_rng(3)
    past = SpendHistory((rng.random(2000) < 0.2) * rng.lognormal(8, 1, 2000), rng.lognormal(8, 1, 2000))
    part = design(replace(REQUEST, history=past))
    assert part.spend is not None
    assert part.spend.customer_windows == 2000
    assert 0 < part.spend.mde_minor < past.spend.mean()
