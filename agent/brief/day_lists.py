"""Windows of days that are listed: `28 and 29 November`, `Dec 7th, 8th and 9th`, `Saturday and Sunday`, `本周六日`."""

import re
from datetime import timedelta
from itertools import pairwise

from agent.brief import day_words, numbers
from agent.brief.days import Day
from agent.brief.page import span
from agent.brief.ranges import SATURDAY, Found, Ranges


class DayLists(Ranges):
    """Reads a match of listed days. Days in a row are a window; others are left to be asked about."""

    def _day_list(self, match: re.Match[str]) -> Found | None:
        """ "28 and 29 November": days in a row are a window; others are left to be asked about."""
        if match["wk"]:
            return self._saturday_and_sunday(match)
        if match["mfirst"]:
            return self._day_and_number(match)
        last = self._read(match, "last", "zlast", "zlast2")
        if match["zfirst"]:
            first = self._read(match, "zfirst")
            if first and first.on and last:
                on = self.reader.resolve(last, after=first.on)
                return self._checked(span(match), first.on, on) if on and (on - first.on).days == 1 else None
            last = Day(day=last.day, month=first.month, year=first.year) if first and last and last.bare else last
            first = Day(day=first.day, month=last.month, year=last.year) if first and last and first.bare else first
        elif match["zd"]:
            first = Day(day=numbers.whole(match["zd"]), month=numbers.whole(match["zm"]))
        else:
            number = day_words.ordinal(match["first"])
            first = Day(day=number, month=last.month, year=last.year) if last and last.month and number else None
        if not (first and last and first.day and last.day and first.month):
            return None
        count = 2 if match["mid"] else 1
        if last.day - first.day != count or (last.month and last.month != first.month):
            return None
        return self._both(span(match), first, Day(day=last.day, month=first.month, year=last.year))

    def _days_three(self, match: re.Match[str]) -> Found | None:
        """ "Dec 7th, 8th and 9th", "the 7th, 8th and 9th of December": in a row."""
        read = [self._read(match, group) or Day(day=day_words.ordinal(match[group])) for group in ("l1", "l2", "l3")]
        month = next((day.month for day in read if day.month), None)
        numbers_of = [day.day for day in read if day.day and not day.on]
        if len(numbers_of) < len(read) or not month or numbers_of != list(range(numbers_of[0], numbers_of[0] + 3)):
            return None
        return self._both(span(match), *(Day(day=numbers_of[n], month=month, year=read[0].year) for n in (0, 2)))

    def _saturday_and_sunday(self, match: re.Match[str]) -> Found | None:
        """ "本周六日"."""
        day = self._read(match, "wk")
        if not (day and day.on and day.on.weekday() == SATURDAY and self._said(match, "wk").endswith("六")):
            return None
        return self._checked(span(match), day.on, day.on + timedelta(1))

    def _day_and_number(self, match: re.Match[str]) -> Found | None:
        """ "Dec 5 & 6"."""
        first, number = self._read(match, "mfirst"), day_words.ordinal(match["mlast"])
        if not (first and number and first.day and first.month) or number != first.day + 1:
            return None
        return self._both(span(match), first, Day(day=number, month=first.month, year=first.year))

    def _weekdays(self, match: re.Match[str]) -> Found | None:
        """ "Saturday and Sunday", "Fri, Sat and Sun": weekdays in a row."""
        read = [self._read(match, group) for group in "abc" if match[group]]
        days_on = [day.on for day in read if day and day.weekday and day.on]
        if len(days_on) != len(read):
            return None
        if any((later - first).days % 7 != 1 for first, later in pairwise(days_on)):
            return None
        return self._checked(span(match), days_on[0], days_on[0] + timedelta(len(days_on) - 1))
