"""The plan in plain words for a marketer: what binds and what it is worth, what stays unspent and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tools.budget.cells.conflict import Conflict, Relaxation
from tools.budget.cells.limits import Limit
from tools.budget.cells.problem import MICRO, CellProblem
from tools.budget.types import Constraint
from tools.failure import ToolFailure
from tools.money import format_money


@dataclass(frozen=True)
class Facts:
    """What the sentences are about: the plan's counts and its prices."""

    status: str
    contacted: int
    spend_minor: int
    objective_minor: float
    gap: float
    constraints: tuple[Constraint, ...]
    saturated_at_minor: int | None
    """What the best plan would spend if money were no limit; None if that was not solved."""


class Wording:
    """Names limits and amounts; ids are worded by `labels` where it has them."""

    def __init__(self, currency: str, labels: Mapping[str, str]) -> None:
        self.currency, self.labels = currency, labels

    def money(self, minor: float) -> str:
        return format_money(round(minor), self.currency)

    def money_rate(self, minor: float) -> str:
        """Rates may be far below a cent: at least two digits that count are shown."""
        if minor and abs(minor) < 1:
            return f"less than {self.money(1)}" if minor > 0 else f"less than {self.money(1)} lost"
        return self.money(minor)

    def id(self, key: str) -> str:
        channels = {"email": "e-mail", "sms": "SMS", "push": "push", "wechat": "WeChat"}
        return self.labels.get(key) or channels.get(key, key)

    def limit(self, limit: Limit, value: float | None = None) -> str:
        """A limit with its number (or another one) as a noun phrase."""
        number = limit.value if value is None else value
        key = self.id(limit.key)
        amount = "" if number is None else self.money(number) if limit.is_money else f"{number:,.0f}"
        share = "" if number is None else f"{number:.0%}"
        return {
            "budget": f"the budget of {amount}",
            "min_cell": f"at least {amount} customers for each message that is used",
            "min_reach": f"at least {amount} customers contacted",
            "min_spend": f"a spend of at least {amount}",
            "max_offers_per_segment": f"at most {amount} offers in a segment",
            "channel_capacity": f"at most {amount} customers by {key}",
            "channel_budget": f"at most {amount} spent on {key}",
            "max_share_offer": f"at most {share} of contacts with offer {key}",
            "min_channel_spend": f"at least {amount} on {key} if it is used",
            "max_segments_per_offer": f"offer {key} in at most {amount} segments",
            "required_channel": f"{key} must be used",
            "exclusive_offers": f"offers {' and '.join(map(self.id, limit.key.split('|')))} never together",
        }[limit.kind]


def explain(problem: CellProblem, facts: Facts, words: Wording) -> tuple[str, ...]:
    sentences = [_budget_sentence(problem, facts, words)]
    sentences += [s for c in facts.constraints if c.name != "budget" and (s := _binding(c, words))]
    idle = problem.customers - facts.contacted
    if facts.contacted and idle:
        unreachable = problem.customers - problem.reachable
        count = "all" if unreachable == idle else f"{unreachable:,}"
        why = f" ({count} of them cannot be reached by any channel with an offer)" if unreachable else ""
        sentences.append(f"{idle:,} of {problem.customers:,} customers get no message{why}.")
    if facts.status == "optimal":
        sentences.append("This is proven to be the best plan under these limits, to the last customer.")
    elif facts.status == "feasible":
        sentences.append(
            f"The time ran out before it was proven best; no plan can bring more than {facts.gap:.2%} more."
        )
    return tuple(sentences)


def _budget_sentence(problem: CellProblem, facts: Facts, words: Wording) -> str:
    budget = problem.limits.budget_minor
    left = budget - facts.spend_minor
    if not facts.contacted:
        return _nobody(problem, words)
    price = next(c.shadow_price for c in facts.constraints if c.name == "budget")
    others = [c for c in facts.constraints if c.name != "budget" and c.shadow_price > 0]
    spent = f"{facts.contacted:,} contacts cost {words.money(facts.spend_minor)} of {words.money(budget)}"
    if facts.saturated_at_minor is not None and budget >= facts.saturated_at_minor and not others:
        if not left:
            return (
                f"Every contact that pays for itself costs {words.money(facts.spend_minor)}, which is the whole budget."
            )
        return (
            f"Every contact that pays for itself costs {words.money(facts.spend_minor)}; "
            f"the remaining {words.money(left)} would lose money."
        )
    if facts.saturated_at_minor is not None and budget >= facts.saturated_at_minor:
        return f"{spent}; the remaining {words.money(left)} cannot be used within the other limits."
    if price > 0:
        major = words.money(100) if words.money(100) != words.money(1) else words.money(1)
        return f"{spent}. Each further {major} of budget would bring about {words.money_rate(100 * price)} of margin."
    return f"{spent}; what is left does not pay for a further step under these limits."


def _nobody(problem: CellProblem, words: Wording) -> str:
    paying = [o for o in problem.options if o.value_micro > 0]
    if not problem.reachable:
        return "Nobody can be reached by a channel with an offer, so nothing is sent."
    if not paying:
        left = words.money(problem.limits.budget_minor)
        return f"No message brings more than it costs, so nothing is sent and {left} stays."
    cheapest = min(o.cost_micro for o in paying) / MICRO
    if cheapest > problem.limits.budget_minor:
        return (
            f"The budget of {words.money(problem.limits.budget_minor)} does not pay for one message: "
            f"the cheapest that pays costs {words.money(-(-cheapest // 1))} a customer."
        )
    return "Nothing is sent: under these limits no message that brings more than it costs can be used."


def _binding(constraint: Constraint, words: Wording) -> str | None:
    limit = Limit(constraint.name, constraint.limit)
    if not constraint.shadow_price:
        return None
    phrase = words.limit(limit)
    phrase = phrase[0].upper() + phrase[1:]
    worth = abs(constraint.shadow_price)
    unit = {"channel_capacity": "one customer more", "min_reach": "one customer fewer"}.get(limit.kind, "one more")
    if limit.is_money:
        unit, worth = words.money(100), worth * 100
    if limit.kind == "max_share_offer":
        unit, worth = "one percentage point more", worth / 100
    if limit.is_lower:
        return (
            f"{phrase}: this costs margin; {unit.replace('more', 'fewer')} would save about {words.money_rate(worth)}."
        )
    return f"{phrase}: this limit binds; {unit} would bring about {words.money_rate(worth)}."


def infeasible(problem: CellProblem, conflict: Conflict, words: Wording) -> ToolFailure:
    """The failure to raise: the conflicting limits in words, and the smallest change that helps."""
    named = [words.limit(limit) for limit in conflict.limits]
    reach = f"{problem.reachable:,} of {problem.customers:,} customers can be reached"
    if len(named) == 1:
        sentence = f"No plan can keep this limit: {named[0]} ({reach})."
    else:
        sentence = f"No plan can keep these limits together: {', '.join(named[:-1])} and {named[-1]} ({reach})."
    changes = [_change(r, words) for r in conflict.relaxations]
    if changes:
        sentence += f" The smallest change that helps: {changes[0]}."
    else:
        together = [_change(r, words) for r in conflict.together]
        sentence += f" No single change is enough; these together are: {'; '.join(together)}."
        changes = together
    return ToolFailure(
        "infeasible",
        sentence,
        conflict=[{"limit": c.name, "value": c.value} for c in conflict.limits],
        relaxations=[_as_detail(r) for r in conflict.relaxations],
        together=[_as_detail(r) for r in conflict.together],
        suggestions=changes,
        reachable=problem.reachable,
        customers=problem.customers,
        proven=conflict.proven,
    )


def _as_detail(relaxation: Relaxation) -> dict[str, object]:
    return {"limit": relaxation.limit.name, "value": relaxation.value, "change": relaxation.change}


def _change(relaxation: Relaxation, words: Wording) -> str:
    old = words.limit(relaxation.limit)
    if relaxation.value is None:
        return f"give up that {old}"
    return f"{words.limit(relaxation.limit, relaxation.value)} instead of {old}"
