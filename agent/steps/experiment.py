"""The test plan, from the arms and the forecast that the allocation rests on."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from agent.readout.options import PAST_DAYS
from agent.workspace import Workspace
from tools.experiment.design import DesignRequest, design
from tools.failure import ToolFailure
from tools.vocabulary import Interval

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tools.experiment.spend_power import SpendHistory

PAST_WINDOWS = 3
"""Past windows whose spend the test of revenue is designed on."""


def design_experiment(work: Workspace) -> dict[str, object]:
    """Arms, sizes, the smallest detectable effect, and whether the expected effect can be seen."""
    if work.audience is None or work.allocation is None:
        raise ToolFailure("out_of_order", "A test is designed for an allocation: solve the budget first.")
    members = work.audience.members
    arms = members["arm"].value_counts()
    campaign = int(arms.get("campaign", 0))
    work.experiment = design(
        DesignRequest(
            campaign=campaign,
            contacted=sum(cell.customers for cell in work.allocation.cells),
            held_out=int(arms.get("holdout", 0)),
            salt=work.salt,
            days=work.terms.window.days,
            baseline=_baseline(work),
            expected_effect=_expected_effect(work, campaign),
            history=_history(work),
        )
    )
    return {"measurable": work.experiment.measurable, "mde": work.experiment.mde}


def _history(work: Workspace) -> SpendHistory | None:
    """What customers who matched the same conditions on past days spent in a window as far after them as this one."""
    import numpy as np
    import pandas as pd

    from tools.experiment.spend_power import SpendHistory
    from tools.segments.backtest import past_days
    from tools.segments.compile import compile_filter
    from tools.shop.past import spend_before

    store, window = work.deps.store, work.terms.window
    first, last = store.info.first_order_at, store.info.last_order_at
    if work.audience is None or first is None or last is None:
        return None
    days = past_days(
        today=work.today, window=window, follow_on_days=0, first=first.date(), last=last.date(), most=PAST_WINDOWS
    )
    lead = timedelta(days=max(0, (window.start - work.today).days))
    spend: list[NDArray[np.float64]] = []
    before: list[NDArray[np.float64]] = []
    for day in days:
        ids = compile_filter(work.audience.part.filter, store, day).to_pyarrow()["customer_id"].to_pylist()
        inside = spend_before(store, day + lead + timedelta(days=window.days), window.days)
        past = spend_before(store, day, PAST_DAYS)
        for made, spent in ((spend, inside), (before, past)):
            of_each = pd.Series(0.0, index=ids) if spent is None else spent.reindex(ids, fill_value=0)
            made.append(np.asarray(of_each, dtype=np.float64))
    return SpendHistory(np.concatenate(spend), np.concatenate(before)) if days else None


def _baseline(work: Workspace) -> Interval:
    """Who would buy anyway, over the segments, weighted by their size."""
    rates = {cell.segment_id: cell.buy_anyway_rate for cell in work.forecast}
    sizes = {s.segment_id: s.size for s in work.audience.part.segments} if work.audience else {}
    total = sum(sizes[segment] for segment in rates)
    if total == 0:
        return Interval(estimate=0, low=0, high=0)
    return Interval(
        estimate=sum(sizes[s] * rate.estimate for s, rate in rates.items()) / total,
        low=sum(sizes[s] * rate.low for s, rate in rates.items()) / total,
        high=sum(sizes[s] * rate.high for s, rate in rates.items()) / total,
    )


def _expected_effect(work: Workspace, campaign: int) -> float | None:
    """Expected incremental orders per customer of the campaign arm: the rise in the share who buy, as forecast."""
    if work.allocation is None or campaign == 0:
        return None
    per_customer = {
        (c.segment_id, c.channel, c.offer_id): c.incremental_orders / c.customers for c in work.forecast if c.customers
    }
    orders = sum(c.customers * per_customer[c.segment_id, c.channel, c.offer_id] for c in work.allocation.cells)
    return orders / campaign
