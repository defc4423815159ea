"""What difference in spend can be shown: spend is skewed and mostly zero, so its power comes from the shop's history.

Arms are drawn from what customers like these spent in past windows of the same length. With D* the difference of two
such arms without any effect, c the (1 − α/2) quantile of D*, and d the (1 − power) quantile, an effect of c − d per
customer is found with the stated power (a bootstrap of the test, Efron and Tibshirani 1993, ch. 25).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tools.experiment.estimate import Arms, cuped

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

DRAWS = 1000
MOST = 2_000
"""Customers that are drawn for an arm; a larger arm's spread follows from it by the square root of its size."""
LEAST_BUYERS = 20


@dataclass(frozen=True)
class SpendHistory:
    """Past customer-windows, shape (n,) both, minor units: spend in the window, and in the days before it."""

    spend: Floats
    before: Floats


@dataclass(frozen=True)
class SpendPower:
    """Smallest detectable differences in revenue per customer, in minor units, plain and with CUPED.

    `variance_kept` is CUPED's variance over the plain one, a fraction.
    """

    mde_minor: float
    mde_cuped_minor: float
    variance_kept: float


def spend_power(
    history: SpendHistory, campaign: int, held_out: int, *, power: float = 0.8, alpha: float = 0.05, seed: int = 0
) -> SpendPower | None:
    """Null where the history has too few buyers, or an arm fewer than two customers."""
    if min(campaign, held_out) < 2 or int((history.spend > 0).sum()) < LEAST_BUYERS:
        return None
    n = len(history.spend)
    everybody = Arms(np.ones(n, dtype=bool), np.zeros(n, dtype=np.int64))
    adjusted = cuped(history.spend, history.before, everybody)
    rng = np.random.default_rng(seed)
    plain, narrowed = (
        _detectable(values, campaign, held_out, power, alpha, rng) for values in (history.spend, adjusted)
    )
    return SpendPower(plain, narrowed, float(adjusted.var() / history.spend.var()))


def _detectable(
    values: Floats, campaign: int, held_out: int, power: float, alpha: float, rng: np.random.Generator
) -> float:
    gap = _means(values, campaign, rng) - _means(values, held_out, rng)
    high, low = np.quantile(gap, [1 - alpha / 2, 1 - power])
    return float(high - low)


def _means(values: Floats, size: int, rng: np.random.Generator) -> Floats:
    """Means of `DRAWS` arms of `size`, drawn with replacement, about the history's own mean."""
    drawn = min(size, MOST)
    means = np.array([values[rng.integers(0, len(values), drawn)].mean() for _ in range(DRAWS)])
    centred: Floats = (means - values.mean()) * math.sqrt(drawn / size)
    return centred
