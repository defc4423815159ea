"""Windows between two days that were said: `Dec 1–14`, `from tomorrow until the 15th`, `12月1日至14日`.

Days without a year go to the next window that is not past; both ends decide together.
"""

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta

from agent.brief import day_words, days, numbers
from agent.brief.anchors import anchored
from agent.brief.day_pairs import given, settled
from agent.brief.days import Day, Reader
from agent.brief.named_days import add_months, month_end
from agent.brief.page import Page, Span, span

LONG = timedelta(183)
"""A yearless range that would run longer over the year's end is reversed, not long."""
SATURDAY = 5
JUST_OVER = timedelta(60)
"""A yearless window that ended so lately is asked about, not moved to next year."""


@dataclass(frozen=True)
class Found:
    """A window or one end of it. `trouble`: reversed · past · order · vague · no_such_day · just_over."""

    where: Span
    start: date | None = None
    end: date | None = None
    trouble: str | None = None
    options: tuple[str, ...] = ()
    length: int | None = None
    """Days, where only a duration was said ("for two weeks")."""
    bare: bool = False
    """Its days were said without a month ("from the 4th to the 17th")."""
    loose: bool = False
    """Said in passing ("left this quarter"): a window only where there is no other."""


class Ranges:
    """Reads a match of two days. `tokens` is the page with its days as tokens, which the patterns run on."""

    def __init__(self, page: Page, reader: Reader) -> None:
        self.page, self.reader, self.today = page, reader, reader.today
        self.anchored = anchored(page.norm)
        self.tokens = self.anchored.tokens

    def _said(self, match: re.Match[str], *groups: str) -> str:
        """The words under the first of `groups` that matched, its tokens as the days they stand for."""
        group = next(g for g in groups if g in match.re.groupindex and match[g])
        return self.page.norm[match.start(group) : match.end(group)]

    def _read(self, match: re.Match[str], *groups: str) -> Day | None:
        """The day under the first of `groups` that matched."""
        group = next(g for g in groups if g in match.re.groupindex and match[g])
        anchor = self.anchored.anchors.get(match.start(group))
        return anchor.day(self.reader) if anchor else self.reader.read(self._said(match, group))

    def _pair(self, match: re.Match[str]) -> Found | None:
        """With a day in brackets after it, that is what the second one is ("to Twelfth Night (5 January)")."""
        return self._range(match, "a", "c", "b")

    def _compact_pair(self, match: re.Match[str]) -> Found | None:
        try:
            first, last = (date.fromisoformat(match[g]) for g in ("a", "b"))
        except ValueError:
            return None
        return self._checked(span(match), first, last)

    def _dot_pair(self, match: re.Match[str]) -> Found | None:
        """ "28.12. bis 04.01.", "3.-17.5.": the day comes first."""
        month = int(match["m2"])
        first = Day(day=int(match["d1"]), month=int(match["m1"]) if match["m1"] else month)
        return self._both(span(match), first, Day(day=int(match["d2"]), month=month))

    def _week_pair(self, match: re.Match[str]) -> Found | None:
        """ "Monday to Friday next week"."""
        first, last = self._read(match, "a", "a2"), self._read(match, "b", "b2")
        if not (first and last and first.weekday and last.weekday and first.on and last.on):
            return None
        monday = self.today - timedelta(self.today.weekday() - 7 * ((match["rel"] or match["rel2"]) == "next"))
        start, end = (monday + timedelta(day.weekday()) for day in (first.on, last.on))
        return self._checked(span(match), start, end)

    def _between(self, match: re.Match[str]) -> Found | None:
        return self._range(match, "a", "b")

    def _range(self, match: re.Match[str], first: str, *second: str) -> Found | None:
        where, start, end = span(match), self._read(match, first), self._read(match, *second)
        if end is None:
            tail = self._said(match, *second).strip().removeprefix("the ")
            bare = re.fullmatch(rf"(?P<d>{days.ORD})(?:,?\s(?P<y>20\d\d))?", tail)
            number = (
                numbers.whole(re.sub(r"st|nd|rd|th", "", bare["d"])) or day_words.ORDINALS.get(bare["d"])
                if bare
                else None
            )
            if bare is None or number is None or start is None:
                return Found(where, trouble="no_such_day") if start else None
            end = Day(day=number, year=int(bare["y"]) if bare["y"] else None)
        if start is None:
            return Found(where, trouble="no_such_day")
        return self._both(where, start, end)

    def _day_pair(self, match: re.Match[str]) -> Found | None:
        """ "1-14 December": the second day says the month of both."""
        end = self._read(match, "b", "b2")
        first = day_words.ordinal(match["a"] or match["a2"])
        if end is None or first is None or end.month is None:
            return None
        return self._both(
            span(match),
            Day(day=first, month=end.month, year=end.year),
            Day(day=end.day, month=end.month, year=end.year),
        )

    def _zh_days(self, match: re.Match[str]) -> Found | None:
        month = year = None
        rel = match["rel"] or match["rel2"]
        if rel in ("今年", "明年"):
            year = self.today.year + (rel == "明年")
        elif rel:
            first = add_months(self.today, 1 if "下" in rel else 0)
            month, year = first.month, first.year
        start = self._read(match, "a") if match["a"] else Day(day=numbers.whole(match["x"]))
        end = self._read(match, "b", "y")
        if start is None or end is None or start.on or end.on:
            return None
        return self._both(span(match), given(start, month, year), given(end, month, year))

    def _zh_dots(self, match: re.Match[str]) -> Found | None:
        if match["iso"]:
            first = self._read(match, "iso")
            month, day = int(match["m3"]), int(match["d3"])
            if first is None or not first.year or not (1 <= month <= 12 and 1 <= day <= 31):
                return None
            return self._both(span(match), first, Day(day=day, month=month))
        m1, d1, m2, d2 = (int(match[g]) for g in ("m1", "d1", "m2", "d2"))
        if self.reader.day_first:
            m1, d1, m2, d2 = d1, m1, d2, m2
        if m1 > 12 and d1 <= 12 and m2 > 12 and d2 <= 12:
            m1, d1, m2, d2 = d1, m1, d2, m2
        if not (m1 <= 12 and m2 <= 12 and d1 <= 31 and d2 <= 31):
            return None
        return self._both(span(match), Day(day=d1, month=m1), Day(day=d2, month=m2))

    def _both(self, where: Span, start: Day, end: Day) -> Found | None:
        if start.swapped or end.swapped:
            pair = settled(start, end)
            if pair is None:
                return Found(where, trouble="order", options=self._orders(start, end))
            start, end = pair
        if start.bare and end.bare:
            return self._bare_pair(where, start, end)
        if end.bare and not start.bare and not end.on:
            return self._same_month(where, start, end)
        if start.year is None and end.year and start.month and end.month and not start.on:
            start = Day(day=start.day, month=start.month, year=end.year - (start.month > end.month))
        if end.year is None and start.year and end.month and start.month and not end.on:
            end = Day(day=end.day, month=end.month, year=start.year + (end.month < start.month))
        if start.month and end.month and start.year is None and end.year is None:
            return self._yearless(where, start, end)
        first = self._in_end_month(start, end) or self.reader.resolve(start)
        last = self.reader.resolve(end, after=first) if not end.year and not end.on else self.reader.resolve(end)
        if end.month_end and first and last and last < first:
            last = month_end(first.year, first.month)
        if end.weekday and first and last and last < first:
            last += timedelta(7 * -((last - first).days // 7))
        return self._checked(where, first, last)

    def _bare_pair(self, where: Span, start: Day, end: Day) -> Found | None:
        month = self._month_before(where)
        if month:
            return self._both(where, Day(day=start.day, month=month), Day(day=end.day, month=month))
        first = self.reader.resolve(start)
        found = self._checked(where, first, self.reader.resolve(end, after=first) if first else None)
        return replace(found, bare=True) if found else None

    def _in_end_month(self, start: Day, end: Day) -> date | None:
        """ "From the 27th until New Year's Eve": the first day is in the month of the last, where it lies before it."""
        if not start.bare or end.weekday:
            return None
        last = self.reader.resolve(end)
        first = self.reader.resolve(Day(day=start.day, month=last.month, year=last.year)) if last else None
        return first if first and last and self.today <= first <= last else None

    def _month_before(self, where: Span) -> int | None:
        """ "End of January: 25th to 31st": the month that the sentence names before days without one."""
        found = list(re.finditer(day_words.month_words(), self.page.before(where, 40)))
        return day_words.month_number(found[-1][0]) if found else None

    def _same_month(self, where: Span, start: Day, end: Day) -> Found | None:
        if start.month and not start.on:
            year = start.year or end.year
            return self._both(
                where, Day(day=start.day, month=start.month, year=year), Day(day=end.day, month=start.month, year=year)
            )
        first = self.reader.resolve(start)
        return self._checked(where, first, self.reader.resolve(end, after=first) if first else None)

    def _yearless(self, where: Span, start: Day, end: Day) -> Found | None:
        for year in (self.today.year - 1, self.today.year, self.today.year + 1, self.today.year + 2):
            first = self.reader.resolve(Day(day=start.day, month=start.month, year=year))
            last = self.reader.resolve(Day(day=end.day, month=end.month, year=year))
            if first and last and last < first and last.replace(year=year) != first:
                over = self.reader.resolve(Day(day=end.day, month=end.month, year=year + 1))
                if over is None or over - first > LONG:
                    if first < self.today:
                        continue
                    return Found(where, first, last, trouble="reversed")
                last = over
            if first is None or last is None:
                if start.day and end.day and 29 not in (start.day, end.day):
                    return Found(where, trouble="no_such_day")
                continue
            if last >= self.today and (first >= self.today - LONG):
                return self._rolled(where, first, last)
        return Found(where, trouble="no_such_day")

    def _rolled(self, where: Span, first: date, last: date) -> Found:
        """A yearless window as next found; asked about where it has only just been over this year."""
        try:
            before = last.replace(year=last.year - 1), first.replace(year=first.year - 1)
        except ValueError:
            return self._checked(where, first, last) or Found(where)
        if first > self.today and timedelta(0) < self.today - before[0] <= JUST_OVER:
            options = tuple(f"{a.isoformat()} to {b.isoformat()}" for a, b in ((before[1], before[0]), (first, last)))
            return Found(where, trouble="just_over", options=options)
        return self._checked(where, first, last) or Found(where)

    def _checked(self, where: Span, first: date | None, last: date | None) -> Found | None:
        if first is None or last is None:
            return Found(where, trouble="no_such_day")
        if last < first:
            return Found(where, first, last, trouble="reversed")
        return Found(
            where, first, last, trouble="past" if last < self.today else "begun" if first < self.today else None
        )

    def _orders(self, start: Day, end: Day) -> tuple[str, ...]:
        def swap(day: Day) -> Day:
            return Day(day=day.swapped[1], month=day.swapped[0], year=day.year) if day.swapped else day

        readings = []
        for a, b in ((start, end), (swap(start), swap(end))):
            found = self._both(
                Span(0, 0), Day(day=a.day, month=a.month, year=a.year), Day(day=b.day, month=b.month, year=b.year)
            )
            if found and found.start and found.end:
                readings.append(f"{found.start.isoformat()} to {found.end.isoformat()}")
        return tuple(readings)

    def _iso_pair(self, match: re.Match[str]) -> Found | None:
        first, last = self._read(match, "a"), self._read(match, "b")
        if not (first and last and first.month and last.month):
            return None
        spaced = "/" in match[0][1:-1]  # two days in a row are a window only where nothing about either is open
        return self._both(span(match), first, last) if spaced or (first.year and last.year) else None

    def _named_pair(self, match: re.Match[str]) -> Found | None:
        """ "Black Friday and Cyber Monday": from the one to the other."""
        first, last = self._read(match, "a"), self._read(match, "b")
        if not (first and last and first.name and last.name):
            return None
        found = self._both(span(match), first, last)
        return found if found and found.start and found.end and (found.end - found.start).days <= 7 else None
