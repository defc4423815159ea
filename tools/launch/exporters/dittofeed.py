"""Dittofeed: users to upload into a manual segment, one file a channel, and the copy as Liquid.

Source: dittofeed/dittofeed, `packages/api/src/controllers/segmentsController.ts` (`/upload-csv`: a header `id` and a
non-empty id in each row; all other columns become user traits), `packages/dashboard/sample-uploads/users.csv` (`id,
email,firstName,lastName,phone`), `packages/api/src/config.ts` (`apiBodyLimit`, 5 MiB unless the server sets another);
read at the commit of 2026-03-27. Files are kept 64 KiB below it for the request's own envelope.
"""

from __future__ import annotations

from tools.launch.exporters.copies import Dialect, templates
from tools.launch.exporters.people import Person, channels_of, people
from tools.launch.exporters.sheet import left_out, sheet
from tools.launch.exporters.types import ExportInput, Writers
from tools.vocabulary import Channel

MOST_BYTES = (5 << 20) - (64 << 10)
ADDRESS: dict[Channel, str] = {"email": "email", "sms": "phone"}
TRAITS = (
    "firstName", "country", "language", "timezone", "briefsmithCampaign", "briefsmithSegment", "briefsmithOffer",
    "briefsmithCopy", "briefsmithCode",
)  # fmt: skip
DIALECT = Dialect(
    name=lambda nameless: f'{{{{ user.firstName | default: "{nameless}" }}}}',
    code="{{ user.briefsmithCode }}",
    marks=("{{", "{%"),
)


def dittofeed(data: ExportInput) -> Writers:
    """`dittofeed-email.csv`, `dittofeed-sms.csv`, `dittofeed-push.csv` and their copy."""
    writers: Writers = {}
    for channel in channels_of(data, ("email", "sms", "push")):
        found = people(data, channel)
        address = ADDRESS.get(channel)
        columns = ("id", *((address,) if address else ()), *TRAITS)
        rows = [_row(data.campaign_id, person, bool(address)) for person in found.reached]
        writers |= sheet(f"dittofeed-{channel}", columns, rows, most_bytes=MOST_BYTES)
        writers |= left_out(f"dittofeed-{channel}", found.left_out)
        writers |= templates(data, "dittofeed", channel, DIALECT)
    return writers


def _row(campaign_id: str, person: Person, with_address: bool) -> tuple[str, ...]:
    return (
        person.customer_id, *((person.address,) if with_address else ()), person.first_name, person.country,
        person.language, person.timezone, campaign_id, person.segment_id, person.offer_id, person.copy_id, person.code,
    )  # fmt: skip
