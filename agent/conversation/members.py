"""A few members of the audience, to see what kind of customers they are: no name, no address, no id of the shop's."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from agent.conversation.told import Told
from agent.conversation.turn import Ask
from agent.workspace import Workspace
from tools.money import format_money

if TYPE_CHECKING:
    import pandas as pd

USUAL, MOST = 10, 50


@dataclass(frozen=True)
class Member:
    """One customer without anything that leads back to a person; figures as words, `–` where nothing is known."""

    mark: str
    """Invented, from the salt: the same on each look at this plan."""
    segment_id: str
    recency_days: str
    orders: str
    spend: str
    average: str
    discounts: str
    channels: tuple[str, ...]


def sample(work: Workspace, segment_ids: frozenset[str], most: int, currency: str) -> list[Member]:
    """Members of the campaign arm, of these segments or (none given) of all, in an order that the salt decides."""
    if work.audience is None:
        return []
    members = work.audience.members
    arm = members[members["arm"] == "campaign"]
    chosen = arm[arm["segment_id"].isin(segment_ids)] if segment_ids else arm
    pseudonyms = [_pseudonym(work.salt, str(customer)) for customer in chosen["customer_id"]]
    shown = chosen.assign(pseudonym=pseudonyms).sort_values("pseudonym").head(min(most, MOST))
    return [_member(row, currency) for _, row in shown.iterrows()]


def show_members(told: Told, ask: Ask, work: Workspace) -> None:
    """The rows of the segment that is named, or of the whole campaign arm."""
    if work.audience is None:
        told.say("The members are not kept with this plan; any change of the plan makes them anew.")
        return
    part = work.audience.part
    named = [s for s in part.segments if s.name.lower() in ask.about]
    names = {s.segment_id: s.name for s in part.segments}
    shown = sample(work, frozenset(s.segment_id for s in named), ask.count or USUAL, told.currency)
    of = f"of “{named[0].name}”" if named else f"of {told.count('audience.size')} in the campaign arm"
    told.say(f"{len(shown)} {of}, picked by a salted hash; the marks are invented, without names, addresses or ids:")
    told.lines += [_line(one, names) for one in shown]


def _pseudonym(salt: str, customer_id: str) -> str:
    return hashlib.sha256(f"shown:{salt}:{customer_id}".encode()).hexdigest()[:6]


def _member(row: pd.Series[Any], currency: str) -> Member:
    return Member(
        mark=f"#{row['pseudonym']}",
        segment_id=str(row["segment_id"]),
        recency_days=_number(row["recency_days"]),
        orders=_number(row["orders"]),
        spend=_money(row["spend_minor"], currency),
        average=_money(row["average_order_minor"], currency),
        discounts=_share(row["discount_share"]),
        channels=tuple(c for c in ("email", "sms", "push") if bool(row[f"{c}_ok"])),
    )


def _line(one: Member, names: dict[str, str]) -> str:
    return (
        f"  {one.mark}  {names.get(one.segment_id, '')}: {one.recency_days} days since "
        f"the last order, {one.orders} orders, {one.spend} spent, average {one.average}, "
        f"{one.discounts} of it discounts; {'+'.join(one.channels)}"
    )


def _number(value: object) -> str:
    return "–" if value is None or value != value else f"{float(str(value)):,.0f}"


def _money(value: object, currency: str) -> str:
    return "–" if value is None or value != value else format_money(round(float(str(value))), currency)


def _share(value: object) -> str:
    return "–" if value is None or value != value else f"{float(str(value)):.0%}"
