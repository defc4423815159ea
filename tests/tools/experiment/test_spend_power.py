"""The smallest difference in spend that can be shown, against a simulation of the test itself."""

import numpy as np
import pytest
from scipy import stats

from tools.experiment.spend_power import SpendHistory, spend_power


def history(n: int = 4000) -> SpendHistory:
    """One in five buys, for log-normal amounts; spend before says something of spend."""
    rng = np.random.default_rng(9)
    rich = rng.lognormal(0, 0.6, n)
    spend = (rng.random(n) < 0.2) * rng.lognormal(8, 0.8, n) * rich
    return SpendHistory(spend, 3000 * rich * rng.lognormal(0, 0.3, n))


def test_the_stated_power_is_what_a_test_has() -> None:
    past = history()
    found = spend_power(past, 1800, 600)
    assert found is not None
    rng = np.random.default_rng(1)
    seen = 0
    for _ in range(1500):
        treated = rng.choice(past.spend, 1800) + found.mde_minor
        seen += stats.ttest_ind(treated, rng.choice(past.spend, 600), equal_var=False).pvalue < 0.05
    assert seen / 1500 == pytest.approx(0.8, abs=0.05)


def test_cuped_sees_less_and_a_large_arm_sees_less_still() -> None:
    past = history()
    small, large = spend_power(past, 1800, 600), spend_power(past, 180_000, 60_000)
    assert small is not None
    assert large is not None
    assert small.mde_cuped_minor < small.mde_minor
    assert small.variance_kept < 1
    assert large.mde_minor == pytest.approx(small.mde_minor / 10, rel=0.1)


@pytest.mark.parametrize(
    ("past", "campaign", "held_out"),
    [
        (SpendHistory(np.zeros(50), np.zeros(50)), 100, 100),
        (SpendHistory(np.zeros(0), np.zeros(0)), 100, 100),
        (history(500), 100, 1),
    ],
)
def test_too_little_is_no_data(past: SpendHistory, campaign: int, held_out: int) -> None:
    assert spend_power(past, campaign, held_out) is None
