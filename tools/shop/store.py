"""The shop as it is read: lazy Ibis tables over the current version's Parquet files, and nothing after `as_of`."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from tools.failure import ToolFailure
from tools.shop.contract import RECORDS, TABLES
from tools.shop.duck import spill_folder
from tools.shop.layout import SCHEMA_VERSION, current_version, version_folder
from tools.shop.profile import ShopInfo

if TYPE_CHECKING:
    import ibis
    import pandas as pd

HAPPENED_AT = {"customers": "created_at", "orders": "ordered_at", "contacts": "sent_at", "suppressions": "at"}
"""Table → when its row came to be; a row without the time was there always. Products have none."""
OUTCOMES = ("opened_at", "clicked_at", "redeemed_at", "converted_at", "visited_at")


@dataclass(frozen=True)
class ShopStore:
    """A version of the shop, opened. It stays readable when an import switches to the next version."""

    info: ShopInfo
    folder: Path

    @classmethod
    def open(cls, home: Path) -> "ShopStore":
        """Open the current shop of `home`.

        Raises:
            ToolFailure: `no_shop` where none was imported; `corrupt_shop` where a file of it is missing or unreadable;
                `shop_schema` where it was written by another version of Briefsmith.
        """
        version = current_version(home)
        if version is None:
            message = f"there is no shop in {home}; run `briefsmith demo` or `briefsmith import`"
            raise ToolFailure("no_shop", message, home=str(home))
        folder = version_folder(home, version)
        info = _read_info(folder / "shop.json")
        missing = [f"{table}.parquet" for table in info.rows if not (folder / f"{table}.parquet").is_file()]
        if missing:
            raise _corrupt(folder / missing[0], "is missing")
        return cls(info, folder)

    @cached_property
    def con(self) -> "ibis.BaseBackend":
        """DuckDB in memory, with one view a table; made at the first use."""
        import duckdb
        import ibis

        con = ibis.duckdb.connect(temp_directory=spill_folder())
        for table in self.info.rows:
            path = self.folder / f"{table}.parquet"
            try:
                con.read_parquet(path, table_name=table)
            except duckdb.Error as error:
                raise _corrupt(path, "cannot be read") from error
        return con

    @cached_property
    def _tables(self) -> "dict[str, ibis.Table]":
        """Each view described once: DuckDB describes it anew at each `con.table`."""
        return {name: self.con.table(name) for name in self.info.rows}

    def has(self, name: str) -> bool:
        """Whether the shop brought the table, with at least one row."""
        _known(name)
        return self.info.rows.get(name, 0) > 0

    def brought(self, name: str) -> bool:
        """Whether the shop brought the table, be it empty: an empty list of opt-outs says that nobody has."""
        _known(name)
        return name in self.info.rows

    def table(self, name: str, as_of: date | None = None) -> "ibis.Table":
        """A table with what happened before `as_of` (the first day not seen; None: everything).

        Of contacts that were sent before, outcomes from `as_of` on are null, as they were not known yet.

        Raises:
            ToolFailure: `no_table` where the shop did not bring it.
        """
        _known(name)
        if name not in self.info.rows:
            message = f"the shop has no table `{name}`; it was imported with {', '.join(self.info.rows)}"
            raise ToolFailure("no_table", message, table=name)
        table = self._tables[name]
        return table if as_of is None else _before(table, name, as_of)

    def frame(self, name: str, as_of: date | None = None) -> "pd.DataFrame":
        """The table in memory."""
        frame: pd.DataFrame = self.table(name, as_of).to_pyarrow().to_pandas()
        return frame

    def attributes(self) -> tuple[str, ...]:
        """The customers' attribute columns: the shop's own, beside the contract's."""
        if "customers" not in self.info.rows:
            return ()
        known = {column.stored for column in TABLES["customers"].columns} | set(RECORDS)
        return tuple(column for column in self.con.table("customers").columns if column not in known)


def _before(table: "ibis.Table", name: str, as_of: date) -> "ibis.Table":
    import ibis

    moment = HAPPENED_AT.get(name)
    if moment is None:
        return table
    # Stored times carry no zone: they are UTC.
    cut = ibis.literal(datetime(as_of.year, as_of.month, as_of.day))  # noqa: DTZ001
    seen = table[moment] < cut
    if name in ("customers", "suppressions"):
        seen = seen | table[moment].isnull()
    table = table.filter(seen)
    if name != "contacts":
        return table
    known = [column for column in OUTCOMES if column in table.columns]
    masked = {column: ibis.ifelse(table[column] < cut, table[column], ibis.null()) for column in known}
    # Revenue has no time of its own: it is known once the order or the redemption that brought it is.
    earned_at = ibis.coalesce(table.converted_at, table.redeemed_at)
    masked["revenue_minor"] = ibis.ifelse(earned_at < cut, table.revenue_minor, ibis.null())
    return table.mutate(**masked)


def _read_info(path: Path) -> ShopInfo:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise _corrupt(path, "is missing") from error
    try:
        info = ShopInfo.model_validate_json(text)
    except ValueError as error:
        raise _corrupt(path, "is damaged") from error
    if info.schema_version != SCHEMA_VERSION:
        message = (
            f"the shop was stored with schema version {info.schema_version}, and this Briefsmith reads "
            f"{SCHEMA_VERSION}; run `briefsmith import` or `briefsmith demo` again"
        )
        raise ToolFailure("shop_schema", message, file=str(path), found=info.schema_version, expected=SCHEMA_VERSION)
    return info


def _corrupt(path: Path, what: str) -> ToolFailure:
    message = f"the shop is damaged: {path} {what}; run `briefsmith import` or `briefsmith demo` again"
    return ToolFailure("corrupt_shop", message, file=str(path))


def _known(name: str) -> None:
    if name not in TABLES:
        raise KeyError(f"a shop has the tables {', '.join(TABLES)}, not {name!r}")
