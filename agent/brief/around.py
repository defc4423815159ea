"""What stands around a brief and is none of it: the heads of letters and mails, older mails that are quoted below,
stamps of a chat, and numbers that only name things (a phone, an order)."""

import re
from datetime import date, timedelta
from itertools import pairwise

from agent.brief import day_words, days
from agent.brief.days import Reader
from agent.brief.lexicon import lexicon
from agent.brief.page import Page, Span, span
from agent.brief.patterns import Patterns, patterns

HEAD = 600
"""Characters from the start in which a date by itself may be that of the letter."""
LATELY = timedelta(60)
"""A day without a year that lies so little back is the letter's."""


def _patterns() -> Patterns:
    return patterns("around", day=days.pattern(), weekday=day_words.weekday_words())


def around(page: Page, reader: Reader) -> tuple[Span, ...]:
    """Heads, stamps and numbers of things: nothing in them is read."""
    found = [span(m) for key in ("header", "subject", "wrote", "stamp", "number") for m in page.find(_patterns()[key])]
    found = [one for one in found if not _is_money(page, one)]
    for match in page.find(_patterns()["dated"]):
        if match.start() < HEAD and _over(reader, match["day"]):
            found.append(span(match, "day"))
    for match in page.find(_patterns()["noted"]):
        name = "day" if match["day"] else "zday"
        if _over(reader, match[name]):
            found.append(span(match, name))
    return tuple(found)


def _is_money(page: Page, where: Span) -> bool:
    return bool(re.search(r"[$£€¥₹]|\d\s?%", page.norm[where.start : where.end]))


def _over(reader: Reader, words: str) -> bool:
    """The day is today or past: with its year, or within the last weeks."""
    day = reader.read(words)
    if day is None or day.name or day.weekday:
        return False
    if day.on or day.year:
        on = reader.resolve(day)
        return on is not None and on <= reader.today
    for year in (reader.today.year, reader.today.year - 1):
        try:
            on = date(year, day.month or reader.today.month, day.day or 1)
        except ValueError:
            return False
        if on <= reader.today:
            return reader.today - on <= LATELY
    return False


def older(page: Page) -> tuple[Span, ...]:
    """Mails quoted below a brief ("> …", "On … wrote:"), where what stands above them is the brief."""
    levels = _levels(page)
    if _answered(page, levels):
        return ()
    for level in sorted({depth for depth, _ in levels}):
        text = "¶".join(page.norm[s.start : s.end] for depth, s in levels if depth == level)
        if sum(bool(re.search(sign, text)) for sign in lexicon("suspicious")["brief_signs"]) >= SIGNS:
            return tuple(s for depth, s in levels if depth > level)
    return ()


def _answered(page: Page, levels: list[tuple[int, Span]]) -> bool:
    """Short quoted questions with an answer under each ("> budget?", "$2,100"): they say what the answers are about."""
    asked = [
        page.norm[where.start : where.end]
        for (depth, where), (following, _) in pairwise(levels)
        if depth == 1 and following == 0
    ]
    return len(asked) >= SIGNS and all(len(text.strip(" >")) <= ASKED for text in asked)


ASKED = 60
"""Characters of a quoted question."""
SIGNS = 2
"""Of money, a day and a channel: so many make a text a brief."""


def _levels(page: Page) -> list[tuple[int, Span]]:
    """The lines with the depth of quotation of each."""
    lines, start, below = [], 0, 0
    breaks = {m.end() for m in page.find(_patterns()["wrote"])}
    for line in page.norm.split("¶"):
        end = start + len(line)
        marks = re.match(r"[\s>]*", line)
        depth = marks[0].count(">") if marks else 0
        if any(start < at <= end for at in breaks) and depth == 0:
            below += 1
        lines.append((max(depth, below), Span(start, end)))
        start = end + 1
    return [(depth, where) for depth, where in lines if where.end > where.start]
