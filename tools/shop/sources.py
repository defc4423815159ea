"""From named files to `raw_<table>` in DuckDB: the contract's names on the columns, cells trimmed, rows numbered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tools.failure import ToolFailure
from tools.shop.contract import TABLES, Table
from tools.shop.csvfile import CsvTable, read_csv
from tools.shop.duck import describe, sql_name, sql_text
from tools.shop.marks import named_as_marks
from tools.shop.naming import aside, name_columns

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

CSV_SUFFIXES = (".csv", ".tsv", ".txt")
PARQUET_SUFFIXES = (".parquet", ".pq")
BLANKS = "' \t\r\n\u00a0\u3000\ufeff'"
SET = "--set "
"""Begins the name of a column that holds one value throughout."""
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
    """The tables of a folder: `customers.csv`, `orders.parquet` and so on; of a file that is named like one, itself.

    Any other file is a shop in one file, and is named as its customers.

    Raises:
        ToolFailure: `missing_file` where there is no folder or no table in it; `ambiguous_source` for two files of one.
    """
    if folder.is_file():
        return {folder.stem if folder.stem in TABLES else "customers": folder}
    if not folder.is_dir():
        raise ToolFailure("missing_file", f"{folder} is neither a folder nor a file", path=str(folder))
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


def parse_mapping(words: Sequence[str], option: str = "--map") -> dict[str, str]:
    """`["orders.amount=sales_value"]` as `{"orders.amount": "sales_value"}`; the same for `--set`.

    Raises:
        ToolFailure: `bad_mapping` where one is not `table.column=source column`, or names a column twice.
    """
    mapping: dict[str, str] = {}
    for word in words:
        target, equals, source = word.partition("=")
        if not equals or not source.strip() or target.count(".") != 1:
            example = "orders.amount=sales_value" if option == "--map" else "contacts.channel=email"
            message = f"{option} {word!r} is not understood; write {option} {example}"
            raise ToolFailure("bad_mapping", message, mapping=word)
        if target.strip() in mapping:
            raise ToolFailure("bad_mapping", f"{option} names `{target.strip()}` twice", mapping=word)
        mapping[target.strip()] = source.strip()
    return mapping


def check_mapping(mapping: Mapping[str, str], tables: Sequence[str], option: str = "--map") -> None:
    """Refuse a mapping to a table or column that the contract does not have.

    Raises:
        ToolFailure: `bad_mapping`, naming what exists.
    """
    for target in mapping:
        name, _, column = target.partition(".")
        if name not in TABLES:
            message = f"{option} `{target}`: there is no table `{name}`; the tables are {', '.join(TABLES)}"
            raise ToolFailure("bad_mapping", message, mapping=target)
        if TABLES[name].column(column) is None:
            message = f"{option} `{target}`: `{name}` has no column `{column}`; it has {', '.join(TABLES[name].names)}"
            raise ToolFailure("bad_mapping", message, mapping=target)
        if name not in tables:
            message = f"{option} `{target}`: no file was given for `{name}`"
            raise ToolFailure("bad_mapping", message, mapping=target)


def stage(
    con: "DuckDBPyConnection",
    table: Table,
    path: Path,
    mapping: Mapping[str, str],
    constants: Mapping[str, str] | None = None,
) -> Staged:
    """Read a file into `raw_<table>`.

    Args:
        mapping: contract column of this table → column of the file.
        constants: contract column of this table → the value that every row has.

    Raises:
        ToolFailure: `missing_file`, `bad_file`, `empty_table`, `missing_column`, `duplicate_column`, `bad_mapping`.
    """
    notes, ragged = load(con, table.name, path)
    return name_staged(con, table, path, mapping, constants or {}, (tuple(notes), ragged))


def load(con: "DuckDBPyConnection", name: str, path: Path) -> tuple[list[str], bool]:
    """Read a file into `file_<name>` as it is; returns notes, and whether `ragged_<name>` was made.

    Raises:
        ToolFailure: `missing_file`, `bad_file`, `duplicate_column`.
    """
    try:
        path.open("rb").close()
    except OSError as error:
        message = f"the file of `{name}`, {path}, cannot be read: {error.strerror}"
        raise ToolFailure("missing_file", message, file=str(path)) from error
    suffix = path.suffix.lower()
    notes: list[str] = []
    ragged = False
    if suffix in PARQUET_SUFFIXES:
        _load_parquet(con, name, path)
    elif suffix in CSV_SUFFIXES:
        found = read_csv(path)
        _register_csv(con, name, found)
        ragged = bool(found.ragged)
        notes += [f"{name}: {found.blank} blank lines were passed over"] if found.blank else []
    else:
        message = f"{path} is neither CSV ({', '.join(CSV_SUFFIXES)}) nor Parquet ({', '.join(PARQUET_SUFFIXES)})"
        raise ToolFailure("bad_file", message, file=str(path))
    return notes, ragged


def name_staged(
    con: "DuckDBPyConnection",
    table: Table,
    path: Path,
    mapping: Mapping[str, str],
    constants: Mapping[str, str],
    read: tuple[tuple[str, ...], bool],
) -> Staged:
    """`raw_<table>` from `file_<table>`, with the contract's names; `read` is what `load` returned."""
    relation = f"given_{table.name}"
    values = ", ".join(f"{sql_text(value)} AS {sql_name(SET + name)}" for name, value in constants.items())
    con.execute(f"CREATE VIEW {relation} AS SELECT *{', ' if values else ''}{values} FROM file_{table.name}")
    types = describe(con, relation)
    types.pop("source_row")
    wanted = {**mapping, **{name: SET + name for name in constants}}
    names, renamed = name_columns(table, path, list(types), wanted)
    names = named_as_marks(con, table, relation, names)
    _create_raw(con, table, types, names)
    columns = describe(con, f"raw_{table.name}")
    columns.pop("source_row")
    return Staged(table, path, columns, (*read[0], *renamed), read[1])


def stage_relation(con: "DuckDBPyConnection", table: Table) -> Staged:
    """The same for a relation `raw_<table>` that is in the connection already, with the contract's names."""
    columns = describe(con, f"raw_{table.name}")
    columns.pop("source_row")
    return Staged(table, None, columns)


def _register_csv(con: "DuckDBPyConnection", name: str, found: CsvTable) -> None:
    import pyarrow as pa

    con.register(f"file_{name}", found.rows)
    if found.ragged:
        rows, texts, problems = zip(*found.ragged, strict=True)
        con.register(
            f"ragged_{name}",
            pa.table({"source_row": list(rows), "source_text": list(texts), "problem": list(problems)}),
        )


def _load_parquet(con: "DuckDBPyConnection", name: str, path: Path) -> None:
    import duckdb

    rows = f"read_parquet({sql_text(str(path))}, file_row_number = true)"
    try:
        names = [
            str(row[0]) for row in con.execute(f"DESCRIBE SELECT * EXCLUDE (file_row_number) FROM {rows}").fetchall()
        ]
        columns = ", ".join(f"{sql_name(column)} AS {sql_name(aside(column))}" for column in names)
        con.execute(
            f"CREATE VIEW {sql_name('file_' + name)} AS SELECT {columns}, file_row_number + 1 AS source_row FROM {rows}"
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
        f"FROM {sql_name('given_' + table.name)}"
    )


def _is_scalar(sql_type: str) -> bool:
    return sql_type in SCALARS or (sql_type.startswith(("DECIMAL", "TIMESTAMP")) and not sql_type.endswith("]"))
