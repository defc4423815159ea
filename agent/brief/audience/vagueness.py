"""Words that give a measure without its number: "lapsed", "VIPs", "new". The number is asked for, not made up.

Where the brief gives the number elsewhere ("lapsed … haven't bought for 60 days"), the word is settled by it.
"""

from dataclasses import replace

from agent.brief.audience.types import Found
from agent.brief.fields import Question
from agent.brief.page import Page
from tools.segments.filter import Bought, Measure

ASKS = {
    "recency": (
        "After how many days without an order does a customer count as “{quote}”?",
        ("60 days", "90 days", "180 days"),
    ),
    "stopped": (
        "Since when have they stopped: how many days without buying it count as “{quote}”?",
        ("60 days", "90 days", "180 days"),
    ),
    "value": (
        "Who counts as “{quote}”: which share of customers by spend, or how much spent?",
        ("top 10 % by spend", "top 20 % by spend"),
    ),
    "frequency": (
        "Who counts as “{quote}”: how many orders, within what time?",
        ("3 or more orders in a year", "6 or more orders in a year"),
    ),
    "newness": ("Who counts as “{quote}”: first order within how many days?", ("30 days", "60 days", "90 days")),
    "recent": ("How recent is “{quote}”: an order within how many days?", ("30 days", "60 days", "90 days")),
    "price": (
        "Who counts as “{quote}”: coupon users, or those who buy mostly on discount?",
        ("coupon users", "mostly on discount"),
    ),
    "unclear": (
        "How does the shop know “{quote}”: by what they bought, when, how much, or a column of its customers?",
        (),
    ),
    "contact": ("Which campaigns does “{quote}” mean: within how many days?", ("30 days", "60 days", "90 days")),
}
SETTLED_BY = {
    "recency": {"recency"},
    "stopped": {"recency"},
    "value": {"value"},
    "frequency": {"frequency", "newness"},
    "newness": {"newness", "frequency"},
    "recent": {"recency"},
    "price": set(),
    "contact": set(),
    "unclear": set(),
}


def settle(found: list[Found]) -> list[Found]:
    """Drops what an explicit measure has settled: the word alone goes, a group keeps its products."""
    given = {f.measure for f in found if f.measure}
    if given - {"existing", "newness"} or any(
        isinstance(f.filter, Bought) and f.filter.scope.terms and not f.vague for f in found
    ):
        found = [f for f in found if f.measure != "existing"]  # who ordered lately or so often is a customer already
    out = []
    for one in found:
        open_kinds = [k for k in (one.vague or "").split("+") if k and not SETTLED_BY.get(k, set()) & given]
        if one.vague and not open_kinds and only_words(one):
            continue
        out.append(replace(one, vague="+".join(open_kinds) or None))
    return out or found


def _names_goods(one: Found) -> bool:
    return isinstance(one.filter, Bought) and bool(one.filter.scope.terms) and not one.vague


def only_words(one: Found) -> bool:
    """The condition is nothing but the vague words, unresolved."""
    return isinstance(one.filter, Bought) and one.filter.scope.terms != () and one.vague is not None and _same(one)


def _same(one: Found) -> bool:
    assert isinstance(one.filter, Bought)
    return sum(len(term) for term in one.filter.scope.terms) >= one.where.end - one.where.start - 2 and not isinstance(
        one.filter, Measure
    )


def vague_questions(page: Page, found: list[Found], field: str) -> list[Question]:
    """One question a vague word."""
    questions = []
    for one in found:
        for kind in filter(None, (one.vague or "").split("+")):
            quote = page.said(one.where)
            text, options = ASKS[kind]
            questions.append(Question(field=field, question=text.format(quote=quote), quote=quote, options=options))
    return questions
