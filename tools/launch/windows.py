"""When a customer may be sent something: decent hours of the customer's own day, as instants in UTC.

A wall-clock hour can be missing (clocks go forward) or come twice (they go back), and a day can be missing altogether
(Samoa, 2011-12-30). A window starts at the later and ends at the earlier of the two readings of its hours (PEP 495's
`fold`), so no instant in it is ever outside the hours. Who has no known zone gets the hours that hold in every zone of
the country (47 CFR 64.1200(c)(1) speaks of the called party's location); who has no country either gets none.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from tools.clock import Window

SEND_HOURS = (10, 17)
"""Local hours in which messages may go out, the first and the one before which sending ends: the narrowest window
that any rule of compliance asks for."""


@dataclass(frozen=True)
class Span:
    """From `start` until before `end`, both aware and in UTC."""

    start: datetime
    end: datetime


@cache
def _known_zones() -> frozenset[str]:
    return frozenset(available_timezones())


def known_zone(name: object) -> str | None:
    """The name if it is a zone of the IANA database, else null. Never opens a file by an unknown name."""
    return name if isinstance(name, str) and name in _known_zones() else None


@cache
def zones_of(country: str) -> tuple[str, ...]:
    """The zones of an ISO 3166-1 alpha-2 country, by the IANA database's zone.tab; empty where there is none."""
    from importlib.resources import files

    text = files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))
    return tuple(row[2] for row in rows if row[0] == country.upper())


def local_span(day: date, zone: str, hours: tuple[int, int] = SEND_HOURS) -> Span | None:
    """The hours of that day in that zone; null where the day or the hours do not exist there."""
    start = max(_instants(day, zone, hours[0]))
    end = min(_instants(day, zone, hours[1]))
    return Span(start, end) if start < end else None


def _instants(day: date, zone: str, hour: int) -> tuple[datetime, datetime]:
    """Both readings of a wall-clock hour (24 is the next day's midnight)."""
    wall = datetime(day.year, day.month, day.day) + timedelta(hours=hour)  # noqa: DTZ001  the zone comes next
    info = ZoneInfo(zone)
    first, second = (wall.replace(tzinfo=info, fold=fold).astimezone(UTC) for fold in (0, 1))
    return first, second


def common_span(day: date, zones: Collection[str], hours: tuple[int, int] = SEND_HOURS) -> Span | None:
    """The hours that hold in each of the zones at once; null where there are none."""
    spans = [local_span(day, zone, hours) for zone in zones]
    present = [span for span in spans if span is not None]
    if not present or len(present) < len(spans):
        return None
    start, end = max(span.start for span in present), min(span.end for span in present)
    return Span(start, end) if start < end else None


def spans(window: Window, zones: Collection[str], hours: tuple[int, int] = SEND_HOURS) -> tuple[Span, ...]:
    """One span a day of the campaign, where there is one."""
    days = (window.start + timedelta(days=n) for n in range(window.days))
    return tuple(span for day in days if (span := common_span(day, zones, hours)) is not None)
