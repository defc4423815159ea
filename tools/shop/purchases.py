"""Days on which customers bought, counted in the database: what the models of behaviour read."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from tools.shop.store import ShopStore

if TYPE_CHECKING:
    import pandas as pd


def purchase_days(store: ShopStore, as_of: date, *, category: str | None = None) -> pd.DataFrame:
    """A row a customer and day (UTC) with an order before `as_of`, sorted by both.

    Args:
        category: count order lines of this category of products alone.

    Returns:
        customer_id, day (days from 1970-01-01), orders, lines, spend_minor, discount_minor.

    Raises:
        ToolFailure: `no_table` where the shop has no orders, or no products to tell a category by.
    """
    import ibis

    orders = store.table("orders", as_of)
    if category is not None:
        products = store.table("products")
        orders = orders.semi_join(products.filter(products.category == category), "product_id")
    start = ibis.literal("1970-01-01").cast("date")
    dated = orders.mutate(day=orders.ordered_at.date().delta(start, unit="day"))
    days = dated.group_by(["customer_id", "day"]).agg(
        orders=dated.order_id.nunique(),
        lines=dated.count(),
        spend_minor=dated.amount_minor.sum(),
        discount_minor=dated.discount_minor.sum().fill_null(0),
    )
    found: pd.DataFrame = days.order_by(["customer_id", "day"]).to_pyarrow().to_pandas()
    return found
