"""What a comparison of two arms may be called: the types keep *uplift* for what was randomised (promise 5).

A `RandomisedEffect` cannot be made without a `Randomisation`, and only it has `uplift`. Whoever
renders an `Effect` has to tell the two apart, or mypy refuses.

Sign convention: treated minus control; positive means that contact brought more.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from tools.metrics.types import Metric
from tools.vocabulary import Model

Outcome = Literal["visit", "conversion", "revenue", "margin"]
"""visit: fraction of customers who came, where that is recorded; conversion: fraction of customers with an order;
revenue and margin: minor units per customer."""
SHARES: tuple[Outcome, ...] = ("visit", "conversion")
"""Outcomes that are fractions of customers; the others are money."""
Method = Literal["difference", "cuped"]


class Randomisation(Model):
    """Why the arms may be compared: how customers were assigned, and that the counts do not contradict it."""

    method: str
    sample_ratio_p: float | None = Field(default=None, ge=0, le=1)
    """Of the sample-ratio check; null where the planned shares are not known."""


class _Comparison(Model):
    """`treated` and `control` are the arms' own means, `difference` what lies between them."""

    treated: Metric
    control: Metric
    difference: Metric
    method: Method
    p_value: float | None = Field(default=None, ge=0, le=1)
    """Two-sided, against no difference; null where there is no data."""
    p_adjusted: float | None = Field(default=None, ge=0, le=1)
    """Holm's, within the family of arms or of segments; null for a comparison that stands alone."""
    variance_kept: float | None = Field(default=None, ge=0)
    """For CUPED: variance of the difference over that of the plain one; below 1 is a gain."""


class RandomisedEffect(_Comparison):
    """What contact caused, by intention to treat: customers were assigned by lot."""

    basis: Literal["randomised"] = "randomised"
    randomisation: Randomisation

    @property
    def uplift(self) -> Metric:
        """The difference under the name that only a randomised comparison may have."""
        return self.difference


class ObservationalEstimate(_Comparison):
    """A difference between customers who were chosen and others: not what contact caused."""

    basis: Literal["observational"] = "observational"
    reason: str
    """Why it is not randomised."""


Effect = Annotated[RandomisedEffect | ObservationalEstimate, Field(discriminator="basis")]


def effect_name(effect: RandomisedEffect | ObservationalEstimate) -> str:
    """What the comparison is called on a page."""
    return "uplift" if isinstance(effect, RandomisedEffect) else "difference (observational)"
