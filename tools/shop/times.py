"""Dates and times: ISO 8601, or 12/31/2017 where the column itself shows which number is the month."""

from typing import TYPE_CHECKING

from tools.shop.contract import Column
from tools.shop.duck import sql_name, sql_text
from tools.shop.parsed import Parsed

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

ISO_TIME = r"\d{4}[-/]\d{1,2}[-/]\d{1,2}([T ]\d{1,2}:\d{2}(:\d{2}(\.\d{1,9})?)?\s?(Z|UTC|[+-]\d{2}(:?\d{2})?)?)?"
ZONED = r".*\d:\d{2}.*(Z|UTC|[+-]\d{2}(:?\d{2})?)"
SLASHED = r"\d{1,2}/\d{1,2}/\d{4}(\s.*)?"
DOTTED = r"\d{1,2}\.\d{1,2}\.\d{4}(\s.*)?"
CLOCKS = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")


def parse_time(con: "DuckDBPyConnection", relation: str, column: Column, sql_type: str) -> Parsed:
    """How a column of times is read; a time with a zone becomes UTC, one without is taken as UTC, which is noted."""
    cell = sql_name(column.name)
    naive = f"the times of `{column.name}` carry no zone and were taken as UTC"
    if sql_type == "TIMESTAMP WITH TIME ZONE":
        return _in_range(f"{cell} AT TIME ZONE 'UTC'", column, cell)
    if sql_type == "DATE" or sql_type.startswith("TIMESTAMP"):
        [(filled,)] = con.execute(f"SELECT count({cell}) FROM {sql_name(relation)}").fetchall()
        return _in_range(f"{cell}::TIMESTAMP", column, cell, notes=(naive,) if filled else ())
    text = f"{cell}::VARCHAR"
    iso = f"regexp_full_match({text}, {sql_text(ISO_TIME)})"
    zoned = f"regexp_full_match({text}, {sql_text(ZONED)})"
    tidy = f"replace(replace({text}, '/', '-'), ' UTC', 'Z')"
    tidy_zoned = f"regexp_replace({tidy}, '\\s([+-]\\d)', '\\1')"
    [(others, with_zone, without_zone)] = con.execute(
        f"SELECT count(*) FILTER (NOT {iso}), count(*) FILTER ({zoned}), count(*) FILTER ({iso} AND NOT {zoned}) "
        f"FROM {sql_name(relation)}"
    ).fetchall()
    value = f"CASE WHEN {iso} THEN try_cast({tidy} AS TIMESTAMP) END"
    if with_zone:
        value = (
            f"CASE WHEN {iso} AND {zoned} THEN try_cast({tidy_zoned} AS TIMESTAMPTZ) AT TIME ZONE 'UTC' "
            f"WHEN {iso} THEN try_cast({tidy} AS TIMESTAMP) END"
        )
    if not others:
        return _in_range(value, column, cell, notes=(naive,) if without_zone else ())
    slashed = _slashed(con, relation, column, text)
    value = f"coalesce({value}, {slashed.value})"
    [(without_zone,)] = con.execute(
        f"SELECT count(*) FILTER (NOT {zoned}) FROM {sql_name(relation)} WHERE {value} IS NOT NULL"
    ).fetchall()
    return _in_range(value, column, cell, slashed.problems, ((naive,) if without_zone else ()) + slashed.notes)


def _slashed(con: "DuckDBPyConnection", relation: str, column: Column, text: str) -> Parsed:
    """Dates such as 12/31/2017: the column's own cells say which number is the month, or they are refused."""
    as_month_first = f"try_strptime({text}, {_formats('%m/%d/%Y')})"
    as_day_first = f"try_strptime({text}, {_formats('%d/%m/%Y')})"
    dotted = (
        f"CASE WHEN regexp_full_match({text}, {sql_text(DOTTED)}) THEN try_strptime({text}, {_formats('%d.%m.%Y')}) END"
    )
    is_slashed = f"regexp_full_match({text}, {sql_text(SLASHED)})"
    [(month_first, day_first, slashes)] = con.execute(
        f"SELECT count(*) FILTER ({as_month_first} IS NOT NULL AND {as_day_first} IS NULL), "
        f"count(*) FILTER ({as_day_first} IS NOT NULL AND {as_month_first} IS NULL), count(*) "
        f"FROM {sql_name(relation)} WHERE {is_slashed}"
    ).fetchall()
    if not slashes:
        return Parsed(dotted)
    if bool(month_first) != bool(day_first):
        words = "month first (12/31/2017)" if month_first else "day first (31/12/2017)"
        chosen = as_month_first if month_first else as_day_first
        return Parsed(f"coalesce({chosen}, {dotted})", notes=(f"the dates of `{column.name}` were read {words}",))
    words = "could be month first or day first; write 2017-12-31"
    return Parsed(dotted, ((is_slashed, f"`{column.name}` {words}"),))


def _formats(day: str) -> str:
    return "[" + ", ".join(sql_text(day + clock) for clock in CLOCKS) + "]"


def _in_range(
    value: str,
    column: Column,
    cell: str,
    problems: tuple[tuple[str, str], ...] = (),
    notes: tuple[str, ...] = (),
) -> Parsed:
    excused = " OR ".join(condition for condition, _ in problems) or "false"
    unread = f"{cell} IS NOT NULL AND ({value}) IS NULL AND NOT ({excused})"
    outside = f"NOT isfinite({value}) OR year({value}) NOT BETWEEN 1970 AND 2200"
    return Parsed(
        value,
        (
            *problems,
            (unread, f"`{column.name}` is not a date or time"),
            (outside, f"`{column.name}` is outside the years 1970 to 2200"),
        ),
        notes,
    )
