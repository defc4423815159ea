"""The calendar of the send windows, read back by the library and by the hours of each customer."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import icalendar
import pandas as pd

from tools.clock import Window
from tools.launch.calendar import send_calendar

WINDOW = Window(start=date(2026, 3, 6), end=date(2026, 3, 9))
TODAY = date(2026, 3, 1)


def contacts() -> pd.DataFrame:
    rows = [
        ("c1", "sms", "America/New_York", "US"),
        ("c2", "sms", "America/New_York", "US"),
        ("c3", "email", "Asia/Kathmandu", "NP"),
        ("c4", "email", None, "US"),
        ("c5", "email", "../../etc/passwd", None),
        ("c6", "search", "America/New_York", "US"),
    ]
    return pd.DataFrame(rows, columns=["customer_id", "channel", "timezone", "country"])


def summary(event: icalendar.Event) -> str:
    return str(event["summary"])


def events() -> list[icalendar.Event]:
    made = send_calendar("c-1", contacts(), window=WINDOW, today=TODAY)
    return icalendar.Calendar.from_ical(made).events


def test_every_event_is_within_the_hours_of_its_zone() -> None:
    for zone, count in (("America/New_York", "2 × sms"), ("Asia/Kathmandu", "1 × email")):
        found = [event for event in events() if zone in summary(event)]
        assert len(found) == WINDOW.days
        for event in found:
            assert count in summary(event)
            start, end = (event.decoded(name).astimezone(ZoneInfo(zone)) for name in ("dtstart", "dtend"))
            assert (start.hour, end.hour) == (10, 17)
            assert start.date() == end.date()


def test_clocks_that_go_forward_move_the_instant() -> None:
    starts = [event.decoded("dtstart") for event in events() if "New_York" in summary(event)]
    assert starts[:3] == [datetime(2026, 3, day, hour, tzinfo=UTC) for day, hour in ((6, 15), (7, 15), (8, 14))]


def test_who_has_no_zone_is_not_sent_anything_by_guess() -> None:
    country = [event for event in events() if "(US)" in summary(event)]
    assert len(country) == WINDOW.days
    assert country[0].decoded("dtstart").hour == 20  # 10:00 in Honolulu and Adak, the last to get there
    [unknown] = [event for event in events() if "unknown" in summary(event)]
    assert summary(unknown).startswith("Do not send: 1 × email")
    assert unknown.decoded("dtend") == date(2026, 3, 10)


def test_bought_media_and_customers_are_not_in_it() -> None:
    text = send_calendar("c-1", contacts(), window=WINDOW, today=TODAY).decode()
    assert "search" not in text
    assert "c1" not in text.replace("c-1", "")
    assert "passwd" not in text


def test_the_same_bytes_again_and_no_event_twice() -> None:
    assert send_calendar("c-1", contacts(), window=WINDOW, today=TODAY) == send_calendar(
        "c-1", contacts().iloc[::-1], window=WINDOW, today=TODAY
    )
    uids = [event["uid"] for event in events()]
    assert len(set(uids)) == len(uids)
