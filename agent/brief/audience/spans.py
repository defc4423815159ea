"""Spans of time in the past: `in the last 60 days`, `since June 1`, `last month`, `in October`."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from agent.brief import day_words, days, durations, numbers
from agent.brief.days import Reader
from agent.brief.lexicon import LEFT, RIGHT
from agent.brief.named_days import add_months, month_end
from tools.segments.filter import Within

SOFT = (
    r"(?:at least|more than|over|about|around|roughly|longer than|the past|the last|the previous|past|last|"
    r"previous|preceding|prior|the|these|almost|nearly|some|any|>=?|up to|trailing)"
)


@dataclass(frozen=True)
class Past:
    """`low`..`high` days ago, as a span that ends today (`low` 0) or lies before; or calendar days."""

    days: int | None = None
    upto: int | None = None
    """Second end of "60 to 90 days"."""
    since: date | None = None
    until: date | None = None

    def within(self) -> Within:
        if self.since is None and self.until is None:
            return Within(days=max(1, self.upto or self.days or 1))
        return Within(since=self.since, until=self.until)

    def ended(self, today: date) -> "Past":
        """ "60 to 75 days ago", of a day on which something was bought: from the one to the other."""
        if not self.upto or self.days is None:
            return self
        return Past(since=today - timedelta(self.upto), until=today - timedelta(self.days))

    def age(self, today: date) -> int:
        """Days since the span began: a last order before it is at least so old."""
        return self.days if self.days is not None else (today - (self.since or today)).days


@cache
def pattern(prefix: str = "t") -> str:
    """A regular expression of a span of the past; its groups are named `<prefix>_…`."""
    month, p = day_words.month_words(), prefix
    both = rf"between(?=\s{month}\s?(?:and|to|-)\s?{month}(?!\s?\d))"
    ago = r"(?:\s(?:ago|now|straight|or (?:more|longer)|plus|running|already|in a row))*"
    return (
        rf"(?:{LEFT}(?:(?:in|for|within|over|during|through|across|of|since|by)\s)?(?:{SOFT}\s){{0,3}}"
        rf"(?:(?P<{p}_low>{numbers.COUNT})(?:\s?(?:{durations.EN_UNIT}))?\s?(?:-|to|"
        rf"and)\s?)?(?P<{p}_dur>{durations.EN}){ago}"
        rf"|(?:(?:in|for|over|during|within)\s)?(?:the (?:last|past|previous)|(?<=in\s)past) "
        rf"(?P<{p}_one>day|week|wk|month|quarter|year|yr){RIGHT}"
        rf"|{LEFT}(?P<{p}_side>since|before|after|prior to|until)\s(?:the (?:start|beginning|end) "
        rf"of\s)?(?P<{p}_day>{days.TOKEN}|(?P<{p}_sm>{month}(?!\s?\d))(?:\s(?P<{p}_sy>20\d\d))?|(?P<{p}_yy>20\d\d))"
        rf"|(?:{LEFT}(?:in|during|so far|all)\s)?(?:the\s)?{LEFT}(?P<{p}_rel>this|last) (?P<{p}_unit>week|wk|yr|month|"
        rf"quarter|year|season|spring|summer|fall|autumn|winter|christmas){RIGHT}"
        rf"|{LEFT}(?:in|during|back in|last|this past|{both})\s(?P<{p}_month>{month})"
        rf"(?:\s?(?:or|and|to|-|through|/)\s?(?P<{p}_month2>{month}))?(?:\s(?:of\s)?(?:this year|(?P<{p}_my>20\d\d)))?|"
        rf"{LEFT}(?:in|during)\s(?P<{p}_year>20\d\d)|{LEFT}(?:in|during|since)\s(?P<{p}_q>q[1-4])(?:\s(?P<{p}_qy>20\d\d))?{RIGHT}|"
        rf"{LEFT}(?P<{p}_yest>yesterday){RIGHT})"
    )


def read(match: re.Match[str], reader: Reader, norm: str, prefix: str = "t") -> Past | None:
    """The span that the groups `<prefix>_…` of `match` say; null where none matched.

    `match` is of `days.tokenised(norm, after_side=True)`: the words are those of `norm`.
    """
    group = {
        name.removeprefix(f"{prefix}_"): text
        for name, text in match.groupdict().items()
        if name.startswith(f"{prefix}_") and text
    }
    if "day" in group:
        group["day"] = norm[match.start(f"{prefix}_day") : match.end(f"{prefix}_day")]
    today = reader.today
    if "dur" in group:
        return _duration(group)
    if "one" in group:
        return Past(days=durations.days(f"1 {group['one']}"))
    if "yest" in group:
        return Past(days=1)
    if "rel" in group:
        return _relative(group["rel"], {"yr": "year", "wk": "week"}.get(group["unit"], group["unit"]), today)
    if "month" in group:
        found = _months(group["month"], group.get("month2"), group.get("my"), today)
        return _year_before(found) if found and _still_on(found, today) and re.search(r"\blast\s", match[0]) else found
    if "q" in group:
        return _quarter(int(group["q"][1]), group.get("qy"), today)
    if "year" in group:
        return Past(since=date(int(group["year"]), 1, 1), until=date(int(group["year"]), 12, 31))
    if "side" in group:
        return _side(group, reader)
    return None


def _duration(group: dict[str, str]) -> Past | None:
    high = durations.days(group["dur"])
    if high is None:
        return None
    if "low" not in group:
        return Past(days=high)
    unit = re.search(r"[a-z]+$", group["dur"])
    low = durations.days(f"{group['low']} {unit[0]}") if unit else None
    if low and low >= high:
        return Past(days=low + high)  # "one hundred and twenty days"
    return Past(days=low, upto=high) if low else Past(days=high)


def _relative(rel: str, unit: str, today: date) -> Past | None:
    back = 1 if rel == "last" else 0
    if unit == "week":
        monday = today - timedelta(today.weekday() + 7 * back)
        return Past(since=monday, until=monday + timedelta(6) if back else None)
    if unit == "month":
        first = add_months(today, -back)
        return Past(since=first, until=month_end(first.year, first.month) if back else None)
    if unit == "quarter":
        first = add_months(date(today.year, 3 * ((today.month - 1) // 3) + 1, 1), -3 * back)
        last = add_months(first, 2)
        return Past(since=first, until=month_end(last.year, last.month) if back else None)
    if unit in SEASONS:
        return _season(SEASONS[unit], back, today)
    if unit == "year":
        return Past(since=date(today.year - back, 1, 1), until=date(today.year - 1, 12, 31) if back else None)
    return None


SEASONS = {"spring": 3, "summer": 6, "fall": 9, "autumn": 9, "winter": 12}
"""First month of each, as meteorologists count them in the north."""


def _season(month: int, back: int, today: date) -> Past:
    """ "This fall": since its first day; "last summer": the last one that is over."""
    first = date(today.year - (month > today.month), month, 1)
    last = add_months(first, 2)
    end = month_end(last.year, last.month)
    if back and end >= today:
        first, end = date(first.year - 1, month, 1), month_end(last.year - 1, last.month)
    return Past(since=first, until=end if end < today else None)


def _quarter(number: int, year: str | None, today: date) -> Past:
    """ "In Q3": the last one that has begun."""
    first = date(int(year) if year else today.year, 3 * number - 2, 1)
    if year is None and first > today:
        first = date(today.year - 1, first.month, 1)
    last = add_months(first, 2)
    end = month_end(last.year, last.month)
    return Past(since=first, until=end if end < today else None)


def _months(first: str, last: str | None, year: str | None, today: date) -> Past | None:
    """ "In October or November": from the first day of the one to the last of the other."""
    end = _month(last or first, year, today)
    start = _month(first, year, today)
    if start is None or end is None or start.since is None or end.since is None:
        return None
    since = start.since if start.since <= end.since else start.since.replace(year=start.since.year - 1)
    return Past(since=since, until=end.until)


def _still_on(found: Past, today: date) -> bool:
    return found.since is not None and found.until is not None and found.since <= today <= found.until


def _year_before(found: Past) -> Past:
    """ "Last November", said in November."""
    assert found.since is not None
    assert found.until is not None
    first = found.since.replace(year=found.since.year - 1)
    return Past(since=first, until=month_end(found.until.year - 1, found.until.month))


def _month(words: str, year: str | None, today: date) -> Past | None:
    number = day_words.month_number(words)
    if number is None:
        return None
    of = int(year) if year else today.year - (number > today.month)
    return Past(since=date(of, number, 1), until=month_end(of, number))


def _side(group: dict[str, str], reader: Reader) -> Past | None:
    day = _past_day(group, reader)
    if day is None:
        return None
    if group["side"] in ("before", "prior to", "until"):
        return Past(until=day - timedelta(1))
    return Past(since=day)


def _past_day(group: dict[str, str], reader: Reader) -> date | None:
    """The last day before today that the words name."""
    if "yy" in group:
        return date(int(group["yy"]), 1, 1)
    if "sm" in group:
        month = _month(group["sm"], group.get("sy"), reader.today)
        return month.since if month else None
    said = reader.read(group["day"])
    found = reader.resolve(said) if said and not said.swapped else None
    if found is None or found <= reader.today:
        return found
    try:
        return found.replace(year=found.year - 1)
    except ValueError:
        return None
