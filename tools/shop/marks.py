"""Outcomes of contacts that are told as yes or no: a finished test often has `conversion` 0 or 1 and no time.

What happened at a time that is not known is entered on the last of the `DAYS` days that a past campaign's outcomes
count in, since no plan for an earlier day may know it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from tools.shop.contract import CONTACTS, Table
from tools.shop.duck import describe, scalar_int, sql_name

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

DAYS = 14
MARKS = {name: f"{name}_at" for name in ("opened", "clicked", "redeemed", "visited", "converted")}
"""The column that says whether → the column that says when."""
WORDS = "('true', 't', 'yes', 'y', '1', '1.0', 'false', 'f', 'no', 'n', '0', '0.0')"


def named_as_marks(con: DuckDBPyConnection, table: Table, relation: str, names: Mapping[str, str]) -> dict[str, str]:
    """`names` (column of `relation` → contract), with columns of times that hold nothing but yes and no as marks."""
    made = dict(names)
    if table.name != CONTACTS.name:
        return made
    for source, name in names.items():
        mark = next((mark for mark, time in MARKS.items() if time == name), None)
        if mark is None or mark in made.values():
            continue
        cell = f"lower(trim({sql_name(source)}::VARCHAR))"
        filled = scalar_int(con, f"SELECT count(nullif({cell}, '')) FROM {sql_name(relation)}")
        if filled and filled == scalar_int(con, f"SELECT count(*) FROM {sql_name(relation)} WHERE {cell} IN {WORDS}"):
            made[source] = mark
    return made


def times_of_marks(con: DuckDBPyConnection, table: Table, columns: Iterable[str]) -> list[str]:
    """Give the rows of `parsed_contacts` that a mark says yes of their time; returns what was done, in words."""
    marks = _marks(table, columns)
    if not marks:
        return []
    known = describe(con, "parsed_contacts")
    for mark in marks:
        time = MARKS[mark]
        if time not in known:
            con.execute(f"ALTER TABLE parsed_contacts ADD COLUMN {time} TIMESTAMP")
        con.execute(
            f"UPDATE parsed_contacts SET {time} = sent_at + INTERVAL {DAYS - 1} DAYS "
            f"WHERE {mark} AND {time} IS NULL AND problem IS NULL"
        )
    named = ", ".join(f"`{mark}`" for mark in marks)
    return [f"{named} say whether, not when: what they tell of is entered {DAYS - 1} days after `sent_at`"]


def kept_apart(table: Table, columns: Iterable[str]) -> str:
    """The marks as further names of an EXCLUDE list: once they are times they are not stored."""
    return "".join(f", {mark}" for mark in _marks(table, columns))


def _marks(table: Table, columns: Iterable[str]) -> list[str]:
    return [name for name in columns if name in MARKS] if table.name == CONTACTS.name else []
