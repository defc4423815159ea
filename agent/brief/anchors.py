"""Days that are said by another: `two weeks before Christmas`, `the week of Dec 7`, `圣诞前一天`, `到当天`.

They become days of the page like all others wherever a day is meant (a first or a last one); where the same words mean
the time between (`the two weeks before Christmas`) they are left to `leads.py`.
"""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache

from agent.brief import days, durations
from agent.brief.day_words import weekday_number
from agent.brief.days import Day, Reader
from agent.brief.patterns import Patterns, patterns

LATER = re.compile(r"(?<![a-z])(?:after|following|past)(?![a-z])|后|次日|翌日|第二天|隔天")
SINGLE = {"day": 1, "week": 7, "fortnight": 14, "month": 30}


@dataclass(frozen=True)
class Anchor:
    """The words of a day, and how many days from it another one lies (null: the Monday of its week)."""

    words: str
    shift: int | None = 0
    weekday: str | None = None
    """The weekday next to it instead, on the side of `shift`'s sign ("the Monday after Christmas")."""

    def day(self, reader: Reader) -> Day | None:
        """The day that is meant; null where the words name none, or not one day alone."""
        day = reader.read(self.words)
        if day is None or self.shift == 0:
            return day
        on = None if day.swapped else reader.resolve(day)
        if on is None:
            return None
        if self.weekday and self.shift:
            wanted = weekday_number(self.weekday) or 0
            near = (wanted - on.weekday() - 1) % 7 + 1
            return Day(on=on + timedelta(near if self.shift > 0 else near - 7 if near < 7 else -7))
        return Day(on=on - timedelta(on.weekday()) if self.shift is None else on + timedelta(self.shift))


@dataclass(frozen=True)
class Anchored:
    """A page with its days as tokens of `days.TOKEN`; `anchors`: where one begins that hangs on another day."""

    tokens: str
    anchors: dict[int, Anchor] = field(default_factory=dict)


@cache
def _patterns() -> Patterns:
    return patterns("anchors", day=days.TOKEN, length_en=durations.EN, length_zh=durations.ZH, weekday=days.TOKEN)


def anchored(norm: str) -> Anchored:
    """`norm` with its days as tokens, those that hang on another day among them."""
    found = Anchored(days.tokenised(norm))
    for name, pattern in _patterns().items():
        for match in list(pattern.finditer(found.tokens)) if "\ue000" in found.tokens else ():
            groups = {key: where for key in match.groupdict() if (where := match.span(key)) != (-1, -1)}
            start, end = next((where for key, where in groups.items() if key.startswith("all")), match.span())
            base = next((where for key, where in groups.items() if key.startswith("day")), None)
            words = norm[slice(*base)] if base else _last(norm, found, start)
            length = next((norm[slice(*where)] for key, where in groups.items() if key.startswith("n")), "day")
            shift = None if name == "week" else 0 if name == "same" else _shift(length, match[0])
            weekday = next((norm[slice(*where)] for key, where in groups.items() if key.startswith("w")), None)
            if words and (shift or name in ("week", "same")):
                found.anchors[start] = Anchor(words, shift, weekday)
                tokens = found.tokens[:start] + "\ue000" + "\ue001" * (end - start - 1) + found.tokens[end:]
                found = Anchored(tokens, found.anchors)
    return found


def _last(norm: str, found: Anchored, end: int) -> str | None:
    """The words of the last day before `end` that is not today, or that the last one hangs on."""
    for match in reversed(list(re.finditer(days.TOKEN, found.tokens[:end]))):
        words = norm[match.start() : match.end()]
        if match.start() in found.anchors:
            return found.anchors[match.start()].words
        if not re.fullmatch(days.forms()["today"], words):
            return words
    return None


def _shift(length: str, said: str) -> int:
    """Days, negative before the day that was said."""
    count = SINGLE.get(length) or durations.days(length) or 0
    return count if LATER.search(said) else -count
