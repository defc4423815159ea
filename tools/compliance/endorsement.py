"""Reviews and people who are paid: only what is on record, and marked."""

import re

from tools.compliance.finding import Finding, failed, message_rule, passed, shown, skipped
from tools.compliance.han import han_hits
from tools.compliance.message import Context, Message
from tools.compliance.params import Params
from tools.compliance.phrases import found_words
from tools.compliance.slots import products_of
from tools.compliance.text import clauses, fold, has_han, joined

_QUOTES = re.compile(r"[“\"「『]([^”\"」』]{2,})[”\"」』]")


@message_rule("US-RV-01")
def reviews(message: Message, context: Context, params: Params) -> Finding:
    """Testimonials, review counts and stars only from a stored review, word for word."""
    text = joined(message.rendered)
    stored = [fold(clauses(review.text)) for review in context.reviews]
    quotes = [quote for quote in _quotes(message, context, params) if not _stored(quote, stored)]
    if quotes:
        return failed(f"{shown(quotes)} is quoted, and no stored review says it word for word: take it out.")
    talk = found_words(text, params.words("talk"), params.words("unless"))
    talk += han_hits(text, params.words("talk_zh"), params.words("unless_zh"))
    talk += [char for char in text if char in "★⭐🌟"]
    if not talk and not _quotes(message, context, params):
        return skipped("The text quotes no one and speaks of no reviews.")
    if not any(review and review in fold(clauses(text)) for review in stored):
        return failed(f"{shown(talk)} speaks of reviews, and no stored review stands in the text: take it out.")
    if context.reviews_positive_only:
        return failed("The stored reviews were picked for being good: pick without looking at the verdict.")
    return passed("What is quoted is a stored review, word for word.")


def _quotes(message: Message, context: Context, params: Params) -> list[str]:
    """Quoted sentences; names of products, of the shop and short words in quotes are none."""
    names = {fold(word) for fact in products_of(message, context) for word in (fact.name, fact.raw_name)}
    names |= {fold(value) for value in message.slots.values()} | {fold(context.sender.brand)}
    found = []
    for quote in _QUOTES.findall(joined(message.rendered)):
        words, characters = params.number("quote_words"), params.number("quote_characters")
        long = len(quote.split()) >= words or (has_han(quote) and len(quote) >= characters)
        if long and fold(quote) not in names and not found_words(quote, params.words("reply_words")):
            found.append(quote)
    return found


def _stored(quote: str, stored: list[str]) -> bool:
    return any(fold(clauses(quote)).strip(" .!,") in review for review in stored)


@message_rule("US-EN-01")
def paid_mention(message: Message, context: Context, params: Params) -> Finding:
    """Somebody who is paid, or a partner, is marked as advertising in the first line."""
    text = joined(message.rendered)
    found = found_words(text, params.words("mentions"), params.words("unless"))
    found += han_hits(text, params.words("mentions_zh"))
    if not found and not context.paid_endorsement:
        return skipped("The text features nobody who is paid.")
    first = _first_line(message)
    marks = [mark for mark in params.words("marks") if fold(mark) in fold(first)]
    if not marks:
        return failed(
            f"{shown(found) or 'A paid endorsement'} needs “#ad” or “sponsored” in the first line, which reads "
            f"{shown([first])}."
        )
    return passed(f"The first line is marked {shown(marks)}.")


def _first_line(message: Message) -> str:
    """The first line of the first part that is not empty: what is read before anything else."""
    for text in message.rendered.values():
        for row in text.splitlines():
            if row.strip():
                return row.strip()
    return ""
