"""DuckDB as the import uses it: one connection in memory, and text that is never taken for SQL."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def spill_folder() -> str:
    """Where DuckDB puts what does not fit in memory; its default is `.tmp` in the working folder."""
    return str(Path(tempfile.gettempdir()) / f"briefsmith-duckdb-{os.getpid()}")


@contextmanager
def connection() -> Iterator["DuckDBPyConnection"]:
    """A database in memory whose time zone is UTC, closed afterwards."""
    import duckdb

    with duckdb.connect(config={"temp_directory": spill_folder()}) as con:
        con.execute("SET TimeZone = 'UTC'")
        yield con


def sql_text(text: str) -> str:
    """A string literal of SQL."""
    return "'" + text.replace("'", "''") + "'"


def sql_name(name: str) -> str:
    """An identifier of SQL."""
    return '"' + name.replace('"', '""') + '"'


def scalar_int(con: "DuckDBPyConnection", query: str) -> int:
    """The one integer that a query answers with."""
    [(value,)] = con.execute(query).fetchall()
    return int(value)


def describe(con: "DuckDBPyConnection", relation: str) -> dict[str, str]:
    """Column → DuckDB type of a table or view."""
    return {str(row[0]): str(row[1]) for row in con.execute(f"DESCRIBE {sql_name(relation)}").fetchall()}
