"""Words that are taken back as soon as they are said: `3.5k, no wait, 3k`, `12月1日，不对，是12月8日`.

What was said first is taken off the page, so that only what it was put right to is read.
"""

from functools import cache

from agent.brief import days
from agent.brief.page import Page, Span
from agent.brief.patterns import Patterns, patterns


@cache
def _patterns() -> Patterns:
    return patterns("repairs", day=days.TOKEN)


def taken_back(page: Page) -> tuple[Span, ...]:
    """The values of `page` that the next words correct, with the words that do so."""
    signs = list(page.find(_patterns()["sign"]))
    if not signs:
        return ()
    tokens = days.tokenised(page.norm)
    spans = []
    for sign in signs:
        for kind in ("share", "window", "value"):
            said = _patterns()[kind]
            new = said.match(tokens, sign.end())
            old = list(said.finditer(tokens, max(0, sign.start() - 48), sign.start()))
            if new and old and not tokens[old[-1].end() : sign.start()].strip(" .,;:!…-。，¶"):
                spans.append(Span(old[-1].start(), sign.end()))
                break
    return tuple(spans)
