"""Rows of a measured campaign into the shop's `contacts`: a new version of the shop, whole or not at all.

The other tables are the same files. A campaign's rows stand once: appending the same rows again changes nothing, and a
later reading of the same campaign takes the place of the earlier one. Rows that an import brought are never touched.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tools.failure import ToolFailure
from tools.shop.checking import SQL_TYPES
from tools.shop.contract import CONTACTS
from tools.shop.duck import connection, describe, scalar_int, sql_name, sql_text
from tools.shop.layout import building
from tools.shop.store import ShopStore
from tools.shop.writing import ROW_GROUP, digest, install

if TYPE_CHECKING:
    import pandas as pd
    from duckdb import DuckDBPyConnection

MEASURED = "measured_by"
"""Column of `contacts` that marks the rows of a readout; null for those of an import."""
OURS = "briefsmith readout"


@dataclass(frozen=True)
class Appended:
    """Whether the shop changed, and how many rows of the campaign its `contacts` now hold."""

    changed: bool
    rows: int
    version: str


def append_contacts(home: Path, campaign_id: str, rows: pd.DataFrame) -> Appended:
    """Put a campaign's rows into `contacts`.

    Args:
        rows: the stored columns of `contacts` (`revenue_minor`; times in UTC without a zone), one row a customer.

    Raises:
        ToolFailure: `campaign_imported` where an import brought the campaign; `import_running`; `home_not_writable`;
            those of `ShopStore.open`. The shop stays as it was then.
    """
    try:
        with building(home) as folder, connection() as con:
            store = ShopStore.open(home)
            _merge(con, store, campaign_id, rows)
            count = scalar_int(con, "SELECT count(*) FROM merged")
            files = _write(con, store, folder, count)
            version = digest(folder, files)
            parquet = [f"{table}.parquet" for table in {**store.info.rows, "contacts": count}]
            changed = install(home, folder, version, [*files, *parquet])
    except OSError as error:
        message = f"the shop in {home} cannot be written and stays as it was: {error.strerror}"
        raise ToolFailure("home_not_writable", message, home=str(home)) from error
    return Appended(changed, len(rows), version)


def _merge(con: DuckDBPyConnection, store: ShopStore, campaign_id: str, rows: pd.DataFrame) -> None:
    """`merged`: what was there, without an earlier reading of this campaign, and the new rows."""
    con.register("given", rows)
    new = ", ".join(
        f"{sql_name(column.stored)}::{SQL_TYPES[column.kind]} AS {sql_name(column.stored)}"
        for column in CONTACTS.columns
        if not column.sparse or column.stored in rows
    )
    con.execute(f"CREATE TABLE fresh AS SELECT {new}, {sql_text(OURS)} AS {MEASURED} FROM given")
    if "contacts" not in store.info.rows:
        con.execute("CREATE VIEW merged AS SELECT * FROM fresh")
        return
    path = sql_text(str(store.folder / "contacts.parquet"))
    con.execute(f"CREATE VIEW before AS SELECT * FROM read_parquet({path})")
    ours = f"{MEASURED} IS NOT DISTINCT FROM {sql_text(OURS)}" if MEASURED in describe(con, "before") else "false"
    name = sql_text(campaign_id)
    imported = scalar_int(con, f"SELECT count(*) FROM before WHERE campaign_id = {name} AND NOT ({ours})")
    if imported:
        message = f"`contacts` holds {imported:,} rows of `{campaign_id}` that an import brought; they stay as they are"
        raise ToolFailure("campaign_imported", message, campaign_id=campaign_id, rows=imported)
    con.execute(
        f"CREATE VIEW merged AS SELECT * FROM before WHERE NOT (campaign_id = {name} AND {ours}) "
        "UNION ALL BY NAME SELECT * FROM fresh"
    )


def _write(con: DuckDBPyConnection, store: ShopStore, folder: Path, count: int) -> list[str]:
    """The new version's files into `folder`; returns those that name it beside the tables."""
    for table in store.info.rows:
        if table != "contacts":
            shutil.copy2(store.folder / f"{table}.parquet", folder / f"{table}.parquet")
    order = ", ".join(sql_name(column) for column in CONTACTS.sort)
    con.execute(
        f"COPY (SELECT * FROM merged ORDER BY {order}) TO {sql_text(str(folder / 'contacts.parquet'))} "
        f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP})"
    )
    others = ["shop.json"]
    if (store.folder / "quarantine").is_dir():
        shutil.copytree(store.folder / "quarantine", folder / "quarantine")
        others += [f"quarantine/{path.name}" for path in sorted((folder / "quarantine").iterdir())]
    rows: Mapping[str, int] = {**store.info.rows, "contacts": count}
    sha = digest(folder, [f"{table}.parquet" for table in sorted(rows)])
    info = store.info.model_copy(update={"rows": dict(rows), "content_sha": sha})
    (folder / "shop.json").write_text(info.model_dump_json(indent=2) + "\n", encoding="utf-8")
    return others
