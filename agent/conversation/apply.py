"""Edits applied to a brief: its fields, the words they came from, and what remains to be asked."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from agent.brief.defaults import default_reason
from agent.brief.fields import Brief, BriefFields, Default, Question, Quote
from agent.conversation.turn import STEP, Edit
from tools.vocabulary import Channel

TOGETHER = {"end": "start", "start": "end", "exclude": "audience", "channels_excluded": "channels"}
"""A question about the one is answered by the other as well."""
LISTS = ("audience", "exclude", "products", "channels", "channels_excluded", "offer_types")


def applied(brief: Brief, edits: Iterable[Edit], turn: int) -> Brief:
    """The brief after `edits`, whose quotes are of turn number `turn`. Questions that they answer are gone."""
    values: dict[str, Any] = {name: getattr(brief.fields, name) for name in BriefFields.model_fields}
    evidence = dict(brief.evidence)
    touched: set[str] = set()
    edits = tuple(edits)
    for edit in edits:
        if edit.field.startswith(STEP):
            continue
        for name, value in _new_values(values, edit).items():
            values[name] = value
            touched.add(name)
            evidence[name] = _evidence(evidence.get(name), edit, turn)
    fields = BriefFields(**values)
    for name in touched:
        if values[name] in (None, ()):
            evidence[name] = Default(default=default_reason(name, fields, asked=False))
    asked = tuple(q for q in brief.questions if not (_answers(touched, q) and _settled(q, edits, fields)))
    asked += tuple(_order(fields)) if {"start", "end"} & touched else ()
    status = brief.status
    if status in ("ok", "needs_input"):
        status = "needs_input" if any(q.blocking for q in asked) else "ok"
    return brief.model_copy(update={"fields": fields, "evidence": evidence, "questions": asked, "status": status})


def _new_values(values: dict[str, Any], edit: Edit) -> dict[str, Any]:
    name, old, new = edit.field, values[edit.field], edit.value
    if edit.op == "clear":
        return {name: () if name in LISTS else None}
    if name in ("channels", "channels_excluded"):
        return _channels(values["channels"], values["channels_excluded"], edit)
    if edit.op == "add":
        return {name: tuple(dict.fromkeys((*old, *new)))}
    return {name: new}


def _channels(asked: tuple[Channel, ...], out: tuple[Channel, ...], edit: Edit) -> dict[str, Any]:
    """The two lists of channels never name the same one."""
    if edit.field == "channels_excluded":
        return {
            "channels": tuple(c for c in asked if c not in edit.value),
            "channels_excluded": tuple(dict.fromkeys((*out, *edit.value))),
        }
    named = edit.value if edit.op == "set" or not asked else tuple(dict.fromkeys((*asked, *edit.value)))
    if edit.op == "add" and not asked:
        named = ()  # no list means all that can be sent: what is added is in it once it is ruled out no more
    return {"channels": named, "channels_excluded": tuple(c for c in out if c not in edit.value)}


def _evidence(old: Quote | Default | tuple[Quote, ...] | None, edit: Edit, turn: int) -> Quote | tuple[Quote, ...]:
    new = tuple(quote.model_copy(update={"turn": turn}) for quote in edit.quotes)
    kept: tuple[Quote, ...] = ()
    if edit.keeps or edit.op == "add":
        kept = old if isinstance(old, tuple) else (old,) if isinstance(old, Quote) else ()
    quotes = tuple(dict.fromkeys((*kept, *new)))
    return quotes if len(quotes) != 1 or edit.field in LISTS else quotes[0]


def _answers(touched: set[str], question: Question) -> bool:
    if question.field == "end":
        return "end" in touched
    return question.field in touched or TOGETHER.get(question.field) in touched


def _settled(question: Question, edits: tuple[Edit, ...], fields: BriefFields) -> bool:
    """A vague word is settled by its own answer, or once no condition has it any more; never by another's answer."""
    if question.field not in ("audience", "exclude") or question.quote is None:
        return True
    if any(edit.answers == question.quote for edit in edits):
        return True
    return not any(question.quote in c.text for c in (*fields.audience, *fields.exclude))


def _order(fields: BriefFields) -> list[Question]:
    start, end = fields.start, fields.end
    if start is None or end is None:
        missing = "start" if start is None else "end"
        given = f"Only the end ({end}) is given." if start is None else f"Only the start ({start}) is given."
        if start is None and end is None:
            given = ""
        return [Question(field=missing, question=f"On which day does it {missing}? {given}".strip())]
    if end < start:
        text = f"The campaign would end on {end}, before it starts on {start}: which are the first and the last day?"
        return [Question(field="end", question=text)]
    return []


def quoting(edits: Iterable[Edit], text: str) -> tuple[Edit, ...]:
    """The same edits with the whole turn as their words: she picked one of the answers that were offered."""
    start = len(text) - len(text.lstrip())
    whole = Quote(quote=text.strip(), start=start, end=start + len(text.strip()))
    return tuple(replace(edit, quotes=(whole,)) for edit in edits)
