"""listmonk: subscribers to import, and the copy as Go templates. listmonk sends e-mail.

Source: knadh/listmonk, `internal/subimporter/importer.go` (columns `email`, `name`, `attributes`, the last a JSON
object; others are ignored; an address has at most 1,000 characters; a row without a name gets one made from the
address), `docs/docs/content/apis/import.md`; read at the commit of 2026-07-21. The attributes stand under the key
`briefsmith`, so that no other attribute is touched; `attribs()` is what the connector sends too.
"""

from __future__ import annotations

import json

from tools.launch.exporters.copies import Dialect, templates
from tools.launch.exporters.people import Person, people
from tools.launch.exporters.sheet import left_out, sheet
from tools.launch.exporters.types import ExportInput, Writers

COLUMNS = ("email", "name", "attributes")
_FIELD = ".Subscriber.Attribs.briefsmith"
DIALECT = Dialect(
    name=lambda nameless: f"{{{{ with {_FIELD}.first_name }}}}{{{{ . }}}}{{{{ else }}}}{nameless}{{{{ end }}}}",
    code=f"{{{{ {_FIELD}.code }}}}",
    marks=("{{",),
)


def listmonk(data: ExportInput) -> Writers:
    """`listmonk-email.csv` and its copy.

    Raises:
        ToolFailure: `nothing_to_export` where nobody is contacted by e-mail.
    """
    found = people(data, "email")
    rows = [
        (person.address, display_name(person), json.dumps(attribs(data.campaign_id, person), ensure_ascii=False))
        for person in found.reached
    ]
    return {
        **sheet("listmonk-email", COLUMNS, rows),
        **left_out("listmonk-email", found.left_out),
        **templates(data, "listmonk", "email", DIALECT),
    }


def display_name(person: Person) -> str:
    """listmonk needs a name: the first name, else the part of the address before the @."""
    return person.first_name or person.address.split("@")[0]


def attribs(campaign_id: str, person: Person) -> dict[str, dict[str, str]]:
    """What the templates and listmonk's segment queries may use of a subscriber."""
    return {
        "briefsmith": {
            "campaign_id": campaign_id,
            "customer_id": person.customer_id,
            "segment_id": person.segment_id,
            "offer_id": person.offer_id,
            "copy_id": person.copy_id,
            "first_name": person.first_name,
            "language": person.language,
            "timezone": person.timezone,
            "code": person.code,
        }
    }
