"""Who is sent something on a channel, with an address that the target takes, and who is left out, with the reason."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.copywriter.words import NAMELESS, first_name_words
from tools.failure import ToolFailure
from tools.launch.exporters.codes import customer_codes
from tools.launch.exporters.types import ExportInput
from tools.launch.files import FORMULA_STARTS
from tools.launch.windows import known_zone
from tools.vocabulary import Channel

if TYPE_CHECKING:
    import pandas as pd

_FORBIDDEN = r"\s@\"(),:;<>\[\]\\\x00-\x1f\x7f"
_EMAIL = re.compile(rf"[^{_FORBIDDEN}]{{1,64}}@[^{_FORBIDDEN}_]+\.[^{_FORBIDDEN}_.]{{2,}}")
_MOST = 254
"""RFC 5321 §4.5.3.1.3, less the angle brackets."""


@dataclass(frozen=True)
class Person:
    """One contacted customer. What the shop does not know is ""; `code` is "" unless each has a code of their own."""

    customer_id: str
    address: str
    """E-mail in lower case, phone in E.164; for push the customer's id."""
    first_name: str
    country: str
    language: str
    timezone: str
    segment_id: str
    offer_id: str
    copy_id: str
    code: str


@dataclass(frozen=True)
class People:
    reached: tuple[Person, ...]
    left_out: tuple[tuple[str, str], ...]
    """(customer_id, reason)."""


def people(data: ExportInput, channel: Channel) -> People:
    """Everybody whom the campaign contacts on the channel, by customer_id; one row an address.

    Raises:
        ToolFailure: `nothing_to_export` where the campaign contacts nobody on the channel whom it could reach.
    """
    rows = _rows(data, channel)
    codes = customer_codes(data)
    reached: list[Person] = []
    left_out: list[tuple[str, str]] = []
    taken: set[str] = set()
    for row in rows.to_dict("records"):
        person = _person({str(key): value for key, value in row.items()}, channel, codes)
        if isinstance(person, str):
            left_out.append((str(row["customer_id"]), person))
        elif person.address in taken:
            left_out.append((person.customer_id, f"another customer has the same {channel} address"))
        else:
            taken.add(person.address)
            reached.append(person)
    if not reached:
        raise ToolFailure(
            "nothing_to_export",
            f"The campaign contacts nobody by {channel} with an address to export.",
            channel=channel,
        )
    return People(tuple(reached), tuple(left_out))


def channels_of(data: ExportInput, wanted: tuple[Channel, ...]) -> tuple[Channel, ...]:
    """Those of the wanted channels that somebody is contacted on.

    Raises:
        ToolFailure: `nothing_to_export` where it is none.
    """
    present = set(data.messages["channel"])
    found = tuple(channel for channel in wanted if channel in present)
    if not found:
        raise ToolFailure("nothing_to_export", f"The campaign contacts nobody by {' or '.join(wanted)}.")
    return found


def _rows(data: ExportInput, channel: Channel) -> pd.DataFrame:
    contacted = data.audience[data.audience["channel"] == channel][["customer_id", "segment_id", "offer_id", "copy_id"]]
    known = data.customers.drop_duplicates("customer_id")
    merged = contacted.merge(known, on="customer_id", how="left", validate="one_to_one")
    return merged.sort_values("customer_id", kind="stable")


def _text(value: object) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""


def _person(row: dict[str, object], channel: Channel, codes: dict[str, str]) -> Person | str:
    customer_id = str(row["customer_id"])
    language = _text(row.get("language"))
    address = _address(row, channel)
    if not address:
        return f"no {channel} address that could be used"
    if customer_id.startswith(FORMULA_STARTS) or address.startswith(("=", "-", "@")):
        return "the customer's id or address starts like a spreadsheet formula"
    name = first_name_words(_text(row.get("first_name")), "en")
    return Person(
        customer_id=customer_id,
        address=address,
        first_name="" if name == NAMELESS["en"] else name,
        country=_matching(r"[A-Z]{2}", _text(row.get("country")).upper()),
        language=_matching(r"[a-z]{2}", language[:2].lower()),
        timezone=known_zone(row.get("timezone")) or "",
        segment_id=str(row["segment_id"]),
        offer_id=str(row["offer_id"]),
        copy_id=str(row["copy_id"]),
        code=codes.get(customer_id, ""),
    )


def _matching(pattern: str, text: str) -> str:
    return text if re.fullmatch(pattern, text) else ""


def _address(row: dict[str, object], channel: Channel) -> str:
    if channel == "email":
        return email_address(row.get("email"))
    if channel == "sms":
        return e164(row.get("phone"), _text(row.get("country")))
    return str(row["customer_id"])


def email_address(value: object) -> str:
    """The address in lower case, or "" where it is none (quoted local parts and address literals count as none)."""
    text = _text(value).lower()
    return text if len(text) <= _MOST and _EMAIL.fullmatch(text) else ""


def e164(value: object, country: str) -> str:
    """The number in E.164, or "" where it is none; a national number is read as one of the country."""
    import phonenumbers

    try:
        number = phonenumbers.parse(_text(value), country or None)
    except phonenumbers.NumberParseException:
        return ""
    possible = phonenumbers.is_possible_number(number)
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)) if possible else ""
