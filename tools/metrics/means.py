"""Money and other amounts per customer: means, order value, return on spend.

Money is in minor units throughout; a return is a ratio (2.5 = two and a half back for
each one spent), not a percentage.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from tools.metrics.types import LEVEL, Metric, around, no_data

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def mean(values: Floats, *, level: float = LEVEL) -> Metric:
    """The mean of `values` (shape (n,)) with a t interval; no data below two values."""
    n = len(values)
    if n < 2:
        return no_data("a mean with its interval needs two values", n, level)
    error = float(values.std(ddof=1)) / math.sqrt(n)
    return around(float(values.mean()), error, n, level=level, df=n - 1)


def ratio(above: Floats, below: Floats, *, level: float = LEVEL) -> Metric:
    """Σ above / Σ below over independent units (shape (n,) both), delta-method interval (Cochran 1977, ch. 6)."""
    n, total = len(below), float(below.sum())
    if n < 2 or total == 0:
        return no_data("there is nothing to divide by", n, level)
    value = float(above.sum()) / total
    residual = above - value * below
    error = math.sqrt(float(residual.var(ddof=1)) * n) / abs(total)
    return around(value, error, n, level=level, df=n - 1)


def aov(revenue: Floats, orders: Floats, *, level: float = LEVEL) -> Metric:
    """Average order value in minor units, from each customer's revenue and number of orders.

    Customers are the units, since one customer's orders resemble each other. No data without an order.
    """
    return ratio(revenue, orders, level=level)


def roas(revenue: Floats, spend_minor: float, *, level: float = LEVEL) -> Metric:
    """Return on spend: all revenue of the contacted customers (shape (n,)) over what was spent.

    It counts what would have been bought anyway; `incremental_return` does not. No data where nothing was spent.
    """
    if spend_minor <= 0:
        return no_data("nothing was spent", len(revenue), level)
    return mean(revenue, level=level).scaled(len(revenue) / spend_minor)


def incremental_return(effect: Metric, customers: int, spend_minor: float) -> Metric:
    """What each unit of spend caused: an effect per customer (minor units) × customers over what was spent.

    The spend is taken as known. Of revenue it is incremental ROAS; of margin, the incremental return. Negative where
    the campaign lost sales. No data where the effect has none or nothing was spent.
    """
    if spend_minor <= 0:
        return no_data("nothing was spent", effect.n, effect.level)
    return effect.scaled(customers / spend_minor)
