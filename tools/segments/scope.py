"""Which order lines a condition is about, and whether the shop has the values that it names."""

from __future__ import annotations

import operator
from datetime import date
from functools import reduce
from typing import TYPE_CHECKING

from tools.failure import ToolFailure
from tools.segments.filter import Scope, Within

if TYPE_CHECKING:
    import ibis

    from tools.shop.store import ShopStore

COLUMNS: dict[str, str] = {
    "departments": "department",
    "categories": "category",
    "product_types": "product_type",
    "brands": "brand",
    "product_ids": "product_id",
}
"""Field of a scope → column of products."""
SHOWN = 12
"""How many of the shop's own values a message names."""


def lines(scope: Scope, within: Within | None, store: ShopStore, as_of: date) -> ibis.Table:
    """The order lines before `as_of` in scope and span. A line counts if any of the scope's lists has it.

    Raises:
        ToolFailure: `unknown_value` or `unknown_column` where the shop's products do not have what the scope names.
    """
    from tools.segments.conditions import during

    orders = during(store.table("orders", as_of), "ordered_at", within, as_of)
    wanted = {COLUMNS[field]: values for field, values in scope.model_dump(exclude={"terms"}).items() if values}
    if not wanted:
        return orders
    products = store.table("products", as_of)
    for column, values in wanted.items():
        known_values(store, "products", column, values)
    chosen = products.filter(reduce(operator.or_, [products[column].isin(v) for column, v in wanted.items()]))
    return orders.filter(orders.product_id.isin(chosen.product_id))


def known_values(store: ShopStore, table: str, column: str, values: tuple[str, ...]) -> None:
    """Raise `ToolFailure` unless the table has the column, and each value in it."""
    from rapidfuzz import process

    known = store.table(table)
    if column not in known.columns:
        message = f"The shop's {table} have no column `{column}`; they have {', '.join(known.columns)}."
        raise ToolFailure("unknown_column", message, table=table, column=column)
    present = known.filter(known[column].isin(values)).select(column).distinct().to_pyarrow()[column].to_pylist()
    missing = [value for value in values if value not in set(present)]
    if not missing:
        return
    every = [str(value) for value in known.select(column).distinct().to_pyarrow()[column].to_pylist() if value]
    nearest = [name for name, _, _ in process.extract(missing[0], sorted(every), limit=SHOWN)]
    message = f"The shop has no {column} {missing[0]!r}; the nearest it has: {', '.join(nearest) or 'none'}."
    raise ToolFailure("unknown_value", message, table=table, column=column, values=missing, nearest=nearest)
