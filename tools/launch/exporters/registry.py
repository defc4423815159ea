"""Every export format by its name. An exporter is a function: no configuration, no effect of its own.

A new format: a module beside this one with a function `ExportInput → Writers`, and a line here.
"""

from __future__ import annotations

from tools.failure import ToolFailure
from tools.launch.exporters import (
    braze,
    calendar,
    codes,
    dittofeed,
    email,
    google_ads,
    klaviyo,
    listmonk,
    mailchimp,
    meta,
    plain,
)
from tools.launch.exporters.types import Exporter

EXPORTERS: dict[str, Exporter] = {
    "csv": plain.csv,
    "parquet": plain.parquet,
    "json": plain.json,
    "klaviyo": klaviyo.klaviyo,
    "braze": braze.braze,
    "dittofeed": dittofeed.dittofeed,
    "listmonk": listmonk.listmonk,
    "mailchimp": mailchimp.mailchimp,
    "google-ads": google_ads.google_ads,
    "meta": meta.meta,
    "coupons": codes.coupons,
    "calendar": calendar.calendar,
    "email": email.email,
}


def exporter(name: str) -> Exporter:
    """The exporter of a format.

    Raises:
        ToolFailure: `unknown_format`, with the formats there are.
    """
    if name not in EXPORTERS:
        known = ", ".join(EXPORTERS)
        raise ToolFailure("unknown_format", f"there is no export format `{name}`; there are {known}", formats=known)
    return EXPORTERS[name]
