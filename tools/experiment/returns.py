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
    discount = _given(observed, treated)
    spend = None if facts.sending_minor is None else facts.sending_minor + (discount or 0)
    revenue = observed.floats("revenue_minor")[treated]
    gross = roas(revenue, spend or 0, level=facts.level) if not np.isnan(revenue).any() else no_data(NO_REVENUE, n)
    net = _net(_caused(effects, "margin", facts.level), n, facts)
    anyway = _anyway(observed, treated, effects, discount, facts.level)
    return Returns(
        sending_minor=facts.sending_minor,
        discount_minor=discount,
        spend_minor=spend,
        roas=gross if spend is not None else no_data(NO_COST, n, facts.level),
        incremental_roas=_per_unit(_caused(effects, "revenue", facts.level), n, spend),
        incremental_net_minor=net,
        incremental_return=_per_unit(net, 1, spend),
        discount_share_anyway=anyway,
        discount_anyway_minor=anyway.scaled(discount or 0),
        margin_source=facts.margin_source,
    )


def _given(observed: Observed, treated: NDArray[np.bool_]) -> int | None:
    """Discounts that the campaign gave, in minor units; null where discounts are not recorded.

    Those of the treated who redeemed. Where that is not recorded, what the treated got beyond the control's own
    discounts per customer, since a shop gives some to everybody; at least 0.
    """
    amounts = observed.floats("discount_minor")
    if np.isnan(amounts).any():
        return None
    if observed.knows("redeemed"):
        redeemed = observed.rows["redeemed"].fillna(False).to_numpy(dtype=bool)
        return int(amounts[treated & redeemed].sum())
    usual = float(amounts[~treated].mean()) if (~treated).any() else 0.0
    return max(0, round(float(amounts[treated].sum()) - usual * int(treated.sum())))


def _caused(effects: Sequence[EffectRow], outcome: Outcome, level: float) -> Metric:
    """The overall effect on an outcome, where it may be called caused."""
    for row in effects:
        if row.scope == "overall" and row.outcome == outcome:
            return row.effect.uplift if isinstance(row.effect, RandomisedEffect) else no_data(NOT_BY_LOT, level=level)
    return no_data(NOT_BY_LOT, level=level)


def _per_unit(effect: Metric, customers: int, spend: int | None) -> Metric:
    """Over the spend; why an effect has no data goes before that the spend is not known."""
    if effect.estimate is None:
        return effect
    return no_data(NO_COST, effect.n, effect.level) if spend is None else incremental_return(effect, customers, spend)


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
