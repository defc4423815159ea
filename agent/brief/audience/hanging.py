"""What a condition takes from the one it hangs on: "heavy yogurt buyers, meaning 8 purchases in 90 days".

A count or a time that explains a group counts that group's goods; a span of time right after a group dates it; what
stands in brackets after a condition and was read by nobody narrows it in a way that nobody knows, and is asked about.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from agent.brief import durations
from agent.brief.audience import objects, spans
from agent.brief.audience.types import Found, unresolved
from agent.brief.audience.vagueness import only_words
from agent.brief.days import Reader, tokenised
from agent.brief.page import MASK, Page, Span
from tools.segments.filter import AllOf, Attribute, Bought, Filter, Measure, Not, Scope, Within

EXPLAINS = re.compile(
    r"s?\s?(?:\(|[,:;-]\s?)\s?(?:(?:i\.?e\.?|meaning|that is|that means|say|defined as|by which (?:i|we) mean|namely|so"
    r"|those|people|customers|anyone|with|who have|who've|and i mean|we mean)[,:]?\s?){0,3}"
    r"|\s(?:meaning|i\.?e\.?|as in|defined as|are|is|=)[,:]?\s(?:those |people |customers |anyone )?"
    r"(?:with |who have )?"
)
"""Between a group and what says who belongs to it."""
DEFINES = re.compile(
    r"s?\s?(?:\(|[:-]\s)\s?"
    r"(?:(?:i\.?e\.?|meaning|that is|say|defined as|namely|so|people|customers|anyone|those)[,:]?\s?){0,2}"
    r"|s?,?\s(?:meaning|i\.?e\.?|defined as|that is)[,:]?\s?(?:(?:those|people|customers|anyone)\s)?"
)
"""Between a word that says no number and the condition that says what it means."""
BRACKET = re.compile(r"s?\s?\((?P<inside>[^()¶]{2,80})\)")
NARROWS = re.compile(
    r"\d|\b(?:who|whose|with|without|no|not|never|only|two|three|four|five|more|less|least|most|under|over|bought|"
    r"ordered|spent|haven't|hasn't)\b"
)
NOT_PEOPLE = re.compile(
    r"%\s?(?:off|discount)|\b(?:off|discount|e-?mail|sms|push|budget|max|cap|coupon code|see|attached|fyi|ref|note|tbd|"
    r"approx|about \d[\d,.]*k?\s(?:people|customers)|\d[\d,.]*k?\s(?:people|customers|households|contacts|of them))\b"
)
KIDS = re.compile(r"(?P<n>\d|two|three|four|five)\s?\+?\s?(?:or more )?(?:kids?|children|people|members|persons)\b.*")
TURN = re.compile(
    rf",?\s(?:but|though|although)\s(?:only|not|never|just)\s[^,.;:!?()¶{MASK}]{{3,50}}"
    rf"|\)\sor\s[a-z][^,.;:!?()¶{MASK}]{{3,40}}"
)
OF_CAMPAIGN = re.compile(
    r"%|\b(?:e-?mails?|sms|push|texts?|off|discounts?|more than|too|pushy|salesy|spam\w*|before|until|weekends?|"
    r"sundays?|aggressive|hard|urgent|code|those|people|anyone|customers|employees|staff|if|the ones)\s?"
)
KINDS = re.compile(r"[a-z]+(?: [a-z]+)?(?:, [a-z]+(?: [a-z]+)?)*,? (?:and|or|&) [a-z]+(?: [a-z]+)?")
LENGTH = re.compile(
    r"(?:over|more than|at least|>|about|for|since|in|no orders? (?:in|for)|say)?\s?(?:the )?(?:last |past )?"
    r"(?P<n>[a-z0-9]+\s?\+?\s?(?:days?|d|weeks?|wks?|months?|mo|years?|yrs?))\s?(?:\+|or more|or longer|plus)?"
)
PRONOUN = re.compile(
    r"\b(?:bought|purchased|ordered|buying|ordering|buy|order|purchase|tried)\s(?:it|them)\b"
    r"|\b(?:from|of) (?:it|the category)\b"
)
DATED = re.compile(
    r"s?,?\s?\(?\s?(?:(?:the ones|those)\s)?(?:from\s)?"
    r"(?=(?:(?:in|from|of|over|within|during)\s)?(?:the\s)?(?:last|past|previous)\s)"
)


def hanging(page: Page, found: list[Found], reader: Reader) -> list[Found]:
    """`found` (in order), each with what it takes from the one before it, and with its dates and brackets."""
    out: list[Found] = []
    for one in _dated(page, found, reader):
        one = _of_it(page, one, out)
        last = out[-1] if out else None
        between = page.norm[last.where.end : one.where.start] if last else ""
        if last and not one.noun and one.measure and only_words(last) and DEFINES.fullmatch(between):
            out[-1] = one
        elif last and _explains(last, one, between):
            out[-1:] = _explained(last, one)
        else:
            out.append(one)
    made = [new for one in out for new in _with_bracket(page, one, out)]
    return [*made, *_turns(page, made)]


def _of_it(page: Page, one: Found, before: list[Found]) -> Found:
    """ "Soup buyers, but not those who bought it last week": "it" is what the last group with goods bought."""
    if not PRONOUN.search(page.norm, one.where.start, one.where.end):
        return one
    scope = next((goods for last in reversed(before) if (goods := _goods(last)).terms), Scope())
    bare = isinstance(one.filter, Bought) and not one.filter.scope.terms
    if not scope.terms or not (bare or _unscoped_recency(one) or _unscoped_count(one)):
        return one
    return replace(one, filter=_in_scope(one.filter, scope), loose=one.loose and _in_scope(one.loose, scope))


def _explains(last: Found, one: Found, between: str) -> bool:
    if one.noun or not _goods(last).terms or len(between) > 48:
        return False
    if last.vague == "stopped" and _unscoped_recency(one) and not re.search(r"[.!?¶]", between):
        return True
    return EXPLAINS.fullmatch(between) is not None and _unscoped_count(one)


def _explained(last: Found, one: Found) -> list[Found]:
    """Both as one condition on the goods of `last`."""
    scope = _goods(last)
    where = Span(last.where.start, one.where.end)
    if _unscoped_count(one):
        assert isinstance(one.filter, Measure)
        if one.filter.op in ("ge", "gt"):
            least = int(one.filter.value) + (one.filter.op == "gt")
            meant: Filter = Bought(scope=scope, within=one.filter.within, min_orders=least)
        else:
            meant = one.filter.model_copy(update={"scope": scope})
        return [Found(where, meant, measure="frequency")]
    meant, loose = _in_scope(one.filter, scope), _in_scope(one.loose, scope) if one.loose else None
    return [Found(where, meant, loose, measure="recency")]


def _in_scope(meant: Filter, scope: Scope) -> Filter:
    if isinstance(meant, AllOf):
        return AllOf(of=tuple(_in_scope(part, scope) for part in meant.of))
    if isinstance(meant, Measure | Bought):
        return meant.model_copy(update={"scope": scope})
    of = getattr(meant, "of", None)
    return meant.model_copy(update={"of": _in_scope(of, scope)}) if of is not None else meant


def _goods(one: Found) -> Scope:
    """The goods of a plain group ("yogurt buyers"), and none where it is dated, counted or not resolved."""
    if not isinstance(one.filter, Bought) or one.filter.within or one.filter.min_orders > 1:
        return Scope()
    return Scope() if one.vague == "unclear" or only_words(one) else one.filter.scope


def _unscoped_count(one: Found) -> bool:
    return isinstance(one.filter, Measure) and one.filter.measure == "orders" and not one.filter.scope.terms


def _unscoped_recency(one: Found) -> bool:
    meant = one.filter.of[0] if isinstance(one.filter, AllOf) else one.filter
    return isinstance(meant, Measure) and meant.measure == "recency_days" and not meant.scope.terms


@cache
def _past() -> re.Pattern[str]:
    return re.compile(spans.pattern())


def _dated(page: Page, found: list[Found], reader: Reader) -> Iterator[Found]:
    """ "Razor buyers, last 12 months": the time right after a group named by a noun is when they bought."""
    norm = tokenised(page.norm, after_side=True)
    for one in found:
        comma = norm.startswith(",", one.where.end)  # "bought jam or honey, last 4 months"
        open_ended = (one.noun or comma) and _goods(one).terms and not one.vague
        start = DATED.match(norm, one.where.end) if open_ended else None
        match = _past().match(norm, start.end()) if start else None
        past = spans.read(match, reader, page.norm) if match else None
        if not match or not past or any(Span(*match.span()).touches(other.where) for other in found):
            yield one
            continue
        assert isinstance(one.filter, Bought)
        dated = one.filter.model_copy(update={"within": past.within()})
        yield replace(one, where=Span(one.where.start, match.end()), filter=dated)


def _turns(page: Page, found: list[Found]) -> Iterator[Found]:
    """ "… but only with a coupon": what narrows a condition and was read by nobody is asked about."""
    for one in found:
        match = TURN.match(page.norm, one.where.end) if not one.noun else None
        if match and not OF_CAMPAIGN.search(match[0]):
            where = Span(one.where.end + len(match[0]) - len(match[0].lstrip(", )")), match.end())
            if not any(where.touches(other.where) for other in found):
                yield Found(where, unresolved(page.said(where)), vague="unclear")


def _with_bracket(page: Page, one: Found, found: list[Found]) -> Iterator[Found]:
    """ "Families (2+ kids)", "wine people who lapsed (60d)"; what is no such thing is asked about."""
    match = BRACKET.match(page.norm, one.where.end)
    inside = match["inside"].strip() if match else ""
    where = Span(*match.span("inside")) if match else one.where
    read = not match or MASK in inside or any(where.touches(other.where) for other in found)
    length = LENGTH.fullmatch(inside)
    days = durations.days(length["n"].strip()) if length and not read else None
    if read:
        yield one
    elif match and KIDS.fullmatch(inside) and isinstance(one.filter, Attribute):
        named = Attribute(term=f"{one.filter.term} with {inside}")
        yield replace(one, where=Span(one.where.start, match.end()), filter=named)
    elif match and one.noun and _goods(one).terms and not one.vague and KINDS.fullmatch(inside):
        kinds = Bought(scope=objects.scope_of(inside))
        yield replace(one, where=Span(one.where.start, match.end()), filter=kinds)
    elif match and days and one.noun and not one.vague and _goods(one).terms and "+" not in inside:
        assert isinstance(one.filter, Bought)
        dated = one.filter.model_copy(update={"within": Within(days=days)})
        yield replace(one, where=Span(one.where.start, match.end()), filter=dated)
    elif match and days and one.vague in ("recency", "stopped"):
        yield from _lapsed(one, Span(one.where.start, match.end()), days)
    else:
        yield one
        if NARROWS.search(inside) and not NOT_PEOPLE.search(inside):
            yield Found(where, unresolved(page.said(where)), vague="unclear")


def _lapsed(one: Found, where: Span, days: int) -> Iterator[Found]:
    """What they have stopped buying; of merely lapsed buyers, who bought it once and now buys nothing."""
    if one.vague == "recency" and not only_words(one):
        yield replace(one, vague=None)
        where = Span(where.end - 1, where.end)
    scope = _goods(one) if one.vague == "stopped" else Scope()
    least = Measure(measure="recency_days", op="ge", value=days, scope=scope)
    yield Found(where, least, Not(of=Bought(scope=scope, within=Within(days=days))), measure="recency")
