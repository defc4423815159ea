"""What customers who matched the same conditions did at earlier dates: the plan's base rates, from the shop's own past.

At each past day t the filter is evaluated as of t, and the orders in the window that lies as far after t as the
campaign's window lies after today are counted. Nothing after today is seen. The days are a window's length apart, so
no order is counted twice for one customer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from tools.clock import Window
from tools.segments.filter import Filter

if TYPE_CHECKING:
    from tools.shop.store import ShopStore

HISTORY_DAYS = 90
"""The least history that must lie before a past day: recency and habit need something to be read from."""


@dataclass(frozen=True)
class Past:
    """One past day. Money in minor units; `later_*` is spend in the window and the `follow_on_days` after it."""

    as_of: date
    matching: int
    bought: int
    orders: int
    spend_minor: int
    later_spend_buyers_minor: int
    later_spend_others_minor: int


def past_days(*, today: date, window: Window, follow_on_days: int, first: date, last: date, most: int) -> list[date]:
    """The days to look back from, newest first: each window and its follow-on end before `today` and the data do."""
    end_of_data = min(today, last + timedelta(days=1))
    lead = (window.start - today).days
    span = max(0, lead) + window.days + follow_on_days
    step = max(window.days, 14)
    newest = end_of_data - timedelta(days=span)
    days = [newest - timedelta(days=step * k) for k in range(most)]
    return [day for day in days if day >= first + timedelta(days=HISTORY_DAYS)]


def backtest(
    f: Filter, store: ShopStore, *, today: date, window: Window, follow_on_days: int, most: int = 8
) -> tuple[Past, ...]:
    """The filter's outcomes at up to `most` past days; empty where the shop's history is too short."""
    info = store.info
    if info.first_order_at is None or info.last_order_at is None:
        return ()
    days = past_days(
        today=today,
        window=window,
        follow_on_days=follow_on_days,
        first=info.first_order_at.date(),
        last=info.last_order_at.date(),
        most=most,
    )
    lead = max(0, (window.start - today).days)
    return tuple(_outcome(f, store, day, lead, window.days, follow_on_days) for day in days)


def _outcome(f: Filter, store: ShopStore, day: date, lead: int, length: int, follow_on: int) -> Past:
    import ibis

    from tools.segments.compile import compile_filter

    start = datetime.combine(day + timedelta(days=lead), datetime.min.time())
    end = start + timedelta(days=length)
    later = end + timedelta(days=follow_on)
    orders = store.table("orders", as_of=later.date())
    orders = orders.filter(orders.ordered_at >= ibis.timestamp(start.isoformat()))
    inside = orders.ordered_at < ibis.timestamp(end.isoformat())
    spent = orders.group_by("customer_id").agg(
        window_orders=orders.order_id.nunique(where=inside),
        window_minor=orders.amount_minor.sum(where=inside).fill_null(0),
        later_minor=orders.amount_minor.sum(),
    )
    who = compile_filter(f, store, day)
    joined = who.left_join(spent, "customer_id")
    buys = joined.window_orders.fill_null(0) > 0
    row = (
        joined.agg(
            matching=joined.count(),
            bought=joined.count(where=buys),
            orders=joined.window_orders.sum(),
            spend=joined.window_minor.sum(),
            buyers_later=joined.later_minor.sum(where=buys),
            others_later=joined.later_minor.sum(where=~buys),
        )
        .execute()
        .iloc[0]
    )
    whole = {name: 0 if row[name] != row[name] or row[name] is None else int(row[name]) for name in row.index}
    return Past(
        as_of=day,
        matching=whole["matching"],
        bought=whole["bought"],
        orders=whole["orders"],
        spend_minor=whole["spend"],
        later_spend_buyers_minor=whole["buyers_later"],
        later_spend_others_minor=whole["others_later"],
    )
