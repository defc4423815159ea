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


CODES = "codes"
"""`klaviyo+codes`: the same format, with a coupon code of each customer's own in place of the shared one."""


def exporter(name: str) -> Exporter:
    """The exporter of a format, also with `+codes`.

    Raises:
        ToolFailure: `unknown_format`, with the formats there are.
    """
    base, plus, option = name.partition("+")
    if base not in EXPORTERS or (plus and option != CODES):
        known = ", ".join(EXPORTERS)
        message = f"there is no export format `{name}`; there are {known}, each also with `+{CODES}`"
        raise ToolFailure("unknown_format", message, formats=known)
    make = EXPORTERS[base]
    return (lambda data: make(codes.with_unique_codes(data))) if plus else make
