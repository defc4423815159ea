"""What the members of an audience bought: the figures that segments are made of."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from tools.segments.concepts import is_taste
from tools.segments.measures import order_measures

if TYPE_CHECKING:
    import ibis
    import pandas as pd

    from tools.shop.store import ShopStore

MEASURES = ("recency_days", "orders", "spend_minor", "average_order_minor", "discount_share")


def behaviour(store: ShopStore, as_of: date) -> pd.DataFrame:
    """customer_id and the measures of every order before `as_of`, a row for each customer, by customer_id.

    Customers without an order have 0 orders and spend, and no recency, average or discount share (NaN).
    """
    customers = store.table("customers", as_of).select("customer_id")
    frame: pd.DataFrame
    if store.has("orders"):
        measured = order_measures(store.table("orders", as_of), as_of, *MEASURES)
        frame = customers.left_join(measured, "customer_id").drop("customer_id_right").to_pyarrow().to_pandas()
    else:
        frame = customers.to_pyarrow().to_pandas()
        frame[list(MEASURES)] = float("nan")
    for column in ("orders", "spend_minor"):
        frame[column] = frame[column].fillna(0).astype("int64")
    for column in ("recency_days", "average_order_minor", "discount_share"):
        frame[column] = frame[column].astype("float64")
    return frame.sort_values("customer_id", ignore_index=True)


def tastes(ids: pd.Series[str], store: ShopStore, as_of: date) -> pd.DataFrame:
    """customer_id, category, orders, spend_minor: what each of `ids` bought of what they may be said to like."""
    import ibis
    import pandas as pd

    if not (store.has("orders") and store.has("products")):
        return pd.DataFrame({"customer_id": [], "category": [], "orders": [], "spend_minor": []})
    members = ibis.memtable(pd.DataFrame({"customer_id": ids.astype("str").to_numpy()}))
    lines = _categorised(store.table("orders", as_of).semi_join(members, "customer_id"), store)
    bought = lines.group_by("customer_id", "category").agg(
        orders=lines.order_id.nunique(), spend_minor=lines.amount_minor.sum()
    )
    frame: pd.DataFrame = bought.to_pyarrow().to_pandas()
    return frame.sort_values(["customer_id", "category"], ignore_index=True)


def category_spend(store: ShopStore, as_of: date) -> pd.Series[int]:
    """category → what all customers spent on it before `as_of`, minor units; the same categories as `tastes`."""
    import pandas as pd

    if not (store.has("orders") and store.has("products")):
        return pd.Series(dtype="int64")
    lines = _categorised(store.table("orders", as_of), store)
    spent = lines.group_by("category").agg(spend_minor=lines.amount_minor.sum()).order_by("category")
    frame: pd.DataFrame = spent.to_pyarrow().to_pandas()
    return frame.set_index("category")["spend_minor"]


def _categorised(orders: ibis.Table, store: ShopStore) -> ibis.Table:
    """Order lines with a category that stands for a taste."""
    products = store.table("products")
    columns = [name for name in ("category", "department") if name in products.columns]
    names = products.select(*columns).distinct().to_pyarrow().to_pylist()
    known = {name["category"] for name in names if name["category"]}
    unfit = {name["category"] for name in names if any(value and not is_taste(value) for value in name.values())}
    goods = products.filter(products.category.isin(sorted(known - unfit)))
    return orders.join(goods.select("product_id", "category"), "product_id")
