"""Meta custom audience: who consented to it, normalised and hashed with SHA-256, so that no plain address leaves.

Source: Meta, "Customer File Custom Audiences" (developers.facebook.com/docs/marketing-api/audiences/guides/
custom-audiences), "Hashing and normalizing data": e-mail trimmed and in lower case; phone digits alone with the country
code, no leading zeros; first name in lower case without punctuation; country as two lower-case letters; SHA-256 of the
UTF-8 text, in hexadecimal. Column headers `email`, `phone`, `fn`, `country`, and lists of fewer than 100 people are
advised against: Meta Business Help Centre, "How to format a customer list" (2082575038703844).

Uploading a customer to an advertising platform needs that customer's consent to it: the shop's `consent_social`. Where
the shop has not brought that column nobody is exported; the held-out are never, so that the test stays one.
"""

from __future__ import annotations

import hashlib
import unicodedata
from typing import TYPE_CHECKING

from tools.copywriter.words import NAMELESS, first_name_words
from tools.failure import ToolFailure
from tools.launch.exporters.people import e164, email_address
from tools.launch.exporters.sheet import sheet
from tools.launch.exporters.types import ExportInput, Writers

if TYPE_CHECKING:
    import pandas as pd

FEWEST = 100
_YES = ("true", "t", "yes", "y", "1")
COLUMNS = ("email", "phone", "fn", "country")


def meta(data: ExportInput) -> Writers:
    """`meta-custom-audience.csv`.

    Raises:
        ToolFailure: `no_consent_recorded`; `audience_too_small` below Meta's hundred, which it would not match.
    """
    if "consent_social" not in data.customers.columns:
        raise ToolFailure(
            "no_consent_recorded",
            "Whom Meta may be told of is not on record: import the customers with a column `consent_social`.",
        )
    contacted = data.audience.loc[data.audience["channel"].notna(), "customer_id"]
    customers = data.customers.drop_duplicates("customer_id")
    chosen = customers[customers["customer_id"].isin(contacted) & customers["consent_social"].map(_yes)]
    rows = sorted({row for row in _rows(chosen) if row[0] or row[1]})
    if len(rows) < FEWEST:
        raise ToolFailure(
            "audience_too_small",
            f"{len(rows)} contacted customers consented to it and have an address; Meta needs {FEWEST} to match.",
            customers=len(rows),
        )
    return sheet("meta-custom-audience", COLUMNS, rows)


def _yes(value: object) -> bool:
    """Only what plainly says yes; an attribute column keeps the shop's own words or numbers."""
    return value.strip().lower() in _YES if isinstance(value, str) else value in (True, 1)


def _rows(customers: pd.DataFrame) -> list[tuple[str, ...]]:
    """Hashed, and to be sorted by hash: the order of the customers tells nothing."""
    records = customers.reindex(columns=["email", "phone", "first_name", "country"]).to_dict("records")
    return [
        (
            hashed(email_address(row["email"])),
            hashed(e164(row["phone"], _text(row["country"])).removeprefix("+")),
            hashed(first_name(row["first_name"])),
            hashed(_text(row["country"]).lower()),
        )
        for row in records
    ]


def hashed(normalised: str) -> str:
    """SHA-256 in hexadecimal; what is not known stays empty (the hash of nothing would match nobody)."""
    return hashlib.sha256(normalised.encode()).hexdigest() if normalised else ""


def first_name(value: object) -> str:
    """Lower case, letters and marks alone, composed (NFC); "" for what is no name."""
    name = first_name_words(_text(value), "en")
    if name == NAMELESS["en"]:
        return ""
    return "".join(char for char in unicodedata.normalize("NFC", name.lower()) if char.isalpha() or char == " ")


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
