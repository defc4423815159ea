"""From checked tables in DuckDB to one version folder: written aside, synced, renamed, then pointed at."""

import hashlib
import os
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tools.failure import ToolFailure
from tools.shop.contract import TABLES
from tools.shop.duck import describe, scalar_int, sql_name, sql_text
from tools.shop.layout import (
    SCHEMA_VERSION,
    building,
    canonical_json,
    current_version,
    discard,
    drop_old_versions,
    switch,
    sync,
    sync_tree,
    version_folder,
)
from tools.shop.profile import Sender, ShopInfo
from tools.shop.report import ImportReport, Progress
from tools.vocabulary import Market

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

ROW_GROUP = 122_880
"""DuckDB's own; orders are sorted by time, so a window of days reads few of them."""
FORMULA = r"^([=+\-@]|\t|\r)"


@dataclass(frozen=True)
class Draft:
    """A checked shop, not yet on the disk: `clean_<table>` and `bad_<table>` in the connection for each of `tables`."""

    name: str
    market: Market
    currency: str
    sender: Sender
    tables: tuple[str, ...] = ()
    default_today: date | None = None
    synthetic: dict[str, tuple[str, ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def with_tables(self, tables: tuple[str, ...], notes: tuple[str, ...]) -> "Draft":
        return replace(self, tables=tables, notes=(*self.notes, *notes))


@dataclass(frozen=True)
class Written:
    """A version on the disk: whether it was not the current one before, and its rows by table."""

    version: str
    changed: bool
    rows: dict[str, int]


def publish(con: "DuckDBPyConnection", home: Path, draft: Draft, progress: Progress) -> ImportReport:
    """Write the draft as a version of the shop in `home`, and make it the current one.

    Raises:
        ToolFailure: `import_running`, `home_not_writable`.
    """
    import duckdb

    bad = {table: scalar_int(con, f"SELECT count(*) FROM bad_{table}") for table in draft.tables}
    bad = {table: count for table, count in bad.items() if count}
    try:
        written = _write(con, home, draft, bad, progress)
    except (OSError, duckdb.IOException) as error:
        problem = str(error).splitlines()[0]
        message = f"the shop cannot be written to {home}, which stays as it was: {problem}"
        raise ToolFailure("home_not_writable", message, home=str(home)) from error
    target = version_folder(home, written.version)
    return ImportReport(
        name=draft.name,
        version=written.version,
        changed=written.changed,
        folder=str(target),
        rows=written.rows,
        quarantined=bad,
        quarantine={table: str(target / "quarantine" / f"{table}.csv") for table in bad},
        reasons={table: _reasons(con, table) for table in bad},
        notes=draft.notes,
    )


def _write(con: "DuckDBPyConnection", home: Path, draft: Draft, bad: dict[str, int], progress: Progress) -> Written:
    steps = len(draft.tables) + 1
    with building(home) as folder:
        rows: dict[str, int] = {}
        for done, table in enumerate(draft.tables):
            progress(f"Storing {table}", done, steps)
            rows[table] = _store(con, table, folder / f"{table}.parquet")
        for table in bad:
            _store_quarantine(con, table, folder / "quarantine" / f"{table}.csv")
        info = _info(con, folder, draft, rows, bad)
        (folder / "shop.json").write_text(info.model_dump_json(indent=2) + "\n", encoding="utf-8")
        contents = ["shop.json", *(f"quarantine/{table}.csv" for table in sorted(bad))]
        version = digest(folder, contents)
        progress("Switching to the new version", steps - 1, steps)
        changed = install(home, folder, version, [*contents, *(f"{table}.parquet" for table in rows)])
    progress("Stored", steps, steps)
    return Written(version, changed, rows)


def install(home: Path, folder: Path, version: str, files: list[str]) -> bool:
    """Move the built folder to its place and point at it; False where the same one stands there and is whole."""
    target = version_folder(home, version)
    whole = _is_copy(target, folder, files)
    if whole and _pointed_at(home) == version:
        return False
    target.parent.mkdir(exist_ok=True)
    if not whole:
        if target.exists():
            discard(home, version)
        sync_tree(folder)
        folder.rename(target)
        sync(target.parent)
    os.utime(target)
    switch(home, version)
    drop_old_versions(home, keep=version)
    return True


def _pointed_at(home: Path) -> str | None:
    try:
        return current_version(home)
    except ToolFailure:
        # A damaged pointer is what this import repairs.
        return None


def _is_copy(target: Path, folder: Path, files: list[str]) -> bool:
    """Whether `target` has the same files as `folder`: a version that was damaged since must be replaced."""
    return all((target / name).is_file() for name in files) and digest(target, files) == digest(folder, files)


def _store(con: "DuckDBPyConnection", table: str, path: Path) -> int:
    order = ", ".join(sql_name(column) for column in TABLES[table].sort)
    con.execute(
        f"COPY (SELECT * FROM clean_{table} ORDER BY {order}) TO {sql_text(str(path))} "
        f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP})"
    )
    return scalar_int(con, f"SELECT count(*) FROM clean_{table}")


def _store_quarantine(con: "DuckDBPyConnection", table: str, path: Path) -> None:
    """Write the bad rows. A cell that a spreadsheet would run as a formula gets an apostrophe before it."""
    path.parent.mkdir(exist_ok=True)
    cells = [sql_name(name) for name in describe(con, f"bad_{table}") if name not in ("source_row", "problem")]
    runs = f"regexp_matches({{0}}, {sql_text(FORMULA)}) AND try_cast({{0}} AS DOUBLE) IS NULL"
    safe = ", ".join(
        f"CASE WHEN {runs.format(cell)} THEN chr(39) || {cell} ELSE {cell} END AS {cell}" for cell in cells
    )
    con.execute(
        f"COPY (SELECT source_row, problem, {safe} FROM bad_{table} ORDER BY source_row, problem) "
        f"TO {sql_text(str(path))} (FORMAT csv, HEADER)"
    )


def _reasons(con: "DuckDBPyConnection", table: str) -> dict[str, int]:
    """Reason → rows that have it, with what differs from row to row left out of the words."""
    found = con.execute(
        r"SELECT regexp_replace(one, '(row|has) \d+', '\1 …') AS words, count(*) "
        f"FROM (SELECT unnest(string_split(problem, '; ')) AS one FROM bad_{table}) GROUP BY words ORDER BY 2 DESC, 1"
    ).fetchall()
    return {str(words): int(count) for words, count in found}


def _info(con: "DuckDBPyConnection", folder: Path, draft: Draft, rows: dict[str, int], bad: dict[str, int]) -> ShopInfo:
    first = last = None
    if "orders" in draft.tables:
        [(first, last)] = con.execute("SELECT min(ordered_at), max(ordered_at) FROM clean_orders").fetchall()
    return ShopInfo(
        schema_version=SCHEMA_VERSION,
        name=draft.name,
        market=draft.market,
        currency=draft.currency,
        default_today=draft.default_today,
        sender=draft.sender,
        rows=rows,
        quarantined=bad,
        synthetic=draft.synthetic,
        first_order_at=_aware(first),
        last_order_at=_aware(last),
        content_sha=digest(folder, [f"{table}.parquet" for table in sorted(rows)]),
        catalog_sha=digest(folder, ["products.parquet"] if "products" in rows else []),
        notes=draft.notes,
    )


def _aware(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=UTC)


def digest(folder: Path, files: list[str]) -> str:
    """SHA-256, 16 hex digits, of the named files and their names."""
    shas = {}
    for name in files:
        with (folder / name).open("rb") as handle:
            shas[name] = hashlib.file_digest(handle, "sha256").hexdigest()
    return hashlib.sha256(canonical_json(shas)).hexdigest()[:16]
