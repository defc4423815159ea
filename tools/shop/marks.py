"""Outcomes of contacts that are told as yes or no: a finished test often has `conversion` 0 or 1 and no time.

What happened at a time that is not known is entered on the last of the `DAYS` days that a past campaign's outcomes
count in, since no plan for an earlier day may know it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from tools.shop.contract import CONTACTS, Table
from tools.shop.duck import describe, scalar_int, sql_name, sql_text

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

DAYS = 14
MARKS = {name: f"{name}_at" for name in ("opened", "clicked", "redeemed", "visited", "converted")}
"""The column that says whether → the column that says when."""
DATED = r"^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}"
WORDS = "('true', 't', 'yes', 'y', '1', '1.0', 'false', 'f', 'no', 'n', '0', '0.0')"


def named_as_marks(con: DuckDBPyConnection, table: Table, relation: str, names: Mapping[str, str]) -> dict[str, str]:
    """`names` (column of `relation` → contract), with columns of times that hold nothing but yes and no as marks.

    And the other way: a column that was called a mark and holds dates throughout is one of times.
    """
    made = dict(names)
    if table.name != CONTACTS.name:
        return made
    for source, name in names.items():
        mark = next((mark for mark, time in MARKS.items() if name in (mark, time)), None)
        if mark is None or (mark if name != mark else MARKS[mark]) in made.values():
            continue
        cell = f"lower(trim({sql_name(source)}::VARCHAR))"
        filled = scalar_int(con, f"SELECT count(nullif({cell}, '')) FROM {sql_name(relation)}")
        words = scalar_int(con, f"SELECT count(*) FROM {sql_name(relation)} WHERE {cell} IN {WORDS}")
        dates = f"SELECT count(*) FROM {sql_name(relation)} WHERE regexp_matches({cell}, {sql_text(DATED)})"
        if filled and words == filled:
            made[source] = mark
        elif filled and filled == scalar_int(con, dates):
            made[source] = MARKS[mark]
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
    said = [f"{named} say whether, not when: what they tell of is entered {DAYS - 1} days after `sent_at`"]
    return said + [words for mark in marks if (words := _unsaid(con, mark))]


def _unsaid(con: DuckDBPyConnection, mark: str) -> str | None:
    """Words on a mark that says no in some rows and nothing in others."""
    [(empty, no, rows)] = con.execute(
        f"SELECT count(*) FILTER ({mark} IS NULL), count(*) FILTER (NOT {mark}), count(*) FROM parsed_contacts "
        "WHERE problem IS NULL"
    ).fetchall()
    if not (empty and no):
        return None
    return (
        f"`{mark}` is empty in {empty:,} of {rows:,} rows, which count as no; where it means that nobody knows, the "
        "shares come out too low"
    )


def kept_apart(table: Table, columns: Iterable[str]) -> str:
    """The marks as further names of an EXCLUDE list: once they are times they are not stored."""
    return "".join(f", {mark}" for mark in _marks(table, columns))


def _marks(table: Table, columns: Iterable[str]) -> list[str]:
    return [name for name in columns if name in MARKS] if table.name == CONTACTS.name else []
