"""The leaves of a filter over orders and contacts: each the set of customer ids that fulfil one condition."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tools.failure import ToolFailure
from tools.segments.filter import Bought, Contacted, Measure, Op, Ranked, Within
from tools.segments.measures import order_measures
from tools.segments.scope import known_values, lines

if TYPE_CHECKING:
    import ibis

    from tools.shop.store import ShopStore

COMPARE: dict[Op, Callable[[Any, Any], Any]] = {
    "lt": operator.lt, "le": operator.le, "eq": operator.eq, "ge": operator.ge, "gt": operator.gt,
}  # fmt: skip
ZERO_WITHOUT_ORDERS = ("orders", "spend_minor", "coupon_redemptions")
"""Measures that are 0 for a customer without orders in scope; the others are then undefined and never match."""
HELD_BACK_ARMS = ("holdout", "control")
"""Arms of a past campaign whose customers were not contacted."""
NOTHING_SENT = "none"
"""The channel of a customer of a measured campaign whom nothing was sent to."""


@dataclass(frozen=True)
class Members:
    """Customer ids; with `complement`, the customers of the shop who are not among them."""

    ids: ibis.Table
    complement: bool


def bought(f: Bought, store: ShopStore, as_of: date) -> ibis.Table:
    seen = lines(f.scope, f.within, store, as_of)
    if f.min_orders == 1:
        return seen.select("customer_id").distinct()
    counted = seen.group_by("customer_id").agg(orders=seen.order_id.nunique())
    return counted.filter(counted.orders >= f.min_orders).select("customer_id")


def measured(f: Measure, store: ShopStore, as_of: date) -> Members:
    """Customers by a measure of their orders, or of their redemptions in past campaigns."""
    values = _redemptions(f, store, as_of) if f.measure == "coupon_redemptions" else _order_values(f, store, as_of)
    holds = COMPARE[f.op]
    if f.measure in ZERO_WITHOUT_ORDERS and holds(0, f.value):
        return Members(values.filter(~holds(values.value, _number(f.value))).select("customer_id"), complement=True)
    return Members(values.filter(holds(values.value, _number(f.value))).select("customer_id"), complement=False)


def tenure(f: Measure, store: ShopStore, as_of: date, *, negated: bool) -> ibis.Table:
    """Customers by the days since they were created, or first ordered if that is earlier or all that is known.

    A customer with neither is missing a fact, as with an attribute, and matches neither way.
    """
    import ibis

    if not f.scope.is_everything or f.within is not None:
        message = "How long someone has been a customer cannot be limited to products or to a span of time."
        raise ToolFailure("unsupported_condition", message, measure=f.measure)
    customers = store.table("customers", as_of)
    started = customers.select("customer_id", started_at=customers.created_at)
    if store.has("orders"):
        orders = store.table("orders", as_of)
        firsts = orders.group_by("customer_id").agg(started_at=orders.ordered_at.min())
        started = started.union(firsts)
    started = started.filter(started.started_at.notnull())
    start = started.group_by("customer_id").agg(day=started.started_at.min().date())
    days = start.mutate(value=ibis.literal(as_of).delta(start.day, unit="day"))
    holds = COMPARE[f.op](days.value, _number(f.value))
    return days.filter(~holds if negated else holds).select("customer_id")


def ranked(f: Ranked, store: ShopStore, as_of: date) -> ibis.Table:
    """The first ceil(share × n) of the n customers with an order in scope; ties go to the smaller customer id."""
    import ibis

    values = _order_values(f, store, as_of)
    if f.measure == "coupon_redemptions":
        values = _ranked_redemptions(f, values, store, as_of)
    values = values.semi_join(store.table("customers", as_of), "customer_id")
    first = values.value.desc() if f.end == "top" else values.value.asc()
    placed = values.mutate(
        place=ibis.row_number().over(order_by=[first, values.customer_id.asc()]),
        # Rounded before it is rounded up, so that 0.1 × 30 is 3 places and not 4.
        places=(values.count() * f.share).round(6).ceil(),
    )
    return placed.filter(placed.place < placed.places).select("customer_id")


def contacted(f: Contacted, store: ShopStore, as_of: date) -> ibis.Table:
    contacts = sent(store, as_of)
    if f.campaign_id is not None:
        known_values(store, "contacts", "campaign_id", (f.campaign_id,))
        contacts = contacts.filter(contacts.campaign_id == f.campaign_id)
    if f.channel is not None:
        known_values(store, "contacts", "channel", (f.channel,))
        contacts = contacts.filter(contacts.channel == f.channel)
    contacts = during(contacts, "sent_at", f.within, as_of)
    if f.outcome != "sent":
        contacts = contacts.filter(contacts[f"{f.outcome}_at"].notnull())
    return contacts.select("customer_id").distinct()


def sent(store: ShopStore, as_of: date) -> ibis.Table:
    """Past contacts that were made: the rows of a holdout are none, nor those of customers who were sent nothing."""
    contacts = store.table("contacts", as_of)
    held_back = contacts.arm.fill_null("").lower().isin(HELD_BACK_ARMS)
    return contacts.filter(~held_back & (contacts.channel != NOTHING_SENT))


def during(table: ibis.Table, moment: str, within: Within | None, as_of: date) -> ibis.Table:
    """Rows whose time lies in the span; days are UTC, the first and the last counted."""
    if within is None:
        return table
    since = as_of - timedelta(days=within.days) if within.days is not None else within.since
    if since is not None:
        table = table.filter(table[moment] >= midnight(since))
    if within.until is not None:
        table = table.filter(table[moment] < midnight(within.until + timedelta(days=1)))
    return table


def midnight(day: date) -> ibis.Value:
    """The first moment of a UTC day, as the store writes times."""
    import ibis

    return ibis.literal(datetime(day.year, day.month, day.day))  # noqa: DTZ001 (stored times are naive UTC)


def _order_values(f: Measure | Ranked, store: ShopStore, as_of: date) -> ibis.Table:
    """customer_id, value: a row for each customer with an order in scope whose measure is defined."""
    name = "orders" if f.measure == "coupon_redemptions" else f.measure
    found = order_measures(lines(f.scope, f.within, store, as_of), as_of, name).rename(value=name)
    return found.filter(found.value.notnull())


def _redemptions(f: Measure | Ranked, store: ShopStore, as_of: date) -> ibis.Table:
    """customer_id, value: redemptions before `as_of`; no row for a customer without any."""
    if not f.scope.is_everything:
        message = "Coupon redemptions are not recorded by product, so they cannot be limited to one."
        raise ToolFailure("unsupported_condition", message, measure=f.measure)
    contacts = sent(store, as_of)
    redeemed = during(contacts.filter(contacts.redeemed_at.notnull()), "redeemed_at", f.within, as_of)
    return redeemed.group_by("customer_id").agg(value=redeemed.count())


def _ranked_redemptions(f: Ranked, buyers: ibis.Table, store: ShopStore, as_of: date) -> ibis.Table:
    counts = _redemptions(f, store, as_of)
    joined = buyers.select("customer_id").left_join(counts, "customer_id")
    return joined.select("customer_id", value=joined.value.fill_null(0))


def _number(value: float) -> float:
    """Whole numbers as such, so that the SQL shows 60 and not 60.0."""
    return int(value) if value == int(value) else value
