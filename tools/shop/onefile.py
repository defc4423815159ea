"""A whole shop in one file with a row a customer: a finished test with its arms, attributes and outcomes, for instance.

The columns that `--map` names for another table go there alone, so that an outcome is no attribute of the customer; all
others are the customers'. A file without identifiers has its rows numbered.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from tools.failure import ToolFailure
from tools.shop.contract import CONTACTS, CUSTOMERS, TABLES
from tools.shop.duck import describe, sql_name
from tools.shop.sources import Staged, load, name_staged

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

ID = "customer_id"
SOURCE = "one_file"


def tables_of(mapping: Mapping[str, str], constants: Mapping[str, str]) -> tuple[str, ...]:
    """The tables that one file brings: customers, and whatever a column or a value is named for."""
    named = {target.partition(".")[0] for target in (*mapping, *constants)}
    return tuple(table for table in TABLES if table == CUSTOMERS.name or table in named)


def stage_one_file(
    con: DuckDBPyConnection, path: Path, mapping: Mapping[str, str], constants: Mapping[str, str]
) -> list[Staged]:
    """Each table of the file as `raw_<table>`, in the contract's order.

    Args:
        mapping: `contacts.arm` → column of the file.
        constants: `contacts.channel` → the value of every row.

    Raises:
        ToolFailure: those of `load` and `name_staged`; `bad_mapping` where `customer_id` is mapped for another table
            and not for the customers.
    """
    notes, ragged = load(con, SOURCE, path)
    columns = [name for name in describe(con, f"file_{SOURCE}") if name != "source_row"]
    person = _id_column(columns, mapping)
    if ragged:
        con.execute(f"CREATE VIEW ragged_customers AS SELECT * FROM ragged_{SOURCE}")
    made = []
    tables = tables_of(mapping, constants)
    own_names = _named_alike(columns, mapping, constants) if CONTACTS.name in tables else {}
    mapping = {**own_names, **mapping}
    if own_names:
        named = ", ".join(f"`{name}`" for name in own_names.values())
        notes.append(f"contacts: {named} of {path.name} are columns of `contacts`, and no attributes")
    elsewhere = {source.casefold() for target, source in mapping.items() if not target.startswith("customers.")}
    for table in tables:
        own = {target.partition(".")[2]: name for target, name in mapping.items() if target.startswith(f"{table}.")}
        fixed = {target.partition(".")[2]: v for target, v in constants.items() if target.startswith(f"{table}.")}
        if table == CUSTOMERS.name:
            kept = [name for name in columns if name.casefold() not in elsewhere or name == person]
        else:
            wanted = {name.casefold() for name in own.values()}
            kept = [name for name in columns if name.casefold() in wanted and name != person]
        _view(con, table, kept, person)
        own = {column: name for column, name in own.items() if column != ID}
        read = (tuple(notes), ragged) if table == CUSTOMERS.name else ((), False)
        made.append(name_staged(con, TABLES[table], path, own, fixed, read))
    if person is None:
        said = f"{path.name} has no column `{ID}`: its rows were numbered from 1, and each is a customer"
        made[0] = Staged(made[0].table, path, made[0].columns, (*made[0].notes, said), ragged)
    return made


def _named_alike(columns: list[str], mapping: Mapping[str, str], constants: Mapping[str, str]) -> dict[str, str]:
    """Columns that are called like those of `contacts`: none of them is an attribute from before the test.

    Not `channel`: in a file of customers it may be the one that they buy by.
    """
    taken = {source.casefold() for source in mapping.values()}
    given = {*mapping, *constants}
    return {
        f"{CONTACTS.name}.{name.strip().casefold()}": name
        for name in columns
        if CONTACTS.column(name.strip().casefold()) is not None
        and name.strip().casefold() not in (ID, "channel")
        and name.casefold() not in taken
        and f"{CONTACTS.name}.{name.strip().casefold()}" not in given
    }


def _id_column(columns: list[str], mapping: Mapping[str, str]) -> str | None:
    """The file's column of identifiers; null where it has none."""
    others = [target for target in mapping if target.endswith(f".{ID}") and target != f"customers.{ID}"]
    if others:
        message = f"--map `{others[0]}`: in one file the customers are named once; write --map customers.{ID}=…"
        raise ToolFailure("bad_mapping", message, mapping=others[0])
    wanted = mapping.get(f"customers.{ID}")
    found = next((name for name in columns if name.strip().casefold() == (wanted or ID).casefold()), None)
    if wanted is not None and found is None:
        message = f"--map `customers.{ID}={wanted}`: there is no such column; there are {', '.join(columns[:30])}"
        raise ToolFailure("bad_mapping", message, column=wanted)
    return found


def _view(con: DuckDBPyConnection, table: str, kept: list[str], person: str | None) -> None:
    """`file_<table>`: the kept columns, and the identifier under its own name."""
    numbered = "row_number() OVER (ORDER BY source_row)::VARCHAR" if person is None else sql_name(person)
    cells = ", ".join(sql_name(name) for name in kept if name != person)
    con.execute(
        f"CREATE VIEW file_{table} AS SELECT source_row, {numbered} AS {ID}{', ' if cells else ''}{cells} "
        f"FROM file_{SOURCE}"
    )
