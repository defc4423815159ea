"""What a brief tells of other campaigns and other times: its numbers are not this campaign's."""

import re
from functools import cache

from agent.brief.lexicon import LEFT
from agent.brief.page import Page, Span
from agent.brief.patterns import Patterns, patterns


@cache
def _patterns() -> Patterns:
    return patterns("past")


def past(page: Page) -> tuple[Span, ...]:
    """Clauses about the past or about others, as far as they are not conditions on customers."""
    spans = []
    for match in page.find(_patterns()["english"]):
        span = Span(match.start(), _end(page, match.end()))
        if not _patterns()["audience"].search(match[0]) and not re.search(
            rf"{LEFT}(?:who|whom|those|anyone|people)\s$", page.norm[: match.start()][-12:]
        ):
            spans.append(span)
    for match in page.find(_patterns()["chinese"]):
        if not _patterns()["audience"].search(match[0]):
            more = _patterns()["and_did"].match(page.norm, match.end())
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
        if _patterns()["number"].search(page.norm, one.start, one.end)
    )
