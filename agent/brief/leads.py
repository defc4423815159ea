"""Windows beside a day: `the two weeks before Christmas`, `7 days ending Dec 20`, `圣诞前两周`, `双12前后各三天`."""

import re
from datetime import date, timedelta

from agent.brief import anchors, durations
from agent.brief.named_days import month_end
from agent.brief.page import Span, span
from agent.brief.periods import POSITIONS, Periods
from agent.brief.ranges import SATURDAY, Found

LEAD = re.compile(r"^(?:for|over|in|during|within|(?:the|these|those|last|final)(?![a-z]))")
"""Before a length these make it a time, where it could be a distance ("2 weeks before Christmas")."""

DISTANCE = re.compile(r"(?:just |right |immediately |directly )?(?:before|ahead|prior|after|following)")


class Leads(Periods):
    """Reads a match of a length and the day that it leads up to or follows."""

    def _beside(self, match: re.Match[str]) -> Found | None:
        on = self._on(match)
        if on is None:
            return None
        way = match["way"] or match["zway"] or match["zway2"]
        length = match["n"] or match["zn"] or match["zn2"]
        if length == "weekend":
            return self._weekend_beside(span(match), on, way)
        size = anchors.SINGLE.get(length) or durations.days(length)
        if not size:
            return None
        if DISTANCE.match(way) and not LEAD.match(match[0]) and not self._stands(match):
            return None if "before" not in way else Found(span(match), trouble="vague")
        if re.search(r"after|following|后", way):
            return self._checked(span(match), on + timedelta(1), on + timedelta(size))
        last = on if re.search(r"ending|up to and|until|through|截[至止]", way) else on - timedelta(1)
        return self._checked(span(match), last - timedelta(size - 1), last)

    def _on(self, match: re.Match[str]) -> date | None:
        day = self._read(match, "a", "za", "za2")
        return None if day is None or day.swapped else self.reader.resolve(day)

    def _vague_pair(self, match: re.Match[str]) -> Found | None:
        """ "From mid-December to Christmas": the end is said, the start is to be asked for."""
        return Found(span(match), end=self._on(match))

    def _stands(self, match: re.Match[str]) -> bool:
        """The words are a clause of their own."""
        clause = self.page.clause_of(span(match))
        return self.page.norm[clause.start : clause.end].strip(" .!") == match_text(self.page.norm, match)

    def _weekend_beside(self, where: Span, on: date, way: str) -> Found | None:
        if re.search(r"after|following", way):
            saturday = on + timedelta((SATURDAY - on.weekday() - 1) % 7 + 1)
        else:
            saturday = on - timedelta((on.weekday() - SATURDAY - 1) % 7 + 1)
            saturday -= timedelta(7 if saturday + timedelta(1) >= on else 0)
        return self._checked(where, saturday, saturday + timedelta(1))

    def _part_pair(self, match: re.Match[str]) -> Found | None:
        """ "The second and third week of December": weeks of a month are counted from its first day."""
        first = self._month_of(match["month"], match["year"])
        if first is None:
            return None
        last = month_end(first.year, first.month)
        start, end = POSITIONS[match["p1"]], POSITIONS[match["p2"]]
        until = last if end < 0 else first + timedelta(7 * end + 6)
        return self._checked(span(match), first + timedelta(7 * start), min(until, last))

    def _full_week(self, match: re.Match[str]) -> Found | None:
        """ "The first full week of December": the first Monday to Sunday that lies in it."""
        first = self._month_of(match["month"], match["year"])
        if first is None:
            return None
        mondays = [first + timedelta(n) for n in range(31) if (first + timedelta(n)).weekday() == 0]
        last = month_end(first.year, first.month)
        mondays = [day for day in mondays if day + timedelta(6) <= last]
        monday = mondays[min(POSITIONS[match["which"]], len(mondays) - 1)]
        return self._checked(span(match), monday, monday + timedelta(6))

    def _month_last(self, match: re.Match[str]) -> Found | None:
        """ "月底三天": the last days of a month."""
        if not re.search("[底末]$", self._said(match, "a")):
            return None
        last, size = self._on(match), durations.days(match["n"])
        return self._checked(span(match), last - timedelta(size - 1), last) if last and size else None

    def _on_both_sides(self, match: re.Match[str]) -> Found | None:
        on = self._on(match)
        size = durations.days(match["n"] or match["zn"])
        if on is None or not size:
            return None
        return self._checked(span(match), on - timedelta(size), on + timedelta(size))


def match_text(norm: str, match: re.Match[str]) -> str:
    """The words of the page under a match of its tokens."""
    return norm[match.start() : match.end()].strip(" .!")
