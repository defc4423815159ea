"""The neutral formats: every message with its address, and the audience with its arms, as CSV, Parquet, JSON lines."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tools.launch.exporters.types import ExportInput, Writers
from tools.launch.files import write_csv

if TYPE_CHECKING:
    import pandas as pd

ADDRESS = {"email": "email", "sms": "phone"}
"""Channel → the customer's column that holds its address; push and bought audiences go by the customer's id."""


def csv(data: ExportInput) -> Writers:
    """`audience.csv`, `messages.csv`: UTF-8, RFC 4180, text that a spreadsheet would execute made inert."""
    messages = addressed(data)
    return {
        "audience.csv": lambda path: write_csv(data.audience, path),
        "messages.csv": lambda path: write_csv(messages, path),
    }


def parquet(data: ExportInput) -> Writers:
    """`audience.parquet`, `messages.parquet`."""
    messages = addressed(data)
    return {
        "audience.parquet": lambda path: data.audience.to_parquet(path, index=False),
        "messages.parquet": lambda path: messages.to_parquet(path, index=False),
    }


def json(data: ExportInput) -> Writers:
    """`audience.jsonl`, `messages.jsonl`: one object a line, UTF-8; null where a channel has no such part."""
    messages = addressed(data)
    return {
        "audience.jsonl": lambda path: _lines(data.audience, path),
        "messages.jsonl": lambda path: _lines(messages, path),
    }


def addressed(data: ExportInput) -> pd.DataFrame:
    """The messages with segment, offer and the address that the channel needs; sorted by customer."""
    import pandas as pd

    known = data.customers.drop_duplicates("customer_id").set_index("customer_id")
    planned = data.audience.set_index("customer_id")
    frame = data.messages.copy()
    at = 2
    for column in ("segment_id", "offer_id"):
        frame.insert(at, column, frame["customer_id"].map(planned[column]))
        at += 1
    address = pd.Series(None, index=frame.index, dtype="object")
    for channel, column in ADDRESS.items():
        if column in known.columns:
            rows = frame["channel"] == channel
            address[rows] = frame.loc[rows, "customer_id"].map(known[column])
    frame.insert(at, "address", address)
    return frame.sort_values("customer_id", kind="stable").reset_index(drop=True)


def _lines(frame: pd.DataFrame, path: Path) -> None:
    frame.to_json(path, orient="records", lines=True, force_ascii=False)
