"""Base rates of a segment from its own past: who would buy anyway, what an order is worth.

Rates are shrunk towards the audience's (a Beta prior worth `PRIOR_CUSTOMERS` customers), and the interval is widened by
the dispersion between past days: the same customers appear on several of them and days differ, so a plain binomial
interval would promise too much.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tools.segments.backtest import Past
from tools.vocabulary import Interval

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PRIOR_CUSTOMERS = 20.0
LEVEL = 0.9
MIN_HISTORY = 30
"""Customer-days below which the past says nothing that a plan should rest on."""


@dataclass(frozen=True)
class BaseRates:
    """`buy_anyway` a fraction of customers; money in minor units per customer or order.

    `follow_on_minor` is the difference in spend after the window between those who bought in it and those who did not:
    a correlation, of which the assumptions count a share as caused.
    """

    buy_anyway: Interval
    order_minor: float
    follow_on_minor: float
    customer_days: int
    days: int
    model: str = ""
    """The trained model that `buy_anyway` comes from, in words; empty where it comes from the past days."""
    unused: str = ""
    """Why a trained model that is there was not used."""


def dispersion(pasts: Sequence[Past], rate: float) -> float:
    """Pearson's χ²/(J−1) of the days' rates about `rate`, at least 1."""
    seen = [past for past in pasts if past.matching > 0]
    if len(seen) < 2 or not 0 < rate < 1:
        return 1.0
    chi2 = sum((p.bought - p.matching * rate) ** 2 / (p.matching * rate * (1 - rate)) for p in seen)
    return max(1.0, chi2 / (len(seen) - 1))


def rate_interval(pasts: Sequence[Past], prior_rate: float) -> Interval:
    """Shrunk rate with a Beta interval at level 0.9, widened by the dispersion between days."""
    from scipy.special import betaincinv

    n = sum(past.matching for past in pasts)
    x = sum(past.bought for past in pasts)
    mean = (x + PRIOR_CUSTOMERS * prior_rate) / (n + PRIOR_CUSTOMERS)
    mean = min(max(mean, 1e-6), 1 - 1e-6)
    effective = (n + PRIOR_CUSTOMERS) / dispersion(pasts, mean)
    a, b = mean * effective, (1 - mean) * effective
    tail = (1 - LEVEL) / 2
    low, high = float(betaincinv(a, b, tail)), float(betaincinv(a, b, 1 - tail))
    return Interval(estimate=mean, low=min(low, mean), high=max(high, mean), level=LEVEL)


def base_rates(pasts: Sequence[Past], audience: Sequence[Past], order_minor: float) -> BaseRates:
    """A segment's base rates from its past days, with the audience's as prior.

    Args:
        order_minor: the segment's average order, for where no order fell into the past windows.
    """
    everyone = sum(past.matching for past in audience)
    prior = (sum(past.bought for past in audience) + 0.5) / (everyone + 1)
    orders = sum(past.orders for past in pasts)
    bought = sum(past.bought for past in pasts)
    others = sum(past.matching for past in pasts) - bought
    spend = sum(past.spend_minor for past in pasts)
    follow_on = 0.0
    if bought >= MIN_HISTORY and others >= MIN_HISTORY:
        later_buyers = (sum(past.later_spend_buyers_minor for past in pasts) - spend) / bought
        later_others = sum(past.later_spend_others_minor for past in pasts) / others
        follow_on = max(0.0, later_buyers - later_others)
    return BaseRates(
        buy_anyway=rate_interval(pasts, prior),
        order_minor=spend / orders if orders >= MIN_HISTORY else order_minor,
        follow_on_minor=follow_on,
        customer_days=sum(past.matching for past in pasts),
        days=len(pasts),
    )


def modelled(rates: BaseRates, chances: NDArray[np.float64], *, unknown: int, spread: float, words: str) -> BaseRates:
    """The same with a trained model's chances in place of the past days' share.

    Args:
        chances: of the segment's customers whom the model knows, shape (n,); n ≥ 1.
        unknown: customers whom it does not know: they are given the past days' share.
        spread: standard deviation of a group's share about the model's mean, beyond what chance explains.
    """
    from scipy.special import ndtri

    n = len(chances) + unknown
    mean = (float(chances.sum()) + unknown * rates.buy_anyway.estimate) / n
    reach = float(ndtri(1 - (1 - LEVEL) / 2)) * math.sqrt(spread**2 + mean * (1 - mean) / n)
    share = Interval(estimate=mean, low=max(0.0, mean - reach), high=min(1.0, mean + reach), level=LEVEL)
    return replace(rates, buy_anyway=share, model=words)
