"""The test plan, from the arms and the forecast that the allocation rests on."""

from agent.workspace import Workspace
from tools.experiment.design import DesignRequest, design
from tools.failure import ToolFailure
from tools.vocabulary import Interval


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
        )
    )
    return {"measurable": work.experiment.measurable, "mde": work.experiment.mde}


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
