"""How well predicted probabilities or marks agree with what happened.

Shapes: `y` (n,) of 0/1, `score` or `p` (n,) of floats; larger means more likely. All results lie in [0, 1]; 1
is best for precision, recall, F1 and the areas, 0 for Brier and calibration error. `clusters` (n,) are resampled whole.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from tools.metrics.bootstrap import bootstrap
from tools.metrics.means import mean
from tools.metrics.rates import parts, rate, wilson
from tools.metrics.types import LEVEL, Metric, around, metric, no_data

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Marks = NDArray[np.bool_]

ONE_CLASS = "all cases are of one class"


def precision(y: Marks, marked: Marks, *, level: float = LEVEL) -> Metric:
    """Of those marked, the share that is positive; no data where nobody is marked."""
    return rate(int((y & marked).sum()), int(marked.sum()), level=level, of="marked case")


def recall(y: Marks, marked: Marks, *, level: float = LEVEL) -> Metric:
    """Of the positives, the share that is marked; no data where there is no positive."""
    return rate(int((y & marked).sum()), int(y.sum()), level=level, of="positive case")


def f1(y: Marks, marked: Marks, *, level: float = LEVEL) -> Metric:
    """2TP / (2TP + FP + FN); no data where nothing is positive or marked.

    With J = TP / (TP + FP + FN), a share, F1 = 2J / (1 + J): Wilson's interval of J goes through that function.
    """
    jaccard = rate(int((y & marked).sum()), int((y | marked).sum()), level=level, of="positive or marked case")
    if jaccard.estimate is None:
        return jaccard
    value, low, high = (2 * j / (1 + j) for j in parts(jaccard))
    return metric(value, low, high, len(y), level)


def roc_auc(y: Marks, score: Floats, *, level: float = LEVEL) -> Metric:
    """The chance that a positive scores above a negative, ties one half; interval of DeLong et al. (1988).

    No data where all cases are of one class. Where the classes are parted without error DeLong's variance is 0, and
    Wilson's interval for the smaller class stands in.
    """
    above, below = score[y], score[~y]
    m, n = len(above), len(below)
    if min(m, n) < 2:
        return no_data(ONE_CLASS if min(m, n) == 0 else "a class has a single case", m + n, level)
    # Midranks: DeLong's placement values in O(n log n) (Sun and Xu 2014).
    whole = _midranks(np.concatenate([above, below]))
    v_above = (whole[:m] - _midranks(above)) / n
    v_below = 1 - (whole[m:] - _midranks(below)) / m
    area = float(v_above.mean())
    error = math.sqrt(float(v_above.var(ddof=1)) / m + float(v_below.var(ddof=1)) / n)
    if error == 0:
        low, high = wilson(area, min(m, n), level)
        return metric(area, low, high, m + n, level)
    found = around(area, error, m + n, level=level)
    _, low, high = parts(found)
    return metric(area, max(0.0, low), min(1.0, high), m + n, level)


def pr_auc(
    y: Marks, score: Floats, *, clusters: NDArray[np.generic] | None = None, level: float = LEVEL, seed: int = 0
) -> Metric:
    """Average precision: Σ (R_k − R_{k−1}) P_k over the distinct scores; bootstrap interval. No data without both."""
    if not 0 < int(y.sum()) < len(y):
        return no_data(ONE_CLASS, len(y), level)
    return bootstrap(
        lambda rows: _average_precision(y[rows], score[rows]), len(y), clusters=clusters, level=level, seed=seed
    )


def brier(y: Marks, p: Floats, *, level: float = LEVEL) -> Metric:
    """Mean squared error of the probabilities."""
    return mean((p - y) ** 2, level=level)


def calibration_error(
    y: Marks,
    p: Floats,
    *,
    bins: int = 10,
    clusters: NDArray[np.generic] | None = None,
    level: float = LEVEL,
    seed: int = 0,
) -> Metric:
    """Expected calibration error: Σ n_b/n |mean p − mean y| over bins of equal mass (cases sorted by p).

    Biased upwards by about √(bins/n) even for perfect probabilities, and so is its bootstrap interval. No data with
    fewer cases than bins.
    """
    if len(y) < bins:
        return no_data(f"{len(y)} cases do not fill {bins} bins", len(y), level)
    return bootstrap(
        lambda rows: _binned_error(y[rows], p[rows], bins), len(y), clusters=clusters, level=level, seed=seed
    )


def _midranks(values: Floats) -> Floats:
    """Ranks from 1, ties at their mean."""
    _, of, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    ranks: Floats = ((last - counts + 1 + last) / 2)[of]
    return ranks


def _average_precision(y: Marks, score: Floats) -> float | None:
    positives = int(y.sum())
    if positives == 0:
        return None
    order = np.argsort(-score, kind="stable")
    hits = np.cumsum(y[order])
    ends = np.append(np.flatnonzero(np.diff(score[order])), len(y) - 1)
    gained = np.diff(hits[ends], prepend=0)
    return float((gained * hits[ends] / (ends + 1)).sum() / positives)


def _binned_error(y: Marks, p: Floats, bins: int) -> float:
    order = np.argsort(p, kind="stable")
    edges = np.linspace(0, len(y), bins + 1).astype(np.int64)[:-1]
    gaps = np.add.reduceat(p[order] - y[order], edges)
    return float(np.abs(gaps).sum() / len(y))
