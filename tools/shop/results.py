"""A results file as it comes back from the sender and the till: read like any table of the shop, refused if in doubt.

Its columns are in docs/measurement.md. One row a customer, or one an order; a customer without an order stands once,
with the order's columns empty. The steps of a message (`sent`, `delivered`, `opened`, `clicked`, `redeemed`) may be
yes/no, or times. A file without times of orders tells by `converted`, or by an amount above 0, who bought at all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tools.failure import ToolFailure
from tools.shop.checking import check
from tools.shop.contract import Column, Table
from tools.shop.duck import connection, scalar_int, sql_name
from tools.shop.sources import Staged, stage

if TYPE_CHECKING:
    import pandas as pd
    from duckdb import DuckDBPyConnection

STEPS = ("sent", "delivered", "opened", "clicked", "redeemed", "visited")
RESULTS = Table(
    name="results",
    columns=(
        Column("customer_id", "id", required=True),
        Column("campaign_id", "id"),
        Column("arm", "text"),
        *(Column(step, "bool") for step in STEPS),
        *(Column(f"{step}_at", "time") for step in STEPS),
        Column("converted", "bool"),
        Column("ordered_at", "time"),
        Column("order_id", "id"),
        Column("amount", "money", least=0),
        Column("discount", "money", least=0),
        Column("margin", "money"),
        Column("survey", "number"),
    ),
    sort=("customer_id", "ordered_at", "order_id"),
    without="nothing can be read out",
)
SHOWN = 5
"""Rows that a refusal names in its sentence; its detail names up to `LISTED`."""
LISTED = 200


@dataclass(frozen=True)
class Results:
    """`lines`: the columns of `RESULTS` as they are stored, and `source_row` (row 1 is the header of a CSV file)."""

    lines: pd.DataFrame
    columns: tuple[str, ...]
    """Those of the contract that the file has."""
    ignored: tuple[str, ...]
    name: str
    sha: str
    notes: tuple[str, ...]


def read_results(path: Path, currency: str, mapping: Mapping[str, str] | None = None) -> Results:
    """Read a CSV or Parquet file of results.

    Args:
        currency: of the amounts, which are in major units.
        mapping: column of `RESULTS` → the file's own name for it.

    Raises:
        ToolFailure: `bad_results` with the rows and what is wrong with each; those of `stage`.
    """
    mapping = dict(mapping or {})
    with connection() as con:
        staged = stage(con, RESULTS, path, mapping)
        times = _steps_with_times(con, staged)
    if times:
        mapping |= {f"{step}_at": mapping.pop(step, step) for step in times}
    with connection() as con:
        staged = stage(con, RESULTS, path, mapping)
        checked = check(con, staged, (), currency)
        if checked.bad:
            raise _bad_cells(con, path)
        lines: pd.DataFrame = con.execute("SELECT * EXCLUDE (problem) FROM parsed_results ORDER BY source_row").df()
    if "ordered_at" in staged.columns:
        _check_orders(lines, path)
    else:
        lines = _timeless(lines, staged, path)
    return Results(
        lines=lines,
        columns=tuple(name for name in staged.columns if name not in staged.extras),
        ignored=staged.extras,
        name=path.name,
        sha=hashlib.sha256(path.read_bytes()).hexdigest(),
        notes=checked.notes,
    )


def refuse(path: str, what: str, rows: Sequence[tuple[int, str]], code: str = "bad_results") -> ToolFailure:
    """The refusal that names its rows: nothing was changed.

    Args:
        what: what is wrong, as the beginning of a sentence.
        rows: (row of the file, what it holds).
    """
    shown = "; ".join(f"row {row}: {words}" for row, words in rows[:SHOWN])
    more = f" and {len(rows) - SHOWN:,} more" if len(rows) > SHOWN else ""
    message = f"{path}: {what}: {shown}{more}. Nothing was changed."
    return ToolFailure(code, message, file=path, count=len(rows), rows=[row for row, _ in rows[:LISTED]])


def _steps_with_times(con: DuckDBPyConnection, staged: Staged) -> list[str]:
    """Steps whose column holds no yes or no at all: it is taken for times, and refused if it is none either."""
    found = []
    for step in STEPS:
        if step not in staged.columns or f"{step}_at" in staged.columns or staged.columns[step] == "BOOLEAN":
            continue
        word = f"lower({sql_name(step)}::VARCHAR)"
        known = "('true', 't', 'yes', 'y', '1', '1.0', 'false', 'f', 'no', 'n', '0', '0.0')"
        filled = scalar_int(con, f"SELECT count({sql_name(step)}) FROM raw_results")
        if filled and not scalar_int(con, f"SELECT count(*) FROM raw_results WHERE {word} IN {known}"):
            found.append(step)
    return found


def _bad_cells(con: DuckDBPyConnection, path: Path) -> ToolFailure:
    rows = con.execute("SELECT source_row, problem FROM bad_results ORDER BY source_row").fetchall()
    return refuse(str(path), f"{len(rows):,} rows cannot be read", [(int(row), str(words)) for row, words in rows])


def _timeless(lines: pd.DataFrame, staged: Staged, path: Path) -> pd.DataFrame:
    """`converted` of a file with one row a customer and no times: as it says, else by the amount.

    The order's columns of those who did not convert are emptied.
    """
    if "converted" not in staged.columns and "amount" not in staged.columns:
        return lines
    said = lines["converted"].astype("boolean")
    earned = lines["amount_minor"].fillna(0) > 0
    bought = (said if "converted" in staged.columns else earned.astype("boolean")).fillna(False).astype(bool)
    against = lines[earned & ~bought]
    if len(against):
        words = f"{len(against):,} rows have an amount and are said not to have converted"
        raise refuse(str(path), words, _named(against))
    repeated = lines[lines["customer_id"].duplicated(keep=False)]
    if len(repeated):
        words = f"{len(repeated):,} rows share customers: without `ordered_at` a customer stands once"
        raise refuse(str(path), words, _named(repeated))
    order = ["order_id", "amount_minor", "discount_minor", "margin_minor"]
    return lines.assign(converted=bought, **{name: lines[name].where(bought) for name in order})


def _check_orders(lines: pd.DataFrame, path: Path) -> None:
    """An order needs its time and amount, and is one customer's."""
    any_order = lines[["order_id", "amount_minor", "discount_minor", "margin_minor"]].notna().any(axis=1)
    timeless = lines[any_order & lines["ordered_at"].isna()]
    worthless = lines[lines["ordered_at"].notna() & lines["amount_minor"].isna()]
    for wrong, words in ((timeless, "an order without `ordered_at`"), (worthless, "an order without `amount`")):
        if len(wrong):
            raise refuse(str(path), f"{len(wrong):,} rows hold {words}", _named(wrong))
    named = lines[lines["order_id"].notna()]
    owners = named.groupby("order_id")["customer_id"].transform("nunique")
    shared = named[owners > 1]
    if len(shared):
        raise refuse(str(path), "orders are shared by different customers", _named(shared, "order_id"))


def _named(rows: pd.DataFrame, column: str = "customer_id") -> list[tuple[int, str]]:
    return [(int(row), repr(value)) for row, value in zip(rows["source_row"], rows[column], strict=True)]
