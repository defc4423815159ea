"""What the money brought: return on spend, and what was given away to those who would have bought anyway."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from tools.experiment.arms import NO_REVENUE
from tools.experiment.effects import Outcome, RandomisedEffect
from tools.experiment.readout_types import EffectRow, Returns
from tools.metrics.means import incremental_return, roas
from tools.metrics.rates import lift, parts
from tools.metrics.types import Metric, metric, no_data

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tools.experiment.observed import Facts, Observed

NOT_BY_LOT = "the campaign was not randomised, so nothing can be said to be caused by it"
NO_COST = "the cost of sending is not known"


def returns_of(observed: Observed, treated: NDArray[np.bool_], effects: Sequence[EffectRow], facts: Facts) -> Returns:
    """Spend is taken as known; the intervals carry the uncertainty of what it caused."""
    n = int(treated.sum())
    discounts = observed.floats("discount_minor")[treated]
    discount = None if np.isnan(discounts).any() else int(discounts.sum())
    spend = None if facts.sending_minor is None else facts.sending_minor + (discount or 0)
    revenue = observed.floats("revenue_minor")[treated]
    gross = roas(revenue, spend or 0, level=facts.level) if not np.isnan(revenue).any() else no_data(NO_REVENUE, n)
    net = _net(_caused(effects, "margin", facts.level), n, facts)
    anyway = _anyway(observed, treated, effects, discount, facts.level)
    return Returns(
        sending_minor=facts.sending_minor,
        discount_minor=discount,
        spend_minor=spend,
        roas=_over(spend, gross),
        incremental_roas=_over(
            spend, incremental_return(_caused(effects, "revenue", facts.level), n, spend or 0)
        ),
        incremental_net_minor=net,
        incremental_return=_over(spend, incremental_return(net, 1, spend or 0)),
        discount_share_anyway=anyway,
        discount_anyway_minor=anyway.scaled(discount or 0),
        margin_source=facts.margin_source,
    )  # fmt: skip


def _caused(effects: Sequence[EffectRow], outcome: Outcome, level: float) -> Metric:
    """The overall effect on an outcome, where it may be called caused."""
    for row in effects:
        if row.scope == "overall" and row.outcome == outcome:
            return row.effect.uplift if isinstance(row.effect, RandomisedEffect) else no_data(NOT_BY_LOT, level=level)
    return no_data(NOT_BY_LOT, level=level)


def _over(spend: int | None, found: Metric) -> Metric:
    return no_data(NO_COST, found.n, found.level) if spend is None else found


def _net(margin: Metric, customers: int, facts: Facts) -> Metric:
    if margin.estimate is None:
        return margin
    if facts.sending_minor is None:
        return no_data(NO_COST, margin.n, margin.level)
    value, low, high = (part * customers - facts.sending_minor for part in parts(margin))
    return metric(value, low, high, margin.n, margin.level)


def _anyway(
    observed: Observed, treated: NDArray[np.bool_], effects: Sequence[EffectRow], discount: int | None, level: float
) -> Metric:
    """p_control / p_treated, at most 1: the share of the treated buyers who would have bought without contact.

    It takes their discounts to be like the others', and contact to make nobody refrain.
    """
    if not discount:
        return no_data("no discount was taken" if discount == 0 else "discounts are not recorded", level=level)
    if not isinstance(next((row.effect for row in effects), None), RandomisedEffect):
        return no_data(NOT_BY_LOT, level=level)
    buys = observed.buys
    found = lift(
        int(buys[~treated].sum()), int((~treated).sum()), int(buys[treated].sum()), int(treated.sum()), level=level
    )
    if found.estimate is None:
        return found
    value, low, high = (min(1.0, part + 1) for part in parts(found))
    return metric(value, low, high, found.n, level)
