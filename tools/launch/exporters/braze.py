"""Braze: user attributes to import, one file a channel, and the copy as Liquid.

Source: Braze documentation, "CSV import" (user_guide/data/unification/user_data/import_users/csv): default attributes
by their exact names; `country` ISO 3166-1 alpha-2, `language` ISO 639-1, `phone` E.164, `time_zone` an IANA name; any
other header becomes a custom attribute; blanks overwrite nothing; at most 500 MB a file. Custom attribute keys and
values have at most 255 characters ("Setting custom attributes"). The subscription state is left alone: consent stays
what Braze holds. Liquid: `{{${first_name} | default: 'there'}}`, `{{custom_attribute.${…}}}`. Braze does not escape
HTML in attributes ("User import"): everything here is plain text that may be escaped with Liquid's `escape`.
"""

from __future__ import annotations

from tools.failure import ToolFailure
from tools.launch.exporters.copies import Dialect, templates
from tools.launch.exporters.people import Person, channels_of, people
from tools.launch.exporters.sheet import MB, left_out, sheet
from tools.launch.exporters.types import ExportInput, Writers
from tools.vocabulary import Channel

MOST_BYTES = 500 * MB
MOST_CHARACTERS = 255
ADDRESS: dict[Channel, str] = {"email": "email", "sms": "phone"}
COLUMNS = ("external_id", "first_name", "country", "language", "time_zone")
ATTRIBUTES = ("briefsmith_campaign", "briefsmith_segment", "briefsmith_offer", "briefsmith_copy", "briefsmith_code")
DIALECT = Dialect(
    name=lambda nameless: f"{{{{${{first_name}} | default: '{nameless}'}}}}",
    code="{{custom_attribute.${briefsmith_code}}}",
    marks=("{{", "{%"),
)


def braze(data: ExportInput) -> Writers:
    """`braze-email.csv`, `braze-sms.csv`, `braze-push.csv` and their copy.

    Raises:
        ToolFailure: `attribute_too_long` with the customer and the attribute concerned; `nothing_to_export`.
    """
    writers: Writers = {}
    for channel in channels_of(data, ("email", "sms", "push")):
        found = people(data, channel)
        address = (ADDRESS[channel],) if channel in ADDRESS else ()
        columns = (*COLUMNS, *address, *ATTRIBUTES)
        rows = [_row(data.campaign_id, person, columns) for person in found.reached]
        writers |= sheet(f"braze-{channel}", columns, rows, most_bytes=MOST_BYTES)
        writers |= left_out(f"braze-{channel}", found.left_out)
        writers |= templates(data, "braze", channel, DIALECT)
    return writers


def _row(campaign_id: str, person: Person, columns: tuple[str, ...]) -> tuple[str, ...]:
    address = (person.address,) if len(columns) > len(COLUMNS) + len(ATTRIBUTES) else ()
    row = (
        person.customer_id, person.first_name, person.country, person.language, person.timezone, *address,
        campaign_id, person.segment_id, person.offer_id, person.copy_id, person.code,
    )  # fmt: skip
    for column, value in zip(columns, row, strict=True):
        if len(value) > MOST_CHARACTERS:
            raise ToolFailure(
                "attribute_too_long",
                f"`{column}` of customer {person.customer_id!r} has {len(value)} characters; Braze takes "
                f"{MOST_CHARACTERS}.",
                column=column,
                customer_id=person.customer_id,
            )
    return row
