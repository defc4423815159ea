"""The statistics against closed forms, and against a world where nothing differs."""

import numpy as np
import pytest

from evals.stats import detectable, difference, estimate, holm, mcnemar


def test_no_pair_is_no_data() -> None:
    found = difference(np.zeros(0), [])
    assert (found.mean, found.p, found.pairs) == (None, None, 0)
    assert detectable(np.zeros(0), []) is None
    assert estimate(np.zeros(0), []).mean is None


def test_the_same_answers_differ_by_nothing() -> None:
    found = difference(np.zeros(40), [str(i) for i in range(40)])
    assert (found.mean, found.low, found.high, found.p) == (0.0, 0.0, 0.0, 1.0)


def test_few_moved_clusters_are_counted_exactly() -> None:
    """Five cases of fifty lost, none won: of the 32 patterns of signs two are as extreme."""
    d = np.zeros(50)
    d[:5] = -1
    found = difference(d, [str(i) for i in range(50)])
    assert found.p == pytest.approx(2 / 32)
    assert found.mean == pytest.approx(-0.1)
    assert found.p == pytest.approx(mcnemar(0, 5))


def test_a_cluster_counts_once() -> None:
    """The same five losses in one cluster are one event: nothing is shown by it."""
    d = np.zeros(50)
    d[:5] = -1
    found = difference(d, ["one"] * 5 + [str(i) for i in range(45)])
    assert found.p == 1.0
    assert found.clusters == 46


def test_false_alarms_stay_at_the_level() -> None:
    """200 pairs of runs that differ by chance alone, in clusters of four: at most 5 % and a margin of three errors."""
    rng = np.random.default_rng(3)
    clusters = [str(i // 4) for i in range(120)]
    alarms = 0
    for _ in range(200):
        shared = np.repeat(rng.choice([-1.0, 0.0, 1.0], p=[0.1, 0.8, 0.1], size=30), 4)
        alarms += (difference(shared, clusters, draws=500).p or 0) <= 0.05
    assert alarms <= 200 * 0.05 + 3 * np.sqrt(200 * 0.05 * 0.95)


def test_ignoring_clusters_would_cry_wolf() -> None:
    """The naive unit, a case, fails where a cluster's cases move together."""
    rng = np.random.default_rng(3)
    alarms = 0
    for _ in range(200):
        shared = np.repeat(rng.choice([-1.0, 0.0, 1.0], p=[0.1, 0.8, 0.1], size=30), 4)
        alarms += (difference(shared, [str(i) for i in range(120)], draws=500).p or 0) <= 0.05
    assert alarms > 30


def test_300_cases_see_5_points() -> None:
    assert detectable(np.zeros(300), [str(i) for i in range(300)]) == pytest.approx(0.0511, abs=1e-3)


def test_all_moved_by_the_same_is_no_sharp_sight() -> None:
    """Nothing varies among twenty cases that all broke; the set sees no more for it."""
    names = [str(i) for i in range(20)]
    assert detectable(-np.ones(20), names) == detectable(np.zeros(20), names)


def test_holm_by_hand() -> None:
    """0.01 × 3, then 0.02 × 2, then 0.9; never falling."""
    assert holm([0.02, 0.9, 0.01]) == pytest.approx((0.04, 0.9, 0.03))
    assert holm([]) == ()


def test_all_right_is_not_certain() -> None:
    """Wilson's interval of 20 of 20: 1 / (1 + 1.96² / 20) = 0.839."""
    found = estimate(np.ones(20), [str(i) for i in range(20)])
    assert found.mean == 1.0
    assert found.low == pytest.approx(0.8389, abs=1e-3)
