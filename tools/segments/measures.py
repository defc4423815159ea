"""What is measured of a customer's orders, defined once: filters, segments and profiles all read it from here.

recency_days         whole days before `as_of` without an order: `recency_days ge N` is "none in the last N days"
orders               distinct orders
spend_minor          what was paid, minor units
average_order_minor  spend per order, minor units
discount_share       discounts as a fraction of the value before discounts; null where that value is not positive
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis


def order_measures(lines: ibis.Table, as_of: date, *names: str) -> ibis.Table:
    """customer_id and the measures named: a row for each customer with a line in `lines` (orders before `as_of`)."""
    import ibis

    spend, orders = lines.amount_minor.sum(), lines.order_id.nunique()
    saved = lines.discount_minor.fill_null(0).sum()
    last_day = lines.ordered_at.max().date()
    known = {
        "recency_days": ibis.literal(as_of).delta(last_day, unit="day") - 1,
        "orders": orders,
        "spend_minor": spend,
        "average_order_minor": spend / orders,
        "discount_share": ibis.ifelse(spend + saved > 0, saved / (spend + saved), ibis.null()),
    }
    return lines.group_by("customer_id").agg(**{name: known[name] for name in names})
