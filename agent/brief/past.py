"""What a brief tells of other campaigns and other times: its numbers are not this campaign's."""

import re
from datetime import date
from functools import cache

from agent.brief.day_words import month_words
from agent.brief.lexicon import LEFT
from agent.brief.page import Page, Span
from agent.brief.patterns import Patterns, patterns

OF_CUSTOMERS = (
    rf"{LEFT}(?:(?:who|whom|those|anyone|people)\s|(?:bought|ordered|purchased|shopped|spent|active|orders?|"
    r"purchases?|bought from us|redeemed|used|tried)\s(?:[^\s.;!?¶]+\s){0,6}?(?:(?:in|over|during|within|for|since)\s)?"
    r"(?:the\s)?)$"
)
"""What stands before a time in the past that is a condition on customers ("who bought in the last year")."""


@cache
def _of(today: date) -> Patterns:
    earlier = "|".join(str(year) for year in range(2010, today.year))
    return patterns("past", month=month_words(), past_year=rf"(?:{earlier or '(?!)'})")


def past(page: Page, today: date) -> tuple[Span, ...]:
    """Clauses about the past or about others, as far as they are not conditions on customers."""
    spans = []
    found = _of(today)
    for match in page.find(found["english"]):
        span = Span(match.start(), _end(page, match.end()))
        if not found["audience"].search(match[0]) and not re.search(OF_CUSTOMERS, page.norm[: match.start()][-56:]):
            spans.append(span)
    spans += [Span(*match.span()) for match in page.find(found["figures"])]
    for match in page.find(found["chinese"]):
        if not found["audience"].search(match[0]):
            more = found["and_did"].match(page.norm, match.end())
            spans.append(Span(match.start(), more.end() if more else match.end()))
    return tuple(spans)


def _end(page: Page, index: int) -> int:
    """To the end of the clause, and through what still belongs to it ("spent $50k and gave 20 % off")."""
    clause = next((c for c in page.clauses if c.start <= index <= c.end), None)
    return max(index, clause.end) if clause else index


def notes(page: Page, spans: tuple[Span, ...]) -> tuple[str, ...]:
    """One plain sentence for each that holds a figure."""
    return tuple(
        f"Not taken, it is not about this campaign: “{' '.join(page.said(one).split())}”"
        for one in spans
        if _of(date.max)["number"].search(page.norm, one.start, one.end)
    )
