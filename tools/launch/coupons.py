"""One coupon code a customer: unguessable, unique, never more than the plan pays for, and the same at every export.

A code is drawn by HMAC-SHA-256 (RFC 2104) from the campaign's secret, 32 random bytes that the ledger keeps: nothing
else has to be stored, no crash can lose or double one, and who lacks the secret cannot make the next one. Ten
characters of 28 that nobody mistakes for another (no vowels, so no words; no 0 1 I L O) are 48 bits: with a million
live codes one guess in 2.9e8 hits one, so the shop's checkout still has to limit tries.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping

from tools.failure import ToolFailure

ALPHABET = "23456789BCDFGHJKMNPQRSTVWXYZ"
LENGTH = 10
SECRET_BYTES = 32


def coupon_codes(campaign_id: str, offers: Mapping[str, str], *, secret: bytes, cap: int) -> dict[str, str]:
    """Customer → code, sorted by customer.

    Args:
        offers: customer → offer_id, of everybody who gets a code.
        secret: of this campaign, 32 bytes from the operating system; a fixed one is for tests alone.
        cap: the most codes that the campaign may issue.

    Raises:
        ToolFailure: `coupon_cap` where there would be more codes than the plan paid for; nobody gets one.
        ValueError: the secret is too short to be one.
    """
    if len(secret) < SECRET_BYTES:
        raise ValueError(f"a campaign's secret has {SECRET_BYTES} bytes, got {len(secret)}")
    if len(offers) > cap:
        raise ToolFailure(
            "coupon_cap",
            f"Campaign `{campaign_id}` may issue {cap:,} codes and would have {len(offers):,}: nobody got one.",
            cap=cap,
            codes=len(offers),
        )
    codes: dict[str, str] = {}
    taken: set[str] = set()
    for customer in sorted(offers):
        code, turn = "", 0
        while not code or code in taken:
            code = _draw(secret, campaign_id, customer, offers[customer], str(turn))
            turn += 1
        taken.add(code)
        codes[customer] = code
    return codes


def _draw(secret: bytes, *what: str) -> str:
    """The bias of taking 2^128 numbers modulo 28^10 is below 2^-79."""
    text = "".join(f"{len(part)}:{part}" for part in what)
    number = int.from_bytes(hmac.digest(secret, text.encode(), hashlib.sha256)[:16], "big")
    letters = []
    for _ in range(LENGTH):
        number, letter = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[letter])
    return "".join(letters)
