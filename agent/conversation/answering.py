"""A turn as the answer to what was asked: by the planner's questions in the brief, or back on the turn before."""

import re
from dataclasses import replace

from agent.brief.fields import AudienceCondition, Brief, BriefFields, Question, Quote
from agent.brief.numbers import whole
from agent.brief.page import Page, Span
from agent.conversation.apply import quoting
from agent.conversation.cutting import pieces, verbs
from agent.conversation.demands import Room, demands
from agent.conversation.hearing import HEADINGS, Ear, Heard
from agent.conversation.turn import Edit, Turn
from agent.conversation.wording import pattern
from tools.segments.filter import AllOf, AnyOf, Bought, Filter

PEOPLE = ("audience", "exclude")
PHRASES = (
    "{answer}", "customers who haven't bought for {answer}", "customers {answer}", "top {answer} spenders",
    "{answer}没有购买的客户",
)  # fmt: skip
"""What an answer that is but a number is read as, in turn, until one makes a condition."""

ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1, "former": 1, "latter": 2, "第一": 1, "第二": 2,
    "第三": 3, "第四": 4, "最后": -1, "前者": 1, "后者": 2,
}  # fmt: skip


def answer(text: str, page: Page, brief: Brief, ear: Ear, asked: tuple[Question, ...]) -> Turn | None:
    """The turn as an answer; null where nothing was asked, or where it answers nothing of it."""
    if asked:
        picked = _picked(text, page, asked, ear, brief)
        if picked is not None:
            return picked
    if brief.status == "not_a_brief":
        return _whole_brief(text, ear)
    open_ = tuple(q for q in brief.questions if q.blocking) or brief.questions
    if brief.status != "needs_input" or not open_:
        return None
    picked = _picked(text, page, open_, ear, brief)
    if picked is not None:
        return picked
    room = Room(page, brief, ear)
    if any(demands(room, piece).edits for piece in pieces(page)):
        return None  # "raise it to 9k" says what it is about: it is no answer to who is meant
    return _heard(text, brief, ear, open_)


def _whole_brief(text: str, ear: Ear) -> Turn | None:
    """The brief itself, at last. It may still lack something."""
    brief = ear.brief(text)
    if brief.status == "not_a_brief":
        return None
    return Turn(text, "answer", heard={"brief": brief}, notes=brief.notes)


def _picked(text: str, page: Page, asked: tuple[Question, ...], ear: Ear, brief: Brief) -> Turn | None:
    """One of the answers that were offered, by its words or its number."""
    said = page.norm.strip(" ¶.!?。,;'\"")
    for question in asked:
        option = _option(said, question.options)
        if option is None:
            continue
        from agent.conversation.read import read_turn

        turn = read_turn(option, brief.model_copy(update={"questions": (), "status": "ok"}), ear)
        edits = turn.edits if turn.kind == "edit" else _labelled(option, 0, question, ear, brief)
        if edits:
            return Turn(text, "answer", edits=quoting(edits, text), notes=turn.notes if turn.kind == "edit" else ())
    return None


def _option(said: str, options: tuple[str, ...]) -> str | None:
    exact = [one for one in options if Page.of(one).norm.strip() == said]
    if exact:
        return exact[0]
    starts = [one for one in options if re.search(rf"(?:^|\b){re.escape(said)}(?:\b|$)", Page.of(one).norm)]
    if len(starts) == 1 and len(said) > 2 and not said.isdigit():
        return starts[0]
    ordinal = pattern("ordinal").fullmatch(said)
    if not ordinal or not options:
        return None
    n = ORDINALS.get(ordinal["n"]) or whole(ordinal["n"]) or 0
    return options[n - 1 if n > 0 else n] if n and -1 <= n <= len(options) else None


def _heard(text: str, brief: Brief, ear: Ear, asked: tuple[Question, ...]) -> Turn | None:
    """What the turn says of the fields that were asked about, and whatever else it states beside them."""
    heard = ear.hear(text)
    names = list(dict.fromkeys(q.field for q in asked if q.field in HEADINGS))
    edits = {name: _edit(name, heard) for name in BriefFields.model_fields if name in heard.quotes}
    page = Page.of(text)
    if "audience" in edits and any(v.verb != "plain" for v in verbs(page, Span(0, len(page.norm)))):
        return None  # "add cat owners" changes who is meant; it answers nothing
    if "audience" in edits and "audience" not in names and brief.fields.audience:
        del edits["audience"]
    missing = [q for q in asked if q.field in HEADINGS and q.field not in edits]
    more: list[Edit] = []
    if missing and (not edits or len(missing) == len(asked)):
        for question in missing:
            more += [e for e in _labelled(text, 0, question, ear, brief) if e.field not in edits]
            if more:
                break
    vague = [q for q in asked if q.field in ("audience", "exclude") and q.quote]
    if vague and not any(e.field in ("audience", "exclude") for e in more):
        numbered = _number(text, vague[0], ear, brief)
        if numbered:
            edits.pop("audience", None)
            more += numbered
    found = (*edits.values(), *more)
    if not any(e.field in _with_pairs(names) for e in found):
        return None
    unclear = tuple(q for q in heard.questions if q.field in names and q.field not in edits)
    if unclear and not more:
        return Turn(text, "unclear", questions=unclear)
    return Turn(text, "answer", edits=tuple(found))


def _with_pairs(names: list[str]) -> set[str]:
    return {*names, *(("start", "end") if {"start", "end"} & set(names) else ())}


def _edit(name: str, heard: Heard) -> Edit:
    return Edit(name, "set", getattr(heard.fields, name), heard.quotes[name])


def _labelled(text: str, at: int, question: Question, ear: Ear, brief: Brief) -> tuple[Edit, ...]:
    """The turn under the heading of what was asked."""
    if question.field not in HEADINGS:
        return ()
    vague = question.field in ("audience", "exclude") and question.quote
    if vague:
        numbered = _number(text, question, ear, brief)
        if numbered or verbs(Page.of(text), Span(0, len(Page.of(text).norm))):
            return numbered
    heard = ear.hear(text, at, question.field)
    names = ("start", "end") if question.field in ("start", "end") else (question.field,)
    found = tuple(
        _edit(name, heard) for name in names if name in heard.quotes and getattr(heard.fields, name) is not None
    )
    bad = [q for q in heard.questions if q.field in names]
    if bad or not found:
        return ()
    return _in_place_of(question.quote, found, brief) if vague else found


def _number(text: str, question: Question, ear: Ear, brief: Brief) -> tuple[Edit, ...]:
    """The number that a vague word lacked ("lapsed": "60 days"): the condition is read again with it."""
    said = text.strip(" .!?。")
    said = re.sub(r"(?i)\s+by (?:spend|value|revenue)$", " spenders", said)
    for phrase in PHRASES:
        heard = ear.hear(phrase.format(answer=said), 0, "audience")
        blocked = [q for q in heard.questions if q.field == "audience"]
        if heard.fields.audience and not blocked and _measured(heard):
            start = len(text) - len(text.lstrip())
            quote = Quote(quote=text.strip(), start=start, end=start + len(text.strip()))
            edit = Edit(question.field, "set", heard.fields.audience, (quote,))
            return _in_place_of(question.quote, (edit,), brief)
    return ()


def _measured(heard: Heard) -> bool:
    """The answer gives what it takes: a measure with its number, and no words still to be resolved."""
    return all(c.filter.kind in ("measure", "ranked", "contacted", "everyone") for c in heard.fields.audience)


def _in_place_of(quote: str | None, edits: tuple[Edit, ...], brief: Brief) -> tuple[Edit, ...]:
    """New conditions for the words that were vague. What those words name besides stays: a pet owner has a pet."""
    return tuple(_settling(quote, edit, brief) if quote and edit.field in PEOPLE else edit for edit in edits)


def _settling(quote: str, edit: Edit, brief: Brief) -> Edit:
    old: tuple[AudienceCondition, ...] = getattr(brief.fields, edit.field)
    new = edit.value[0].filter if len(edit.value) == 1 else AllOf(of=tuple(c.filter for c in edit.value))
    value: list[AudienceCondition] = []
    for condition in old:
        if quote in condition.text or condition.text in quote:
            value.append(condition.model_copy(update={"filter": _with(condition.filter, quote, new)}))
        else:
            value.append(condition)
    found = any(a != b for a, b in zip(old, value, strict=True))
    return replace(edit, value=tuple(value) if found else (*old, *edit.value), keeps=True, answers=quote)


def _with(f: Filter, quote: str, new: Filter) -> Filter:
    """`f` with `new` where the vague words stood: in place of nothing but them, beside the goods that they name."""
    if isinstance(f, AnyOf):
        return f.model_copy(update={"of": tuple(_with(part, quote, new) for part in f.of)})
    if not isinstance(f, Bought) or not f.scope.terms or not all(term in quote for term in f.scope.terms):
        return f
    only_words = sum(len(term) for term in f.scope.terms) >= len(quote) - 2
    return new if only_words else AllOf(of=(f, new))
