"""Fields, evidence, questions, notes and status, put together from what the readers found."""

from dataclasses import replace
from typing import Any

from agent.brief.audience.read import Audience
from agent.brief.channels import Channels
from agent.brief.defaults import default_reason
from agent.brief.discounts import Discounts
from agent.brief.fields import Brief, BriefFields, BriefStatus, Default, Question, Quote
from agent.brief.lexicon import words
from agent.brief.page import Page, Span, span
from agent.brief.reading import Reading
from agent.brief.refusals import Refusal
from agent.brief.timing import Timing
from tools.segments.filter import Everyone

SHORT = 16
"""Words of a line that is a brief by its budget and channels alone."""
LISTS = ("audience", "exclude", "products", "channels", "channels_excluded", "offer_types")
PROMPT = (
    "This does not read as a campaign brief. What is the campaign to do, for which customers, with what budget, "
    "and from "
    "which day to which day?"
)


def not_a_brief(text: str, question: str = PROMPT, notes: tuple[str, ...] = ()) -> Brief:
    """A brief with nothing in it, and one plain question."""
    fields = BriefFields()
    evidence: dict[str, Quote | Default | tuple[Quote, ...]] = {
        name: Default(default=default_reason(name, fields, asked=False)) for name in BriefFields.model_fields
    }
    return Brief(
        text=text,
        status="not_a_brief",
        fields=fields,
        evidence=evidence,
        questions=(Question(field="brief", question=question),),
        notes=notes,
    )


def assemble(
    text: str,
    page: Page,
    parts: dict[str, Any],
    *,
    refused: tuple[Refusal, ...],
    notes: tuple[str, ...],
    too_long: int | None,
) -> Brief:
    """The brief. `page` is what was read; `parts` the readers' answers by field."""
    readings = _without_refused(_by_field(parts), refused)
    if not refused and not _is_brief(page, readings):
        return not_a_brief(text, notes=notes)
    values = {name: reading.value for name, reading in readings.items() if reading.value is not None}
    fields = BriefFields(**values)
    questions = [q for reading in _all_readings(parts) for q in reading.questions]
    questions += _missing(fields, questions)
    if too_long:
        questions.append(
            Question(
                field="brief",
                question=(
                    f"The brief has {too_long:,} characters and only the first {len(page.text):,} were read: what "
                    "of the rest matters? Please shorten it."
                ),
            )
        )
    asked = {q.field for q in questions}
    evidence = {
        name: _evidence(page, name, readings[name], fields, name in asked, parts["channels"])
        for name in BriefFields.model_fields
    }
    status: BriefStatus = "refused" if refused else "needs_input" if any(q.blocking for q in questions) else "ok"
    told = (
        *(r.note for r in refused),
        *notes,
        *(n for reading in _all_readings(parts) for n in reading.notes),
        *_rules(page, parts),
    )
    return Brief(
        text=text,
        status=status,
        fields=fields,
        evidence=evidence,
        questions=tuple(dict.fromkeys(questions)),
        notes=tuple(dict.fromkeys(told)),
        must_include=tuple(page.said(s) for s in parts["must"]),
        must_avoid=tuple(page.said(s) for s in parts["avoid"]),
        quiet_hours=page.said(parts["quiet"]) if parts["quiet"] else None,
    )


def _by_field(parts: dict[str, Any]) -> dict[str, Reading[Any]]:
    audience: Audience = parts["audience"]
    timing: Timing = parts["timing"]
    channels: Channels = parts["channels"]
    discounts: Discounts = parts["discounts"]
    return {
        "goal": parts["goal"],
        "audience": audience.included,
        "exclude": audience.excluded,
        "products": parts["products"],
        "budget": parts["budget"],
        "start": timing.start,
        "end": timing.end,
        "channels": channels.asked,
        "channels_excluded": channels.excluded,
        "max_discount_pct": discounts.cap,
        "offer_types": discounts.types,
        "tone": parts["tone"],
        "copy_language": parts["copy_language"],
        "kpi": parts["kpi"],
        "holdout_pct": parts["holdout_pct"],
        "frequency_cap": parts["frequency_cap"],
    }


def _without_refused(readings: dict[str, Reading[Any]], refused: tuple[Refusal, ...]) -> dict[str, Reading[Any]]:
    """Conditions on customers that are refused stand in the notes, not in the fields."""
    out = dict(readings)
    for name in ("audience", "exclude"):
        reading = readings[name]
        pairs = list(zip(reading.value or (), reading.spans, strict=False))
        kept = [
            (value, where)
            for value, where in pairs
            if isinstance(value.filter, Everyone) or not any(where.touches(r.where) for r in refused)
        ]
        if len(kept) < len(pairs):
            values, spans = tuple(v for v, _ in kept), tuple(s for _, s in kept)
            out[name] = replace(reading, value=values or None, spans=spans)
    return out


def _all_readings(parts: dict[str, Any]) -> list[Reading[Any]]:
    return list(_by_field(parts).values())


def _missing(fields: BriefFields, questions: list[Question]) -> list[Question]:
    """What the plan cannot do without, where no reader has asked already."""
    asked = {q.field for q in questions}
    more = []
    if not fields.audience and "audience" not in asked:
        more.append(
            Question(
                field="audience",
                question="Which customers is it for? Say “everyone” if all are meant.",
                options=("everyone",),
            )
        )
    if fields.goal is None:
        more.append(
            Question(
                field="goal",
                question="What is the campaign to achieve? Without an answer the plan takes retain.",
                options=("win_back", "retain", "second_order", "upsell", "cross_sell", "launch", "clear_stock"),
                blocking=False,
            )
        )
    return more


def _evidence(
    page: Page, name: str, reading: Reading[Any], fields: BriefFields, asked: bool, channels: Channels
) -> Quote | Default | tuple[Quote, ...]:
    if reading.value is None or not reading.spans:
        if name == "channels" and channels.every and not fields.channels:
            return (page.quote(channels.every),)
        return Default(default=default_reason(name, fields, asked=asked, every_channel=channels.every is not None))
    quotes = tuple(dict.fromkeys(page.quote(span) for span in reading.spans))
    return quotes if name in LISTS or len(quotes) > 1 else quotes[0]


def _rules(page: Page, parts: dict[str, Any]) -> list[str]:
    """What the brief asks of copy and sending that is not a field."""
    found = []
    if parts["quiet"]:
        found.append(f"Quiet hours: “{page.said(parts['quiet'])}”.")
    for name, verb in (("must", "must appear"), ("avoid", "must not appear")):
        found += [f"Words that {verb} in the copy: “{page.said(span)}”." for span in parts[name]]
    return found


def _is_brief(page: Page, readings: dict[str, Reading[Any]]) -> bool:
    """Enough of a campaign is in it: two things that only a brief says, or one and a word of campaigns."""
    strong = {"goal", "budget", "max_discount_pct", "offer_types", "holdout_pct", "exclude", "channels"}
    stated = {name for name, reading in readings.items() if reading.value is not None}
    asked = {
        q.field
        for name in ("budget", "audience", "start", "max_discount_pct")
        for q in readings[name].questions
        if q.quote
    }
    score = len(stated & strong) + len(asked & {"budget", "max_discount_pct"} - stated)
    people = "audience" in stated
    window = bool({"start", "end"} & stated) or "start" in asked
    speaks = any(True for _ in page.find(words("languages", "campaign")))
    wants = speaks and any(True for _ in page.find(words("languages", "intent")))
    if len(page.norm.split()) <= 1 and len(page.norm.strip()) < 12 and not any("一" <= c <= "鿿" for c in page.norm):
        return False
    if score == 0:
        return wants or (speaks and people and (len(page.norm.split()) > 2 or window))
    if not speaks and not people and not stated & {"goal", "max_discount_pct", "offer_types", "holdout_pct"}:
        return {"budget", "channels"} <= stated and len(page.norm.split()) <= SHORT
    return score + people + window >= 2 or (speaks and score + people + window >= 1)


__all__ = ["Span", "assemble", "not_a_brief", "span"]
