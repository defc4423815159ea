"""How long a message may be, counted by each channel's own rule. Pure functions; the one place that knows the figures.

Counting rules: SMS in GSM 03.38 septets or UCS-2 units (`sms.py`); search, social, WeChat and phones' notifications in
columns, where a double-width character (Chinese, emoji) takes two; whole messages in UTF-8 bytes where that is the
carrier's rule.

A hard limit means that the message is rejected or arrives cut. A soft one means that part of it is folded away on
common screens, or that it costs more. Figures: design notes of the checks ("Channel limits"); those noted there as
secondary or unverified are soft here, unless passing them is the platform's own error.
"""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from tools.copywriter.sms import SMS_MAX_SEGMENTS, SmsCount, sms_segments
from tools.vocabulary import Channel

__all__ = ["LIMITS", "Finding", "Limit", "SmsCount", "channel_findings", "fits", "sms_segments", "width"]

Unit = Literal["columns", "segments", "bytes"]


def width(text: str) -> int:
    """Columns: double-width and full-width characters 2, combining marks and joiners 0, all others 1."""
    if text.isascii():
        return len(text)
    return sum(_columns(char) for char in text)


@cache
def _columns(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1


def _segments(text: str) -> int:
    return sms_segments(text).segments


def _utf8(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


COUNT: dict[Unit, Callable[[str], int]] = {"columns": width, "segments": _segments, "bytes": _utf8}


@dataclass(frozen=True)
class Limit:
    """`soft` and `hard` in `unit`, None where there is none; `wide_*` replace them for double-width text."""

    unit: Unit
    soft: int | None
    hard: int | None
    wide_soft: int | None = None
    wide_hard: int | None = None
    source: str = ""

    def for_text(self, text: str) -> tuple[int | None, int | None]:
        if text.isascii() or not any(unicodedata.east_asian_width(char) in ("W", "F") for char in text):
            return self.soft, self.hard
        return self.wide_soft or self.soft, self.wide_hard or self.hard


_PHONES = "Batch (secondary); longer is rejected in China: vivo 20/50, OPPO title 32, Xiaomi body 128 characters"
_RSA = "Google responsive search ads: longer assets are rejected"

LIMITS: dict[Channel, dict[str, Limit]] = {
    "email": {
        "subject": Limit("columns", 50, 78, source="visible in inboxes; RFC 5322 recommends lines of 78"),
        "preheader": Limit("columns", 100, 150, source="visible in inboxes: 40 to 100"),
        "headline": Limit("columns", 60, 120, source="two lines on a phone"),
        "call_to_action": Limit("columns", 28, 60, source="one line on a phone's button"),
    },
    "sms": {
        "text": Limit("segments", 1, SMS_MAX_SEGMENTS, source="each segment is billed; house rule: never over two"),
    },
    "push": {
        "title": Limit("columns", 50, 65, wide_soft=40, wide_hard=64, source=_PHONES),
        "body": Limit("columns", 178, 240, wide_soft=100, wide_hard=256, source=_PHONES),
    },
    "search": {
        **{f"headline_{n}": Limit("columns", None, 30, source=_RSA) for n in (1, 2, 3)},
        **{f"description_{n}": Limit("columns", None, 90, source=_RSA) for n in (1, 2)},
    },
    "social": {
        "primary_text": Limit("columns", 125, 2200, source="Meta: 125 visible"),
        "headline": Limit("columns", 40, 60, source="Meta: 40, the feed shows 27"),
        "description": Limit("columns", 30, 60, source="Meta: 25 to 30"),
    },
    "wechat": {
        "title": Limit("columns", 64, 128, source="official account titles, 64 characters (unverified)"),
        "body": Limit("bytes", None, 2048, source="customer-service text message, 2,048 bytes (unverified)"),
        "call_to_action": Limit("columns", 28, 60, source="one line on a phone's button"),
    },
}
PUSH_PAYLOAD_BYTES = 4096
"""APNs and FCM; half of it is left to the envelope, so that the texts may take the other half."""


@dataclass(frozen=True)
class Finding:
    """A part that is longer than its channel shows. `length` and `limit` in `unit`; `hard`: rejected or cut."""

    part: str
    length: int
    limit: int
    hard: bool
    unit: Unit = "columns"


def channel_findings(channel: Channel, rendered: Mapping[str, str]) -> list[Finding]:
    """What of a rendered message is too long for its channel; parts that have no limit are not looked at."""
    findings = []
    for part, limit in LIMITS[channel].items():
        text = rendered.get(part, "")
        soft, hard = limit.for_text(text)
        length = COUNT[limit.unit](text)
        if hard is not None and length > hard:
            findings.append(Finding(part, length, hard, True, limit.unit))
        elif soft is not None and length > soft:
            findings.append(Finding(part, length, soft, False, limit.unit))
    if channel == "push":
        payload = sum(_utf8(text) for text in rendered.values())
        if payload > PUSH_PAYLOAD_BYTES // 2:
            findings.append(Finding("payload", payload, PUSH_PAYLOAD_BYTES // 2, True, "bytes"))
    return findings


def fits(channel: Channel, rendered: Mapping[str, str]) -> bool:
    """No hard limit is passed."""
    return not any(finding.hard for finding in channel_findings(channel, rendered))
