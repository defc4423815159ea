"""Demands that a brief never makes, since they speak of what the plan already is: "raise it to 30k", "a week later"."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from agent.brief import durations
from agent.brief.fields import Brief, ProductFocus, Question, Quote
from agent.brief.numbers import whole
from agent.brief.page import Page, Span
from agent.conversation.hearing import Ear
from agent.conversation.manner import less, more
from agent.conversation.turn import STEP, Edit
from agent.conversation.wording import kinds, pattern
from tools.segments.filter import AllOf, AnyOf, Filter, Measure
from tools.vocabulary import Money

AUDIENCE_STEP = STEP + "look_up_audience"
FACTORS = {"double": Decimal(2), "half": Decimal("0.5"), "triple": Decimal(3)}


@dataclass(frozen=True)
class Demands:
    """What was found, and the spans of the page that it used up."""

    edits: tuple[Edit, ...] = ()
    questions: tuple[Question, ...] = ()
    taken: tuple[Span, ...] = ()


@dataclass(frozen=True)
class Room:
    """What a demand is read against: the page of the turn, the brief as it stands, and how words are heard."""

    page: Page
    brief: Brief
    ear: Ear

    def quote(self, where: Span) -> Quote:
        return self.page.quote(where)

    def span(self, match: re.Match[str], group: str | int = 0) -> Span:
        return Span(*match.span(group))


def demands(room: Room, piece: Span) -> Demands:
    """Every demand in a piece of the page; each takes its words from those that come after."""
    edits: list[Edit] = []
    questions: list[Question] = []
    taken: list[Span] = []
    page = room.page
    for name, expression in kinds("edits"):
        for match in expression.finditer(page.norm, piece.start, piece.end):
            found = READERS[name](room, match)
            if found is None:
                continue
            edits += [one for one in found if isinstance(one, Edit)]
            questions += [one for one in found if isinstance(one, Question)]
            taken.append(Span(*match.span()))
            page = page.without(taken[-1:])
            break
    return Demands(tuple(edits), tuple(questions), tuple(taken))


Found = list[Edit | Question]


def _group(match: re.Match[str], *names: str) -> str | None:
    """The name of the first of these groups, or of those that begin with one of them, that took part."""
    return next(
        (key for key, value in match.groupdict().items() if value is not None and key.rstrip("zh0123456789") in names),
        None,
    )


def _split(room: Room, match: re.Match[str]) -> Found | None:
    quote = room.quote(room.span(match))
    arguments: dict[str, int | str] = {}
    by, n, one = _group(match, "by"), _group(match, "n", "nby"), _group(match, "one")
    if by:
        arguments["split_by"] = next(name for name, expr in kinds("dimensions") if expr.search(match[by]))
    if n:
        count = whole(match[n])
        if not count or count > 8:
            text = f"“{match[0].strip()}”: into how many segments, from 1 to 8?"
            return [Question(field="audience", quote=quote.quote, question=text)]
        arguments["max_segments"] = count
    if one:
        arguments["max_segments"] = 1
    return [Edit(AUDIENCE_STEP, "set", arguments, (quote,))]


def _language(room: Room, match: re.Match[str]) -> Found | None:
    said = match[_group(match, "lang") or 0]
    code = "zh" if said in ("chinese", "mandarin", "simplified chinese", "中文", "汉语", "简体中文") else "en"
    return [Edit("copy_language", "set", code, (room.quote(room.span(match)),))]


def _no_cap(room: Room, match: re.Match[str]) -> Found | None:
    return [Edit("max_discount_pct", "clear", None, (room.quote(room.span(match)),))]


def _no_offer(room: Room, match: re.Match[str]) -> Found | None:
    quotes = (room.quote(room.span(match)),)
    return [Edit("max_discount_pct", "set", 0.0, quotes), Edit("offer_types", "set", ("none",), quotes)]


def _labelled(room: Room, match: re.Match[str], group: str, field: str) -> Found | None:
    """The words of a group, heard as what stands under the field's heading."""
    where = room.span(match, group)
    words = room.quote(where).quote
    heard = room.ear.hear(words, room.quote(where).start, field)
    value = getattr(heard.fields, field)
    if value in (None, ()):
        return [q for q in heard.questions if q.field == field] or None
    return [Edit(field, "set", value, (room.quote(room.span(match)),))]


def _holdout_to(room: Room, match: re.Match[str]) -> Found | None:
    return _labelled(room, match, _group(match, "pct") or "pct", "holdout_pct")


def _cap_to(room: Room, match: re.Match[str]) -> Found | None:
    if re.search(r"hold[- ]?out|control|对照|留出|top|bottom|share|前", match[0]):
        return None
    found = _labelled(room, match, _group(match, "pct") or "pct", "max_discount_pct")
    if found and room.brief.fields.offer_types == ("none",):
        found.append(Edit("offer_types", "clear", None, (room.quote(room.span(match)),)))
    return found


def _budget_to(room: Room, match: re.Match[str]) -> Found | None:
    group = _group(match, "rest") or "rest"
    if pattern("not_money_after").match(room.page.norm, match.end()):
        return None
    words = match[group].strip()
    bare = re.fullmatch(r"[\d.,]+", words) and not pattern("names_money").search(match[0])
    if bare and (len(words) < 3 or re.search(r"\d(?:st|nd|rd|th)?\s?(?:-|/)", words)):
        return None
    return _labelled(room, match, group, "budget")


def _budget_by(room: Room, match: re.Match[str]) -> Found | None:
    old = room.brief.fields.budget
    rest = _group(match, "rest")
    if old is None or rest is None:
        return None
    words, quote = match[rest].strip(), room.quote(room.span(match))
    up = _group(match, "up") is not None or _group(match, "down") is None
    share = re.match(r"(\d+(?:\.\d+)?)\s?(?:%|percent|per cent)", words)
    if share:
        change = round(old.amount_minor * Decimal(share[1]) / 100)
    else:
        amount = pattern("more_of").sub("", words)
        heard = room.ear.hear(amount, quote.start, "budget").fields.budget
        if heard is None:
            return None
        if heard.currency != old.currency:
            text = f"The budget is in {old.currency}, “{words}” is not; what is it in {old.currency}?"
            return [Question(field="budget", quote=quote.quote, question=text)]
        change = heard.amount_minor
    return _budget(room, quote, old.amount_minor + (change if up else -change))


def _budget_scale(room: Room, match: re.Match[str]) -> Found | None:
    old = room.brief.fields.budget
    key = _group(match, *FACTORS)
    if old is None or key is None:
        return None
    return _budget(room, room.quote(room.span(match)), round(old.amount_minor * FACTORS[key.rstrip("zh0123456789")]))


def _budget(room: Room, quote: Quote, minor: int) -> Found:
    old = room.brief.fields.budget
    assert old is not None
    if minor <= 0:
        text = f"“{quote.quote}” leaves no budget: what may the campaign cost?"
        return [Question(field="budget", quote=quote.quote, question=text)]
    return [Edit("budget", "set", Money(amount_minor=minor, currency=old.currency), (quote,), keeps=True)]


def _period(room: Room, match: re.Match[str]) -> Found | None:
    """Another number of days in a condition on who is meant: only where one condition has the old number."""
    new, old = match[_group(match, "new") or "new"], match[_group(match, "old") or "old"]
    days, before = durations.days(new) or whole(new), durations.days(old) or whole(old)
    if not days or not before:
        return None
    fields = room.brief.fields
    changed = tuple(c.model_copy(update={"filter": _with_days(c.filter, before, days)}) for c in fields.audience)
    if changed == fields.audience:
        return None
    return [Edit("audience", "set", changed, (room.quote(room.span(match)),), keeps=True)]


def _with_days(f: Filter, old: int, new: int) -> Filter:
    if isinstance(f, AllOf | AnyOf):
        return f.model_copy(update={"of": tuple(_with_days(part, old, new) for part in f.of)})
    if isinstance(f, Measure) and f.measure in ("recency_days", "tenure_days") and f.value == old:
        return f.model_copy(update={"value": float(new)})
    return f


def _shift(room: Room, match: re.Match[str]) -> Found | None:
    fields, key = room.brief.fields, _group(match, "d", "dz")
    days = durations.days(match[key]) if key else None
    if not days or fields.start is None or fields.end is None:
        return None
    by = timedelta(days=days)
    way = _group(match, "longer", "shorter", "later", "earlier")
    quotes = (room.quote(room.span(match)),)
    name = way.rstrip("zh0123456789") if way else ""
    start = fields.start + {"later": by, "earlier": -by}.get(name, timedelta(0))
    end = fields.end + {"later": by, "longer": by}.get(name, -by)
    edits: Found = [Edit("end", "set", end, quotes, keeps=True)]
    return edits if start == fields.start else [Edit("start", "set", start, quotes, keeps=True), *edits]


def _length(room: Room, match: re.Match[str]) -> Found | None:
    fields, key = room.brief.fields, _group(match, "d", "dz")
    days = durations.days(match[key]) if key else None
    if not days or fields.start is None:
        return None
    end = fields.start + timedelta(days=days - 1)
    return [Edit("end", "set", end, (room.quote(room.span(match)),), keeps=True)]


def _less_tone(room: Room, match: re.Match[str]) -> Found | None:
    tone = less(room.brief.fields.tone or "", match[_group(match, "less") or 0])
    return [Edit("tone", "set", tone, (room.quote(room.span(match)),), keeps=True)]


def _more_tone(room: Room, match: re.Match[str]) -> Found | None:
    tone = more(room.brief.fields.tone or "", match[_group(match, "more") or 0])
    return [Edit("tone", "set", tone, (room.quote(room.span(match)),), keeps=True)]


def _products_to(room: Room, match: re.Match[str]) -> Found | None:
    where = room.span(match, "whatzh" if match["whatzh"] else "what")
    words = room.quote(where).quote.strip()
    if pattern("no_goods").search(words.lower()):
        return None
    adds = pattern("too").search(room.page.norm, match.end("what") if match["what"] else match.end())
    op = "add" if adds else "set"
    return [Edit("products", op, (ProductFocus(text=words),), (room.quote(where),))]  # type: ignore[arg-type]


def _no_exclusions(room: Room, match: re.Match[str]) -> Found | None:
    return [Edit("exclude", "clear", None, (room.quote(room.span(match)),))]


READERS: dict[str, Callable[[Room, re.Match[str]], Found | None]] = {
    "split": _split,
    "language": _language,
    "no_cap": _no_cap,
    "no_offer": _no_offer,
    "holdout_to": _holdout_to,
    "period": _period,
    "shift": _shift,
    "length": _length,
    "less_tone": _less_tone,
    "more_tone": _more_tone,
    "budget_scale": _budget_scale,
    "budget_by": _budget_by,
    "cap_to": _cap_to,
    "budget_to": _budget_to,
    "products_to": _products_to,
    "no_exclusions": _no_exclusions,
}
