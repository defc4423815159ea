"""Words of an audience that no reader has typed: kept as unresolved conditions, so that they are asked about."""

import re
from dataclasses import dataclass, field
from functools import cache

from agent.brief.audience.people import _empty
from agent.brief.audience.types import Found, unresolved
from agent.brief.fields import Question
from agent.brief.lexicon import RIGHT, alternatives, lexicon, words
from agent.brief.page import MASK, Page, Span, span
from agent.brief.patterns import Patterns, patterns

PERSONS = re.compile(
    r"(?:and\s|or\s)?(?:any(?:one|body)|those|people|customers|everyone|the ones|shoppers|members)\s(?:who|that|with)\s"
)


@cache
def _patterns() -> Patterns:
    return patterns("leftovers", mask=MASK, heads=alternatives(lexicon("audience")["heads"]))


def _relative_clauses(page: Page, known: list[Span]) -> list[Span]:
    """ "customers who abandoned their carts": a clause about people of which no reader took anything."""
    masked = page.without(known)
    found: list[Span] = []
    for pattern in (_patterns()["relative"], _patterns()["and_more"], _patterns()["we_lost"]):
        for match in masked.find(pattern):
            text = match["what"]
            if MASK in text or _patterns()["offer_with"].match(text):
                continue
            kept = _patterns()["after_verb"].sub("", _patterns()["cut_rest"].sub("", text)).strip(" ,")
            start = match.start("what") + len(text) - len(text.lstrip(" ,"))
            where = Span(start, start + len(kept))
            if kept and _meaningful(page, where) and not any(where.touches(f) for f in found):
                found.append(where)
    return found


@dataclass
class Leftovers:
    kept: list[Found] = field(default_factory=list)
    out: list[Found] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    notes: tuple[str, ...] = ()


@cache
def _zh_strip() -> re.Pattern[str]:
    zh = lexicon("audience")["zh"]
    return re.compile("|".join(sorted((*zh["strip"], *zh["heads"]), key=len, reverse=True)))


def leftovers(
    page: Page, kept: list[Found], out: list[Found], label: tuple[Span, ...], zones: list[tuple[Span, Span]]
) -> Leftovers:
    """What is left in the label's value, after a verb that takes an audience, and after a word that excludes."""
    result = Leftovers()
    known = [f.where for f in (*kept, *out)]
    excluded = [zone for _, zone in zones] + [trigger for trigger, _ in zones]
    for zone in label:
        for where in _pieces(page, zone, known + excluded):
            lone = re.match(r"\W*(?:no|not|never|without|but|nothing|none)\b", page.norm[where.start : where.end])
            result.kept.append(
                Found(where, unresolved(page.said(where)), noun=lone is None, vague="unclear" if lone else None)
            )
    for match in page.find(_patterns()["zone"]):
        aim = _object(page, match)
        if (
            aim
            and not any(aim.touches(other) for other in (*known, *excluded))
            and not any(zone.holds(aim) for zone in label)
        ):
            result.kept.append(Found(aim, unresolved(page.said(aim)), noun=True))
    for match in page.find(_patterns()["some_who"]):
        where = Span(*match.span("what"))
        if _meaningful(page, where) and not any(
            where.touches(o) for o in (*known, *excluded, *(f.where for f in result.kept))
        ):
            result.kept.append(Found(where, unresolved(page.said(where)), noun=True))
    for where in _relative_clauses(page, [*known, *(f.where for f in result.kept)]):
        if not any(where.touches(e) for e in excluded) and not _patterns()["consent"].search(
            page.norm, where.start, where.end
        ):
            result.kept.append(Found(where, unresolved(page.said(where)), vague="unclear"))
    for trigger, zone in zones:
        _left_out(page, trigger, zone, known, result)
    return result


def _object(page: Page, match: re.Match[str]) -> Span | None:
    text = _patterns()["cut"].sub("", " " + match["what"])[1:]
    kept = [m for m in re.finditer(r"[^\s]+", text) if m[0].strip("'\"") not in _empty()]
    if not kept or _patterns()["not_people"].match(text) or re.match(r"[$€£¥]?\d", kept[0][0]) or len(kept) > 6:
        return None
    start = match.start("what")
    where = Span(start + kept[0].start(), start + kept[-1].end())
    return where if _meaningful(page, where) else None


def _pieces(page: Page, zone: Span, known: list[Span]) -> list[Span]:
    """Runs of words in `zone` that nobody has read, split at commas and joins."""
    masked = page.without(w for w in known)
    text = masked.norm[zone.start : zone.end]
    pieces: list[Span] = []
    for match in re.finditer(rf"[^,;、/&+¶{MASK}()]+", text):
        for part in re.finditer(r"(?:(?!\s(?:and|or|plus|but)\s).)+", match[0]):
            where = Span(zone.start + match.start() + part.start(), zone.start + match.start() + part.end())
            if _patterns()["other_field"].match(page.norm, where.start, where.end):
                return pieces
            if _meaningful(page, where):
                pieces.append(where)
    return pieces


def _meaningful(page: Page, where: Span) -> bool:
    text = page.norm[where.start : where.end].strip(" .:-•*\"'")
    if _patterns()["not_people"].match(text):
        return False
    if re.search(r"[一-鿿]", text):
        return len(_zh_strip().sub("", re.sub(r"[^一-鿿]", "", text))) > 1
    rest = [
        w for w in re.findall(r"[a-z][a-z'-]+", text) if w not in _empty() and not _patterns()["people"].fullmatch(w)
    ]
    return bool(rest)


def _left_out(page: Page, trigger: Span, zone: Span, known: list[Span], result: Leftovers) -> None:
    """ "Exclude X" where X is no known condition: people, or products of the offer?"""
    text = page.norm[zone.start : zone.end]
    persons = _patterns()["of_persons"].search(page.norm, trigger.start, trigger.end)
    if persons:  # "not those already getting our newsletter": the word is no channel here
        pieces = _pieces(page, zone, known)
    elif (
        words("channels", "clear", "email").search(text) or _about_channels(text) or any(zone.touches(k) for k in known)
    ):
        pieces = [] if trigger.start != trigger.end else _pieces(page, zone, known)
    else:
        pieces = _pieces(page, zone, known)
    if not pieces and any(zone.touches(k) for k in known):
        pieces = [p for p in _pieces(page, zone, known) if PERSONS.match(page.norm[p.start : p.end].strip())]
    zh = "一" <= page.norm[trigger.start : trigger.start + 1] <= "鿿"
    strong = (
        zh
        or persons
        or trigger.start == trigger.end
        or words("audience", "exclude_after").fullmatch(page.norm, trigger.start, trigger.end)
        or re.match(
            r"exclud|excl|no ?body|no one|not (?:included|wanted)|hands|stay|steer|bar|"
            r"leave|leaving|skip|omit|suppress|don't (?:include|contact|target|e?-?mail|text)|do not "
            r"(?:include|contact|target)",
            page.norm[trigger.start : trigger.end],
        )
    )
    for where in pieces:
        said = page.said(where)
        if not strong or (zh and not re.search(r"的|人|客|户|会员|员工", said)):
            continue
        if _patterns()["offerish"].search(page.before(trigger, 80)) and not _patterns()["people"].search(
            page.norm[where.start : where.end]
        ):
            result.notes += (
                f"“{said}” is left out of the offer, as it reads; the plan's offers hold for a whole order, so "
                "check them.",
            )
            continue
        result.out.append(Found(where, unresolved(said), noun=True))


def _about_channels(text: str) -> bool:
    return any(
        words("channels", "clear", name).search(text) for name in ("sms", "push", "social", "search", "wechat")
    ) or bool(re.match(rf"\s?(?:push|texts?|search|social|mail){RIGHT}", text))


__all__ = ["Leftovers", "leftovers", "span"]
