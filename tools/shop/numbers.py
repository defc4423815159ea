"""Numbers and money: 1234.5, 1,234.5 or 1.234,5, decided for a whole column."""

from typing import TYPE_CHECKING

from tools.money import minor_digits
from tools.shop.contract import Column
from tools.shop.duck import sql_name, sql_text
from tools.shop.parsed import Parsed

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

NUMERIC_TYPES = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT")
FLOAT_TYPES = ("FLOAT", "DOUBLE")
MOST_MONEY = 1e12
"""Major units; above it a cell is taken for a mistake, and int64 minor units stay far away."""
PLAIN = r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,2})?"
POINT_GROUPED = r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?"
COMMA_DECIMAL = r"[+-]?(\d{1,3}(\.\d{3})+|\d+)(,\d+)?|[+-]?\d{1,3}(\.\d{3})+"
DOUBTFUL = r"[+-]?\d{1,3}[.,]\d{3}"
SYMBOL = r".*[$€£¥₹￥].*|[A-Za-z]{3}\s*[+-]?\d.*|.*\d\s*[A-Za-z]{3}"


def parse_number(con: "DuckDBPyConnection", relation: str, column: Column, sql_type: str, currency: str) -> Parsed:
    """How a column of kind `number` or `money` is read; money comes out in minor units, rounded half to even."""
    cell = sql_name(column.name)
    notes: tuple[str, ...] = ()
    problems: list[tuple[str, str]] = []
    if sql_type in FLOAT_TYPES:
        readable = f"CASE WHEN isfinite({cell}) THEN {cell} END"
    elif sql_type in NUMERIC_TYPES or sql_type.startswith("DECIMAL"):
        readable = cell
    else:
        style = _number_style(con, relation, cell if sql_type == "VARCHAR" else f"{cell}::VARCHAR")
        readable = style.value
        problems = [(condition, reason.format(column.name, currency)) for condition, reason in style.problems]
        notes = tuple(note.format(column.name) for note in style.notes)
    number = f"try_cast({readable} AS DOUBLE)"
    excused = " OR ".join(condition for condition, _ in problems) or "false"
    problems.append(
        (
            f"{cell} IS NOT NULL AND ({number} IS NULL OR NOT isfinite({number})) AND NOT ({excused})",
            f"`{column.name}` is not a number",
        )
    )
    problems += [(f"{number} {test}", f"`{column.name}` {words}") for test, words in _limits(column)]
    if column.kind == "number":
        return Parsed(number, tuple(problems), notes)
    # Decimal arithmetic: 1.005 in binary would round down. The scale leaves room for MOST_MONEY.
    scale = 10 ** minor_digits(currency)
    return Parsed(
        f"try_cast(round_even(try_cast({readable} AS DECIMAL(28, 8)) * {scale}, 0) AS BIGINT)", tuple(problems), notes
    )


def _limits(column: Column) -> list[tuple[str, str]]:
    limits: list[tuple[str, str]] = []
    if column.above is not None:
        limits.append((f"<= {column.above}", f"is not above {column.above:g}"))
    if column.least is not None:
        limits.append((f"< {column.least}", f"is below {column.least:g}"))
    if column.most is not None:
        limits.append((f"> {column.most}", f"is above {column.most:g}"))
    if column.kind == "money":
        limits.append((f"> {MOST_MONEY} ", f"is above {MOST_MONEY:,.0f}"))
    return limits


def _number_style(con: "DuckDBPyConnection", relation: str, cell: str) -> Parsed:
    """How the column writes numbers: 1234.5, 1,234.5 or 1.234,5."""
    symbol = f"regexp_full_match({cell}, {sql_text(SYMBOL)})"
    with_symbol = (symbol, "`{0}` holds a currency symbol or word; amounts are plain numbers in {1}")
    plain = f"CASE WHEN regexp_full_match({cell}, {sql_text(PLAIN)}) THEN {cell} END"
    # A look that costs little, as nearly every column is plain.
    [(odd,)] = con.execute(
        f"SELECT bool_or(contains({cell}, ',') OR contains({cell}, '.') AND try_cast({cell} AS DOUBLE) IS NULL) "
        f"FROM {sql_name(relation)}"
    ).fetchall()
    if not odd:
        return Parsed(plain, (with_symbol,))
    [(commas, points, comma_decimals, doubtful_points)] = con.execute(
        f"""SELECT
            count(*) FILTER (contains(c, ',') OR regexp_full_match(c, '[+-]?\\d+(\\.\\d{{3}}){{2,}}')),
            count(*) FILTER (contains(c, '.') AND (regexp_full_match(c, {sql_text(PLAIN)})
                OR regexp_full_match(c, {sql_text(POINT_GROUPED)}))
                AND NOT regexp_full_match(c, {sql_text(DOUBTFUL)})),
            count(*) FILTER (regexp_full_match(c, {sql_text(COMMA_DECIMAL)})
                AND NOT regexp_full_match(c, {sql_text(DOUBTFUL)}) AND NOT regexp_full_match(c, '[+-]?\\d+')),
            count(*) FILTER (contains(c, '.') AND regexp_full_match(c, {sql_text(DOUBTFUL)}))
        FROM (SELECT {cell} AS c FROM {sql_name(relation)} WHERE regexp_full_match({cell}, '[-+0-9.,]+'))"""
    ).fetchall()
    if not commas:
        return Parsed(plain, (with_symbol,))
    if comma_decimals and not points:
        value = (
            f"CASE WHEN regexp_full_match({cell}, {sql_text(COMMA_DECIMAL)}) "
            f"THEN replace(replace({cell}, '.', ''), ',', '.') END"
        )
        extra = f", and {doubtful_points} like 1.234 as thousands" if doubtful_points else ""
        return Parsed(value, (with_symbol,), ("`{0}` is written with decimal commas, and was read so" + extra,))
    if points and not comma_decimals:
        value = (
            f"CASE WHEN regexp_full_match({cell}, {sql_text(POINT_GROUPED)}) OR regexp_full_match({cell}, "
            f"{sql_text(PLAIN)}) THEN replace({cell}, ',', '') END"
        )
        return Parsed(value, (with_symbol,), ("`{0}` is written with commas between thousands, and was read so",))
    if points:
        words = "`{0}` has a comma, and the column mixes decimal commas with decimal points"
    else:
        words = "`{0}` has a comma that may part thousands or decimals; write 1234.50"
    return Parsed(plain, (with_symbol, (f"contains({cell}, ',') AND NOT {symbol}", words)))
