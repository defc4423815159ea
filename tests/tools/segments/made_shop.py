"""Small shops for the tests: frames in the stored columns, written as a version that `ShopStore` reads."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from tools.shop.contract import TABLES
from tools.shop.profile import Sender, ShopInfo
from tools.shop.store import ShopStore

Rows = list[dict[str, Any]]

DTYPES: dict[str, Any] = {
    "id": "string", "text": "string", "money": "Int64", "number": "float64", "count": "Int64", "bool": "boolean",
    "time": "datetime64[us]",
}  # fmt: skip


def made_store(folder: Path, tables: dict[str, Rows], last_order_at: datetime | None = None) -> ShopStore:
    """A shop with the tables given, each a list of rows; columns of the contract that no row has are null."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        frame = pd.DataFrame(rows)
        for column in TABLES[name].columns:
            values = frame[column.stored] if column.stored in frame else pd.Series([None] * len(frame))
            frame[column.stored] = values.astype(DTYPES[column.kind])
        frame.to_parquet(folder / f"{name}.parquet", index=False)
    info = ShopInfo(
        name="Made shop",
        market="US",
        currency="USD",
        sender=Sender(brand="Made"),
        rows={name: len(rows) for name, rows in tables.items()},
        last_order_at=last_order_at or datetime(2024, 5, 31, tzinfo=UTC),
        content_sha="0" * 64,
        catalog_sha="0" * 64,
    )
    return ShopStore(info, folder)


def at(text: str) -> datetime:
    """A stored time: naive, and UTC."""
    return datetime.fromisoformat(text)
