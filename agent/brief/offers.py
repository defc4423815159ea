"""Which kinds of offer a page speaks of: per cent, an amount, one free with another, free delivery."""

import re
from collections.abc import Iterable
from functools import cache

from agent.brief.lexicon import lexicon, words
from agent.brief.money import Amount, Till, amounts
from agent.brief.page import Page, Span, span
from tools.vocabulary import OfferType

WORDS: tuple[tuple[str, OfferType], ...] = (
    ("free_delivery", "free_delivery"),
    ("bogo", "bogo"),
    ("percent_words", "percent"),
    ("amount_words", "amount"),
)

PLAUSIBLE = 500
"""From here a sum is more likely a budget than an amount off."""


@cache
def pattern(key: str) -> re.Pattern[str]:
    """The expressions at `key` of the lexicon of offers."""
    return re.compile("|".join(lexicon("offers")[key]))


def kinds(
    page: Page, till: Till, shares: Iterable[Span], priced: Iterable[Span], label: tuple[Span, ...]
) -> list[tuple[OfferType, Span]]:
    """Each kind with its words, in order. `shares`: every per cent on the page; `priced`: those that are offered."""
    said = list(shares)
    found: list[tuple[OfferType, Span]] = [("percent", where) for where in priced]
    for key, kind in WORDS:
        for match in page.find(pattern(key)):
            where = span(match)
            # "at most 10 percent off": the words of a share are no offer of their own
            if not refused(page, where) and not (kind == "percent" and any(where.touches(s) for s in said)):
                found.append((kind, where))
    found += [("amount", off) for amount in amounts(page, till) if (off := _off(page, amount, label))]
    return sorted(found, key=lambda one: one[1])


def _off(page: Page, amount: Amount, label: tuple[Span, ...]) -> Span | None:
    """The words of an amount off ("$5 off when you spend $50", "满200减30"); null where it is none."""
    before, after = near(page, amount.where)
    if re.match(r"\s?(?:折(?!\d)|%|percent|次|件|张|天|日|月|号)", after):
        return None
    said = (
        pattern("amount_after").match(after) or pattern("amount_before").search(before) or _headed(page, amount, label)
    )
    if not said or not (amount.currency or label or pattern("amount_zh").search(before)):
        return None
    if refused(page, amount.where) or (amount.currency is None and amount.major >= PLAUSIBLE):
        return None
    sentence = page.after(amount.where, 60)
    tail = pattern("amount_after").match(sentence)
    end = amount.where.end + (tail.end() if tail else 0)
    least = pattern("amount_least").match(page.norm, end)
    return Span(amount.where.start, least.end() if least else end)


def _headed(page: Page, amount: Amount, label: tuple[Span, ...]) -> bool:
    """ "Offer: $5", "优惠：10元 ": nothing else stands under the heading."""
    if amount.currency is None or amount.scaled or amount.major >= PLAUSIBLE:
        return False
    said = (page.norm[zone.start : zone.end] for zone in label if zone.holds(amount.where))
    words_of = page.norm[amount.where.start : amount.where.end]
    return any(text.strip(" .¶") == words_of.strip() for text in said)


def near(page: Page, where: Span) -> tuple[str, str]:
    """The words before and after, no farther than the clause (a comma inside "never, ever, above" is not met here)."""
    clause = page.clause_of(where)
    start, end = max(clause.start, where.start - 48), min(max(clause.end, where.end), where.end + 48)
    return page.norm[start : where.start], page.norm[where.end : end]


def refused(page: Page, where: Span) -> bool:
    """ "No BOGO", "without free shipping", "不要满减"."""
    before = page.norm[max(page.clause_of(where).start, where.start - 24) : where.start]
    before = re.split(r"(?<![a-z])(?:but|just|only)(?![a-z])|但|只", before)[-1]
    return bool(words("offers", "refusing").search(before))
