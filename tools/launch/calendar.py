"""The send windows as a calendar (RFC 5545, by the icalendar library): one event a day, channel and time zone.

Times are written in UTC, so no reader has to know a zone's rules. Nothing of a customer is in the file but counts.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from tools.clock import Window
from tools.launch.windows import SEND_HOURS, known_zone, spans, zones_of
from tools.vocabulary import ADDRESSED

if TYPE_CHECKING:
    import icalendar
    import pandas as pd


def send_calendar(
    campaign_id: str, contacts: pd.DataFrame, *, window: Window, today: date, hours: tuple[int, int] = SEND_HOURS
) -> bytes:
    """The calendar, the same bytes for the same input.

    Args:
        contacts: customer_id, channel, timezone, country, one row a contacted customer. A customer whose zone is not
            known is counted where the hours hold in every zone of the country, or in an event that says "do not send".
        today: the stamp of every event.
    """
    import icalendar

    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Briefsmith//Send windows//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", f"Send windows of {campaign_id}")
    stamp = datetime.combine(today, time(), UTC)
    rows = zip(contacts["channel"], contacts["timezone"], contacts["country"], strict=True)
    groups = Counter((channel, _place(zone, country)) for channel, zone, country in rows if channel in ADDRESSED)
    for (channel, place), customers in sorted(groups.items()):
        for event in _events(f"{customers:,} × {channel}", place, window, hours):
            at = event.decoded("dtstart")
            event.add("uid", f"{campaign_id}-{channel}-{place.replace('/', '.')}-{at:%Y%m%d}@briefsmith")
            event.add("dtstamp", stamp)
            calendar.add_component(event)
    return bytes(calendar.to_ical())


def _place(zone: object, country: object) -> str:
    """A zone, else a country of known zones, else `unknown`."""
    if name := known_zone(zone):
        return name
    return country.upper() if isinstance(country, str) and zones_of(country) else "unknown"


def _events(what: str, place: str, window: Window, hours: tuple[int, int]) -> list[icalendar.Event]:
    import icalendar

    zones = (place,) if known_zone(place) else zones_of(place)
    found = spans(window, zones, hours)
    if not found:
        event = icalendar.Event()
        event.add("summary", f"Do not send: {what}, no hour is known to be decent ({place})")
        event.add("dtstart", window.start)
        event.add("dtend", window.end + timedelta(days=1))
        return [event]
    words = f"{hours[0]}:00 to {hours[1]}:00 in {place if len(zones) == 1 else f'every zone of {place}'}"
    events = []
    for span in found:
        event = icalendar.Event()
        event.add("summary", f"Send {what} ({place})")
        event.add("description", f"Send within {words}; outside these hours, wait for the next day's window.")
        event.add("dtstart", span.start)
        event.add("dtend", span.end)
        event.add("transp", "TRANSPARENT")
        events.append(event)
    return events
