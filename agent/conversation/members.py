"""A few members of the audience, to see what kind of customers they are: no name, no address, no id of the shop's."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from agent.conversation.told import Told
from agent.conversation.turn import Ask
from agent.workspace import Workspace
from tools.money import format_money

if TYPE_CHECKING:
    import pandas as pd

USUAL, MOST = 10, 50


def show_members(told: Told, ask: Ask, work: Workspace) -> None:
    """Rows of the campaign arm, of the segment that is named, in an order that the salt decides."""
    if work.audience is None:
        told.say("The members are not kept with this plan; any change of the plan makes them anew.")
        return
    part, members = work.audience.part, work.audience.members
    named = [s for s in part.segments if s.name.lower() in ask.about]
    arm = members[members["arm"] == "campaign"]
    chosen = arm[arm["segment_id"].isin([s.segment_id for s in named])] if named else arm
    names = {s.segment_id: s.name for s in part.segments}
    pseudonyms = [_pseudonym(work.salt, str(customer)) for customer in chosen["customer_id"]]
    shown = chosen.assign(pseudonym=pseudonyms).sort_values("pseudonym").head(min(ask.count or USUAL, MOST))
    of = f"of “{named[0].name}”" if named else f"of {told.count('audience.size')} in the campaign arm"
    told.say(f"{len(shown)} {of}, picked by a salted hash; the marks are invented, without names, addresses or ids:")
    told.lines += [_row(row, names, told.currency) for _, row in shown.iterrows()]


def _pseudonym(salt: str, customer_id: str) -> str:
    return hashlib.sha256(f"shown:{salt}:{customer_id}".encode()).hexdigest()[:6]


def _row(row: pd.Series[Any], names: dict[str, str], currency: str) -> str:
    channels = "+".join(c for c in ("email", "sms", "push") if bool(row[f"{c}_ok"]))
    spend, average = _money(row["spend_minor"], currency), _money(row["average_order_minor"], currency)
    return (
        f"  #{row['pseudonym']}  {names.get(str(row['segment_id']), '')}: {_number(row['recency_days'])} days since "
        f"the last order, {_number(row['orders'])} orders, {spend} spent, average {average}, "
        f"{_share(row['discount_share'])} of it discounts; {channels}"
    )


def _number(value: object) -> str:
    return "–" if value is None or value != value else f"{float(str(value)):,.0f}"


def _money(value: object, currency: str) -> str:
    return "–" if value is None or value != value else format_money(round(float(str(value))), currency)


def _share(value: object) -> str:
    return "–" if value is None or value != value else f"{float(str(value)):.0%}"
