"""From the solver's counts to what the plan stores: groups, cells whose cents add up, constraints with their prices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from tools.budget.cells.exact import solve_exact
from tools.budget.cells.limits import Limit, list_limits, with_value
from tools.budget.cells.problem import MICRO
from tools.budget.cells.programme import Programme, build_programme
from tools.budget.cells.result import GroupAllocation
from tools.budget.types import AllocationCell, Constraint
from tools.vocabulary import Channel

Cell = tuple[str, Channel, str]


def groups_of(programme: Programme, x: Sequence[int]) -> tuple[GroupAllocation, ...]:
    groups = programme.problem.groups
    return tuple(
        GroupAllocation(o.segment_id, groups[v.group].reach, o.channel, o.offer_id, n)
        for j, (v, n) in enumerate(zip(programme.variables, x, strict=True))
        if n and (o := programme.option(j))
    )


def cells_of(programme: Programme, x: Sequence[int]) -> tuple[AllocationCell, ...]:
    """Segment × channel × offer. Minor units are apportioned, so that the cells' costs add up to the plan's spend and
    their margins to its objective as it is shown, rounded."""
    count: dict[Cell, int] = {}
    cost: dict[Cell, int] = {}
    value: dict[Cell, int] = {}
    for j, n in enumerate(x):
        if n:
            o = programme.option(j)
            count[o.key] = count.get(o.key, 0) + n
            cost[o.key] = cost.get(o.key, 0) + n * o.cost_micro
            value[o.key] = value.get(o.key, 0) + n * o.value_micro
    keys = sorted(count)
    costs = apportion([cost[k] for k in keys], -(-sum(cost.values()) // MICRO))
    values = apportion([value[k] for k in keys], round(Fraction(sum(value.values()), MICRO)))
    return tuple(
        AllocationCell(
            segment_id=k[0], channel=k[1], offer_id=k[2], customers=count[k], cost_minor=c, incremental_margin_minor=v
        )
        for k, c, v in zip(keys, costs, values, strict=True)
    )


def apportion(micro: list[int], total_minor: int) -> list[int]:
    """Whole minor units that add up to the total, each within one of its exact amount (largest remainder)."""
    whole = [m // MICRO for m in micro]
    by_remainder = sorted(range(len(micro)), key=lambda i: (-(micro[i] % MICRO), i))
    for i in by_remainder[: total_minor - sum(whole)]:
        whole[i] += 1
    return whole


def constraints_of(
    programme: Programme, x: tuple[int, ...], prices: Mapping[str, float], *, seed: int, time_limit_s: float
) -> tuple[Constraint, ...]:
    """Every limit with what it allows, what is used, and what one more unit would bring.

    Limits that are rows take their price from the LP; counts that are rules (smallest cell, offers per segment) from
    solving again with the number changed by one.
    """
    rows = {row.name: row for row in programme.rows}
    found: list[Constraint] = []
    for limit in list_limits(programme.problem.limits):
        value = 1.0 if limit.value is None else float(limit.value)
        if limit.name in rows and limit.kind != "max_share_offer":
            used: float = rows[limit.name].activity(x) / rows[limit.name].unit
            price = prices[limit.name]
        else:
            used = _use_of_rule(programme, x, limit)
            price = prices.get(limit.name, 0.0)
            if limit.kind in ("min_cell", "max_offers_per_segment", "max_segments_per_offer"):
                price = _price_of_rule(programme, x, limit, seed=seed, time_limit_s=time_limit_s)
        found.append(Constraint(name=limit.name, limit=value, used=used, shadow_price=price))
    return tuple(found)


def _use_of_rule(programme: Programme, x: Sequence[int], limit: Limit) -> float:
    used: dict[Cell, int] = {}
    spend: dict[str, int] = {}
    for j, n in enumerate(x):
        if n:
            o = programme.option(j)
            used[o.key] = used.get(o.key, 0) + n
            spend[o.channel] = spend.get(o.channel, 0) + n * o.cost_micro
    if limit.kind == "min_cell":
        return float(min(used.values(), default=0))
    if limit.kind == "max_share_offer":
        with_offer = sum(n for (_, _, f), n in used.items() if f == limit.key)
        return with_offer / max(1, sum(used.values()))
    if limit.kind == "min_channel_spend":
        return spend.get(limit.key, 0) / MICRO
    if limit.kind == "max_segments_per_offer":
        return float(len({s for s, _, f in used if f == limit.key}))
    if limit.kind == "max_offers_per_segment":
        return float(max((len({f for s, _, f in used if s == t}) for t, _, _ in used), default=0))
    pair = limit.key.split("|")
    return float(any({f for s, _, f in used if s == t} >= set(pair) for t, _, _ in used))


def _price_of_rule(programme: Programme, x: Sequence[int], limit: Limit, *, seed: int, time_limit_s: float) -> float:
    """One unit looser, solved again: what it brings (or, for a lower limit, minus what the unit costs)."""
    sign = -1 if limit.is_lower else 1
    changed = with_value(programme.problem.limits, limit, int(limit.value or 0) + sign)
    looser = build_programme(replace(programme.problem, limits=changed))
    solution = solve_exact(looser, seed=seed, time_limit_s=time_limit_s, hint=tuple(x))
    if not solution.solved:
        return 0.0
    gain = sum(v * (new - old) for v, new, old in zip(programme.value, solution.x, x, strict=True)) / MICRO
    return sign * gain if gain > 0 else 0.0
