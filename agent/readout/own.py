"""A campaign that was planned here: its arms are those of its package, its orders those of the results or the shop."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from agent.readout.looks import reading_of, with_look
from agent.readout.options import PAST_DAYS, ReadoutOptions, control_arm, with_attributes
from agent.readout.orders import shop_orders, with_orders
from tools.failure import ToolFailure

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

    from agent.campaign import Campaign
    from agent.deps import Deps
    from agent.shelf import Shelved
    from tools.experiment.matching import Matched
    from tools.experiment.observed import Facts, Observed
    from tools.experiment.readout_types import ReadoutPart


@dataclass(frozen=True)
class Measured:
    """The readout, and the customers it is of."""

    part: ReadoutPart
    observed: Observed
    audience: pd.DataFrame
    """Of a campaign planned here: its package's audience."""


def measure_own(shelved: Shelved, options: ReadoutOptions, deps: Deps) -> Measured:
    """Read out an exported campaign.

    Raises:
        ToolFailure: `no_window`, `no_results`; those of `read_results`, `match` and the shop.
    """
    import pandas as pd

    from tools.experiment.outcomes import observe
    from tools.experiment.readout import read_out
    from tools.shop.past import spend_before

    campaign = shelved.campaign
    start, last = _window(campaign)
    reading = reading_of(campaign, start, last, options.until)
    end = reading.end
    audience = pd.read_parquet(shelved.folder / "audience.parquet")
    control = control_arm(sorted(audience["arm"].unique()), options.control)
    matched, source, sha = _lines(campaign, audience, control, end, options, deps)
    before = spend_before(deps.store, start, PAST_DAYS)
    observed = observe(audience, matched.lines, start=start, end=end, before=before)
    observed = with_attributes(observed, options, deps)
    facts = _facts(campaign, audience, observed, control, options, deps)
    notes = (*matched.notes, *_window_notes(matched, start, end))
    facts = replace(facts, source=source, source_sha=sha, seen=matched.seen, notes=notes)
    part = read_out(observed, replace(facts, end=end, level=reading.level))
    return Measured(with_look(part, campaign, reading), observed, audience)


def _window(campaign: Campaign) -> tuple[date, date]:
    fields = campaign.brief.fields
    if fields.start is None or fields.end is None:
        message = f"`{campaign.campaign_id}` has no window; only a planned campaign can be read out"
        raise ToolFailure("no_window", message, campaign=campaign.campaign_id)
    return fields.start, fields.end


def _lines(
    campaign: Campaign, audience: pd.DataFrame, control: str | None, end: date, options: ReadoutOptions, deps: Deps
) -> tuple[Matched, str, str]:
    """The results' lines, from the file or from the shop's own orders, with the source's name and hash."""
    from tools.experiment.matching import Matched, match
    from tools.experiment.outcomes import LINE_COLUMNS
    from tools.shop.results import read_results

    start, _ = _window(campaign)
    info, customers = deps.store.info, audience["customer_id"]
    if options.results is not None:
        results = read_results(options.results, info.currency, options.mapping)
        matched = match(results, audience, campaign.campaign_id, control)
        return with_orders(matched, results, customers, start, end, deps), results.name, results.sha
    lines = shop_orders(customers, start, end, deps, f"`{campaign.campaign_id}` is read without a results file")
    note = "bought what and when is read from the shop's own orders; what was sent and opened is not known from them"
    return Matched(lines.reindex(columns=list(LINE_COLUMNS)), None, (note,)), "orders", info.content_sha


def _facts(
    campaign: Campaign,
    audience: pd.DataFrame,
    observed: Observed,
    control: str | None,
    options: ReadoutOptions,
    deps: Deps,
) -> Facts:
    from tools.experiment.observed import Facts

    start, end = _window(campaign)
    test = campaign.experiment
    planned = {arm.name: arm.customers for arm in test.arms if arm.customers} if test else {}
    whole = sum(planned.values())
    rate = deps.assumptions.margin_rate
    drawn = test is not None and control is not None and set(planned) == set(audience["arm"])
    told = observed.knows("margin_minor")
    return Facts(
        campaign_id=campaign.campaign_id,
        start=start,
        end=end,
        read_at=deps.now(),
        source="",
        source_sha="",
        currency=deps.store.info.currency,
        randomised=drawn,
        standing=f"{test.assignment.method}, salt {test.assignment.salt}" if test else "no test was designed",
        control=control,
        shares={arm: n / whole for arm, n in planned.items()} if drawn else None,
        sending_minor=options.cost_minor if options.cost_minor is not None else _sending(campaign, audience, observed),
        margin_rate=rate.estimate,
        margin_source="the results file" if told else f"a rate of {rate.estimate:.0%} ({rate.basis}): {rate.source}",
    )


def _sending(campaign: Campaign, audience: pd.DataFrame, observed: Observed) -> int | None:
    """What the messages cost by the plan's own prices: those sent, or those planned where sending is not recorded."""
    each = {
        (cell.segment_id, str(cell.channel), cell.offer_id): cell.sending_cost_minor / cell.customers
        for cell in campaign.forecast
        if cell.customers
    }
    planned = audience[audience["channel"].notna()]
    if observed.knows("sent"):
        sent = observed.rows.loc[observed.rows["sent"].fillna(False).astype(bool), "customer_id"]
        planned = planned[planned["customer_id"].isin(sent)]
    cells = zip(planned["segment_id"], planned["channel"], planned["offer_id"], strict=True)
    prices = [each.get(cell) for cell in cells]
    known = [price for price in prices if price is not None]
    return math.ceil(sum(known) - 1e-9) if len(known) == len(prices) else None


def _window_notes(matched: Matched, start: date, end: date) -> tuple[str, ...]:
    from tools.experiment.outcomes import outside

    beyond = outside(matched.lines, start, end)
    return (f"{beyond:,} order lines lie outside {start} to {end} and do not count",) if beyond else ()
