"""Who gets which channel and offer: the budget, solved on whole customers, with its certificate."""

from collections import Counter

from agent.workspace import Workspace
from tools.budget.allocate import Group, Limits, Option, allocate
from tools.failure import ToolFailure
from tools.money import format_money
from tools.response.forecast import MICRO
from tools.vocabulary import Channel


def solve_budget(work: Workspace, min_cell: int) -> dict[str, object]:
    """Choose channel and offer for each group of customers under the budget; contacting nobody is always a choice."""
    if work.audience is None or not work.forecast:
        raise ToolFailure("out_of_order", "The budget is solved on a forecast: make one first.")
    terms = work.terms
    options = [
        Option(e.segment_id, e.channel, e.offer_id, value_micro=e.value_micro, cost_micro=e.cost_micro)
        for e in work.economics
    ]
    solved = allocate(
        groups_of(work),
        options,
        Limits(budget_minor=terms.budget_minor, currency=terms.currency, min_cell=min_cell),
        seed=work.deps.settings.seed,
        labels={segment.segment_id: segment.name for segment in work.audience.part.segments},
    )
    work.allocation, work.groups = solved.part, solved.groups
    part = solved.part
    if not part.cells:
        raise _nothing_to_send(work)
    return {
        "status": part.status,
        "contacted": sum(cell.customers for cell in part.cells),
        "spend_minor": part.spend_minor,
        "budget_minor": part.budget_minor,
        "gap": part.gap,
        "shadow_price": round(part.shadow_price, 4),
    }


def _nothing_to_send(work: Workspace) -> ToolFailure:
    """Why no contact at all is worth it or affordable, with the smallest change that would help."""
    currency = work.terms.currency
    best = max(work.economics, key=lambda e: e.value_micro)
    cheapest = min(e.cost_micro for e in work.economics)
    if best.value_micro > 0:
        budget = format_money(work.terms.budget_minor, currency)
        needed = format_money(-(-cheapest // MICRO), currency)
        return ToolFailure(
            "infeasible",
            f"The budget of {budget} is below the cheapest message that pays for itself, which costs {needed}.",
            suggestions=(f"Allow a budget of at least {needed}.",),
        )
    loss = format_money(-(best.value_micro // MICRO), currency)
    names = {s.segment_id: s.name for s in work.audience.part.segments} if work.audience else {}
    with_offers = all(offer.type != "none" for offer in work.offers)
    return ToolFailure(
        "infeasible",
        f"Nothing that the brief allows pays for itself: the best of it, {best.offer_id} by {best.channel} to "
        f"“{names.get(best.segment_id, best.segment_id)}”, is expected to lose {loss} for each customer, since most of "
        "them would buy anyway.",
        suggestions=("Allow messages without an offer.",) if with_offers else ("Choose customers who buy less often.",),
    )


def groups_of(work: Workspace) -> list[Group]:
    """Customers of the campaign arm, counted by segment and by exactly which channels reach them."""
    if work.audience is None:
        return []
    members = work.audience.members
    arm = members[members["arm"] == "campaign"]
    channels: tuple[Channel, ...] = work.terms.channels
    columns = [arm["segment_id"], *(arm[f"{channel}_ok"] for channel in channels)]
    counts = Counter(zip(*columns, strict=True))
    return [
        Group(str(key[0]), frozenset(c for c, ok in zip(channels, key[1:], strict=True) if ok), n)
        for key, n in sorted(counts.items(), key=lambda item: str(item[0]))
    ]
