"""The demo's made-up contact data: the households of the Complete Journey have no name, address, phone or consent.

Everything here is invented by a seeded generator. E-mail addresses are under example.com (RFC 2606), phone numbers in
555-0100 to 555-0199, which North America reserves for fiction. The consent rates are assumptions, not anyone's data.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

SEED = 20171124
CONSENT_RATES = {"consent_email": 0.72, "consent_sms": 0.41, "consent_push": 0.28}
"""Fraction of the customers; of those who have the address, as far as there is one."""
EMAIL_MISSING = 0.04
PHONE_MISSING = 0.12
SUPPRESSED = 0.02
"""Fraction of the customers who are on the suppression list."""
COLUMNS = (
    "email",
    "phone",
    "first_name",
    "country",
    "language",
    "timezone",
    "consent_email",
    "consent_sms",
    "consent_push",
    "consent_at",
    "consent_type",
    "consent_text_version",
)
FIRST_NAMES = """
Aaliyah Aaron Abigail Adam Aisha Alan Alejandra Alice Amara Amir Ana Andre Angela Anita Anthony Aria Arjun Ashley
Ben Beth Brandon Brenda Brian Camila Carl Carmen Carol Cesar Chen Chloe Chris Claire Cora Dana Daniel Darius David
Deborah Dev Diana Diego Donna Edith Elena Eli Emily Emma Eric Esther Ethan Eva Fatima Felix Fiona Frank Gabriel
Gina Grace Greg Hana Hannah Harold Hassan Heather Helen Henry Ian Imani Ines Irene Isaac Ivy Jack Jada James Jamal
Janet Jasmine Jason Jenna Jerome Jesse Jin Joan Joel Jordan Jose Joy Juan Judy Julia Kai Karen Karim Kate Kayla
Keiko Kevin Kim Kofi Kyle Lakshmi Latoya Laura Leah Leo Lian Linda Lisa Luis Luz Lydia Malik Marco Margaret Maria
Mark Martha Mason Maya Mei Mia Miguel Mohammed Monica Nadia Naomi Nate Nina Noah Nora Oliver Olivia Omar Oscar
Owen Pablo Patricia Paul Pedro Peter Phuong Priya Quinn Rachel Ramon Raven Rebecca Rita Robert Rosa Ruth Ryan Sam
Sana Sarah Scott Sean Selena Shanice Sofia Sonia Stella Steve Tamika Tara Teresa Theo Thomas Tina Tomas Tyler Uma
Victor Vivian Wanda Wei Wendy Will Xavier Yara Yasmin Yolanda Yusuf Zach Zoe
"""
AREA_CODES = {
    "America/New_York": "202 203 212 215 216 267 301 305 313 404 412 513 614 617 704 716 718 803 804 813",
    "America/Chicago": "205 214 312 314 414 501 504 512 608 612 615 713 816 901",
    "America/Denver": "303 505 801",
    "America/Los_Angeles": "206 213 415 503 619 702",
}
"""Time zone → area codes of it; a customer gets one of each pair, so phone and zone agree."""


def make_contacts(customer_ids: list[str]) -> "pd.DataFrame":
    """One row a customer, in the given order; the same identifiers give the same rows.

    Returns:
        customer_id and `COLUMNS`; consent to a channel is never given without the address that it needs.
    """
    import numpy as np
    import pandas as pd

    rng = np.random.default_rng(SEED)
    n = len(customer_ids)
    names = rng.choice(FIRST_NAMES.split(), n)
    zones, phones = _phones(n, rng)
    has_email = rng.random(n) >= EMAIL_MISSING
    has_phone = rng.random(n) >= PHONE_MISSING
    wants = {column: rng.random(n) for column in CONSENT_RATES}
    email = wants["consent_email"] < CONSENT_RATES["consent_email"] / (1 - EMAIL_MISSING)
    sms = wants["consent_sms"] < CONSENT_RATES["consent_sms"] / (1 - PHONE_MISSING)
    push = wants["consent_push"] < CONSENT_RATES["consent_push"]
    given = np.datetime64("2015-01-01T09:00:00") + rng.integers(0, 2 * 365 * 86_400, n).astype("timedelta64[s]")
    any_consent = (email & has_email) | (sms & has_phone) | push
    addresses = [f"{name.lower()}.{number}@example.com" for name, number in zip(names, customer_ids, strict=True)]
    return pd.DataFrame(
        {
            "customer_id": customer_ids,
            "email": pd.Series(addresses, dtype=object).where(has_email, None),
            "phone": pd.Series(phones, dtype=object).where(has_phone, None),
            "first_name": names.astype(object),
            "country": "US",
            "language": "en",
            "timezone": zones,
            "consent_email": email & has_email,
            "consent_sms": sms & has_phone,
            "consent_push": push,
            "consent_at": pd.Series(given).where(any_consent, None),
            "consent_type": pd.Series(["written"] * n, dtype=object).where(any_consent, None),
            "consent_text_version": pd.Series(["demo-1"] * n, dtype=object).where(any_consent, None),
        }
    )


def make_suppressions(contacts: "pd.DataFrame") -> "pd.DataFrame":
    """About 2 % of the customers, each once: unsubscribed from a channel, bounced, or complained (every channel)."""
    import numpy as np
    import pandas as pd

    rng = np.random.default_rng(SEED + 1)
    chosen = contacts[rng.random(len(contacts)) < SUPPRESSED]
    n = len(chosen)
    kinds = [("unsubscribed", "email"), ("unsubscribed", "sms"), ("hard bounce", "email"), ("complaint", None)]
    picked = [kinds[index] for index in rng.choice(len(kinds), n, p=[0.5, 0.2, 0.2, 0.1])]
    at = np.datetime64("2017-01-01T08:00:00") + rng.integers(0, 364 * 86_400, n).astype("timedelta64[s]")
    return pd.DataFrame(
        {
            "customer_id": chosen["customer_id"].to_numpy(),
            "email": chosen["email"].to_numpy(),
            "channel": pd.Series([channel for _, channel in picked], dtype=object),
            "reason": pd.Series([reason for reason, _ in picked], dtype=object),
            "at": pd.Series(at),
        }
    )


def _phones(n: int, rng: "np.random.Generator") -> tuple[list[str], list[str]]:
    """Time zones and distinct numbers +1-XXX-555-01XX, 43 area codes × 100."""
    pairs = [(zone, code) for zone, codes in AREA_CODES.items() for code in codes.split()]
    numbers = [(zone, f"+1{code}55501{line:02d}") for zone, code in pairs for line in range(100)]
    order = rng.permutation(len(numbers))[:n]
    return [numbers[index][0] for index in order], [numbers[index][1] for index in order]
