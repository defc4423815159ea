"""What becomes of conditions once all are found: negations taken in, corrections obeyed, repetitions dropped."""

import re
from dataclasses import replace

from agent.brief.audience.types import Found, unresolved
from agent.brief.page import Page, Span
from tools.segments.filter import Attribute, Bought, Contacted, Everyone, Filter, Measure, Not, Scope

NEGATED = re.compile(
    r"(?:\b(?P<en>not|non|never|aren't|isn't|don't|doesn't|haven't|hasn't|didn't|have not|has not|no)[\s-](?:the |any |"
    r"our |really |currently |ever |yet |been |have |also |actually )*"
    r"|(?P<zh>没有?|未曾?|从未|不是|非|不(?:住)?在|不))$"
)
DOUBLED = re.compile(r"(?:没有|不是|并非|没人)$")
"""Before a negation: "没有不买牛奶的人"."""
NOT_ONLY = re.compile(r"(?:\bwhy|\bif|\bor|\bnot just|\bnot only)\s(?:not\s)?$")
RESTART = re.compile(
    r"\b(?:let me|i'll|let's) (?:restart|start (?:over|again)|begin again)\b|\bstart(?:ing)? over\b|重新(?:来|说)|重来"
)
"""All that was said before it is taken back."""
GROUP = re.compile(r"(?:those|people|anyone|everyone|customers|the ones|ones|shoppers|buyers|members|的?人)(?![a-z])")
"""Words that a negation before them takes out ("not those we mailed")."""
CORRECTED = re.compile(
    r"(?:\s(?:tier|segment|group|list))?[\s.,…?!-]*"
    r"\b(?:no,? (?:wait|sorry|actually)|(?:oh |oops |wait )?sorry|scratch that|strike that|i mean(?:t)?|"
    r"or rather|actually|make that|correction|rather|no,|wait)\b[\s.,:…-]*(?:[a-z']+[\s,]+){0,6}"
    r"|.{0,8}(?:不对|不是|更正|应该是)[,\s]*|[^。;¶]{0,24}吗\?\s?(?:不用|不是|不,|不分)[^,。]{0,6},?\s?"
)
"""Between what was said and what is meant instead."""


def negation(page: Page, found: Found) -> Span | None:
    """The negation right before the words, if there is one."""
    before = page.before(found.where, 24)
    match = NEGATED.search(before)
    if match is None or NOT_ONLY.search(before):
        return None
    end = found.where.start
    return Span(end - (len(before) - match.start()), end)


def turned(page: Page, found: Found) -> Found:
    """A negated act is a condition of its own: "never used a coupon", "not mailed since May", "who don't own a dog"."""
    where = negation(page, found)
    if where and DOUBLED.search(page.before(where, 6)):
        both = Span(where.start - len("没有"), found.where.end)
        return replace(found, where=both, filter=unresolved(page.said(both)), vague="unclear", loose=None)
    group = found.noun or GROUP.match(page.norm, found.where.start)
    meant = opposite(found.filter) if where and not group else None
    if where is None or meant is None:
        return found
    return replace(found, where=Span(where.start, found.where.end), filter=meant, loose=None, turned=True, note=None)


def opposite(meant: Filter) -> Filter | None:
    """Who did not, of acts that the shop has records of; null where it has none."""
    if isinstance(meant, Measure) and meant.measure == "coupon_redemptions" and (meant.op, meant.value) == ("ge", 1):
        return meant.model_copy(update={"op": "eq", "value": 0})
    return Not(of=meant) if isinstance(meant, Contacted | Bought) else None


def tidied(page: Page, found: list[Found]) -> list[Found]:
    """Without what is taken back ("moms, sorry, families") and groups that a bracket defines ("fans (bought …)")."""
    out: list[Found] = []
    for one in found:
        if out and RESTART.search(page.norm[out[-1].where.end : one.where.start]):
            out.clear()
        while out:
            between = page.norm[out[-1].where.end : one.where.start]
            defines = re.fullmatch(r"s?\s?\((?:i\.e\.,?\s|who\s|those who\s|meaning:?\s)?", between)
            named = out[-1].noun and isinstance(out[-1].filter, Bought) and not one.noun and _scope(one.filter)
            if not (CORRECTED.fullmatch(between) or (defines and named)):
                break
            out.pop()
        out.append(one)
    return out


def is_rest(found: Found) -> bool:
    """ "Everyone else": those who are meant beside the ones left out."""
    return isinstance(found.filter, Everyone) and found.rest


def without_repeats(found: list[Found]) -> list[Found]:
    """Less the bare "tea drinkers" where another condition asks for buyers of tea and more ("no tea for 10 weeks")."""
    narrower = [_scope(f.filter) for f in found if not f.noun]
    traits = [f.filter.term or "" for f in found if isinstance(f.filter, Attribute)]
    return [
        f
        for f in found
        if not (_is_bare(f) and any(_covered(_scope(f.filter), other) for other in narrower))
        and not (isinstance(f.filter, Attribute) and any(t.startswith(f"{f.filter.term} ") for t in traits))
    ]


def _covered(group: tuple[str, ...] | None, other: tuple[str, ...] | None) -> bool:
    """All goods of the group are among the other's ("the jam people": bought jam or honey; "Easter lamb": lamb)."""
    return bool(group and other) and all(
        any(term == one or term.endswith(f" {one}") for one in other or ()) for term in group or ()
    )


def _is_bare(found: Found) -> bool:
    return (
        found.noun
        and not found.vague
        and isinstance(found.filter, Bought)
        and found.filter.within is None
        and found.filter.min_orders == 1
    )


def _scope(meant: Filter) -> tuple[str, ...] | None:
    """The things that whoever is meant has bought; null where that is not so."""
    first = getattr(meant, "of", (meant,)) if getattr(meant, "kind", "") == "all" else (meant,)
    for part in first:
        if isinstance(part, Bought) or (isinstance(part, Measure) and part.measure == "recency_days"):
            scope: Scope = part.scope
            return tuple(_stem(term) for term in scope.terms) or None
    return None


def _stem(term: str) -> str:
    return re.sub(r"(?<=[a-z]{2})s$", "", term)
