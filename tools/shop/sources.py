"""From named files to `raw_<table>` in DuckDB: the contract's names on the columns, cells trimmed, rows numbered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tools.failure import ToolFailure
from tools.shop.contract import TABLES, Table
from tools.shop.csvfile import CsvTable, read_csv
from tools.shop.duck import describe, sql_name, sql_text
from tools.shop.naming import aside, name_columns

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

CSV_SUFFIXES = (".csv", ".tsv", ".txt")
PARQUET_SUFFIXES = (".parquet", ".pq")
BLANKS = "' \t\r\n\u00a0\u3000\ufeff'"
SCALARS = ("BOOLEAN", "VARCHAR", "DATE", "FLOAT", "DOUBLE", "TINYINT", "SMALLINT", "INTEGER", "BIGINT")


@dataclass(frozen=True)
class Staged:
    """A table read into `raw_<name>` (and `ragged_<name>`), not yet checked."""

    table: Table
    path: Path | None
    columns: dict[str, str]
    """Column in `raw_<name>`, by its contract name or its own → DuckDB type; without `source_row`."""
    notes: tuple[str, ...] = ()
    ragged: bool = False
    """Whether `ragged_<name>` exists: rows that do not fit the header."""

    @property
    def where(self) -> str:
        return self.table.name if self.path is None else str(self.path)

    @property
    def extras(self) -> tuple[str, ...]:
        return tuple(name for name in self.columns if self.table.column(name) is None)


def find_sources(folder: Path) -> dict[str, Path]:
    """The tables of a folder: `customers.csv`, `orders.parquet` and so on.

    Raises:
        ToolFailure: `missing_file` where there is no folder or no table in it; `ambiguous_source` for two files of one.
    """
    if not folder.is_dir():
        raise ToolFailure("missing_file", f"{folder} is not a folder", path=str(folder))
    found: dict[str, Path] = {}
    for path in sorted(folder.iterdir()):
        if path.stem not in TABLES or path.suffix.lower() not in CSV_SUFFIXES + PARQUET_SUFFIXES:
            continue
        if path.stem in found:
            message = f"{folder} holds both {found[path.stem].name} and {path.name}; keep one"
            raise ToolFailure("ambiguous_source", message, path=str(folder))
        found[path.stem] = path
    if not found:
        names = ", ".join(f"{table}.csv" for table in TABLES)
        raise ToolFailure("missing_file", f"{folder} holds none of {names} (or .parquet)", path=str(folder))
    return found


def parse_mapping(words: Sequence[str]) -> dict[str, str]:
    """`["orders.amount=sales_value"]` as `{"orders.amount": "sales_value"}`.

    Raises:
        ToolFailure: `bad_mapping` where one is not `table.column=source column`, or names a column twice.
    """
    mapping: dict[str, str] = {}
    for word in words:
        target, equals, source = word.partition("=")
        if not equals or not source.strip() or target.count(".") != 1:
            message = f"--map {word!r} is not understood; write --map orders.amount=sales_value"
            raise ToolFailure("bad_mapping", message, mapping=word)
        if target.strip() in mapping:
            raise ToolFailure("bad_mapping", f"--map names `{target.strip()}` twice", mapping=word)
        mapping[target.strip()] = source.strip()
    return mapping


def check_mapping(mapping: Mapping[str, str], tables: Sequence[str]) -> None:
    """Refuse a mapping to a table or column that the contract does not have.

    Raises:
        ToolFailure: `bad_mapping`, naming what exists.
    """
    for target in mapping:
        name, _, column = target.partition(".")
        if name not in TABLES:
            message = f"--map `{target}`: there is no table `{name}`; the tables are {', '.join(TABLES)}"
            raise ToolFailure("bad_mapping", message, mapping=target)
        if TABLES[name].column(column) is None:
            message = f"--map `{target}`: `{name}` has no column `{column}`; it has {', '.join(TABLES[name].names)}"
            raise ToolFailure("bad_mapping", message, mapping=target)
        if name not in tables:
            message = f"--map `{target}`: no file was given for `{name}`"
            raise ToolFailure("bad_mapping", message, mapping=target)


def stage(con: "DuckDBPyConnection", table: Table, path: Path, mapping: Mapping[str, str]) -> Staged:
    """Read a file into `raw_<table>`.

    Args:
        mapping: contract column of this table → column of the file.

    Raises:
        ToolFailure: `missing_file`, `bad_file`, `empty_table`, `missing_column`, `duplicate_column`, `bad_mapping`.
    """
    try:
        path.open("rb").close()
    except OSError as error:
        message = f"the file of `{table.name}`, {path}, cannot be read: {error.strerror}"
        raise ToolFailure("missing_file", message, file=str(path)) from error
    suffix = path.suffix.lower()
    notes: list[str] = []
    ragged = False
    if suffix in PARQUET_SUFFIXES:
        _load_parquet(con, table, path)
    elif suffix in CSV_SUFFIXES:
        found = read_csv(path)
        _register_csv(con, table, found)
        ragged = bool(found.ragged)
        notes += [f"{table.name}: {found.blank} blank lines were passed over"] if found.blank else []
    else:
        message = f"{path} is neither CSV ({', '.join(CSV_SUFFIXES)}) nor Parquet ({', '.join(PARQUET_SUFFIXES)})"
        raise ToolFailure("bad_file", message, file=str(path))
    types = describe(con, f"file_{table.name}")
    types.pop("source_row")
    names, renamed = name_columns(table, path, list(types), mapping)
    _create_raw(con, table, types, names)
    columns = describe(con, f"raw_{table.name}")
    columns.pop("source_row")
    return Staged(table, path, columns, (*notes, *renamed), ragged)


def stage_relation(con: "DuckDBPyConnection", table: Table) -> Staged:
    """The same for a relation `raw_<table>` that is in the connection already, with the contract's names."""
    columns = describe(con, f"raw_{table.name}")
    columns.pop("source_row")
    return Staged(table, None, columns)


def _register_csv(con: "DuckDBPyConnection", table: Table, found: CsvTable) -> None:
    import pyarrow as pa

    con.register(f"file_{table.name}", found.rows)
    if found.ragged:
        rows, texts, problems = zip(*found.ragged, strict=True)
        con.register(
            f"ragged_{table.name}",
            pa.table({"source_row": list(rows), "source_text": list(texts), "problem": list(problems)}),
        )


def _load_parquet(con: "DuckDBPyConnection", table: Table, path: Path) -> None:
    import duckdb

    rows = f"read_parquet({sql_text(str(path))}, file_row_number = true)"
    try:
        names = [
            str(row[0]) for row in con.execute(f"DESCRIBE SELECT * EXCLUDE (file_row_number) FROM {rows}").fetchall()
        ]
        columns = ", ".join(f"{sql_name(name)} AS {sql_name(aside(name))}" for name in names)
        con.execute(
            f"CREATE VIEW {sql_name('file_' + table.name)} AS SELECT {columns}, file_row_number + 1 AS source_row "
            f"FROM {rows}"
        )
    except duckdb.Error as error:
        message = f"{path} cannot be read as Parquet: {str(error).splitlines()[0]}"
        raise ToolFailure("bad_file", message, file=str(path)) from error


def _create_raw(con: "DuckDBPyConnection", table: Table, types: dict[str, str], names: dict[str, str]) -> None:
    """`raw_<table>`: text trimmed and empty text null; what is no scalar becomes text."""
    parts = []
    for source, name in names.items():
        cell = sql_name(source)
        if types[source] == "VARCHAR":
            cell = f"nullif(trim({cell}, {BLANKS}), '')"
        elif table.column(name) is None and not _is_scalar(types[source]):
            cell = f"{cell}::VARCHAR"
        parts.append(f"{cell} AS {sql_name(name)}")
    con.execute(
        f"CREATE VIEW {sql_name('raw_' + table.name)} AS SELECT source_row, {', '.join(parts)} "
        f"FROM {sql_name('file_' + table.name)}"
    )


def _is_scalar(sql_type: str) -> bool:
    return sql_type in SCALARS or (sql_type.startswith(("DECIMAL", "TIMESTAMP")) and not sql_type.endswith("]"))
