"""What an SMS costs: its encoding, units and segments, counted as Twilio's segment calculator does.

GSM 03.38: 160 septets in one segment, 153 in each of several; the extension table (and a form feed) takes two, which
are never split. Anything outside flips the whole text to UCS-2: 70 units in one, 67 in each of several, non-BMP
characters two, and a grapheme (a flag, a family emoji) stays whole.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Literal

GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENSION = frozenset("\f^{}\\[~]|€")
SMS_MAX_SEGMENTS = 2
_ONE = {"GSM-7": 160, "UCS-2": 70}
_EACH = {"GSM-7": 153, "UCS-2": 67}


@dataclass(frozen=True)
class SmsCount:
    """`units`: septets for GSM-7, 16-bit units for UCS-2. `segments`: what is billed; 1 even for an empty text."""

    encoding: Literal["GSM-7", "UCS-2"]
    units: int
    segments: int


def sms_segments(text: str) -> SmsCount:
    """Encoding, units and segments of an SMS text."""
    characters = set(text)
    if characters <= GSM_BASIC:
        return SmsCount("GSM-7", len(text), 1 if len(text) <= _ONE["GSM-7"] else -(-len(text) // _EACH["GSM-7"]))
    if characters <= GSM_BASIC | GSM_EXTENSION:
        return _count("GSM-7", [2 if char in GSM_EXTENSION else 1 for char in text])
    return _count("UCS-2", [_utf16_units(grapheme) for grapheme in _graphemes(text)])


def gsm_text(text: str) -> str:
    """The text with typographic marks and accents outside GSM 03.38 written plainly, so that it stays GSM-7.

    What has no plain form (Chinese, emoji) is left as it is. Source: the idea of Twilio's Smart Encoding.
    """
    if set(text) <= GSM_BASIC:
        return text
    return "".join(char if char in GSM_BASIC or char in GSM_EXTENSION else _plain(char) for char in text)


_PLAIN = str.maketrans(
    {"‘": "'", "’": "'", "‚": ",", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "•": "-", "`": "'"}
    | dict.fromkeys("®™©\u200b\u200d\ufeff\u00ad", "")
    | dict.fromkeys("\t\u00a0\u2009\u202f", " ")
)


@cache
def _plain(char: str) -> str:
    import unicodedata

    mapped = char.translate(_PLAIN)
    if mapped != char:
        return mapped
    folded = "".join(c for c in unicodedata.normalize("NFKD", char) if not unicodedata.combining(c))
    return folded if folded and set(folded) <= GSM_BASIC else char


def _count(encoding: Literal["GSM-7", "UCS-2"], sizes: list[int]) -> SmsCount:
    units = sum(sizes)
    return SmsCount(encoding, units, 1 if units <= _ONE[encoding] else _packed(sizes, _EACH[encoding]))


def _packed(sizes: Iterable[int], room: int) -> int:
    segments, free = 1, room
    for size in sizes:
        if size > free:
            segments, free = segments + 1, room
        free -= size
    return segments


def _utf16_units(grapheme: str) -> int:
    return sum(2 if ord(char) > 0xFFFF else 1 for char in grapheme)


def _graphemes(text: str) -> list[str]:
    import regex  # type: ignore[import-untyped]

    return list(regex.findall(r"\X", text))
