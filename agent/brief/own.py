"""What a campaign gives, costs and is to bring ("$5 off orders over $40", "target revenue $90k", "花费不超过2000元").

The reader of the audience does not see it, for the same words say what customers did.
"""

from functools import cache

from agent.brief.page import Page, Span, span
from agent.brief.patterns import Patterns, patterns


@cache
def _patterns() -> Patterns:
    return patterns("own")


def own_figures(page: Page) -> tuple[Span, ...]:
    """The words of the campaign's own offers, costs and goals that have a number."""
    return tuple(span(match) for _, pattern in _patterns().items() for match in page.find(pattern))
