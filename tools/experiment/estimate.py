"""The difference of two arms within strata, for shares and for amounts, plain and with CUPED.

For strata s with weight w_s = n_s / n and arms t, c (shape (n,) arrays, one entry a customer):

    difference = Σ w_s (ȳ_ts − ȳ_cs)        variance = Σ w_s² (s²_ts / n_ts + s²_cs / n_cs)

Amounts get a t interval with Satterthwaite's degrees of freedom. Shares get Newcombe's hybrid score interval from each
arm's weighted share at its effective size, since a normal interval fails where orders are rare.

CUPED (Deng et al. 2013): y − θ (x − x̄) in place of y, θ = cov(y, x) / var(x) within arms and strata, x from before the
campaign. It does not change what is estimated, and narrows it by what the past explains.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tools.metrics.rates import mover, wilson
from tools.metrics.types import LEVEL, Metric, around, metric, no_data

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Marks = NDArray[np.bool_]

LEAST = 5
"""Customers with an order in each arm below which an interval for amounts is not to be trusted."""


@dataclass(frozen=True)
class Arms:
    """Who was treated, and the stratum (0, 1, …) each customer was drawn in; shape (n,) both."""

    treated: Marks
    strata: NDArray[np.int64]

    def collapsed(self) -> Arms:
        """Strata in which an arm has fewer than two customers are joined; what is still thin, with the first other."""
        if not len(self.strata):
            return self
        strata = np.where(self._thin(self.strata), -1, self.strata)
        if self._thin(strata + 1)[strata == -1].any() and (strata >= 0).any():
            strata = np.where(strata == -1, strata[strata >= 0].min(), strata)
        _, merged = np.unique(strata, return_inverse=True)
        return Arms(self.treated, merged.astype(np.int64))

    def _thin(self, strata: NDArray[np.int64]) -> Marks:
        """Per customer: whether an arm of the customer's stratum has fewer than two."""
        k = int(strata.max()) + 1
        t = np.bincount(strata[self.treated], minlength=k)
        c = np.bincount(strata[~self.treated], minlength=k)
        thin: Marks = (np.minimum(t, c) < 2)[strata]
        return thin


@dataclass(frozen=True)
class Compared:
    """Both arms' means, their difference, its p-value against none, and the variance of the difference."""

    treated: Metric
    control: Metric
    difference: Metric
    p_value: float | None
    variance: float | None = None


@dataclass(frozen=True)
class _Cells:
    """Per arm and stratum (shape (2, k), control first): customers, mean, variance; `weight` (k,) sums to 1."""

    n: Floats
    mean: Floats
    variance: Floats
    weight: Floats

    @classmethod
    def of(cls, y: Floats, arms: Arms) -> _Cells:
        k = int(arms.strata.max()) + 1
        cell = arms.treated * k + arms.strata
        n = np.bincount(cell, minlength=2 * k).astype(np.float64)
        mean = np.bincount(cell, weights=y, minlength=2 * k) / np.maximum(n, 1)
        squares = np.bincount(cell, weights=(y - mean[cell]) ** 2, minlength=2 * k)
        size: Floats = n.reshape(2, k).astype(np.float64)
        means: Floats = mean.reshape(2, k).astype(np.float64)
        return cls(size, means, squares.reshape(2, k) / np.maximum(size - 1, 1), size.sum(axis=0) / len(y))


def compare_amounts(y: Floats, arms: Arms, *, level: float = LEVEL, buyers: Marks | None = None) -> Compared:
    """The difference in the mean of `y` between the arms.

    Args:
        buyers: who has an amount at all; with fewer than `LEAST` of them in an arm there is no data.
    """
    arms = arms.collapsed()
    why = _lacking(arms, buyers)
    if why:
        nothing = no_data(why, len(y), level)
        return Compared(nothing, nothing, nothing, None)
    cells = _Cells.of(y, arms)
    each = cells.weight**2 * cells.variance / cells.n
    variance = float(each.sum())
    if variance == 0:
        nothing = no_data("every customer has the same value", len(y), level)
        return Compared(nothing, nothing, nothing, None)
    df = variance**2 / float((each**2 / (cells.n - 1)).sum())
    means = (cells.weight * cells.mean).sum(axis=1)
    control, treated = (
        around(float(means[a]), math.sqrt(float(each[a].sum())), int(cells.n[a].sum()), level=level, df=df)
        for a in (0, 1)
    )
    gap = float(means[1] - means[0])
    error = math.sqrt(variance)
    return Compared(
        treated, control, around(gap, error, len(y), level=level, df=df), _p_value(gap / error, df), variance
    )


def compare_shares(y: Marks, arms: Arms, *, level: float = LEVEL) -> Compared:
    """The difference in the share of customers for whom `y` is true."""
    arms = arms.collapsed()
    why = _lacking(arms, None)
    if why:
        nothing = no_data(why, len(y), level)
        return Compared(nothing, nothing, nothing, None)
    cells = _Cells.of(y.astype(float), arms)
    control, treated = (_weighted_share(cells, a, level) for a in (0, 1))
    pooled = (cells.n * cells.mean).sum(axis=0) / cells.n.sum(axis=0)
    null = float((cells.weight**2 * pooled * (1 - pooled) * (1 / cells.n).sum(axis=0)).sum())
    gap = mover(treated, control)
    z = (gap.estimate or 0.0) / math.sqrt(null) if null > 0 else 0.0
    return Compared(treated, control, gap, _p_value(z, math.inf), null)


def cuped(y: Floats, x: Floats, arms: Arms) -> Floats:
    """`y` with what `x`, known before the campaign, explains of it taken out; `y` itself where x says nothing."""
    arms = arms.collapsed()
    k = int(arms.strata.max()) + 1 if len(y) else 1
    cell = arms.treated * k + arms.strata
    n = np.maximum(np.bincount(cell, minlength=2 * k), 1)
    inner_x = x - (np.bincount(cell, weights=x, minlength=2 * k) / n)[cell]
    inner_y = y - (np.bincount(cell, weights=y, minlength=2 * k) / n)[cell]
    spread = float(inner_x @ inner_x)
    if spread <= 0:
        return y
    adjusted: Floats = y - float(inner_x @ inner_y) / spread * (x - x.mean())
    return adjusted


def _weighted_share(cells: _Cells, arm: int, level: float) -> Metric:
    """Σ w_s p_s with Wilson's interval at the size that a single sample of the same variance would have."""
    p, n, w = cells.mean[arm], cells.n[arm], cells.weight
    share = float((w * p).sum())
    variance = float((w**2 * p * (1 - p) / n).sum())
    size = share * (1 - share) / variance if variance > 0 else 1 / float((w**2 / n).sum())
    low, high = wilson(share, size, level)
    return metric(share, low, high, int(n.sum()), level)


def _lacking(arms: Arms, buyers: Marks | None) -> str | None:
    for name, chosen in (("the campaign's", arms.treated), ("the control", ~arms.treated)):
        if int(chosen.sum()) < 2:
            return f"{name} arm has {int(chosen.sum())} customers"
        if buyers is not None and int((chosen & buyers).sum()) < LEAST:
            return (
                f"{name} arm has {int((chosen & buyers).sum())} customers with an order; amounts need at least {LEAST}"
            )
    return None


def _p_value(z: float, df: float) -> float:
    from scipy.special import ndtr, stdtr

    tail = ndtr(-abs(z)) if math.isinf(df) else stdtr(df, -abs(z))
    return min(1.0, 2 * float(tail))
