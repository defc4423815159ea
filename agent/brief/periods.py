"""Windows that are named or counted: `next two weeks`, `first week of February`, `Black Friday weekend`, `12月上旬`."""

import re
from dataclasses import replace
from datetime import date, timedelta

from agent.brief import day_words, durations, numbers
from agent.brief.day_lists import DayLists
from agent.brief.days import Day
from agent.brief.lexicon import LEFT
from agent.brief.named_days import add_months, month_end, named_day
from agent.brief.page import Span, span
from agent.brief.ranges import Found

ONE = {"fortnight": "fortnight", "week": "1 week", "month": "1 month"}
XUN = {"上旬": (1, 10), "中旬": (11, 20), "下旬": (21, 31), "上半月": (1, 15), "下半月": (16, 31)}
POSITIONS = (
    dict.fromkeys(("first", "1st", "第一", "头", "头一", "前", "front", "opening"), 0)
    | dict.fromkeys(("second", "2nd", "第二", "back", "latter"), 1)
    | dict.fromkeys(("third", "3rd", "第三"), 2)
    | dict.fromkeys(("fourth", "4th", "第四"), 3)
    | dict.fromkeys(("closing", "final", "last", "最后", "最后一", "后"), -1)
)
FROM_THE_DAY = re.compile("国庆|元旦|五一|劳动")
"""Holidays that begin with their day ("元旦三天"); the others lie around it."""
"""Which part of a month: its number from the start, -1 the last."""


class Periods(DayLists):
    """Reads a match of one period. A week runs from Monday to Sunday; one that has begun, from today."""

    def _months(self, match: re.Match[str]) -> Found | None:
        a, b = (day_words.month_number(match[g] or match["z" + g]) for g in ("a", "b"))
        if a is None or b is None:
            return None
        year = (
            int(match["year"]) if match["year"] else self.today.year + (b < self.today.month and a < self.today.month)
        )
        return self._checked(span(match), date(year, a, 1), month_end(year + (b < a), b))

    def _day_for(self, match: re.Match[str]) -> Found | None:
        return self._from_for(span(match), self._read(match, "a"), match["n"])

    def _for_from(self, match: re.Match[str]) -> Found | None:
        return self._from_for(
            span(match),
            self._read(match, "a", "za", "za2", "a3"),
            match["n"] or match["zn"] or match["zn2"] or ONE[match["n3"]],
        )

    def _from_for(self, where: Span, day: Day | None, length: str) -> Found | None:
        count = durations.days(length)
        if day is None or not count:
            return None
        if day.swapped:
            return Found(where, trouble="order", options=self._orders(day, day))
        start = self.reader.resolve(day)
        return self._checked(where, start, _plus(start, length, count)) if start else None

    def _next_n(self, match: re.Match[str]) -> Found | None:
        length = match["n"] or match["zn"]
        count = durations.days(length)
        return self._checked(span(match), self.today, _plus(self.today, length, count)) if count else None

    def _month_of(self, words: str, year: str | None = None) -> date | None:
        """The first day of the month that `words` name."""
        if re.search(r"下|next", words):
            return add_months(self.today, 1)
        if re.search(r"本|这|this|the month", words):
            return add_months(self.today, 0)
        number = day_words.month_number(words)
        if number is None:
            return None
        found = int(re.sub(r"\D", "", year)) if year and re.search(r"\d", year) else None
        if year and found is None:
            found = self.today.year + (year == "明年")
        return date(found or self.today.year + (number < self.today.month), number, 1)

    def _part_of(self, match: re.Match[str]) -> Found | None:
        first = self._first_of(match)
        if first is None:
            return None
        last = month_end(first.year, first.month)
        if match["xun"]:
            low, high = XUN[match["xun"]]
            return self._checked(span(match), first.replace(day=low), min(last, first + timedelta(high - 1)))
        which = match["which"] or match["zwhich"] or match["ywhich"] or match["vwhich"]
        unit = match["unit"] or match["zunit"] or match["yunit"] or match["vunit"]
        position = POSITIONS[which]
        if "weekend" in unit or unit == "周末":
            return self._nth_weekend(span(match), first, last, position)
        count = match["n"] or match["zn"] or match["yn"]
        if unit in ("天", "日") and not count:
            return None
        size = self._size(unit, count, last)
        if position == -1:
            return self._checked(span(match), last - timedelta(size - 1), last)
        begin = first + timedelta(position * size)
        end = last if "half" in unit and position == 1 else begin + timedelta(size - 1)
        return self._checked(span(match), begin, min(end, last))

    def _first_of(self, match: re.Match[str]) -> date | None:
        """The first day of the month of which a part is said; of a year, of its first or last month."""
        if match["yyear"]:
            year = self.today.year + ("ne" in match["yyear"])
            return date(year, 12 if POSITIONS[match["ywhich"]] else 1, 1)
        words = match["month"] or match["zmonth"] or match["xmonth"] or match["vmonth"]
        return self._month_of(words, match["year"])

    def _size(self, unit: str, count: str | None, last: date) -> int:
        """Days of a part of a month: a week is 7, a half is the first 15 days or what follows them."""
        if "half" in unit or "半" in unit:
            return 15
        each = 14 if unit == "fortnight" else 1 if unit.startswith("day") or unit in ("天", "日") else 7
        return min(each * ((numbers.whole(count) if count else 1) or 1), last.day)

    def _nth_weekend(self, where: Span, first: date, last: date, position: int) -> Found | None:
        saturdays = [d for n in range(last.day) if (d := first + timedelta(n)).weekday() == 5]
        saturday = saturdays[position] if position < len(saturdays) else saturdays[-1]
        return self._checked(where, saturday, saturday + timedelta(1))

    def _week_of(self, match: re.Match[str]) -> Found | None:
        day = self._read(match, "a", "b", "c", "d", "e", "g")
        on = self.reader.resolve(day) if day else None
        if on is None:
            return None
        monday = on - timedelta(on.weekday())
        return self._checked(span(match), monday, monday + timedelta(13 if match["more"] or match["zmore"] else 6))

    def _weekend_of(self, match: re.Match[str]) -> Found | None:
        day = self._read(match, "c", "a", "d")
        on = self.reader.resolve(day) if day else None
        if on is None:
            return None
        start = (
            on
            if on.weekday() in (3, 4)
            else on - timedelta((on.weekday() - 5) % 7)
            if on.weekday() >= 5
            else on + timedelta((5 - on.weekday()) % 7)
        )
        if on.weekday() == 0:
            start = on - timedelta(2)
            return self._checked(span(match), start, on)
        sunday = start + timedelta((6 - start.weekday()) % 7)
        return self._checked(span(match), start, sunday)

    def _weekend_days(self, match: re.Match[str]) -> Found | None:
        """ "4th of July weekend (Fri-Sun)": the weekdays that are said, around the day."""
        day = self._read(match, "c")
        on = self.reader.resolve(day) if day else None
        if on is None:
            return None
        first, last = (self._read(match, group) for group in ("w1", "w2"))
        if not (first and last and first.on and last.on and first.weekday and last.weekday):
            return None
        start = on - timedelta((on.weekday() - first.on.weekday()) % 7)
        return self._checked(span(match), start, start + timedelta((last.on.weekday() - start.weekday()) % 7))

    def _bfcm(self, match: re.Match[str]) -> Found | None:
        year = self.today.year
        friday, monday = named_day("black friday", year), named_day("cyber monday", year)
        if monday and monday < self.today:
            friday, monday = named_day("black friday", year + 1), named_day("cyber monday", year + 1)
        if "5" in match[0] or "five" in match[0]:
            friday = friday - timedelta(1) if friday else None
        return self._checked(span(match), friday, monday)

    def _holiday(self, match: re.Match[str]) -> Found | None:
        """The National Day holiday is its first seven days; how long other holidays last is asked."""
        group = next(g for g in "abc" if match[g])
        words, day = self._said(match, group), self._read(match, group)
        if day is None or not day.name:
            return None
        length = durations.days(match["hn"]) if match["hn"] else 7 if words.startswith("国庆") else None
        first = self.reader.resolve(day)
        if first is None or not length or "前后" in match[0] or not FROM_THE_DAY.match(words):
            return Found(span(match), trouble="vague")
        if match["hn"] is None and self.today <= date(self.today.year, 10, 7):
            first = date(self.today.year, 10, 1)  # it may have begun
        return self._checked(span(match), first, first + timedelta(length - 1))

    def _relative(self, match: re.Match[str]) -> Found | None:
        if match["after"]:
            return self._relative_span(span(match), "下下", "周")
        rel, unit = match["rel"] or match["zrel"], match["unit"] or match["zunit"]
        loose = bool(re.match(r"(?:this|本|这)", match[0])) and bool(
            re.search(r"[a-z一-鿿]\s?$", self.page.before(span(match), 6))
        )
        found = self._relative_span(span(match), rel, unit)
        return replace(found, loose=True) if found and loose else found

    def _relative_span(self, where: Span, rel: str, unit: str) -> Found | None:
        ahead = 2 if rel.startswith("下下") else 1 if rel.startswith("下") or rel in ("next",) else 0
        monday = self.today - timedelta(self.today.weekday())
        if unit in ("weekend", "周末"):
            saturday = monday + timedelta(5 + 7 * ahead)
            return self._checked(
                where,
                max(saturday, self.today) if saturday + timedelta(1) >= self.today else saturday,
                saturday + timedelta(1),
            )
        if unit in ("week", "周", "星期", "礼拜"):
            start = monday + timedelta(7 * ahead)
            return self._checked(where, max(start, self.today), start + timedelta(6))
        if unit in ("month", "月"):
            start = add_months(self.today, ahead)
            return self._checked(where, max(start, self.today), month_end(start.year, start.month))
        if unit in ("quarter", "季度"):
            start = add_months(date(self.today.year, 3 * ((self.today.month - 1) // 3) + 1, 1), 3 * ahead)
            last = add_months(start, 2)
            return self._checked(where, max(start, self.today), month_end(last.year, last.month))
        return None

    def _quarter(self, match: re.Match[str]) -> Found | None:
        """A quarter in passing ("the Q4 coffee plan") is a window only where there is no other; "before Q4" is none."""
        before = self.page.before(span(match), 16)
        if re.search(rf"{LEFT}(?:before|by|until|since|after|following|than|vs\.?|the)\s$", before) and not match["nq"]:
            return None
        named = {"first": 1, "second": 2, "third": 3, "fourth": 4}
        quarter = named.get(match["nq"]) or int(match["q"] or match["zq2"] or "一二三四".index(match["zq"]) + 1)
        said = match["year"] or match["nyear"] or match["zyear"] or ""
        last = 3 * quarter
        year = self.today.year + (said == "明年" or (not said and month_end(self.today.year, last) < self.today))
        if re.search(r"\d", said):
            year = int(said.rstrip("年"))
        found = self._checked(span(match), date(year, last - 2, 1), month_end(year, last))
        firm = said or re.search(rf"{LEFT}(?:in|during|for|throughout|over|all|all of)\s$", before)
        return found if firm or found is None else replace(found, loose=True)

    def _in_month(self, match: re.Match[str]) -> Found | None:
        words = (
            match["month"]
            or match["zmonth"]
            or match["ymonth"]
            or match["vmonth"]
            or match["amonth"]
            or match["wmonth"]
            or match["lone"]
            or match["zlone"]
        )
        if match["lone"] or match["zlone"]:
            clause = self.page.clause_of(span(match))
            if self.page.norm[clause.start : clause.end].strip(" .") != words:
                return None
        year = match["year"] or match["zyear"] or match["wyear"] or match["ayear"]
        first = self._month_of(words, year)
        if first is None:
            return None
        last = month_end(first.year, first.month)
        running = first <= self.today <= last and not year
        return self._checked(span(match), self.today if running else first, last)

    def _vague(self, match: re.Match[str]) -> Found | None:
        return Found(span(match), trouble="vague")


def _plus(start: date, length: str, count: int) -> date:
    """The last day of `length` from `start`, both counted; months are calendar months."""
    months = re.search(r"^(?P<n>.+?)\s?-?(?P<unit>months?|个月)$", length.strip())
    if months and numbers.whole(months["n"]):
        first = add_months(start, numbers.whole(months["n"]) or 0)
        last = month_end(first.year, first.month)
        return first.replace(day=min(start.day, last.day)) - timedelta(1)
    return start + timedelta(count - 1)
