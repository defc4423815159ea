"""Nobody is sent anything outside the hours of their own day, whatever the clocks do."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.clock import Window
from tools.launch.windows import common_span, known_zone, local_span, spans, zones_of

TRICKY = (
    "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia", "Pacific/Kiritimati",
    "America/St_Johns", "Africa/Casablanca", "Asia/Shanghai", "Europe/London", "America/Sao_Paulo", "Asia/Tehran",
)  # fmt: skip


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


def test_kathmandu_is_a_quarter_hour_off() -> None:
    span = local_span(date(2026, 12, 1), "Asia/Kathmandu")
    assert span is not None
    assert (span.start, span.end) == (utc(2026, 12, 1, 4, 15), utc(2026, 12, 1, 11, 15))


def test_summer_time_moves_the_window_and_not_the_hours() -> None:
    before, after = (local_span(date(2026, 3, day), "America/New_York") for day in (7, 8))
    assert before is not None
    assert after is not None
    assert (before.start.hour, after.start.hour) == (15, 14)


@pytest.mark.parametrize(
    ("hours", "start", "end"),
    [
        # Clocks go from 2:00 to 3:00 on 2026-03-08 in New York, which is 07:00 UTC.
        ((2, 5), utc(2026, 3, 8, 7), utc(2026, 3, 8, 9)),
        ((1, 2), utc(2026, 3, 8, 6), utc(2026, 3, 8, 6)),
    ],
)
def test_an_hour_that_does_not_exist(hours: tuple[int, int], start: datetime, end: datetime) -> None:
    span = local_span(date(2026, 3, 8), "America/New_York", hours)
    assert (span is None) if start >= end else (span is not None and (span.start, span.end) == (start, end))


def test_an_hour_that_comes_twice_counts_once_and_late() -> None:
    """1:00 comes twice on 2026-11-01 in New York: the window opens at the second, and closes at the only 4:00."""
    span = local_span(date(2026, 11, 1), "America/New_York", (1, 4))
    assert span is not None
    assert (span.start, span.end) == (utc(2026, 11, 1, 6), utc(2026, 11, 1, 9))


def test_a_day_that_never_was() -> None:
    assert local_span(date(2011, 12, 30), "Pacific/Apia") is None
    assert local_span(date(2011, 12, 31), "Pacific/Apia") is not None


@given(
    zone=st.sampled_from(TRICKY),
    day=st.dates(date(2000, 1, 1), date(2037, 12, 31)),
    first=st.integers(0, 23),
    length=st.integers(1, 24),
    at=st.floats(0, 1),
)
def test_every_instant_is_within_the_hours(zone: str, day: date, first: int, length: int, at: float) -> None:
    last = min(24, first + length)
    span = local_span(day, zone, (first, last))
    if span is None:
        return
    seconds = int(((span.end - span.start).total_seconds() - 1) * at)
    local = (span.start + timedelta(seconds=seconds)).astimezone(ZoneInfo(zone))
    assert local.date() == day
    assert first <= local.hour < last


def test_an_unknown_zone_takes_the_hours_of_every_zone_of_the_country() -> None:
    zones = zones_of("US")
    assert {"America/New_York", "Pacific/Honolulu", "America/Adak"} <= set(zones)
    span = common_span(date(2026, 12, 1), zones)
    assert span is not None
    for zone in zones:
        for instant in (span.start, span.end - timedelta(seconds=1)):
            assert 10 <= instant.astimezone(ZoneInfo(zone)).hour < 17


def test_no_country_no_window() -> None:
    assert zones_of("ZZ") == ()
    assert spans(Window(start=date(2026, 12, 1), end=date(2026, 12, 14)), zones_of("ZZ")) == ()
    assert common_span(date(2026, 12, 1), ("Pacific/Kiritimati", "Pacific/Honolulu")) is None


@pytest.mark.parametrize("name", ["", "America", "../../etc/passwd", "/etc/localtime", "Mars/Olympus", None, 3.0])
def test_what_is_no_zone_is_no_zone(name: object) -> None:
    assert known_zone(name) is None


def test_one_span_a_day() -> None:
    found = spans(Window(start=date(2026, 3, 1), end=date(2026, 3, 14)), ("America/New_York",))
    assert len(found) == 14
