"""Every window of days on a page: ranges, periods, one end of a window, one day, or only a length.

First and last day are both counted.
"""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

from agent.brief import day_words, days, durations, numbers
from agent.brief.leads import Leads
from agent.brief.lexicon import LEFT
from agent.brief.page import MASK, Span, span
from agent.brief.patterns import Patterns, patterns
from agent.brief.ranges import Found


def _patterns() -> Patterns:
    return patterns(
        "windows",
        day=days.TOKEN,
        weekday=day_words.weekday_words(),
        month=day_words.month_words(),
        ord=days.ORD,
        zh_d=days.ZH_D,
        count=numbers.COUNT,
        length=durations.ANY,
        length_en=durations.EN,
        length_zh=durations.ZH,
    )


LONG_AGO = timedelta(183)
"""A single day so far back is told, not asked for ("founded on 3 May 2019")."""
STANDS = re.compile(
    rf"(?:{LEFT}(?:on|this|next|for|the|and|by|launch|send|sent|live|out|dates?|day|when|start|end)|[:=,(]|{MASK})\s?$"
)


class Windows(Leads):
    """Finds windows. Order matters: what an earlier pattern has taken, a later one does not see."""

    def __iter__(self) -> Iterator[Found]:
        taken: list[Span] = []
        for name, pattern in _patterns().items():
            read: Callable[[re.Match[str]], Found | None] = getattr(self, f"_{name}")
            for match in pattern.finditer(self.tokens):
                where = span(match)
                if any(where.touches(other) for other in taken):
                    continue
                found = read(match)
                if found is not None:
                    taken.append(where)
                    yield found

    def _until(self, match: re.Match[str]) -> Found | None:
        day = self._read(match, "b", "zb", "yb", "xb", "zb2")
        if day is None or day.swapped:
            return Found(
                span(match), trouble="order" if day else "no_such_day", options=self._orders(day, day) if day else ()
            )
        last = self.reader.resolve(day)
        said = self.page.norm[match.start() : match.end()]
        exclusive = re.match(r"before", said) or re.search(r"(?:之前|以前|前)$", said)
        if last and exclusive and not re.search(r"[底末]前|end", said):
            last -= timedelta(1)
        return Found(span(match), end=last, trouble="past" if last and last < self.today else None) if last else None

    def _since(self, match: re.Match[str]) -> Found | None:
        day = self._read(match, "a", "za", "ya", "xa", "za2")
        if day is None or day.swapped:
            return Found(
                span(match), trouble="order" if day else "no_such_day", options=self._orders(day, day) if day else ()
            )
        start = self.reader.resolve(day)
        return (
            Found(span(match), start=start, trouble="past" if start and start < self.today else None) if start else None
        )

    def _not_before(self, match: re.Match[str]) -> Found | None:
        """ "12月7日前不发": the first day."""
        return self._since(match)

    def _not_after(self, match: re.Match[str]) -> Found | None:
        """ "12月20日后不发": the last day."""
        return self._until(match)

    def _on_day(self, match: re.Match[str]) -> Found | None:
        day = self._read(match, "a")
        if day is None:
            return Found(span(match), trouble="no_such_day")
        if day.swapped:
            return Found(span(match), trouble="order", options=self._orders(day, day))
        on = self.reader.resolve(day)
        if on is None or on < self.today - LONG_AGO or self._in_passing(match):
            return None
        return self._checked(span(match), on, on)

    def _in_passing(self, match: re.Match[str]) -> bool:
        """`3/4` and `sat` are days only where they stand as one: after "on", a heading, or as a clause of their own."""
        said = self._said(match, "a")
        if said == "new year":
            return True  # "in the new year"
        if not re.fullmatch(r"\d{1,2}/\d{1,2}|(?:sun|mon|tues?|weds?|thu(?:rs?)?|fri|sat)", said.strip()):
            return False
        clause = self.page.clause_of(span(match))
        if self.page.norm[clause.start : clause.end].strip(" .") == match[0].strip() or match[0].startswith("on "):
            return False
        return not STANDS.search(self.page.before(span(match), 24))

    def _length(self, match: re.Match[str]) -> Found | None:
        count = durations.days(match["n"] or match["zn"] or match["m"])
        return Found(span(match), length=count) if count else None
