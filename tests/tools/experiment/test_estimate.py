"""The estimators against textbook cases, and against what is known to go wrong."""

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep

from tools.experiment.checks import sample_ratio, standardised_gap
from tools.experiment.comparisons import holm
from tools.experiment.estimate import Arms, compare_amounts, compare_shares, cuped
from tools.metrics.rates import parts
from tools.shop.world import World

RNG = np.random.default_rng(2)


def one_stratum(treated: "np.ndarray[tuple[int], np.dtype[np.bool_]]") -> Arms:
    return Arms(treated, np.zeros(len(treated), dtype=np.int64))


def test_amounts_without_strata_are_welchs_t() -> None:
    y = RNG.lognormal(size=300)
    treated = np.arange(300) < 220
    found = compare_amounts(y, one_stratum(treated))
    welch = stats.ttest_ind(y[treated], y[~treated], equal_var=False)
    low, high = welch.confidence_interval(0.95)
    assert found.p_value == pytest.approx(welch.pvalue)
    assert (found.difference.low, found.difference.high) == pytest.approx((low, high))


def test_shares_without_strata_are_newcombes() -> None:
    y = np.array([True] * 9 + [False] * 191 + [True] * 3 + [False] * 97)
    found = compare_shares(y, one_stratum(np.arange(300) < 200))
    expected = confint_proportions_2indep(9, 200, 3, 100, method="newcomb")
    assert (found.difference.low, found.difference.high) == pytest.approx(expected)


def test_strata_remove_what_an_uneven_draw_would_add() -> None:
    """Two strata, no effect, but the richer one is mostly treated: pooled, it looks like an effect."""
    strata = np.repeat([0, 1], 2000)
    treated = RNG.random(4000) < np.where(strata == 1, 0.9, 0.5)
    y = RNG.random(4000) < np.where(strata == 1, 0.5, 0.1)
    pooled = compare_shares(y, one_stratum(treated))
    found = compare_shares(y, Arms(treated, strata))
    assert pooled.p_value is not None
    assert pooled.p_value < 1e-6
    assert found.p_value is not None
    assert found.p_value > 0.05


def test_thin_strata_are_joined_and_nobody_is_lost() -> None:
    strata = np.array([0] * 50 + [1, 2, 3, 3])
    treated = np.array([True, False] * 25 + [True, False, True, False])
    found = compare_shares(treated, Arms(treated, strata))
    assert found.treated.n + found.control.n == 54
    assert found.difference.estimate == pytest.approx(1.0)


def test_a_stratum_that_stays_thin_joins_another() -> None:
    strata = np.array([0] * 40 + [1, 1, 1])
    treated = np.array([True, False] * 20 + [True, True, False])
    found = compare_amounts(np.arange(43, dtype=np.float64), Arms(treated, strata))
    assert found.treated.n + found.control.n == 43
    assert found.difference.estimate is not None


def test_cuped_narrows_without_moving() -> None:
    plain: list[float] = []
    adjusted: list[float] = []
    inside = 0
    for seed in range(300):
        rng = np.random.default_rng(seed)
        before = rng.normal(size=400)
        treated = rng.permutation(400) < 200
        y = 0.2 * treated + before + 0.5 * rng.normal(size=400)
        arms = one_stratum(treated)
        plain.append(parts(compare_amounts(y, arms).difference)[0])
        found = compare_amounts(cuped(y, before, arms), arms).difference
        value, low, high = parts(found)
        adjusted.append(value)
        inside += low <= 0.2 <= high
    assert np.mean(adjusted) == pytest.approx(0.2, abs=0.02)
    assert np.std(adjusted) < 0.6 * np.std(plain)
    assert inside >= 0.92 * 300


def test_rare_orders_do_not_fool_the_share() -> None:
    """At 1 % and a small holdout, Wald's interval covers far less than it says; ours does not."""
    ours = wald = 0
    rng = np.random.default_rng(4)
    for _ in range(500):
        y = np.concatenate([rng.random(900) < 0.01, rng.random(100) < 0.01])
        treated = np.arange(1000) < 900
        found = compare_shares(y, one_stratum(treated)).difference
        _, low, high = parts(found)
        ours += low <= 0 <= high
        p, q = y[treated].mean(), y[~treated].mean()
        wald += abs(p - q) <= 1.96 * np.sqrt(p * (1 - p) / 900 + q * (1 - q) / 100)
    assert ours >= 0.93 * 500
    assert wald < 0.8 * 500


@pytest.mark.parametrize(
    ("buyers", "why"), [(np.arange(40) < 3, "needs|need at least 5"), (np.zeros(40, dtype=bool), "0 customers")]
)
def test_too_few_orders_are_no_data(buyers: "np.ndarray[tuple[int], np.dtype[np.bool_]]", why: str) -> None:
    found = compare_amounts(buyers.astype(np.float64), one_stratum(np.arange(40) % 2 == 0), buyers=buyers)
    assert found.difference.estimate is None
    assert found.p_value is None
    assert found.difference.no_data
    assert any(word in found.difference.no_data for word in why.split("|"))


def test_sample_ratio() -> None:
    sound = sample_ratio({"campaign": 905, "holdout": 95}, {"campaign": 0.9, "holdout": 0.1})
    assert sound.p_value == pytest.approx(stats.chisquare([905, 95], [900, 100]).pvalue)
    assert not sound.broken
    assert sample_ratio({"campaign": 9000, "holdout": 800}, {"campaign": 0.9, "holdout": 0.1}).broken
    assert sample_ratio({"a": 5, "b": 5}, {"a": 1.0, "b": 0.0}).broken
    assert sample_ratio({"a": 5, "b": 5}, None).no_data
    with pytest.raises(ValueError, match="are not those of the arms"):
        sample_ratio({"a": 5}, {"b": 1.0})


def test_standardised_gap() -> None:
    x = np.array([1.0, 2.0, 3.0, 2.0, 3.0, 4.0])
    assert standardised_gap(x, np.array([False] * 3 + [True] * 3)) == pytest.approx(1.0)
    assert standardised_gap(np.ones(6), np.array([False] * 3 + [True] * 3)) is None


def test_holm_is_statsmodels() -> None:
    p_values: list[float | None] = [0.04, None, 0.001, 0.03, 0.03]
    theirs = iter(multipletests([p for p in p_values if p is not None], method="holm")[1])
    ours = holm(p_values)
    assert [p for p in ours if p is not None] == pytest.approx(list(theirs))
    assert ours[1] is None


def test_coverage_in_the_shop_of_known_truth() -> None:
    """600 draws of arms and orders from one truth; within two points of nominal."""
    world = World(seed=13, size=1200)
    _, strata = np.unique(world.customers["region"].to_numpy(dtype=str), return_inverse=True)
    none = world.chances(np.full(world.size, ""), np.zeros(world.size))
    some = world.chances(np.full(world.size, "email"), np.full(world.size, 0.1))
    mean = world.customers["mean_order_minor"].to_numpy()
    rng = np.random.default_rng(0)
    shares = amounts = 0
    for _ in range(600):
        treated = rng.random(world.size) < 0.8
        buys = rng.random(world.size) < np.where(treated, some, none)
        paid = buys * mean * np.exp(rng.normal(-0.125, 0.5, world.size)) * np.where(treated, 0.9, 1.0)
        arms = Arms(treated, strata.astype(np.int64))
        _, low, high = parts(compare_shares(buys, arms).difference)
        shares += low <= float((some - none).mean()) <= high
        _, low, high = parts(compare_amounts(paid, arms).difference)
        amounts += low <= float(((some * 0.9 - none) * mean).mean()) <= high
    assert shares / 600 == pytest.approx(0.95, abs=0.02)
    assert amounts / 600 == pytest.approx(0.95, abs=0.02)
