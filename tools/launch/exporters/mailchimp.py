"""Mailchimp: contacts to import, and the copy with merge tags. E-mail only: its SMS needs consent records of its own.

Source: Mailchimp, "Format guidelines for your import file" (mailchimp.com/help/format-guidelines-for-your-import-file):
one e-mail address a contact, characters outside ASCII only after the @; a text field holds 255 bytes and is clipped
beyond, so a longer one is refused here. Merge tags have at most ten characters; `*|IF:FNAME|* … *|ELSE:|* …
*|END:IF|*` ("Use conditional merge tag blocks").
"""

from __future__ import annotations

from tools.failure import ToolFailure
from tools.launch.exporters.copies import Dialect, templates
from tools.launch.exporters.people import Person, people
from tools.launch.exporters.sheet import left_out, sheet
from tools.launch.exporters.types import ExportInput, Writers

MOST_TEXT_BYTES = 255
COLUMNS = ("Email Address", "FNAME", "LANG", "BSCAMPAIGN", "BSSEGMENT", "BSOFFER", "BSCOPY", "BSCODE", "BSCUSTOMER")
"""Email Address, and merge tags of at most ten letters."""
DIALECT = Dialect(
    name=lambda nameless: f"*|IF:FNAME|**|FNAME|**|ELSE:|*{nameless}*|END:IF|*",
    code="*|BSCODE|*",
    marks=("*|",),
)


def mailchimp(data: ExportInput) -> Writers:
    """`mailchimp-email.csv` and its copy.

    Raises:
        ToolFailure: `text_too_long` with the customer and the field concerned; `nothing_to_export`.
    """
    found = people(data, "email")
    reached = [person for person in found.reached if person.address.split("@")[0].isascii()]
    refused = [
        (person.customer_id, "Mailchimp takes only ASCII before the @")
        for person in found.reached
        if not person.address.split("@")[0].isascii()
    ]
    return {
        **sheet("mailchimp-email", COLUMNS, [_row(data.campaign_id, person) for person in reached]),
        **left_out("mailchimp-email", [*found.left_out, *refused]),
        **templates(data, "mailchimp", "email", DIALECT),
    }


def _row(campaign_id: str, person: Person) -> tuple[str, ...]:
    row = (
        person.address, person.first_name, person.language, campaign_id, person.segment_id, person.offer_id,
        person.copy_id, person.code, person.customer_id,
    )  # fmt: skip
    for column, value in zip(COLUMNS, row, strict=True):
        size = len(value.encode())
        if size > MOST_TEXT_BYTES:
            raise ToolFailure(
                "text_too_long",
                f"`{column}` of customer {person.customer_id!r} has {size} bytes; Mailchimp clips after "
                f"{MOST_TEXT_BYTES}.",
                column=column,
                customer_id=person.customer_id,
            )
    return row
