"""Brute force over cells: every way to hand out options to the customers of small groups."""

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from itertools import product

from tools.budget.allocate import Group, Limits, Option

Plan = Counter[tuple[int, int]]
"""(group, option) → customers."""


def plans(groups: list[Group], options: list[Option]) -> Iterator[Plan]:
    """Every plan, feasible or not."""
    per_group = [list(_of_group(g, group, options)) for g, group in enumerate(groups)]
    for choice in product(*per_group):
        plan: Plan = Counter()
        for part in choice:
            plan.update(part)
        yield plan


def _of_group(g: int, group: Group, options: list[Option]) -> Iterator[Plan]:
    usable = [i for i, o in enumerate(options) if o.segment_id == group.segment_id and o.channel in group.reach]
    for counts in product(range(group.customers + 1), repeat=len(usable)):
        if sum(counts) <= group.customers:
            yield Counter({(g, i): n for i, n in zip(usable, counts, strict=True) if n})


def keeps(plan: Plan, options: list[Option], limits: Limits) -> bool:
    """Whether the plan keeps every limit, read word by word from the docstring of `Limits`."""
    cell: Counter[int] = Counter()
    for (_, i), n in plan.items():
        cell[i] += n
    used = {i for i, n in cell.items() if n}
    cost = sum(options[i].cost_micro * n for i, n in cell.items())
    reach = sum(cell.values())
    channels = {options[i].channel for i in used}

    def heads(channel: str) -> int:
        return sum(n for i, n in cell.items() if options[i].channel == channel)

    def spend(channel: str) -> int:
        return sum(options[i].cost_micro * n for i, n in cell.items() if options[i].channel == channel)

    offers = {(options[i].segment_id, options[i].offer_id) for i in used}
    segments = {s for s, _ in offers}
    most = limits.max_offers_per_segment
    return (
        cost <= limits.budget_minor * 10**6
        and all(heads(c) <= n for c, n in limits.channel_capacity.items())
        and all(spend(c) <= n * 10**6 for c, n in limits.channel_budget_minor.items())
        and all(cell[i] >= limits.min_cell for i in used)
        and reach >= (limits.min_reach or 0)
        and cost >= (limits.min_spend_minor or 0) * 10**6
        and limits.required_channels <= channels
        and all(spend(c) >= n * 10**6 for c, n in limits.min_channel_spend_minor.items() if c in channels)
        and all(
            sum(n for i, n in cell.items() if options[i].offer_id == f) <= Fraction(str(share)) * reach
            for f, share in limits.max_share_offer.items()
        )
        and (most is None or all(sum(t == s for t, _ in offers) <= most for s in segments))
        and all(sum(g == f for _, g in offers) <= n for f, n in limits.max_segments_per_offer.items())
        and not any((s, a) in offers and (s, b) in offers for s in segments for a, b in limits.exclusive_offers)
    )


def best(groups: list[Group], options: list[Option], limits: Limits) -> tuple[int, int] | None:
    """(greatest value, least cost that reaches it), both in micro; None where no plan keeps the limits."""
    found: tuple[int, int] | None = None
    for plan in plans(groups, options):
        if keeps(plan, options, limits):
            value = sum(options[i].value_micro * n for (_, i), n in plan.items())
            cost = sum(options[i].cost_micro * n for (_, i), n in plan.items())
            found = max(found, (value, -cost)) if found else (value, -cost)
    return None if found is None else (found[0], -found[1])
