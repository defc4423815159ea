"""The certificate of a plan over cells. It shares no code with the solver: only the problem's data come in.

Feasibility is counted again in integer money, limit by limit. The bound is the Lagrangian dual at given multipliers,
in exact rational arithmetic, so any error in the multipliers can only make it larger, never wrong:

    L(λ) = Σ_r λ_r b_r + Σ_g n_g · max(0, max_{o reaches g} (v_o − Σ_r λ_r a_ro))  ≥  optimum,   λ ≥ 0
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from fractions import Fraction

from tools.budget.cells.problem import MICRO, CellProblem, Limits, Option
from tools.budget.cells.result import GroupAllocation
from tools.budget.types import Certificate
from tools.vocabulary import Channel


def certify_cells(
    problem: CellProblem, plan: tuple[GroupAllocation, ...], multipliers: Mapping[str, float]
) -> Certificate:
    """Count the plan again and prove a bound. `violations` names each limit that is broken and by how much."""
    options = {o.key: o for o in problem.options}
    value = sum(options[p.segment_id, p.channel, p.offer_id].value_micro * p.customers for p in plan)
    cost = sum(options[p.segment_id, p.channel, p.offer_id].cost_micro * p.customers for p in plan)
    bound = dual_bound_micro(problem, multipliers)
    gap = max(Fraction(0), bound - value) / max(Fraction(MICRO), abs(bound))
    return Certificate(
        spend_minor=-(-cost // MICRO),
        budget_minor=problem.limits.budget_minor,
        violations=tuple(_violations(problem, plan, options)),
        objective=value / MICRO,
        bound=float(bound / MICRO),
        gap=float(gap),
        method="limits recounted in integers; Lagrangian dual bound in exact rationals from the LP's multipliers",
    )


def dual_bound_micro(problem: CellProblem, multipliers: Mapping[str, float]) -> Fraction:
    """An upper bound of the margin (millionths of a minor unit). Multipliers are minor units per unit of the limit."""
    lam = {name: Fraction(abs(price)).limit_denominator(10**12) for name, price in multipliers.items()}
    limits = problem.limits
    bound = Fraction(0)
    for name, price in lam.items():
        bound += price * MICRO * _limit(limits, name)
    best: dict[tuple[str, str], Fraction] = {}
    for o in problem.options:
        reduced = o.value_micro - _priced(limits, lam, o)
        key = (o.segment_id, o.channel)
        best[key] = max(best.get(key, Fraction(0)), reduced)
    for g in problem.groups:
        bound += g.customers * max((best.get((g.segment_id, c), Fraction(0)) for c in g.reach), default=Fraction(0))
    return bound


def _limit(limits: Limits, name: str) -> Fraction:
    """The limit's right-hand side in its unit; lower limits with a minus, since they read −a·x ≤ −b."""
    kind, _, key = name.partition(":")
    if kind == "budget":
        return Fraction(limits.budget_minor)
    if kind == "channel_capacity":
        return Fraction(limits.channel_capacity[key])  # type: ignore[index]
    if kind == "channel_budget":
        return Fraction(limits.channel_budget_minor[key])  # type: ignore[index]
    if kind == "min_reach":
        return Fraction(-(limits.min_reach or 0))
    if kind == "min_spend":
        return Fraction(-(limits.min_spend_minor or 0))
    return Fraction(-1 if kind == "required_channel" else 0)


def _priced(limits: Limits, lam: Mapping[str, Fraction], o: Option) -> Fraction:
    """What one customer given this option uses of all limits, at their prices (millionths of a minor unit)."""
    zero = Fraction(0)
    money = lam.get("budget", zero) + lam.get(f"channel_budget:{o.channel}", zero) - lam.get("min_spend", zero)
    heads = lam.get(f"channel_capacity:{o.channel}", zero) - lam.get("min_reach", zero)
    heads -= lam.get(f"required_channel:{o.channel}", zero)
    for offer in limits.max_share_offer:
        share = Fraction(limits.max_share_offer[offer]).limit_denominator(10_000)
        heads += lam.get(f"max_share_offer:{offer}", zero) * ((1 if o.offer_id == offer else 0) - share)
    return money * o.cost_micro + heads * MICRO


def _violations(
    problem: CellProblem, plan: tuple[GroupAllocation, ...], options: Mapping[tuple[str, Channel, str], Option]
) -> list[str]:
    limits = problem.limits
    spend: Counter[str] = Counter()
    heads: Counter[str] = Counter()
    per_offer: Counter[str] = Counter()
    per_cell: Counter[tuple[str, Channel, str]] = Counter()
    per_group: Counter[tuple[str, frozenset[str]]] = Counter()
    found: list[str] = []
    for p in plan:
        if p.channel not in p.reach:
            found.append(f"{p.segment_id} gets {p.channel}, which does not reach {sorted(p.reach)}")
        key = (p.segment_id, p.channel, p.offer_id)
        spend[p.channel] += options[key].cost_micro * p.customers
        heads[p.channel] += p.customers
        per_offer[p.offer_id] += p.customers
        per_cell[key] += p.customers
        per_group[p.segment_id, frozenset(p.reach)] += p.customers
    sizes = {(g.segment_id, frozenset[str](g.reach)): g.customers for g in problem.groups}
    found += [f"group {k} has {n} of {sizes.get(k, 0)}" for k, n in per_group.items() if n > sizes.get(k, 0)]
    found += [f"{k} has {n} customers" for k, n in per_cell.items() if n < 0 or 0 < n < limits.min_cell]
    found += _totals_violated(limits, spend, heads, per_offer)
    found += _rules_violated(limits, {k for k, n in per_cell.items() if n}, spend)
    return found


def _totals_violated(limits: Limits, spend: Counter[str], heads: Counter[str], per_offer: Counter[str]) -> list[str]:
    total, reach = sum(spend.values()), sum(heads.values())
    over = [("budget", total, limits.budget_minor * MICRO)]
    over += [(f"channel_budget:{c}", spend[c], b * MICRO) for c, b in limits.channel_budget_minor.items()]
    over += [(f"channel_capacity:{c}", heads[c], n) for c, n in limits.channel_capacity.items()]
    over += [("min_reach", -reach, -(limits.min_reach or 0))]
    over += [("min_spend", -total, -(limits.min_spend_minor or 0) * MICRO)]
    over += [(f"required_channel:{c}", -heads[c], -1) for c in limits.required_channels]
    found = [f"{name} is broken by {used - limit}" for name, used, limit in over if used > limit]
    for offer, most in limits.max_share_offer.items():
        if per_offer[offer] > Fraction(most).limit_denominator(10_000) * reach:
            found.append(f"max_share_offer:{offer} is broken: {per_offer[offer]} of {reach}")
    return found


def _rules_violated(limits: Limits, used: set[tuple[str, Channel, str]], spend: Counter[str]) -> list[str]:
    offers: defaultdict[str, set[str]] = defaultdict(set)
    segments: defaultdict[str, set[str]] = defaultdict(set)
    for segment, _, offer in used:
        offers[segment].add(offer)
        segments[offer].add(segment)
    found: list[str] = []
    most = limits.max_offers_per_segment
    if most is not None:
        found += [f"{s} uses {len(f)} offers of {most}" for s, f in offers.items() if len(f) > most]
    found += [f"{f} is in {len(segments[f])} segments" for f, n in limits.max_segments_per_offer.items()
              if len(segments[f]) > n]  # fmt: skip
    for a, b in limits.exclusive_offers:
        found += [f"{s} uses both {a} and {b}" for s, f in offers.items() if {a, b} <= f and a != b]
    channels = {channel for _, channel, _ in used}
    for c, least in limits.min_channel_spend_minor.items():
        if c in channels and spend[c] < least * MICRO:
            found.append(f"{c} spends less than {least}")
    return found
