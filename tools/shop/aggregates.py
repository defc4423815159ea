"""What was bought by whom, counted in the database: for tools that may see counts but need no order lines."""

import math
from datetime import date, timedelta
from typing import TYPE_CHECKING

from tools.shop.store import ShopStore

if TYPE_CHECKING:
    import ibis
    import pandas as pd


def buyers_by_group(
    store: ShopStore, members: "pd.DataFrame", groups: "pd.DataFrame", as_of: date, *, days: int, half_life_days: int
) -> "pd.DataFrame":
    """Distinct buyers of each group of products in each segment.

    Args:
        members: customer_id, segment_id; a customer may be in several segments.
        groups: product_id, group_id; products that are not named do not count.
        as_of: the first day not seen.
        days: how many days before `as_of` are looked at.
        half_life_days: the age of a customer's last purchase of the group at which it weighs one half.

    Returns:
        segment_id, group_id, buyers (customers), weight (the buyers, each weighed by recency); only pairs with a buyer.
    """
    import ibis

    lines = _recent(store, as_of, days)
    chosen = ibis.memtable(members[["customer_id", "segment_id"]])
    grouped = ibis.memtable(groups[["product_id", "group_id"]])
    bought = lines.join(grouped, "product_id").join(chosen, "customer_id")
    last = bought.group_by(["segment_id", "group_id", "customer_id"]).agg(last=bought.ordered_at.max())
    end = ibis.literal(as_of.isoformat()).cast("timestamp")
    age = end.epoch_seconds().cast("float64") - last.last.epoch_seconds().cast("float64")
    weighed = last.mutate(weight=(age * (-math.log(2) / 86_400 / half_life_days)).exp())
    counted = weighed.group_by(["segment_id", "group_id"]).agg(buyers=weighed.count(), weight=weighed.weight.sum())
    found: pd.DataFrame = counted.order_by(["segment_id", "group_id"]).to_pyarrow().to_pandas()
    return found


def product_activity(store: ShopStore, as_of: date, *, recent_days: int) -> "pd.DataFrame":
    """How each product sold before `as_of`: product_id, units_recent and lines_recent (of the last days),
    first_sold_at, last_sold_at.

    Only products that ever sold.
    """
    orders = store.table("orders", as_of)
    recent = orders.ordered_at >= _start(as_of, recent_days)
    sold = orders.group_by("product_id").agg(
        units_recent=orders.quantity.sum(where=recent).fill_null(0),
        lines_recent=orders.count(where=recent),
        first_sold_at=orders.ordered_at.min(),
        last_sold_at=orders.ordered_at.max(),
    )
    found: pd.DataFrame = sold.order_by("product_id").to_pyarrow().to_pandas()
    return found


def active_customers(store: ShopStore, as_of: date, *, days: int) -> "pd.DataFrame":
    """customer_id of everyone with an order in the last `days` days before `as_of`."""
    found: pd.DataFrame = (
        _recent(store, as_of, days).select("customer_id").distinct().order_by("customer_id").to_pyarrow().to_pandas()
    )
    return found


def _recent(store: ShopStore, as_of: date, days: int) -> "ibis.Table":
    orders = store.table("orders", as_of)
    return orders.filter(orders.ordered_at >= _start(as_of, days))


def _start(as_of: date, days: int) -> "ibis.Scalar":
    import ibis

    return ibis.literal((as_of - timedelta(days=days)).isoformat()).cast("timestamp")
