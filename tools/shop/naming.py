"""Which column of a file is which of the contract, and what the others are called."""

import difflib
from collections.abc import Mapping
from pathlib import Path

from tools.failure import ToolFailure
from tools.shop.contract import Table

HELPERS = ("source_row", "problem", "source_text")
"""Columns that the check and the quarantine files add."""


def name_columns(
    table: Table, path: Path, found: list[str], mapping: Mapping[str, str]
) -> tuple[dict[str, str], list[str]]:
    """Column of the file → its name here: the contract's where it is mapped or fits but for case, else its own."""
    folded = {name.strip().casefold(): name for name in check_names(path, found)}
    names = _mapped(table, path, folded, mapping)
    for column in table.columns:
        source = folded.get(column.name)
        if column.name in mapping:
            continue
        if source is not None and source not in names:
            names[source] = column.name
        elif column.required:
            _refuse_column(table, column.name, path, found)
    if table.one_of and not any(name in names.values() for name in table.one_of):
        _refuse_column(table, " or ".join(table.one_of), path, found)
    return _with_extras(table, found, names)


def _mapped(table: Table, path: Path, folded: Mapping[str, str], mapping: Mapping[str, str]) -> dict[str, str]:
    """What the person mapped, before any column is taken by its name."""
    names: dict[str, str] = {}
    for column, wanted in mapping.items():
        source = folded.get(wanted.casefold())
        if source is None:
            exists = _exists(list(folded.values()))
            message = f"--map `{table.name}.{column}={wanted}`: {path} has no column {wanted!r}; {exists}"
            raise ToolFailure("bad_mapping", message, file=str(path), column=wanted)
        if source in names:
            message = f"--map takes the column {source!r} of {path} for `{names[source]}` and `{column}` both"
            raise ToolFailure("bad_mapping", message, file=str(path), column=source)
        names[source] = column
    return names


def _with_extras(table: Table, found: list[str], names: dict[str, str]) -> tuple[dict[str, str], list[str]]:
    """Add the columns that the contract does not know; one that would take a stored name gets another."""
    taken = {*table.names, *(column.stored for column in table.columns), *HELPERS}
    notes: list[str] = []
    for name in found:
        if name in names:
            continue
        own = name.strip()
        if own.casefold() in taken:
            names[name] = f"{own}_in_source"
            notes.append(f"{table.name}: the column {own!r} is kept as `{own}_in_source`")
        else:
            names[name] = own
    return names, notes


def _refuse_column(table: Table, column: str, path: Path, found: list[str]) -> None:
    close = difflib.get_close_matches(column, found, n=1, cutoff=0.6)
    source = close[0] if close else "<its name in the file>"
    message = (
        f"{path} has no column `{column}`, which `{table.name}` needs; {_exists(found)}. "
        f"Map it: --map {table.name}.{column}={source}, or give every row one value: --set {table.name}.{column}=VALUE"
    )
    raise ToolFailure("missing_column", message, file=str(path), column=column, found=found)


def _exists(found: list[str]) -> str:
    found = [name for name in found if not name.startswith("--set ")]
    shown = ", ".join(found[:30])
    return f"it has {shown}" + (f" and {len(found) - 30} more" if len(found) > 30 else "")


def aside(name: str) -> str:
    """The name of a file's own column, out of the way of the row numbers (a quarantine file has such a column)."""
    return f"{name}_in_source" if name.casefold() == "source_row" else name


def check_names(path: Path, names: list[str]) -> list[str]:
    """The names, refused where two are the same but for upper and lower case, or one cannot be a name.

    Raises:
        ToolFailure: `duplicate_column`; `bad_file`.
    """
    seen: dict[str, int] = {}
    for number, name in enumerate(names, 1):
        folded = name.casefold()
        if folded in seen:
            message = f"{path}: columns {seen[folded]} and {number} are both named {name!r}; rename one"
            raise ToolFailure("duplicate_column", message, file=str(path), column=name)
        if len(name) > 100 or not name.isprintable():
            message = f"{path}: the name of column {number} is too long or not printable; is row 1 the header?"
            raise ToolFailure("bad_file", message, file=str(path), column=number)
        seen[folded] = number
    return names
