"""Conditions on the customers table's own columns, where a missing value matches nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.failure import ToolFailure
from tools.segments.bands import band_values, parse_bands
from tools.segments.filter import Attribute, Op

if TYPE_CHECKING:
    import ibis

    from tools.shop.store import ShopStore

CONTRACT_ATTRIBUTES = ("country", "language", "timezone")
"""Columns of the contract that say something about a customer without saying who it is."""
MOST_VALUES = 60
"""A column with more distinct values is free text or an identifier: its values are never listed."""
FEW_VALUES = 12


def attribute_columns(store: ShopStore) -> tuple[str, ...]:
    """The columns that a filter may select by: the shop's own, then those of the contract that identify nobody."""
    columns = store.table("customers").columns
    return (*store.attributes(), *(column for column in CONTRACT_ATTRIBUTES if column in columns))


def attribute_values(store: ShopStore, column: str) -> tuple[str, ...] | None:
    """The distinct values of a column as text, sorted; None where it does not classify customers.

    A column with very many values, or with hardly two customers to a value, is free text or names somebody.
    """
    table = store.table("customers")
    known = table.filter(table[column].notnull()).select(value=table[column].cast("string"))
    counts = known.group_by("value").agg(customers=known.count()).order_by("value").limit(MOST_VALUES + 1).to_pyarrow()
    values, customers = counts["value"].to_pylist(), sum(counts["customers"].to_pylist())
    classifies = len(values) <= FEW_VALUES or 2 * len(values) <= customers
    return tuple(values) if len(values) <= MOST_VALUES and classifies else None


def is_number(store: ShopStore, column: str) -> bool:
    return bool(store.table("customers")[column].type().is_numeric())


def attribute_predicate(f: Attribute, customers: ibis.Table, store: ShopStore, *, negated: bool) -> ibis.Value:
    """The condition over `customers`, false for every missing value, negated or not.

    Raises:
        ToolFailure: `unknown_attribute`, `unknown_value`, or `unsupported_condition` where it compares words.
    """
    from tools.segments.conditions import COMPARE

    columns = attribute_columns(store)
    if f.column not in columns:
        message = f"Customers have no attribute `{f.column}`; they have {', '.join(columns) or 'none'}."
        raise ToolFailure("unknown_attribute", message, column=f.column, known=list(columns))
    column = customers[f.column]
    if f.op is None or f.number is None:
        chosen = column.cast("string").isin(_listed_values(f, f.column, store))
        return column.notnull() & (~chosen if negated else chosen)
    if is_number(store, f.column):
        holds = COMPARE[f.op](column, f.number)
        return column.notnull() & (~holds if negated else holds)
    return column.notnull() & column.cast("string").isin(_bands(f.op, f.number, f.column, store, negated=negated))


def _bands(op: Op, number: float, column: str, store: ShopStore, *, negated: bool) -> tuple[str, ...]:
    """The bands that lie wholly inside the bound, or wholly outside it: one that is on both sides matches neither."""
    known = attribute_values(store, column)
    if not parse_bands(known or ()):
        message = f"The attribute `{column}` has no numbers to compare; it has {_listed(known)}."
        raise ToolFailure("unsupported_condition", message, column=column, op=op)
    return band_values(known or (), op, number, outside=negated)


def _listed_values(f: Attribute, column: str, store: ShopStore) -> tuple[str, ...]:
    known = attribute_values(store, column)
    if not f.values:
        message = f"The condition on `{column}` names no value; it has {_listed(known)}."
        raise ToolFailure("unsupported_condition", message, column=column)
    missing = [value for value in f.values if known is not None and value not in known]
    if missing:
        message = f"The attribute `{column}` has no value {missing[0]!r}; it has {_listed(known)}."
        raise ToolFailure("unknown_value", message, column=column, values=missing, known=list(known or ()))
    return f.values


def _listed(known: tuple[str, ...] | None) -> str:
    return ", ".join(known) if known is not None else "more values than can be listed"
