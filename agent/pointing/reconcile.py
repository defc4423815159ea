"""The rules' reading of a brief and the clauses that a model points at, made one reading. The rules read both.

A clause that the model points at is read under the heading of its field, by the same readers. What the rules had not
found is taken and said; what they had found otherwise is asked about where it is money, a day or a discount, and said
where it is not. A model alone never changes a value, and never answers for a value that no words of the brief hold.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from agent.brief.fields import Brief, BriefFields, Default, Question, Quote
from agent.brief.page import Page
from agent.conversation.hearing import Ear
from agent.pointing.pieces import Pointed

ASKED = ("budget", "start", "end", "max_discount_pct")
"""Where the two readings differ here, the plan waits for an answer."""
LISTS = ("audience", "exclude", "products", "channels", "channels_excluded", "offer_types")
READ_BY = {
    "start": ("start", "end"),
    "channels": ("channels", "channels_excluded"),
    "max_discount_pct": ("max_discount_pct", "offer_types"),
}
"""Heading → the fields that its words can state, where that is more than the one."""
BESIDE_GOAL = ("goal",)
NAMES = {
    "max_discount_pct": "deepest discount", "holdout_pct": "holdout", "frequency_cap": "frequency cap",
    "copy_language": "language of the copy", "offer_types": "offer", "channels_excluded": "channels left out",
}  # fmt: skip


@dataclass(frozen=True)
class Found:
    """What pointed words state of one field."""

    value: Any
    quotes: tuple[Quote, ...]


def reconcile(brief: Brief, page: Page, pointed: Iterable[Pointed], ear: Ear) -> Brief:
    """`brief`, as the rules read it, with what the rules read in the clauses that a model points at.

    Args:
        page: of the brief's text, in which the spans of `pointed` count.
    """
    if brief.status not in ("ok", "needs_input"):
        return brief
    found = _found(page, pointed, ear)
    made = brief
    for name, one in found.items():
        made = _one(made, name, one)
    blocked = any(question.blocking for question in made.questions)
    return made.model_copy(update={"status": "needs_input" if blocked else "ok"})


def _found(page: Page, pointed: Iterable[Pointed], ear: Ear) -> Mapping[str, Found]:
    found: dict[str, Found] = {}
    for one in pointed:
        where = page.quote(one.where)
        heard = ear.hear(where.quote, where.start, one.field)
        for name in READ_BY.get(one.field, (one.field,)):
            value, quotes = getattr(heard.fields, name), heard.quotes.get(name, ())
            if not quotes or heard.brief.status == "refused":
                continue
            before = found.get(name)
            if before is None:
                found[name] = Found(value, quotes)
            elif name in LISTS:
                joined = tuple(dict.fromkeys((*before.value, *value)))
                found[name] = Found(joined, (*before.quotes, *quotes))
            elif before.value != value:
                found[name] = replace(before, value=None)
    return {name: one for name, one in found.items() if one.value not in (None, ())}


def _one(brief: Brief, name: str, found: Found) -> Brief:
    if _spoken_for(brief, name, found):
        return brief
    known = getattr(brief.fields, name)
    if known in (None, ()):
        return _taken(brief, name, found)
    if _same(known, found.value) or name not in ASKED:
        return brief
    return _asked(brief, name, known, found)


def _spoken_for(brief: Brief, name: str, found: Found) -> bool:
    """Whether the rules have read words of it as another field: of "15% off" a model alone makes no frequency cap, and
    of the audience none that is left out. Who is meant may stand in the words that say what for ("win back lapsed …").
    """
    group = next((fields for fields in READ_BY.values() if name in fields), (name,))
    apart = (*group, *BESIDE_GOAL) if name in ("audience", "products") else group
    taken = [quote for field, entry in brief.evidence.items() if field not in apart for quote in _quotes(entry)]
    return any(one.start < other.end and other.start < one.end for one in found.quotes for other in taken)


def _quotes(entry: Quote | Default | tuple[Quote, ...]) -> tuple[Quote, ...]:
    found = entry if isinstance(entry, tuple) else (entry,)
    return tuple(quote for quote in found if isinstance(quote, Quote) and quote.turn is None)


def _same(known: Any, value: Any) -> bool:
    return bool(known == value)


def _taken(brief: Brief, name: str, found: Found) -> Brief:
    """A field that the rules left open, with the words it comes from. What was asked about it is answered so."""
    said = "”, “".join(" ".join(quote.quote.split()) for quote in found.quotes)
    note = f"The model pointed at “{said}” for the {_name(name)}; the rules read it there. Say so if it is not meant."
    fields = BriefFields(**{**dict(brief.fields), name: found.value})
    evidence: dict[str, Quote | Default | tuple[Quote, ...]] = {**brief.evidence}
    evidence[name] = found.quotes if name in LISTS or len(found.quotes) > 1 else found.quotes[0]
    return brief.model_copy(
        update={
            "fields": fields,
            "evidence": evidence,
            "questions": tuple(q for q in brief.questions if not _answers(name, found, q)),
            "notes": tuple(dict.fromkeys((*brief.notes, note))),
        }
    )


def _answers(name: str, found: Found, question: Question) -> bool:
    """A question for what is missing; or one that names several, of which the words pointed at are one."""
    about = ("start", "end") if name in ("start", "end") else (name,)
    if question.field not in about:
        return False
    return question.quote is None or any(_holds(question, quote) for quote in found.quotes)


def _holds(question: Question, quote: Quote) -> bool:
    told = f"{question.question} {question.quote or ''} {' '.join(question.options)}"
    return quote.quote in told or (question.quote is not None and question.quote in quote.quote)


def _asked(brief: Brief, name: str, known: Any, found: Found) -> Brief:
    shown, other = _shown(known), _shown(found.value)
    words = found.quotes[0].quote
    text = f"The {_name(name)} reads as {shown}, and “{words}” as {other}: which is this campaign's?"
    question = Question(field=name, quote=words, question=text, options=(shown, other))
    return brief.model_copy(update={"questions": (*brief.questions, question)})


def _shown(value: Any) -> str:
    amount, currency = getattr(value, "amount_minor", None), getattr(value, "currency", None)
    if amount is not None and currency is not None:
        from tools.money import format_money

        return format_money(amount, currency)
    return f"{value:g} %" if isinstance(value, float) else str(value)


def _name(field: str) -> str:
    return NAMES.get(field, field.replace("_", " "))
