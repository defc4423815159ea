"""The completion contract: what every finished plan is held to, by code that did not make it (architecture.md).

Each promise is checked from the parts and the data again: the audience by running the SQL that is shown, the money by
adding up the cells, the copy by looking for digits outside slots. What is not met is a bug of ours or a planner's
shortcut; such a plan is never written.
"""

from agent.brief.fields import Brief, Quote
from agent.campaign import Campaign
from agent.workspace import Workspace
from tools.copywriter.slots import digits_outside_slots
from tools.response.offers import offered


def unmet(work: Workspace, campaign: Campaign) -> tuple[str, ...]:
    """What the plan does not meet, in plain words; empty when it is complete."""
    missing = _missing(campaign)
    if missing:
        return tuple(f"the part `{part}` is missing" for part in missing)
    return (
        *_brief(campaign.brief, campaign.turns),
        *_audience(work, campaign),
        *_money(work, campaign),
        *_offers(campaign),
        *_copy(campaign),
        *_arms(work, campaign),
    )


def _missing(campaign: Campaign) -> list[str]:
    parts = {
        "audience": campaign.audience,
        "products": campaign.products,
        "offers": campaign.offers,
        "forecast": campaign.forecast,
        "allocation": campaign.allocation,
        "experiment": campaign.experiment,
        "checks": campaign.checks,
    }
    empty = [name for name, part in parts.items() if not part]
    if campaign.allocation and campaign.allocation.cells and not campaign.copies:
        empty.append("copy")
    return empty


def _brief(brief: Brief, turns: tuple[str, ...]) -> list[str]:
    found = []
    for name in type(brief.fields).model_fields:
        entry = brief.evidence.get(name)
        if entry is None:
            found.append(f"the brief's field `{name}` has no evidence")
            continue
        quotes = entry if isinstance(entry, tuple) else (entry,)
        found += [
            f"the evidence of `{name}` does not read so in what was said"
            for quote in quotes
            if isinstance(quote, Quote) and _said(brief, turns, quote)[quote.start : quote.end] != quote.quote
        ]
    return found


def _said(brief: Brief, turns: tuple[str, ...], quote: Quote) -> str:
    """The text that a quote points into; empty where there is no such turn."""
    if quote.turn is None:
        return brief.text
    return turns[quote.turn - 1] if quote.turn <= len(turns) else ""


def _audience(work: Workspace, campaign: Campaign) -> list[str]:
    if work.audience is None or campaign.audience is None:
        return ["there is no audience"]
    part, members = campaign.audience, work.audience.members
    counts = [step.customers for step in part.funnel]
    found = []
    if counts != sorted(counts, reverse=True):
        found.append(f"the funnel grows: {counts}")
    matching = {str(row[0]) for row in work.deps.store.con.raw_sql(part.sql).fetchall()}
    strangers = set(members["customer_id"]) - matching
    if strangers:
        found.append(f"{len(strangers)} customers of the audience do not match the SQL that is shown")
    in_campaign = int((members["arm"] == "campaign").sum())
    if not part.size == in_campaign == sum(segment.size for segment in part.segments) == counts[-1]:
        found.append(f"the audience's size {part.size} is not that of its members {in_campaign} and segments")
    return found


def _money(work: Workspace, campaign: Campaign) -> list[str]:
    allocation = campaign.allocation
    if allocation is None:
        return ["there is no allocation"]
    budget = campaign.brief.fields.budget
    spend = sum(cell.cost_minor for cell in allocation.cells)
    cost = {(e.segment_id, e.channel, e.offer_id): e.cost_micro for e in work.economics}
    exact = sum(c.customers * cost[c.segment_id, c.channel, c.offer_id] for c in allocation.cells)
    found = []
    if budget is None or allocation.budget_minor != budget.amount_minor:
        found.append("the allocation's budget is not the brief's")
    elif max(spend, allocation.spend_minor, -(-exact // 1_000_000)) > budget.amount_minor:
        found.append(f"the plan spends {spend} of {budget.amount_minor} minor units")
    if allocation.certificate.violations:
        found.append(f"the certificate finds {allocation.certificate.violations[0]}")
    if allocation.gap < 0 or allocation.bound < allocation.objective - 1e-6 * max(1.0, abs(allocation.bound)):
        found.append(f"the bound {allocation.bound} is below the objective {allocation.objective}")
    return found


def _offers(campaign: Campaign) -> list[str]:
    cap = campaign.brief.fields.max_discount_pct
    return [
        f"the offer `{offer.offer_id}` gives {offer.discount_pct:g} %, above the cap of {cap:g} %"
        for offer in campaign.offers
        if cap is not None and offer.discount_pct > cap
    ]


def _copy(campaign: Campaign) -> list[str]:
    found = []
    written = {(item.segment_id, item.channel, item.offer_id) for item in campaign.copies}
    for cell in campaign.allocation.cells if campaign.allocation else ():
        if (cell.segment_id, cell.channel, cell.offer_id) not in written:
            found.append(f"nothing is written for {cell.segment_id} by {cell.channel} {offered(cell.offer_id)}")
    for item in campaign.copies:
        found += [
            f"`{item.copy_id}` states a number of its own in `{part}`" for part in digits_outside_slots(item.parts)
        ]
    found += [
        f"{check.rule_id} blocks {check.subject}: {check.detail}"
        for check in campaign.checks
        if check.severity == "block" and check.verdict == "fail"
    ]
    return found


def _arms(work: Workspace, campaign: Campaign) -> list[str]:
    if work.audience is None or campaign.experiment is None:
        return ["there is no test plan"]
    counted = work.audience.members["arm"].value_counts().to_dict()
    planned = {arm.name: arm.customers for arm in campaign.experiment.arms if arm.customers}
    return [] if counted == planned else [f"the arms {planned} are not the members' {counted}"]
