"""Each metric against scikit-learn, statsmodels or brute force; each interval against simulation; no data is said."""

from collections.abc import Callable
from itertools import pairwise, product

import numpy as np
import pytest
from sklearn import metrics as sk
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from tools.metrics.classification import brier, calibration_error, f1, pr_auc, precision, recall, roc_auc
from tools.metrics.means import aov, incremental_return, mean, roas
from tools.metrics.qini import auuc, qini
from tools.metrics.ranking import ndcg_at_k, recall_at_k
from tools.metrics.rates import ctr, cvr, lift, rate, rate_difference
from tools.metrics.types import Metric

RNG = np.random.default_rng(5)
P = np.round(RNG.beta(1, 6, 600), 2)
Y = RNG.random(600) < P
MARKED = P > 0.25


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (precision(Y, MARKED), sk.precision_score(Y, MARKED)),
        (recall(Y, MARKED), sk.recall_score(Y, MARKED)),
        (f1(Y, MARKED), sk.f1_score(Y, MARKED)),
        (roc_auc(Y, P), sk.roc_auc_score(Y, P)),
        (pr_auc(Y, P), sk.average_precision_score(Y, P)),
        (brier(Y, P), sk.brier_score_loss(Y, P)),
    ],
    ids=["precision", "recall", "f1", "roc", "pr", "brier"],
)
def test_equals_scikit_learn(ours: Metric, theirs: float) -> None:
    assert ours.estimate == pytest.approx(theirs, abs=1e-12)
    assert ours.low is not None
    assert ours.high is not None
    assert ours.low < theirs < ours.high


def test_intervals_equal_statsmodels() -> None:
    found = rate(7, 120)
    assert (found.low, found.high) == pytest.approx(proportion_confint(7, 120, method="wilson"), abs=1e-12)
    difference = rate_difference(30, 900, 11, 400)
    theirs = confint_proportions_2indep(30, 900, 11, 400, method="newcomb")
    assert (difference.low, difference.high) == pytest.approx(theirs, abs=1e-12)
    ratio = lift(30, 900, 11, 400)
    log = confint_proportions_2indep(30, 900, 11, 400, method="log", compare="ratio", correction=False)
    assert (ratio.low, ratio.high) == pytest.approx((log[0] - 1, log[1] - 1), abs=1e-9)


def test_ranking_by_hand_and_by_scikit_learn() -> None:
    hits = np.array([[True, False, True], [False, False, False], [True, True, True], [False, True, False]])
    relevant = np.array([2, 0, 7, 1])
    assert recall_at_k(hits, relevant).estimate == pytest.approx((1 + 1 + 1) / 3)
    one = np.array([[True, False, True, False]])
    both = ndcg_at_k(np.vstack([one, one])[:, :3], np.array([2, 2]))
    assert both.estimate == pytest.approx(sk.ndcg_score(one, [[4, 3, 2, 1]], k=3))


def brute_qini(outcome: list[float], treated: list[bool]) -> float:
    """∫ Q dφ − Q(1)/2 by trapezoids, customers already sorted and no two of one score."""
    points = [0.0]
    for k in range(1, len(outcome) + 1):
        t = [y for y, w in zip(outcome[:k], treated[:k], strict=True) if w]
        c = [y for y, w in zip(outcome[:k], treated[:k], strict=True) if not w]
        points.append((sum(t) - sum(c) * len(t) / len(c)) / sum(treated) if c else 0.0)
    area = sum((a + b) / 2 for a, b in pairwise(points)) / len(outcome)
    return area - points[-1] / 2


@pytest.mark.parametrize("treated", [t for t in product([True, False], repeat=5) if 0 < sum(t) < 5][::3])
def test_qini_equals_brute_force(treated: tuple[bool, ...]) -> None:
    outcome = [3.0, 0.0, 1.0, 2.0, 5.0]
    found = qini(np.array(outcome), np.array(treated), np.array([5.0, 4.0, 3.0, 2.0, 1.0]))
    assert found.estimate == pytest.approx(brute_qini(outcome, list(treated)))


def test_qini_finds_the_persuadable_and_a_random_order_finds_none() -> None:
    rng = np.random.default_rng(1)
    effect = rng.choice([0.0, 0.3], 6000)
    treated = rng.random(6000) < 0.5
    outcome = (rng.random(6000) < 0.1 + effect * treated).astype(float)
    good, blind = qini(outcome, treated, effect), qini(outcome, treated, rng.random(6000))
    assert good.low is not None
    assert good.low > 0
    assert blind.low is not None
    assert blind.high is not None
    assert blind.low < 0 < blind.high
    tied = qini(outcome, treated, np.zeros(6000))
    assert tied.estimate == pytest.approx(0)
    area = auuc(outcome, treated, np.zeros(6000)).estimate
    assert area == pytest.approx((outcome[treated].mean() - outcome[~treated].mean()) / 2)


def test_calibration_error_by_hand() -> None:
    p = np.array([0.1, 0.2, 0.6, 0.8])
    y = np.array([False, True, True, True])
    assert calibration_error(y, p, bins=2).estimate == pytest.approx((abs(0.15 - 0.5) + abs(0.7 - 1)) / 2)


def test_money_by_hand() -> None:
    revenue, orders = np.array([0.0, 300.0, 500.0]), np.array([0.0, 1.0, 3.0])
    assert aov(revenue, orders).estimate == 200
    assert roas(revenue, 400).estimate == 2
    effect = Metric(estimate=5, low=-1, high=11, n=3)
    assert incremental_return(effect, 100, 250) == Metric(estimate=2, low=-0.4, high=4.4, n=3)


NOBODY = np.zeros(0)
NONE = np.zeros(0, dtype=bool)


@pytest.mark.parametrize(
    "found",
    [
        ctr(0, 0),
        cvr(0, 0),
        lift(3, 10, 0, 10),
        rate_difference(0, 0, 1, 5),
        mean(NOBODY),
        aov(np.zeros(5), np.zeros(5)),
        roas(np.ones(5), 0),
        incremental_return(mean(np.ones(3)), 3, 0),
        incremental_return(mean(NOBODY), 3, 10),
        precision(Y, np.zeros(600, dtype=bool)),
        recall(np.zeros(600, dtype=bool), MARKED),
        f1(NONE, NONE),
        roc_auc(np.ones(600, dtype=bool), P),
        pr_auc(np.zeros(600, dtype=bool), P),
        calibration_error(NONE, NOBODY),
        recall_at_k(np.zeros((2, 3), dtype=bool), np.array([0, 0])),
        ndcg_at_k(np.zeros((0, 3), dtype=bool), np.zeros(0, dtype=np.int64)),
        qini(np.ones(4), np.ones(4, dtype=bool), np.ones(4)),
    ],
)
def test_no_data_is_said_and_is_no_number(found: Metric) -> None:
    assert found.estimate is None
    assert found.no_data


@pytest.mark.parametrize("p", [0.02, 0.3])
def test_intervals_cover_the_truth(p: float) -> None:
    rng = np.random.default_rng(3)
    truth_auc = 0.7602  # Φ(1/√2): a normal score shifted by one standard deviation
    tried: dict[str, Callable[[], tuple[Metric, float]]] = {
        "rate": lambda: (rate(int(rng.binomial(400, p)), 400), p),
        "difference": lambda: (
            rate_difference(int(rng.binomial(900, p + 0.01)), 900, int(rng.binomial(100, p)), 100),
            0.01,
        ),
        "auc": lambda: _auc(rng, truth_auc),
    }
    for name, draw in tried.items():
        inside = 0
        for _ in range(400):
            found, truth = draw()
            assert found.low is not None
            assert found.high is not None
            inside += found.low <= truth <= found.high
        assert 0.92 < inside / 400 <= 1, name


def _auc(rng: np.random.Generator, truth: float) -> tuple[Metric, float]:
    y = np.arange(300) < 60
    return roc_auc(y, rng.normal(size=300) + y), truth


def test_clusters_widen_the_interval() -> None:
    """Rows of one household say the same thing many times; taken as independent they promise too much."""
    rng = np.random.default_rng(8)
    p = np.repeat(rng.random(60), 20)
    y = np.repeat(rng.random(60) < 0.4, 20)
    household = np.repeat(np.arange(60), 20)
    naive, honest = pr_auc(y, p), pr_auc(y, p, clusters=household)
    assert naive.high is not None
    assert naive.low is not None
    assert honest.high is not None
    assert honest.low is not None
    assert honest.high - honest.low > 2 * (naive.high - naive.low)
