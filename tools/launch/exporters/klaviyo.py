"""Klaviyo: profiles to import into a list, one file a channel, and the copy as Klaviyo templates.

Source: Klaviyo Help Center, "How to create and add subscribers to a new list" (115005078967, read in three copies, one
of September 2024): CSV, the first column `Email Address` or `Phone Number` (all copies; `Email` in one), at most 50 MB
a file, headers that equal a Klaviyo property's name are mapped by themselves, others become custom properties. Consent
is chosen when the list is imported: everybody in the file consented to its channel. Merge tags:
`{{ first_name|default:'there' }}`, `{{ person|lookup:… }}` ("Personalization tags" in the same centre; an integrator's
page has the same form: Inveterate, "Klaviyo member notification metrics and their template variables").
"""

from __future__ import annotations

from tools.launch.exporters.copies import Dialect, templates
from tools.launch.exporters.people import Person, channels_of, people
from tools.launch.exporters.sheet import MB, left_out, sheet
from tools.launch.exporters.types import ExportInput, Writers
from tools.vocabulary import Channel

MOST_BYTES = 50 * MB
IDENTIFIER: dict[Channel, str] = {"email": "Email Address", "sms": "Phone Number"}
PROPERTIES = (
    "briefsmith_customer", "briefsmith_language", "briefsmith_timezone", "briefsmith_campaign", "briefsmith_segment",
    "briefsmith_offer", "briefsmith_copy", "briefsmith_code",
)  # fmt: skip
DIALECT = Dialect(
    name=lambda nameless: f"{{{{ first_name|default:'{nameless}' }}}}",
    code="{{ person|lookup:'briefsmith_code' }}",
    marks=("{{", "{%", "{#"),
)


def klaviyo(data: ExportInput) -> Writers:
    """`klaviyo-email.csv`, `klaviyo-sms.csv` and their copy."""
    writers: Writers = {}
    for channel in channels_of(data, ("email", "sms")):
        found = people(data, channel)
        columns = (IDENTIFIER[channel], "First Name", *PROPERTIES)
        rows = [_row(data.campaign_id, person) for person in found.reached]
        writers |= sheet(f"klaviyo-{channel}", columns, rows, most_bytes=MOST_BYTES)
        writers |= left_out(f"klaviyo-{channel}", found.left_out)
        writers |= templates(data, "klaviyo", channel, DIALECT)
    return writers


def _row(campaign_id: str, person: Person) -> tuple[str, ...]:
    return (
        person.address, person.first_name, person.customer_id, person.language, person.timezone, campaign_id,
        person.segment_id, person.offer_id, person.copy_id, person.code,
    )  # fmt: skip
