"""Where customers live: a noun of people followed by "in" or "from" and a name with a capital letter."""

import re
from collections.abc import Iterator
from functools import cache

from agent.brief.audience.types import Found
from agent.brief.day_words import month_words
from agent.brief.lexicon import alternatives, lexicon
from agent.brief.named_days import name_pattern
from agent.brief.page import MASK, Page, Span
from tools.segments.filter import Attribute


@cache
def _place() -> re.Pattern[str]:
    heads = alternatives(lexicon("audience")["heads"])
    return re.compile(
        rf"(?:{heads}|\b(?:those|anyone|everyone|people|ones)|{MASK})\s"
        rf"(?P<place>(?:in|from|based in|across|outside|near|around|within|close to)\s(?P<name>(?:the\s)?[a-z][a-z.' "
        rf"-]{{1,40}}))"
    )


def places(page: Page) -> Iterator[Found]:
    """ "customers in New York" → attribute term `in new york`, for the resolver to find a column that holds it."""
    for match in page.find(_place()):
        name = match["name"]
        if re.match(rf"(?:the )?(?:last|past|next|{month_words()}|{name_pattern()})", name):
            continue
        start = match.start("name")
        quote = page.text[page.at[start] : page.at[match.end("name")]]
        proper = re.match(r"(?:the )?(?:(?:St|Ft|Mt)\. )?[A-Z][\w'-]*(?:(?: of| and| or|,)? [A-Z][\w'-]*)*", quote)
        if proper:
            where = Span(match.start("place"), start + len(proper[0].rstrip(".,")))
            yield Found(where, Attribute(term=page.said(where).lower()))
