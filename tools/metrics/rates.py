"""Shares: click rate, conversion rate, and how far two of them lie apart. All are fractions, never percentages.

Sign convention: a difference or a lift is treated minus control; positive means that the treated did more.
"""

from __future__ import annotations

import math

from tools.metrics.types import LEVEL, Metric, metric, no_data, quantile


def wilson(share: float, n: float, level: float = LEVEL) -> tuple[float, float]:
    """The score interval of a share of `n` trials (Wilson 1927); `n` need not be whole (an effective size)."""
    z2 = quantile(level) ** 2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    reach = math.sqrt(z2 * (share * (1 - share) / n + z2 / (4 * n * n))) / (1 + z2 / n)
    return max(0.0, middle - reach), min(1.0, middle + reach)


def rate(successes: int, trials: int, *, level: float = LEVEL, of: str = "trial") -> Metric:
    """successes / trials with Wilson's interval; no data without a trial.

    Raises:
        ValueError: counts that no trials can have.
    """
    if not 0 <= successes <= trials:
        raise ValueError(f"{successes} successes of {trials} trials")
    if trials == 0:
        return no_data(f"there is no {of}", level=level)
    low, high = wilson(successes / trials, trials, level)
    return metric(successes / trials, low, high, trials, level)


def ctr(clicked: int, delivered: int, *, level: float = LEVEL) -> Metric:
    """Click-through rate: customers who clicked of those a message was delivered to."""
    return rate(clicked, delivered, level=level, of="delivered message")


def cvr(converted: int, customers: int, *, level: float = LEVEL) -> Metric:
    """Conversion rate: customers with an order of all customers who were assigned."""
    return rate(converted, customers, level=level, of="customer")


def rate_difference(x_t: int, n_t: int, x_c: int, n_c: int, *, level: float = LEVEL) -> Metric:
    """p_t − p_c with Newcombe's hybrid score interval (1998, method 10); no data where an arm is empty."""
    treated, control = rate(x_t, n_t, level=level), rate(x_c, n_c, level=level)
    if treated.estimate is None or control.estimate is None:
        return no_data("an arm has no customer", n_t + n_c, level)
    return mover(treated, control)


def mover(treated: Metric, control: Metric) -> Metric:
    """The difference of two independent figures from their own intervals (Zou and Donner 2008, MOVER).

    Raises:
        ValueError: one of them has no data.
    """
    t, t_low, t_high = parts(treated)
    c, c_low, c_high = parts(control)
    low = (t - c) - math.hypot(t - t_low, c_high - c)
    high = (t - c) + math.hypot(t_high - t, c - c_low)
    return metric(t - c, low, high, treated.n + control.n, treated.level)


def parts(figure: Metric) -> tuple[float, float, float]:
    """Estimate, low, high of a figure that has data.

    Raises:
        ValueError: it has none.
    """
    if figure.estimate is None or figure.low is None or figure.high is None:
        raise ValueError(f"no data: {figure.no_data}")
    return figure.estimate, figure.low, figure.high


def lift(x_t: int, n_t: int, x_c: int, n_c: int, *, level: float = LEVEL) -> Metric:
    """p_t / p_c − 1, the relative difference, with Katz's log interval (1978).

    No data where an arm is empty, or where either arm has no success: the ratio is then 0 or infinite by chance.
    """
    if min(n_t, n_c) == 0:
        return no_data("an arm has no customer", n_t + n_c, level)
    if min(x_t, x_c) == 0:
        return no_data("an arm has no success, so no ratio can be formed", n_t + n_c, level)
    ratio = (x_t / n_t) / (x_c / n_c)
    reach = quantile(level) * math.sqrt(1 / x_t - 1 / n_t + 1 / x_c - 1 / n_c)
    return metric(ratio - 1, ratio * math.exp(-reach) - 1, ratio * math.exp(reach) - 1, n_t + n_c, level)
