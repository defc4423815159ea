"""Paired statistics that respect clusters: is B better than A, and what could a set of this size have shown?

All take per-case differences d = B − A (float64, shape (n,)) and the cases' clusters (shape (n,)). Two runs of one
case share its difficulty, so the pair is the unit; cases of one cluster share a cause, so clusters are resampled whole
(Cameron, Gelbach & Miller 2008, "Bootstrap-based improvements for inference with clustered errors").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

DRAWS = 4000
PLANNED_DISCORDANCE = 0.10
"""Share of cases that two similar prompts answer differently, where no pair has shown any: for planning only."""
POWER, LEVEL = 0.8, 0.05


@dataclass(frozen=True)
class Difference:
    """Mean of B − A with a 95 % interval and a two-sided p-value; all null where there is no pair: no data."""

    mean: float | None
    low: float | None
    high: float | None
    p: float | None
    pairs: int
    clusters: int


def difference(d: Floats, clusters: Sequence[str], *, seed: int = 0, draws: int = DRAWS) -> Difference:
    """Percentile interval by resampling clusters; p-value by flipping the sign of whole clusters (exact under the
    hypothesis that A and B are exchangeable within a pair)."""
    n = len(d)
    if n == 0:
        return Difference(None, None, None, None, 0, 0)
    sums, sizes = _by_cluster(d, clusters)
    g = len(sums)
    mean = float(d.mean())
    if not d.any():
        return Difference(0.0, 0.0, 0.0, 1.0, n, g)
    rng = np.random.default_rng(seed)
    picked = rng.integers(0, g, size=(draws, g))
    means = sums[picked].sum(axis=1) / sizes[picked].sum(axis=1)
    low, high = np.quantile(means, [LEVEL / 2, 1 - LEVEL / 2])
    return Difference(mean, float(low), float(high), _sign_flips(sums, rng, draws), n, g)


def _by_cluster(d: Floats, clusters: Sequence[str]) -> tuple[Floats, Floats]:
    _, of = np.unique(np.asarray(clusters), return_inverse=True)
    return np.bincount(of, weights=d).astype(np.float64), np.bincount(of).astype(np.float64)


def _sign_flips(sums: Floats, rng: np.random.Generator, draws: int) -> float:
    moved = sums[sums != 0]
    seen = abs(moved.sum())
    if len(moved) <= EXACT:
        signs = 1 - 2 * ((np.arange(2 ** len(moved))[:, None] >> np.arange(len(moved))) & 1)
        return float(np.mean(np.abs(signs @ moved) >= seen - TOLERANCE))
    signs = rng.choice([-1.0, 1.0], size=(draws, len(moved)))
    return float((1 + np.sum(np.abs(signs @ moved) >= seen - TOLERANCE)) / (1 + draws))


EXACT = 12
"""Up to so many moved clusters every pattern of signs is counted: 4,096 of them."""
TOLERANCE = 1e-12


def mcnemar(fixed: int, broken: int) -> float:
    """Exact two-sided McNemar test of the discordant pairs of a pass-or-fail score; 1 where there is none."""
    from scipy.stats import binomtest

    return float(binomtest(fixed, fixed + broken).pvalue) if fixed + broken else 1.0


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Holm's adjusted p-values, in the order given (Holm 1979)."""
    m = len(p_values)
    adjusted = [1.0] * m
    most = 0.0
    for rank, at in enumerate(sorted(range(m), key=lambda i: p_values[i])):
        most = max(most, min(1.0, (m - rank) * p_values[at]))
        adjusted[at] = most
    return tuple(adjusted)


def detectable(d: Floats, clusters: Sequence[str]) -> float | None:
    """The smallest true difference that a set like this finds with 80 % power at the 5 % level.

    From the spread of the cluster sums seen; where fewer than `ENOUGH` clusters moved, or all by the same, from
    `PLANNED_DISCORDANCE`. Null for no case.
    """
    from scipy.stats import norm

    n = len(d)
    if n == 0:
        return None
    sums, sizes = _by_cluster(d, clusters)
    g = len(sums)
    residual = sums - d.mean() * sizes
    if np.count_nonzero(sums) >= ENOUGH and float(residual @ residual) > TOLERANCE:
        variance = float(residual @ residual) * g / (g - 1) / n**2
    else:
        variance = PLANNED_DISCORDANCE * float(sizes @ sizes) / n**2
    return float((norm.ppf(1 - LEVEL / 2) + norm.ppf(POWER)) * np.sqrt(variance))


ENOUGH = 10


@dataclass(frozen=True)
class Estimate:
    """A mean with its 95 % interval; null where there is no scored case."""

    mean: float | None
    low: float | None
    high: float | None
    scored: int


def estimate(values: Floats, clusters: Sequence[str]) -> Estimate:
    """Mean score with a cluster-robust Wilson interval (the effective sample is the count over the design effect)."""
    from statsmodels.stats.proportion import proportion_confint

    n = len(values)
    if n == 0:
        return Estimate(None, None, None, 0)
    mean = float(values.mean())
    effective = n / _design_effect(values, clusters)
    low, high = proportion_confint(mean * effective, effective, alpha=LEVEL, method="wilson")
    return Estimate(mean, max(0.0, float(low)), min(1.0, float(high)), n)


def _design_effect(values: Floats, clusters: Sequence[str]) -> float:
    """Variance with clusters over variance without, at least 1."""
    centred = values - values.mean()
    plain = float(centred @ centred)
    if plain == 0:
        sizes = _by_cluster(values, clusters)[1]
        return float(sizes @ sizes) / len(values)
    sums, _ = _by_cluster(centred, clusters)
    return max(1.0, float(sums @ sums) / plain)
