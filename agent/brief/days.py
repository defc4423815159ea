"""One day as people write it, perhaps without its year or its month, and which day that is.

A day without a year is the next one that is not past; in a range the two ends decide together (`windows.py`).
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from agent.brief import numbers
from agent.brief.day_words import CARDINALS, ORDINALS, month_number, month_words, ordinal, weekday_number, weekday_words
from agent.brief.lexicon import LEFT, RIGHT
from agent.brief.named_days import add_months, month_end, name_pattern, named_day, nth_weekday
from agent.brief.patterns import patterns
from tools.vocabulary import Market

DAY_FIRST: tuple[str, ...] = ("UK", "EU", "GB", "IE", "AU", "NZ", "IN", "DE", "FR", "ES", "IT", "NL")
MONTH_FIRST: tuple[str, ...] = ("US", "CN")


@dataclass(frozen=True)
class Day:
    """A day in so far as it was said. `on` is set where the words fix it (today, tomorrow, a named day with a year)."""

    day: int | None = None
    month: int | None = None
    year: int | None = None
    on: date | None = None
    name: str | None = None
    """A named day ("christmas") whose year is open."""
    swapped: tuple[int, int] | None = None
    """(month, day) in the other order, where `3/4` may be read either way."""
    month_end: bool = False
    """The end of "the" month: as the end of a range, that of the month of its start."""
    weekday: bool = False
    """A weekday: as the end of a range, the next one after the start."""

    @property
    def bare(self) -> bool:
        """Only a day of a month: "the 15th"."""
        return self.on is None and self.month is None and self.name is None


ORD = (
    rf"(?:[0-3]?\d(?:st|nd|rd|th)?(?![\d%]|:\d|[.,]\d)|(?:{'|'.join(sorted(ORDINALS, key=len, reverse=True))}){RIGHT})"
)
ZH_D = r"(?:[0-3]?\d|[一二三]?十[一二三四五六七八九]?|[一二三四五六七八九])"
ZH_MONTH = r"(?:\d{1,2}|十[一二]?|[一二三四五六七八九])月"
POSITIONS = (("first|1st|第[一1]", 1), ("second|2nd|第[二2]", 2), ("third|3rd|第[三3]", 3), ("fourth|4th|第[四4]", 4))
"""Which weekday of a month; without one of these it is the last."""
CARD = rf"(?:{'|'.join(sorted(CARDINALS, key=len, reverse=True))}){RIGHT}"
"""A day of a month as it is dictated: "December fourteen"."""
LAST_YEAR = 2045
"""A year beyond is none that a campaign runs in ("12/14/77" is a number of something)."""
YEAR = r"(?:20\d\d(?!\d)|'2\d(?!\d))"


@cache
def forms() -> dict[str, str]:
    """Name → regular expression (without groups) of each way to write a day."""
    found = patterns(
        "days", month=month_words(), weekday=weekday_words(), ord=ORD, card=CARD, zh_d=ZH_D, names=name_pattern()
    )
    return {name: found.text(name) for name, _ in found.items()}


@cache
def pattern() -> str:
    """A regular expression (without groups) of a day in any form."""
    return "(?:" + "|".join(forms().values()) + ")"


TOKEN = "\ue000\ue001*"  # noqa: S105 - no password
"""A day in a text that `tokenised` has gone over: patterns around days stay small, and days are looked for once."""
SIDE = re.compile(rf"{LEFT}(?:since|before|after|prior to|until)\s(?:the (?:start|beginning|end) of\s)?")


@cache
def _day() -> re.Pattern[str]:
    """Looked for only where a word, a number or a Chinese character begins."""
    return re.compile(r"(?=(?<![a-z])[a-z]|[\d一-鿿])" + pattern())


def tokenised(norm: str, *, after_side: bool = False) -> str:
    """`norm` with each day replaced by as many token characters; with `after_side`, only those after "since" …"""

    def token(match: re.Match[str]) -> str:
        return "\ue000" + "\ue001" * (len(match[0]) - 1) if match[0] else ""

    if not after_side:
        return _day().sub(token, norm)
    parts, at = [], 0
    for side in SIDE.finditer(norm):
        day = _day().match(norm, side.end()) if side.end() >= at else None
        if day:
            parts += [norm[at : day.start()], token(day)]
            at = day.end()
    return "".join((*parts, norm[at:]))


class Reader:
    """Reads days for one `today` and one order of day and month (null: unknown)."""

    def __init__(self, today: date, market: Market | str | None, chinese: bool, seen: bool | None = None) -> None:
        self.today = today
        self.day_first = (
            seen
            if seen is not None
            else market in DAY_FIRST
            if market in DAY_FIRST + MONTH_FIRST
            else (False if chinese else None)
        )

    def read(self, words: str) -> Day | None:
        """The day that `words` (one match of `pattern()`) say; null where no such day exists."""
        text = words.strip()
        for name, form in forms().items():
            if re.fullmatch(form, text):
                reader = getattr(self, f"_{name}")
                day = reader(text)
                return day if isinstance(day, Day) and _possible(day) else None
        return None

    def _iso(self, text: str) -> Day:
        year, month, day = (int(part) for part in re.split(r"[-/.]", text))
        return Day(day=day, month=month, year=year)

    def _month_day(self, text: str) -> Day:
        month = re.search(month_words(), text)
        rest = text[month.end() :] if month else text
        year = re.search(YEAR, rest)
        rest = rest[: year.start()] if year else rest
        return Day(day=ordinal(rest), month=month_number(month[0]) if month else None, year=_year(year))

    def _day_month(self, text: str) -> Day:
        month = re.search(month_words(), text)
        year = re.search(YEAR, text)
        head = text[: month.start()] if month else text
        return Day(day=ordinal(head), month=month_number(month[0]) if month else None, year=_year(year))

    def _slash(self, text: str) -> Day:
        parts = [int(p) for p in re.findall(r"\d+", text)]
        a, b = parts[0], parts[1]
        year = (parts[2] + 2000 if parts[2] < 100 else parts[2]) if len(parts) > 2 else None
        if a > 12 or (self.day_first and b <= 12):
            return Day(day=a, month=b, year=year)
        if b > 12 or self.day_first is False or a == b:
            return Day(day=b, month=a, year=year)
        return Day(day=b, month=a, year=year, swapped=(b, a))

    def _dashes(self, text: str) -> Day:
        return self._slash(text)

    def _dots(self, text: str) -> Day:
        day, month, year = (int(part) for part in re.findall(r"\d+", text))
        return Day(day=day, month=month, year=year + 2000 if year < 100 else year)

    def _zh(self, text: str) -> Day:
        match = re.match(r"(?:(20\d\d)年|(今年|明年|去年)|次年|来年|翌年|当年)?(.+?)月(.+?)(?:日|号)?$", text)
        if not match:
            return Day()
        year = int(match[1]) if match[1] else None
        if match[2]:
            year = self.today.year + {"今年": 0, "明年": 1, "去年": -1}[match[2]]
        return Day(day=numbers.whole(match[4]), month=numbers.whole(match[3]), year=year)

    def _today(self, text: str) -> Day:
        ahead = dict.fromkeys(("tomorrow", "tmrw", "tmr", "tmw", "tomoz", "2moro", "2morrow"), 1) | {
            "the day after tomorrow": 2,
            "明天": 1,
            "明日": 1,
            "后天": 2,
            "大后天": 3,
        }
        return Day(on=self.today + timedelta(ahead.get(text, 0)))

    def _lunar(self, text: str) -> Day:
        """ "正月初六": counted from the New Year that is next."""
        new_year = self.resolve(Day(name="春节"))
        count = numbers.whole(re.sub("正月|大年|年|初", "", text))
        return Day(on=new_year + timedelta(count - 1)) if new_year and count else Day()

    def _named(self, text: str) -> Day:
        year = re.search(rf",?\s(?P<year>{YEAR})$", text)
        name = text[: year.start()] if year else text
        return Day(on=named_day(name, _year(year) or 0)) if year else Day(name=name)

    def _month_end(self, text: str) -> Day:
        if "year" in text or text in ("eoy",) or "年" in text:
            return Day(on=date(self.today.year, 12, 31))
        if "week" in text:
            monday = self.today - timedelta(self.today.weekday())
            return Day(on=monday + timedelta(13 if "next" in text else 6))
        if "quarter" in text:
            last = 3 * ((self.today.month + 2) // 3)
            return Day(on=month_end(self.today.year, last))
        month = re.search(month_words() + rf"|{ZH_MONTH}", text)
        number = month_number(month[0]) if month else None
        if number:
            year = self.today.year + (number < self.today.month)
            return Day(on=month_end(year, number))
        first = add_months(self.today, 1 if re.search("next|下", text) else 0)
        return Day(on=month_end(first.year, first.month), month_end=not re.search("next|this|下|本|这", text))

    def _nth_weekday(self, text: str) -> Day:
        """ "the first Monday of January", "1月第二个周六"."""
        month = re.search(month_words() + rf"|{ZH_MONTH}", text)
        weekday, number = re.search(weekday_words(), text), month_number(month[0]) if month else None
        if number is None or weekday is None:
            return Day()
        year = _year(re.search(YEAR, text)) or self.today.year + (number < self.today.month)
        position = next((at for sign, at in POSITIONS if re.search(sign, text)), 5)
        return Day(on=nth_weekday(year, number, weekday_number(weekday[0]) or 0, position))

    def _weekday(self, text: str) -> Day:
        match = re.search(weekday_words(), text)
        number = weekday_number(match[0]) if match else None
        if number is None:
            return Day()
        monday = self.today - timedelta(self.today.weekday())
        if re.match("下下", text):
            return Day(on=monday + timedelta(14 + number))
        if re.match("下|next", text):
            return Day(on=monday + timedelta(7 + number))
        ahead = (number - self.today.weekday()) % 7
        return Day(on=self.today + timedelta(ahead), weekday=True)

    def _weekday_the(self, text: str) -> Day:
        """ "Mon the 11th": the next day of that number that falls on that weekday."""
        weekday = re.search(weekday_words(), text)
        number, wanted = ordinal(text), weekday_number(weekday[0]) if weekday else None
        days_on = (
            _date(first.year, first.month, number or 0) for first in (add_months(self.today, n) for n in range(12))
        )
        fitting = [day for day in days_on if day and day >= self.today and day.weekday() == wanted]
        return Day(on=fitting[0]) if fitting else Day(day=number)

    def _bare_zh(self, text: str) -> Day:
        return Day(day=numbers.whole(text.rstrip("日号")))

    def _bare(self, text: str) -> Day:
        return Day(day=ordinal(text))

    def resolve(self, day: Day, after: date | None = None) -> date | None:
        """The day that is meant: the first that is not before `after` (today), where its year or month is open."""
        floor = after or self.today
        if day.on:
            return day.on
        if day.name:
            found = named_day(day.name, day.year or floor.year)
            return named_day(day.name, floor.year + 1) if found and not day.year and found < floor else found
        if day.day is None:
            return None
        if day.month is None:
            return _next_day_of_month(day.day, floor)
        if day.year:
            return _date(day.year, day.month, day.day)
        return next(
            (d for y in range(floor.year, floor.year + 9) if (d := _date(y, day.month, day.day)) and d >= floor), None
        )


def _year(match: re.Match[str] | None) -> int | None:
    """The year that a match of `YEAR` ends with: `2026`, `'26`."""
    return 2000 + int(match[0][-2:]) if match else None


def _next_day_of_month(day: int, floor: date) -> date | None:
    for ahead in range(3):
        first = add_months(floor, ahead)
        found = _date(first.year, first.month, day)
        if found and found >= floor:
            return found
    return None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _possible(day: Day) -> bool:
    if day.on or day.name:
        return True
    if day.day is None or not 1 <= day.day <= 31:
        return False
    if day.year and not 2000 <= day.year <= LAST_YEAR:
        return False
    if day.month is None:
        return True
    return _date(day.year or 2024, day.month, day.day) is not None
