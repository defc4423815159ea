"""Days on which customers bought, counted in the database: what the models of behaviour and recommendation read."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from tools.shop.store import ShopStore

COMPETITOR = "competitor_price"
"""A column of the order lines: what a competitor asked for the product then."""

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


def product_days(store: ShopStore, as_of: date) -> pd.DataFrame:
    """A row a customer, product and day (UTC) with an order line before `as_of`.

    Returns:
        customer_id, product_id, day (days from 1970-01-01), quantity, spend_minor, discount_minor.

    Raises:
        ToolFailure: `no_table` where the shop has no orders.
    """
    import ibis

    orders = store.table("orders", as_of)
    start = ibis.literal("1970-01-01").cast("date")
    dated = orders.mutate(day=orders.ordered_at.date().delta(start, unit="day"))
    days = dated.group_by(["customer_id", "product_id", "day"]).agg(
        quantity=dated.quantity.sum(),
        spend_minor=dated.amount_minor.sum(),
        discount_minor=dated.discount_minor.sum().fill_null(0),
    )
    found: pd.DataFrame = days.to_pyarrow().to_pandas()
    return found


def product_weeks(store: ShopStore, as_of: date) -> tuple[pd.DataFrame, int]:
    """A row a product and week that it sold in before `as_of`, and how many weeks there are.

    Only whole weeks, counted back from that day.

    Returns:
        product_id, category (null: not known), week (0 is the oldest), units, net_minor and list_minor (paid, and paid
        plus discount, minor units), competitor (mean price of a competitor, major units; only where the order lines
        have the column `competitor_price`).

    Raises:
        ToolFailure: `no_table` where the shop has no orders or no products.
    """
    import ibis

    orders, products = store.table("orders", as_of), store.table("products")
    end = ibis.literal(as_of.isoformat()).cast("date")
    lines = orders.mutate(ago=end.delta(orders.ordered_at.date(), unit="day") - 1)
    lines = lines.mutate(back=(lines.ago / 7).floor().cast("int64"))
    lines = lines.inner_join(products.select("product_id", "category"), "product_id")
    sums = {
        "units": lines.quantity.sum(),
        "net_minor": lines.amount_minor.sum(),
        "list_minor": (lines.amount_minor + lines.discount_minor.fill_null(0)).sum(),
    }
    if COMPETITOR in orders.columns and orders[COMPETITOR].type().is_numeric():
        sums["competitor"] = lines[COMPETITOR].mean()
    found: pd.DataFrame = lines.group_by(["product_id", "category", "back"]).agg(**sums).to_pyarrow().to_pandas()
    first = orders.ordered_at.min().to_pyarrow().as_py()
    whole = (as_of - first.date()).days // 7 if first is not None else 0
    found = found[found["back"] < whole]
    found = found.assign(week=whole - 1 - found["back"]).drop(columns="back")
    return found.sort_values(["product_id", "week"], ignore_index=True), whole


def baskets_by_week(store: ShopStore, as_of: date, weeks: int) -> list[int]:
    """Orders of each of the last `weeks` whole weeks before `as_of`, the oldest first."""
    import ibis

    orders = store.table("orders", as_of)
    end = ibis.literal(as_of.isoformat()).cast("date")
    dated = orders.mutate(back=((end.delta(orders.ordered_at.date(), unit="day") - 1) / 7).floor().cast("int64"))
    counts: pd.DataFrame = dated.group_by("back").agg(n=dated.order_id.nunique()).to_pyarrow().to_pandas()
    of = dict(zip(counts["back"].tolist(), counts["n"].tolist(), strict=True))
    return [int(of.get(weeks - 1 - week, 0)) for week in range(weeks)]
