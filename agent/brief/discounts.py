"""Discounts: how deep at most, and of which kinds. `max_discount_pct` is per cent off the price (8折 is 20)."""

import re
from dataclasses import dataclass, replace

from agent.brief.fields import Question
from agent.brief.money import Till
from agent.brief.offers import kinds, near, pattern
from agent.brief.page import Page, Span, merged, span
from agent.brief.percents import Share, shares
from agent.brief.reading import Reading
from tools.vocabulary import OfferType


@dataclass(frozen=True)
class Discounts:
    cap: Reading[float]
    types: Reading[tuple[OfferType, ...]]


@dataclass(frozen=True)
class _Said:
    share: Share
    role: str
    """cap · floor · offer"""
    where: Span


def read_discounts(page: Page, till: Till, label: tuple[Span, ...] = ()) -> Discounts:
    """The cap and the offer types that `page` states. `label`: spans under a heading such as "Discount:"."""
    found = [_off(page, share) for share in (*shares(page), *_bare_caps(page, label))]
    said = _roles(page, found, label)
    priced = [s.where for s in said if s.role in ("offer", "floor") and s.share.value > 0]
    types = kinds(page, till, [s.where for s in found], priced, label)
    none = [span(m) for m in page.find(pattern("none")) if not _limited(page, span(m))] + _none_under(page, label)
    caps, offers, floors = ([s for s in said if s.role == role] for role in ("cap", "offer", "floor"))
    if none:
        return _without(page, none, caps + offers, types)
    value, where = _cap(caps, offers)
    questions = _clashes(page, caps, offers, floors, value)
    if value is None:
        questions += _bare(page)
    elif value > 100 or _undecided(caps, offers, value):
        value = None
    notes = tuple(
        f"“{page.said(floor.where)}” is a least discount: the plan holds caps only, so it is shown here and "
        "not planned for."
        for floor in floors
    )
    taken = tuple(s.where for s in said) + tuple(w for _, w in types)
    spans = where if value is not None else ()
    named = tuple(dict.fromkeys(kind for kind, _ in types))
    return Discounts(
        Reading(value, spans, tuple(questions), notes, taken),
        Reading(named or None, merged(w for _, w in types), taken=taken),
    )


OF_PRICE = re.compile(
    r"\s(?:of\s(?:the\s|its\s|our\s)?(?:(?:list|full|normal|regular|original|retail|usual|shelf)\s)?(?:price|rrp|retail)s?"
    r"|of list)(?![a-z])"
)


OF_PRICE_ZH = re.compile(r"(?:原价|售价|标价|定价|零售价)的\s?$")


def _off(page: Page, share: Share) -> Share:
    """ "90% of the price" is what is left of it, as 9折 is."""
    if share.zhe or share.fraction or share.value >= 100:
        return share
    if not (OF_PRICE.match(page.after(share.where)) or OF_PRICE_ZH.search(page.before(share.where, 8))):
        return share
    return replace(share, value=round(100 - share.value, 2), zhe=True)


def _undecided(caps: list[_Said], offers: list[_Said], value: float) -> bool:
    """Two caps, or an offer deeper than the cap: what holds is asked."""
    return len({s.share.value for s in caps}) > 1 or bool(caps and any(s.share.value > value for s in offers))


def _clashes(
    page: Page, caps: list[_Said], offers: list[_Said], floors: list[_Said], value: float | None
) -> list[Question]:
    """What contradicts itself, or cannot be."""
    if value is None:
        return []
    questions = [_clash(page, floor, value) for floor in floors if floor.share.value > value]
    over = [s for s in offers if caps and s.share.value > value]
    questions += [_clash(page, over[0], value)] if over else []
    distinct = {s.share.value for s in caps}
    if len(distinct) > 1:
        question = f"Two limits on the discount are given ({_pcts(distinct)}): which holds?"
        options = tuple(f"at most {v:g} % off" for v in sorted(distinct))
        questions.append(
            Question(field="max_discount_pct", quote=page.said(caps[0].where), question=question, options=options)
        )
    if value > 100:
        question = f"A discount of {value:g} % is more than the price: how deep may it go at most?"
        questions.append(
            Question(field="max_discount_pct", quote=page.said(_cap(caps, offers)[1][0]), question=question)
        )
    return questions


def _roles(page: Page, found: list[Share], label: tuple[Span, ...]) -> list[_Said]:
    second = [span(m) for m in page.find(pattern("bogo"))]  # "the second one half price" is no half price
    said: list[_Said] = []
    for share in found:
        if any(where.touches(share.where) for where in second):
            continue
        one = _role(page, share, label)
        if one is None and said and _goes_on(page, said[-1], share):
            one = _Said(share, "offer", share.where)
        said += [one] if one else []
    return said


def _goes_on(page: Page, last: _Said, share: Share) -> bool:
    """ "10% off, 20% for the best customers": a second discount in the same sentence."""
    gap = page.norm[last.where.end : share.where.start]
    return (
        last.role == "offer"
        and bool(re.fullmatch(r"[\s,;]*(?:and|or|but)?\s?(?:up to )?", gap))
        and bool(re.match(r"\sfor\s(?!(?:control|holdout|test)(?![a-z]))", page.after(share.where)))
    )


def _bare_caps(page: Page, label: tuple[Span, ...]) -> list[Share]:
    """A number without its unit where only a per cent can be meant: "max discount 10", "Discount cap: 15"."""
    found = [Share(span(m, "n"), float(m["n"])) for m in page.find(pattern("bare_cap"))]
    for zone in label:
        match = BARE.fullmatch(page.norm[zone.start : zone.end])
        if match and HEADED_CAP.search(_heading(page, zone)):
            start = zone.start + match.start("n")
            found.append(Share(Span(start, start + len(match["n"])), float(match["n"])))
    return [s for i, s in enumerate(found) if not any(s.where.touches(other.where) for other in found[:i])]


BARE = re.compile(r"\s*(?P<n>\d{1,2}(?:\.\d)?)[\s.]*")


def _none_under(page: Page, label: tuple[Span, ...]) -> list[Span]:
    """ "Discount: none"."""
    return [zone for zone in label if pattern("none_said").fullmatch(page.norm[zone.start : zone.end].strip(" .¶"))]


def _bare(page: Page) -> list[Question]:
    """ "10%" as a clause of its own, without a word of what it is."""
    for share in shares(page):
        clause = page.clause_of(share.where)
        if (
            not share.zhe
            and not share.fraction
            and page.norm[clause.start : clause.end].strip(" .")
            == page.norm[share.where.start : share.where.end].strip()
        ):
            quote = page.said(share.where)
            return [
                Question(
                    field="max_discount_pct",
                    quote=quote,
                    blocking=False,
                    question=f"Is “{quote}” the most that may be taken off? It is not planned with until then.",
                )
            ]
    return []


def _pcts(values: set[float]) -> str:
    return " and ".join(f"{v:g} %" for v in sorted(values))


def _clash(page: Page, said: _Said, cap: float) -> Question:
    return Question(
        field="max_discount_pct",
        quote=page.said(said.where),
        question=f"“{page.said(said.where)}” is deeper than the limit of {cap:g} %: which holds?",
        options=(f"at most {cap:g} % off", f"{said.share.value:g} % off"),
    )


def _cap(caps: list[_Said], offers: list[_Said]) -> tuple[float | None, tuple[Span, ...]]:
    """The stated cap; without one, the deepest discount that is offered is also the deepest allowed."""
    source = caps or offers
    if not source:
        return None, ()
    deepest = max(source, key=lambda s: s.share.value)
    return deepest.share.value, (deepest.where,)


def _without(page: Page, none: list[Span], said: list[_Said], kinds: list[tuple[OfferType, Span]]) -> Discounts:
    """`no discounts`: nothing off. With a discount beside it the two contradict each other."""
    priced = [s for s in said if s.share.value > 0]
    amounts_off = [(kind, where) for kind, where in kinds if kind == "amount"]
    if amounts_off and not priced and all(ZH_PERCENT.search(page.norm[n.start : n.end]) for n in none):
        spans = tuple(w for _, w in amounts_off)
        return Discounts(Reading(None, taken=(*none, *spans)), Reading(("amount",), spans, taken=(*none, *spans)))
    others = [
        (kind, where)
        for kind, where in kinds
        if kind in ("percent", "amount", "bogo") and not any(where.touches(n) for n in none)
    ]
    taken = (*none, *(s.where for s in said), *(w for _, w in kinds))
    if priced or others:
        other = priced[0].where if priced else others[0][1]
        question = Question(
            field="max_discount_pct",
            quote=page.said(none[0]),
            question=(
                f"“{page.said(none[0])}” and “{page.said(other)}” contradict each other: is there a discount or not?"
            ),
            options=("no discount", page.said(other)),
        )
        return Discounts(Reading(None, (), (question,), taken=taken), Reading(None, taken=taken))
    free = [(kind, where) for kind, where in kinds if kind == "free_delivery"]
    types: tuple[OfferType, ...] = ("free_delivery",) if free else ("none",)
    where = tuple(w for _, w in free) or tuple(none[:1])
    return Discounts(Reading(0.0, (none[0],), taken=taken), Reading(types, where, taken=taken))


ZH_PERCENT = re.compile("打折|折扣")
"""打折 is a share off the price: "满500减60，不打折" has money off and no share."""


def _limited(page: Page, where: Span) -> bool:
    """ "No discounts above 15%", "no discount on wine": not a ban on all discounts."""
    return bool(
        re.match(
            r"\s*(?:code|label|sticker)?s?\s?(?:above|over|more|deeper|bigger|greater|beyond|higher|larger|"
            r"on\s(?!any|all|anything|this|top)|超过|高于|>|in the (?:subject|copy|headline))",
            page.after(where),
        )
    )


def _role(page: Page, share: Share, label: tuple[Span, ...]) -> _Said | None:
    """What a share is to the discount, by the words around it; null where it is about something else."""
    before, after = near(page, share.where)
    if pattern("other_before").search(before) or pattern("other_after").match(after):
        return None
    heading = next((_heading(page, zone) for zone in label if zone.holds(share.where)), None)
    if page.norm[share.where.start - 1 : share.where.start] in ("-", "+") and _trend(page, share.where):
        return None
    if pattern("asked_no").match(page.norm, share.where.end):
        return None
    headed = pattern("cap_headed").search(page.norm[max(0, share.where.start - 48) : share.where.start])
    cap_before = headed or pattern("cap_before").search(before)
    cap_after = pattern("cap_after").match(after) or pattern("cap_tail").match(page.after(share.where))
    if not _of_discount(share, before, after, heading) and not (
        (cap_before or cap_after)
        and _alone(page, share.where)
        and (not share.fraction or not page.after(share.where).strip(" .!"))
    ):
        return None
    floor = pattern("floor_before").search(before)
    tail = pattern("discount_after").match(after)
    end = share.where.end + max(cap_after.end() if cap_after else 0, tail.end() if tail else 0)
    start = share.where.start
    if cap_before and not headed:
        start += cap_before.start() - len(before)
    if share.zhe and floor:
        return _Said(share, "cap", Span(share.where.start - len(before) + floor.start(), end))
    if cap_before or cap_after or (heading and HEADED_CAP.search(heading)):
        return _Said(share, "cap", Span(start, end))
    if floor:
        return _Said(share, "floor", Span(share.where.start - len(before) + floor.start(), end))
    return _Said(share, "offer", Span(start, end))


def _trend(page: Page, where: Span) -> bool:
    """The sentence tells how something went."""
    sentence = page.sentence_of(where)
    return pattern("trend").search(page.norm, sentence.start, max(sentence.end, where.end)) is not None


def _of_discount(share: Share, before: str, after: str, heading: str | None) -> bool:
    """A word of discounts stands beside it (or 折, or a heading)."""
    beside = pattern("discount_after").match(after) or pattern("discount_before").search(before)
    return bool(share.zhe or heading is not None or beside or pattern("near").search(before + " " + after))


HEADED_CAP = re.compile(r"max|cap|limit|ceiling|most|上限|最高|最多|最大|最低")


def _heading(page: Page, zone: Span) -> str:
    """The words of the heading before `zone`."""
    text = page.norm[max(0, zone.start - 40) : zone.start]
    return re.split(r"[¶.;。]", text.rstrip("¶ "))[-1]


def _alone(page: Page, where: Span) -> bool:
    """A cap without the word discount ("max 15%") counts only where nothing else in its clause has a role."""
    clause = page.clause_of(where)
    return not pattern("other_anywhere").search(page.norm, clause.start, clause.end)
