"""From `raw_<table>` to `clean_<table>` and `bad_<table>`: each row to one of them, a bad one with its reasons."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.failure import ToolFailure
from tools.shop.contract import Column, Table
from tools.shop.duck import scalar_int, sql_name, sql_text
from tools.shop.marks import kept_apart, times_of_marks
from tools.shop.parsed import Parsed
from tools.shop.parsing import parse
from tools.shop.sources import Staged

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MOST_BAD = 0.5
"""A larger fraction of bad rows in a table refuses the import: the file is not what it was taken for."""
SQL_TYPES = {
    "id": "VARCHAR",
    "text": "VARCHAR",
    "money": "BIGINT",
    "number": "DOUBLE",
    "bool": "BOOLEAN",
    "time": "TIMESTAMP",
}
WHOLE = r"-?(0|[1-9]\d{0,17})"
DECIMAL = r"-?(0|[1-9]\d{0,17})(\.\d+)?"
COMMA = r"-?(0|[1-9]\d{0,17})(,\d+)?"
GROUPED = r"-?[1-9]\d{0,2},\d{3}"
"""What may be thousands as well as a decimal comma."""


@dataclass(frozen=True)
class Checked:
    """What was said about a table."""

    rows: int
    bad: int
    notes: tuple[str, ...]


def check(con: "DuckDBPyConnection", staged: Staged, brought: tuple[str, ...], currency: str) -> Checked:
    """Check a staged table against the contract and the tables that it refers to, which are checked already.

    Args:
        brought: the tables that the shop brings.

    Raises:
        ToolFailure: `empty_table`, `too_many_bad_rows`, `mixed_currencies`.
    """
    table = staged.table
    _check_currency(con, staged, currency)
    notes = [*_parse_columns(con, staged, currency), *times_of_marks(con, table, staged.columns)]
    con.execute(f"CREATE TABLE flaws_{table.name} (source_row BIGINT, problem VARCHAR)")
    _flag_cells(con, table)
    _flag_duplicates(con, table)
    for column, other in table.refers.items():
        if other in brought:
            _flag_unknown(con, table, column, other)
    _split(con, staged)
    good = scalar_int(con, f"SELECT count(*) FROM clean_{table.name}")
    bad = scalar_int(con, f"SELECT count(*) FROM bad_{table.name}")
    _refuse_hopeless(con, staged, good, bad)
    return Checked(good, bad, tuple(f"{table.name}: {note}" for note in (*notes, *_remarks(con, table))))


def _parse_columns(con: "DuckDBPyConnection", staged: Staged, currency: str) -> list[str]:
    """`parsed_<table>`: source_row, the typed columns, the extras, and the reasons against a row's cells."""
    table, raw = staged.table, f"raw_{staged.table.name}"
    values: list[str] = []
    problems: list[tuple[str, str]] = []
    notes: list[str] = []
    for column in table.columns:
        if column.name not in staged.columns:
            if column.sparse:
                continue
            values.append(f"NULL::{SQL_TYPES[column.kind]} AS {sql_name(column.stored)}")
            continue
        parsed: Parsed = parse(con, raw, column, staged.columns[column.name], currency)
        values.append(f"({parsed.value})::{SQL_TYPES[column.kind]} AS {sql_name(column.stored)}")
        problems += _needed(column)
        problems += parsed.problems
        notes += parsed.notes
    present = [name for name in table.one_of if name in staged.columns]
    if present:
        missing = " AND ".join(f"{sql_name(name)} IS NULL" for name in present)
        problems.append((missing, f"needs {' or '.join(f'`{name}`' for name in table.one_of)}"))
    values += [_extra(con, raw, name, staged.columns[name]) for name in staged.extras]
    reasons = ", ".join(f"CASE WHEN {condition} THEN {sql_text(reason)} END" for condition, reason in problems)
    con.execute(
        f"CREATE TABLE parsed_{table.name} AS SELECT source_row, {', '.join(values)}, "
        f"nullif(concat_ws('; ', {reasons}), '') AS problem FROM {raw}"
    )
    return notes


def _needed(column: Column) -> list[tuple[str, str]]:
    return [(f"{sql_name(column.name)} IS NULL", f"`{column.name}` is missing")] if column.required else []


def _extra(con: "DuckDBPyConnection", raw: str, name: str, sql_type: str) -> str:
    """An extra column as it is; text that is numbers throughout (and no codes such as 00501) becomes numbers.

    With decimal commas too, where some cell can be nothing else.
    """
    cell = sql_name(name)
    if sql_type != "VARCHAR":
        return cell
    [(cells, whole, decimal, comma, sure)] = con.execute(
        f"SELECT count({cell}), count(*) FILTER (regexp_full_match({cell}, {sql_text(WHOLE)})), "
        f"count(*) FILTER (regexp_full_match({cell}, {sql_text(DECIMAL)})), "
        f"count(*) FILTER (regexp_full_match({cell}, {sql_text(COMMA)})), "
        f"count(*) FILTER (contains({cell}, ',') AND NOT regexp_full_match({cell}, {sql_text(GROUPED)})) FROM {raw}"
    ).fetchall()
    if cells and comma == cells and sure:
        return f"replace({cell}, ',', '.')::DOUBLE AS {cell}"
    if not cells or decimal < cells:
        return cell
    return f"{cell}::{'BIGINT' if whole == cells else 'DOUBLE'} AS {cell}"


def _flag_cells(con: "DuckDBPyConnection", table: Table) -> None:
    con.execute(
        f"INSERT INTO flaws_{table.name} SELECT source_row, problem FROM parsed_{table.name} WHERE problem IS NOT NULL"
    )


def _flag_duplicates(con: "DuckDBPyConnection", table: Table) -> None:
    """Of rows that share a key the first good one stands. An order's lines share its id, but not two customers."""
    if table.key is not None:
        key = sql_name(table.key)
        con.execute(
            f"INSERT INTO flaws_{table.name} SELECT source_row, "
            f"'`{table.key}` is that of row ' || first_value(source_row) OVER same FROM parsed_{table.name} "
            f"WHERE problem IS NULL WINDOW same AS (PARTITION BY {key} ORDER BY source_row) "
            "QUALIFY row_number() OVER same > 1"
        )
    if table.name == "orders":
        con.execute(
            "INSERT INTO flaws_orders SELECT source_row, '`order_id` is shared by different customers' "
            "FROM parsed_orders SEMI JOIN (SELECT order_id FROM parsed_orders WHERE problem IS NULL GROUP BY order_id "
            "HAVING count(DISTINCT customer_id) > 1) USING (order_id) WHERE problem IS NULL"
        )


def _flag_unknown(con: "DuckDBPyConnection", table: Table, column: str, other: str) -> None:
    con.execute(
        f"INSERT INTO flaws_{table.name} SELECT source_row, '`{column}` is not in {other}' "
        f"FROM parsed_{table.name} ANTI JOIN clean_{other} USING ({sql_name(column)}) WHERE problem IS NULL"
    )


def _split(con: "DuckDBPyConnection", staged: Staged) -> None:
    """`clean_<table>` without the helpers' columns; `bad_<table>` with the cells as the source has them."""
    name = staged.table.name
    con.execute(
        f"CREATE VIEW clean_{name} AS SELECT * EXCLUDE (source_row, problem{kept_apart(staged.table, staged.columns)}) "
        f"FROM parsed_{name} ANTI JOIN flaws_{name} USING (source_row)"
    )
    cells = ", ".join(f"raw.{sql_name(column)}::VARCHAR AS {sql_name(column)}" for column in staged.columns)
    con.execute(
        f"CREATE TABLE bad_{name} AS SELECT source_row, flaw.problem, {cells}, NULL::VARCHAR AS source_text "
        f"FROM raw_{name} raw JOIN (SELECT source_row, string_agg(problem, '; ' ORDER BY problem) AS problem "
        f"FROM flaws_{name} GROUP BY source_row) flaw USING (source_row)"
    )
    if staged.ragged:
        con.execute(f"INSERT INTO bad_{name} BY NAME FROM ragged_{name}")


def _refuse_hopeless(con: "DuckDBPyConnection", staged: Staged, good: int, bad: int) -> None:
    table, where = staged.table, staged.where
    if good + bad == 0 and not table.may_be_empty:
        raise ToolFailure("empty_table", f"{where} has a header but no rows", file=where, table=table.name)
    if bad <= MOST_BAD * (good + bad):
        return
    examples = con.execute(
        f"SELECT problem, count(*), min(source_row) FROM bad_{table.name} GROUP BY problem ORDER BY 2 DESC, 1 LIMIT 3"
    ).fetchall()
    reasons = "; ".join(f"{problem} ({count} rows, first in row {row})" for problem, count, row in examples)
    message = f"{where}: {bad} of {good + bad} rows are bad, so nothing was imported: {reasons}"
    raise ToolFailure("too_many_bad_rows", message, file=where, table=table.name, bad=bad, rows=good + bad)


def _check_currency(con: "DuckDBPyConnection", staged: Staged, currency: str) -> None:
    """Refuse a table whose `currency` column names another currency than the shop's: sums would be wrong."""
    column = next((name for name in staged.extras if name.casefold() == "currency"), None)
    if column is None or not any(known.kind == "money" for known in staged.table.columns):
        return
    cell = f"upper({sql_name(column)}::VARCHAR)"
    found = con.execute(
        f"SELECT {cell}, count(*), min(source_row) FROM raw_{staged.table.name} "
        f"WHERE {cell} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 10"
    ).fetchall()
    others = [f"{name!r} ({count} rows, first in row {row})" for name, count, row in found if name != currency]
    if others:
        message = f"{staged.where} has amounts in other currencies than the shop's {currency}: {', '.join(others)}"
        raise ToolFailure("mixed_currencies", message, file=staged.where, currency=currency)


def _remarks(con: "DuckDBPyConnection", table: Table) -> list[str]:
    """What is odd but not wrong."""
    remarks: list[str] = []
    clean = f"clean_{table.name}"
    if table.name == "orders":
        repeated = scalar_int(
            con,
            "SELECT coalesce(sum(n - 1), 0) FROM (SELECT count(*) AS n FROM clean_orders "
            "GROUP BY order_id, customer_id, product_id, ordered_at, quantity, amount_minor HAVING count(*) > 1)",
        )
        if repeated:
            remarks.append(f"{repeated} lines repeat another line exactly; they were kept")
    if table.name == "customers":
        odd = scalar_int(
            con, f"SELECT count(*) FROM {clean} WHERE NOT regexp_full_match(email, '[^@\\s]+@[^@\\s]+\\.[^@\\s]+')"
        )
        if odd:
            remarks.append(f"{odd} values of `email` are not addresses; the customers were kept")
    if table.name == "contacts":
        timeless = scalar_int(
            con,
            f"SELECT count(*) FROM {clean} WHERE revenue_minor > 0 AND converted_at IS NULL AND redeemed_at IS NULL",
        )
        if timeless:
            remarks.append(f"{timeless} rows have `revenue` without `converted_at`; no plan for a given day can use it")
    return remarks
