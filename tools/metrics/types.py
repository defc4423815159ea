"""A figure with its uncertainty, or the reason why there is none."""

from __future__ import annotations

import math

from pydantic import Field, model_validator

from tools.vocabulary import Model

LEVEL = 0.95


class Metric(Model):
    """An estimate and its interval; all three null where there is no data, and `no_data` then says why.

    No data is never written as 0 or as infinity. `n` counts what the figure rests on (customers, orders, messages).
    """

    estimate: float | None
    low: float | None
    high: float | None
    level: float = Field(default=LEVEL, gt=0, lt=1)
    n: int = Field(ge=0)
    no_data: str | None = None

    @model_validator(mode="after")
    def _whole(self) -> Metric:
        if self.estimate is None or self.low is None or self.high is None:
            if not self.no_data or (self.estimate, self.low, self.high) != (None, None, None):
                raise ValueError("a metric has all of estimate, low and high, or none and the reason")
        elif self.no_data is not None or not self.low <= self.estimate <= self.high:
            raise ValueError(f"needs low <= estimate <= high, got {self.low}, {self.estimate}, {self.high}")
        return self

    def scaled(self, factor: float) -> Metric:
        """The same figure in another unit (per customer → of all); no data stays no data."""
        if self.estimate is None or self.low is None or self.high is None:
            return self
        low, high = sorted((self.low * factor, self.high * factor))
        return Metric(estimate=self.estimate * factor, low=low, high=high, level=self.level, n=self.n)


def no_data(why: str, n: int = 0, level: float = LEVEL) -> Metric:
    """The figure that cannot be given."""
    return Metric(estimate=None, low=None, high=None, level=level, n=n, no_data=why)


def metric(estimate: float, low: float, high: float, n: int, level: float = LEVEL) -> Metric:
    """A figure; bounds that rounding put on the wrong side of the estimate are moved onto it.

    A figure that is not finite is a caller's bug and raises, as pydantic refuses it.
    """
    return Metric(
        estimate=float(estimate),
        low=float(min(low, estimate)),
        high=float(max(high, estimate)),
        level=level,
        n=n,
    )


def around(estimate: float, error: float, n: int, *, level: float = LEVEL, df: float = math.inf) -> Metric:
    """estimate ± t·error, with the normal quantile where `df` is infinite."""
    reach = quantile(level, df) * error
    return metric(estimate, estimate - reach, estimate + reach, n, level)


def quantile(level: float, df: float = math.inf) -> float:
    """The two-sided quantile of the normal or t distribution that leaves (1 − level)/2 in each tail."""
    from scipy.special import ndtri, stdtrit

    tail = 1 - (1 - level) / 2
    return float(ndtri(tail) if math.isinf(df) else stdtrit(df, tail))
