"""Discounts: how deep at most, and of which kinds. `max_discount_pct` is per cent off the price (8折 is 20)."""

import re
from dataclasses import dataclass
from functools import cache

from agent.brief.fields import Question
from agent.brief.lexicon import LEFT, RIGHT, lexicon, words
from agent.brief.money import Till, amounts
from agent.brief.page import Page, Span, merged, span
from agent.brief.percents import Share, shares
from agent.brief.reading import Reading
from tools.vocabulary import OfferType


@dataclass(frozen=True)
class Discounts:
    cap: Reading[float]
    types: Reading[tuple[OfferType, ...]]


@cache
def _pattern(key: str) -> re.Pattern[str]:
    return re.compile("|".join(lexicon("offers")[key]))


@dataclass(frozen=True)
class _Said:
    share: Share
    role: str
    """cap · floor · offer"""
    where: Span


def read_discounts(page: Page, till: Till, label: tuple[Span, ...] = ()) -> Discounts:
    """The cap and the offer types that `page` states. `label`: spans under a heading such as "Discount:"."""
    second = [span(m) for m in page.find(_pattern("bogo"))]  # "the second one half price" is no half price
    said = [
        s
        for share in shares(page)
        if not any(where.touches(share.where) for where in second) and (s := _role(page, share, label))
    ]
    kinds = _kinds(page, till, said, label)
    none = [span(m) for m in page.find(_pattern("none")) if not _limited(page, span(m))]
    questions: list[Question] = []
    notes: list[str] = []
    caps = [s for s in said if s.role == "cap"]
    offers = [s for s in said if s.role == "offer"]
    floors = [s for s in said if s.role == "floor"]
    if none:
        return _without(page, none, caps + offers, kinds)
    value, where = _cap(caps, offers)
    for floor in floors:
        notes.append(
            f"“{page.said(floor.where)}” is a least discount: the plan holds caps only, so it is shown here and "
            "not planned for."
        )
        if value is not None and floor.share.value > value:
            questions.append(_clash(page, floor, value))
    over = [s for s in offers if caps and value is not None and s.share.value > value]
    if over:
        questions.append(_clash(page, over[0], value or 0))
    questions += _bare(page) if value is None else []
    distinct = {s.share.value for s in caps}
    if len(distinct) > 1:
        questions.append(
            Question(
                field="max_discount_pct",
                quote=page.said(caps[0].where),
                question=f"Two limits on the discount are given ({_pcts(distinct)}): which holds?",
                options=tuple(f"at most {v:g} % off" for v in sorted(distinct)),
            )
        )
        value = min(distinct)
    if over or len(distinct) > 1:
        value = None
    if value is not None and value > 100:
        questions.append(
            Question(
                field="max_discount_pct",
                quote=page.said(where[0]),
                question=f"A discount of {value:g} % is more than the price: how deep may it go at most?",
            )
        )
        value = None
    spans = where if value is not None else ()
    types = tuple(dict.fromkeys(k for k, _ in kinds))
    taken = tuple(s.where for s in said) + tuple(w for _, w in kinds)
    return Discounts(
        Reading(value, spans, tuple(questions), tuple(notes), taken),
        Reading(types or None, merged(w for _, w in kinds), taken=taken),
    )


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
    others = [(kind, where) for kind, where in kinds if kind in ("percent", "amount", "bogo")]
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
    before, after = _near(page, share.where)
    if _pattern("other_before").search(before) or _pattern("other_after").match(after):
        return None
    heading = next((_heading(page, zone) for zone in label if zone.holds(share.where)), None)
    labelled = heading is not None
    discount = (
        share.zhe
        or labelled
        or bool(
            _pattern("discount_after").match(after)
            or _pattern("discount_before").search(before)
            or _pattern("near").search(before + " " + after)
        )
    )
    floor = _pattern("floor_before").search(before)
    cap_before, cap_after = _pattern("cap_before").search(before), _pattern("cap_after").match(after)
    if not discount and not ((cap_before or cap_after) and _alone(page, share.where)):
        return None
    if share.fraction and not (discount or cap_before):
        return None
    start = share.where.start - len(before) + cap_before.start() if cap_before else share.where.start
    tail = _pattern("discount_after").match(after)
    end = share.where.end + max(cap_after.end() if cap_after else 0, tail.end() if tail else 0)
    where = Span(start, end)
    if share.zhe and floor:
        return _Said(share, "cap", Span(share.where.start - len(before) + floor.start(), end))
    if heading and HEADED_CAP.search(heading):
        return _Said(share, "cap", where)
    if cap_before or cap_after:
        return _Said(share, "cap", where)
    if floor:
        return _Said(share, "floor", Span(share.where.start - len(before) + floor.start(), end))
    return _Said(share, "offer", where)


HEADED_CAP = re.compile(r"max|cap|limit|ceiling|上限|最高|最多|最大|最低")


def _heading(page: Page, zone: Span) -> str:
    """The words of the heading before `zone`."""
    text = page.norm[max(0, zone.start - 32) : zone.start]
    return re.split(r"[¶.;。]", text)[-1]


def _near(page: Page, where: Span) -> tuple[str, str]:
    """The words before and after, no farther than the clause (a comma inside "never, ever, above" is not met here)."""
    clause = page.clause_of(where)
    return page.norm[max(clause.start, where.start - 48) : where.start], page.norm[
        where.end : min(max(clause.end, where.end), where.end + 48)
    ]


def _alone(page: Page, where: Span) -> bool:
    """A cap without the word discount ("max 15%") counts only where nothing else in its clause has a role."""
    clause = page.clause_of(where)
    return not _pattern("other_anywhere").search(page.norm, clause.start, clause.end)


def _kinds(page: Page, till: Till, said: list[_Said], label: tuple[Span, ...]) -> list[tuple[OfferType, Span]]:
    kinds: list[tuple[OfferType, Span]] = []
    kinds += [("percent", s.where) for s in said if s.role in ("offer", "floor") and s.share.value > 0]
    for key, kind in (
        ("free_delivery", "free_delivery"),
        ("bogo", "bogo"),
        ("percent_words", "percent"),
        ("amount_words", "amount"),
    ):
        kinds += [(kind, span(m)) for m in page.find(_pattern(key)) if not _refused(page, span(m))]  # type: ignore[misc]
    for amount in amounts(page, till):
        before, after = _near(page, amount.where)
        if re.match(r"\s?(?:折|%|percent|次|件|张|天|日|月|号)", after):
            continue
        if (
            (amount.currency or label or _pattern("amount_zh").search(before))
            and (_pattern("amount_after").match(after) or _pattern("amount_before").search(before))
            and not _refused(page, amount.where)
        ):
            tail = _pattern("amount_after").match(after)
            kinds.append(("amount", Span(amount.where.start, amount.where.end + (tail.end() if tail else 0))))
    return sorted(kinds, key=lambda kind: kind[1])


def _refused(page: Page, where: Span) -> bool:
    """ "No BOGO", "without free shipping", "不要满减"."""
    before = page.norm[max(page.clause_of(where).start, where.start - 24) : where.start]
    return bool(words("offers", "refusing").search(before))


__all__ = ["LEFT", "RIGHT", "Discounts", "read_discounts"]
