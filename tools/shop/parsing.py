"""Cells into values, in SQL: for each kind of column an expression for the value and one for what is wrong with a cell.

A file is written by one program in one style, so how a comma or `03/04/2017` is to be read is decided once for a whole
column, from the cells that can be read in one way only. Where no such cell exists, the doubtful ones are refused.

A validator of our own rather than a schema library such as pandera: one pass in DuckDB over a million rows makes the
typed values and, for every bad row, all its reasons in words. There, coercion and checks are two passes over a frame in
memory, and a cell that cannot be coerced fails its column.
"""

from typing import TYPE_CHECKING

from tools.shop.contract import Column
from tools.shop.duck import sql_name
from tools.shop.numbers import FLOAT_TYPES, parse_number
from tools.shop.parsed import Parsed
from tools.shop.times import parse_time

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

LONGEST_ID = 200
LONGEST_TEXT = 20_000


def parse(con: "DuckDBPyConnection", relation: str, column: Column, sql_type: str, currency: str) -> Parsed:
    """How `column` of `relation` is read, after a look at its cells; text cells are trimmed, empty ones are null."""
    cell = sql_name(column.name)
    if column.kind in ("id", "text"):
        return _parse_id(cell, column, sql_type) if column.kind == "id" else _parse_text(cell, column)
    if column.kind == "bool":
        return _parse_bool(cell, column, sql_type)
    if column.kind == "time":
        return parse_time(con, relation, column, sql_type)
    return parse_number(con, relation, column, sql_type, currency)


def _parse_id(cell: str, column: Column, sql_type: str) -> Parsed:
    value = f"{cell}::VARCHAR"
    missing: tuple[tuple[str, str], ...] = ()
    if sql_type in FLOAT_TYPES:
        # A column of integers with gaps is float in pandas: 12.0 is the identifier 12 of the other tables.
        whole = f"isfinite({cell}) AND abs({cell}) < 1e15 AND {cell} = trunc({cell})"
        value = f"CASE WHEN {whole} THEN {cell}::BIGINT::VARCHAR WHEN NOT isnan({cell}) THEN {value} END"
        if column.required:
            missing = ((f"isnan({cell})", f"`{column.name}` is missing"),)
    return Parsed(
        value,
        (
            *missing,
            (
                f"regexp_matches({value}, '[\\x00-\\x1f\\x7f]')",
                f"`{column.name}` holds a line break or control character",
            ),
            (f"length({value}) > {LONGEST_ID}", f"`{column.name}` is longer than {LONGEST_ID} characters"),
            (
                f"regexp_full_match({value}, '\\d(\\.\\d+)?[eE]\\+\\d+')",
                f"`{column.name}` was shortened by a spreadsheet to a power of ten",
            ),
        ),
    )


def _parse_text(cell: str, column: Column) -> Parsed:
    value = f"{cell}::VARCHAR"
    return Parsed(
        value,
        ((f"length({value}) > {LONGEST_TEXT}", f"`{column.name}` is longer than {LONGEST_TEXT} characters"),),
    )


def _parse_bool(cell: str, column: Column, sql_type: str) -> Parsed:
    if sql_type == "BOOLEAN":
        return Parsed(cell)
    word = f"lower({cell}::VARCHAR)"
    value = (
        f"CASE WHEN {word} IN ('true', 't', 'yes', 'y', '1', '1.0') THEN true "
        f"WHEN {word} IN ('false', 'f', 'no', 'n', '0', '0.0') THEN false END"
    )
    return Parsed(value, ((f"{cell} IS NOT NULL AND ({value}) IS NULL", f"`{column.name}` is not yes or no"),))
