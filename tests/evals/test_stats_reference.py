"""The statistics against SciPy and statsmodels, on data where nothing is special."""

import numpy as np
import pytest
from numpy.typing import NDArray

from evals.judge.calibrate import calibrate
from evals.stats import POWER, detectable, difference, estimate, holm, mcnemar

N = 120
EACH = [str(at) for at in range(N)]
FOURS = [str(at // 4) for at in range(N)]


def differences(seed: int = 1) -> NDArray[np.float64]:
    """B − A of 120 cases, in 30 clusters of four that move together in part."""
    rng = np.random.default_rng(seed)
    return np.repeat(rng.normal(0.03, 0.1, N // 4), 4) + rng.normal(0, 0.1, N)


def test_the_interval_is_scipys_percentile_bootstrap() -> None:
    from scipy.stats import bootstrap

    d = differences()
    found = difference(d, EACH, draws=8000)
    theirs = bootstrap((d,), np.mean, n_resamples=8000, method="percentile", rng=np.random.default_rng(9))
    assert (found.low, found.high) == pytest.approx(theirs.confidence_interval, abs=1.5e-3)


def test_the_interval_of_clusters_is_as_wide_as_their_bootstrap_and_cluster_robust_error() -> None:
    from scipy.stats import bootstrap
    from statsmodels.api import OLS

    d = differences()
    found = difference(d, FOURS, draws=8000)
    means = d.reshape(-1, 4).mean(axis=1)
    theirs = bootstrap((means,), np.mean, n_resamples=8000, method="percentile", rng=np.random.default_rng(9))
    assert (found.low, found.high) == pytest.approx(theirs.confidence_interval, abs=2e-3)
    groups = np.array([int(name) for name in FOURS])
    fit = OLS(d, np.ones(N)).fit(cov_type="cluster", cov_kwds={"groups": groups, "use_correction": False})
    assert found.low is not None
    assert found.high is not None
    assert (found.high - found.low) / (2 * 1.96) == pytest.approx(fit.bse[0], rel=0.06)
    plain = difference(d, EACH)
    assert plain.low is not None
    assert plain.low > found.low


@pytest.mark.parametrize("seed", [1, 2, 4])
def test_p_is_scipys_paired_permutation_test(seed: int) -> None:
    """Twelve moved clusters or fewer are counted exactly by both; more are drawn."""
    from scipy.stats import permutation_test

    for n, margin in ((10, 1e-9), (N, 0.02)):
        d = differences(seed)[:n]
        theirs = permutation_test((d, np.zeros(n)), _mean_difference, permutation_type="samples", rng=seed)
        assert difference(d, EACH[:n], draws=8000).p == pytest.approx(theirs.pvalue, abs=margin)


def _mean_difference(a: NDArray[np.float64], b: NDArray[np.float64], axis: int) -> NDArray[np.float64]:
    return np.asarray((a - b).mean(axis=axis))


@pytest.mark.parametrize(("fixed", "broken"), [(0, 5), (7, 3), (12, 30), (1, 1)])
def test_mcnemar_is_statsmodels(fixed: int, broken: int) -> None:
    from statsmodels.stats.contingency_tables import mcnemar as theirs

    assert mcnemar(fixed, broken) == pytest.approx(theirs([[50, broken], [fixed, 20]], exact=True).pvalue)


def test_holm_is_statsmodels() -> None:
    from statsmodels.stats.multitest import multipletests

    for seed in range(20):
        p = np.random.default_rng(seed).random(9) ** 3
        assert holm(list(p)) == pytest.approx(multipletests(p, method="holm")[1])


def test_wilson_is_statsmodels_where_every_case_is_its_own_cluster() -> None:
    from statsmodels.stats.proportion import proportion_confint

    values = (np.arange(N) % 5 > 0).astype(np.float64)
    found = estimate(values, EACH)
    assert (found.low, found.high) == pytest.approx(proportion_confint(96, N, method="wilson"))
    clustered = estimate(np.repeat(values[:30], 4), FOURS)
    assert (clustered.low, clustered.high) == pytest.approx(proportion_confint(24, 30, method="wilson"))


def test_what_is_seen_is_what_a_paired_test_of_that_size_has_the_power_for() -> None:
    from statsmodels.stats.power import NormalIndPower

    d = differences()
    seen = detectable(d, EACH)
    assert seen is not None
    power = NormalIndPower(ddof=0).power(seen / d.std(ddof=1), N, 0.05, ratio=0)
    assert power == pytest.approx(POWER, abs=1e-3)


def test_a_real_difference_of_that_size_is_found_as_often_as_promised() -> None:
    """200 sets of 200 cases with a true difference of what such a set sees: about 80 % of them show it."""
    rng = np.random.default_rng(8)
    size = detectable(np.zeros(200), [str(at) for at in range(200)])
    assert size is not None
    up, down = 0.05 + size / 2, 0.05 - size / 2
    names = [str(at) for at in range(200)]
    sets = (rng.choice([1.0, -1.0, 0.0], p=[up, down, 0.9], size=200) for _ in range(200))
    shown = sum((difference(d, names, draws=400).p or 0) <= 0.05 for d in sets)
    assert 0.70 < shown / 200 < 0.90


def test_rates_of_a_judge_are_statsmodels() -> None:
    from statsmodels.stats.proportion import proportion_confint

    found = calibrate([(True, True)] * 27 + [(True, False)] * 3 + [(False, False)] * 28 + [(False, True)] * 4)
    assert (found.true_positive.low, found.true_positive.high) == pytest.approx(
        proportion_confint(27, 30, method="wilson")
    )
    assert found.true_negative.value == pytest.approx(0.875)
    assert found.true_negative.n == 32
