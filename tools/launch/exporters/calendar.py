"""The send windows as a calendar that any calendar program opens (RFC 5545); counts only, no customer."""

from __future__ import annotations

from pathlib import Path

from tools.launch.calendar import send_calendar
from tools.launch.exporters.people import channels_of
from tools.launch.exporters.types import ExportInput, Writers
from tools.vocabulary import ADDRESSED


def calendar(data: ExportInput) -> Writers:
    """`send-windows.ics`.

    Raises:
        ToolFailure: `nothing_to_export` where the campaign sends nothing to a known customer.
    """
    channels_of(data, ADDRESSED)
    known = data.customers.drop_duplicates("customer_id").reindex(columns=["customer_id", "timezone", "country"])
    contacts = data.messages[["customer_id", "channel"]].merge(known, on="customer_id", how="left")
    content = send_calendar(data.campaign_id, contacts, window=data.window, today=data.today, hours=data.hours)

    def write(path: Path) -> None:
        path.write_bytes(content)

    return {"send-windows.ics": write}
