"""Holdout, frequency cap, KPI, copy language, quiet hours, and words that must or must not appear."""

import re
from dataclasses import dataclass
from functools import cache

from agent.brief import numbers
from agent.brief.fields import Question
from agent.brief.lexicon import LEFT, RIGHT
from agent.brief.page import Page, Span, span
from agent.brief.patterns import Patterns, patterns
from agent.brief.percents import Share, shares
from agent.brief.reading import Reading
from tools.vocabulary import Language


@cache
def _patterns() -> Patterns:
    return patterns("extras", count=numbers.COUNT)


def read_holdout(page: Page, label: tuple[Span, ...] = ()) -> Reading[float]:
    """The share that is not contacted, in per cent; 0 where none is wanted."""
    none = next(iter(page.find(_patterns()["no_hold"])), None) or next(
        iter(page.find(_patterns()["everyone_in"])), None
    )
    found = [s for s in shares(page) if not s.zhe and (any(z.holds(s.where) for z in label) or _is_holdout(page, s))]
    for match in (*page.find(_patterns()["bare_hold"]), *page.find(_patterns()["split_hold"])):
        number = next(text for text in match.groups() if text)
        found.append(Share(span(match), float(number)))
    if not found:
        return Reading(0.0, (span(none),)) if none else Reading()
    values = {s.value for s in found}
    where = found[0].where
    if len(values) > 1 or none:
        return Reading(
            None,
            (),
            (
                Question(
                    field="holdout_pct",
                    quote=page.said(where),
                    question="Two sizes of the holdout are given: which one holds?",
                    options=tuple(f"{v:g} %" for v in sorted(values)),
                ),
            ),
            taken=tuple(_whole_phrase(page, s.where) for s in found),
        )
    if found[0].value >= 100 or found[0].low is not None:
        return Reading(
            None,
            (),
            (
                Question(
                    field="holdout_pct",
                    quote=page.said(where),
                    question=(
                        f"A holdout of {page.said(where)} leaves no one number to plan with: what share is not to "
                        "be contacted?"
                    ),
                    options=("10 %", "20 %"),
                ),
            ),
            taken=(_whole_phrase(page, where),),
        )
    return Reading(found[0].value, (_whole_phrase(page, where),))


def _is_holdout(page: Page, share: Share) -> bool:
    clause = page.clause_of(share.where)
    before = page.norm[max(clause.start, share.where.start - 30) : share.where.start]
    after = page.norm[share.where.end : min(max(clause.end, share.where.end), share.where.end + 40)]
    found = _patterns()
    if found["of_money"].match(after):
        return False
    verb_before, verb_after = found["hold_verb_before"].search(before), found["hold_verb_after"].match(after)
    if verb_after and (verb_before or re.search(found.text("_nothing"), verb_after[0])):
        return True
    sentence = page.sentence_of(share.where)
    if verb_before and found["hold_purpose"].search(page.norm, sentence.start, max(sentence.end, share.where.end)):
        return True
    if found["hold_before"].search(before) or found["hold_after"].match(after):
        return True
    kept = found["keep_before"].search(before) and found["kept_after"].match(after)
    return bool(kept or (found["zh_before"].search(before) and found["zh_after"].match(after)))


def _whole_phrase(page: Page, where: Span) -> Span:
    """The share with the word that says it is the holdout, where that is near."""
    clause = page.clause_of(where)
    near = [
        m
        for m in _patterns()["hold_near"].finditer(page.norm, clause.start, max(clause.end, where.end))
        if abs(m.start() - where.end) < 40 or abs(where.start - m.end()) < 40
    ]
    return Span(min([where.start, *(m.start() for m in near[:1])]), max([where.end, *(m.end() for m in near[:1])]))


def read_frequency(page: Page, label: tuple[Span, ...] = ()) -> Reading[int]:
    """Most contacts per customer in the window. A rate (two a week) is no such number: it is asked about."""
    for zone in label:
        match = _patterns()["cap_label"].search(page.norm, zone.start, zone.end)
        if match:
            return _cap(page, match)
    for pattern in (_patterns()["cap"], _patterns()["cap_zh"]):
        for match in page.find(pattern):
            clause = page.clause_of(span(match))
            if not _patterns()["not_contact"].search(page.norm, clause.start, max(clause.end, match.end())):
                return _cap(page, match)
    return Reading()


def _cap(page: Page, match: re.Match[str]) -> Reading[int]:
    groups = {name: text for name, text in match.groupdict().items() if text}
    words = next(text for name, text in groups.items() if name[0] in "nmp")
    count = {"once": 1, "twice": 2, "a single": 1}.get(words) or numbers.whole(words)
    where = span(match)
    if not count:
        return Reading()
    if any(name.startswith("rate") for name in groups):
        question = Question(
            field="frequency_cap",
            blocking=False,
            quote=page.said(where),
            question=f"“{page.said(where)}” is a rate: how many contacts at most per customer in the whole window?",
        )
        return Reading(None, (), (question,), taken=(where,))
    return Reading(count, (where,))


def read_kpi(page: Page, label: tuple[Span, ...] = ()) -> Reading[str]:
    """What success is measured by, in the brief's words."""
    plain = [zone for zone in label if not _patterns()["hold_near"].search(page.norm, zone.start, zone.end)]
    for zone in plain or label:
        inside = next(_patterns()["kpi"].finditer(page.norm, zone.start, zone.end), None)
        where = _first_sentence(page, zone)
        if inside is None or inside.start() < where.start:
            return Reading(page.said(where).rstrip(" .。"), (where,), taken=(zone,))
    for match in page.find(_patterns()["kpi"]):
        name = next(
            group for group in ("what", "what2", "what3", "what4", "zh", "zh2", "zh3", "zh4", "zh5") if match[group]
        )
        where = _without_lead(page, Span(match.start(name), match.end(name)))
        text = re.split(r",\s|，|\s(?:but|with|and (?:keep|use|no|never|send))\s", page.said(where))[0].strip(" .。")
        if text:
            start = where.start
            return Reading(
                text,
                (Span(start, min(where.end, start + len(text) + page.norm[start : where.end].find(text[0].lower()))),),
                taken=(where,),
            )
    return Reading()


def _first_sentence(page: Page, zone: Span) -> Span:
    """A heading's section may go on about other things: its first sentence names the measure, without "measured by"."""
    text = page.norm[zone.start : zone.end]
    holder = page.sentence_of(Span(zone.end - len(text.lstrip(" ¶")), zone.end))
    where = Span(max(zone.start, holder.start), min(zone.end, holder.end)) if holder.end > zone.start else zone
    return _without_lead(page, where)


def _without_lead(page: Page, where: Span) -> Span:
    lead = _patterns()["kpi_lead"].match(page.norm, where.start, where.end)
    return Span(lead.end(), where.end) if lead and lead.end() < where.end else where


@cache
def _codes() -> dict[str, Language]:
    return {
        "english": "en",
        "en": "en",
        "英文": "en",
        "英语": "en",
        "chinese": "zh",
        "mandarin": "zh",
        "simplified chinese": "zh",
        "zh": "zh",
        "中文": "zh",
        "汉语": "zh",
        "简体中文": "zh",
        "简体": "zh",
    }


def read_language(page: Page, label: tuple[Span, ...] = ()) -> Reading[Language]:
    """The language that the copy is to be written in."""
    for zone in label:
        found = {
            code
            for word, code in _codes().items()
            if re.search(rf"{LEFT}{word}{RIGHT}" if word.isascii() else word, page.norm[zone.start : zone.end])
        }
        return _language(page, found, zone)
    codes: dict[Language, Span] = {}
    both = False
    for match in page.find(_patterns()["language"]):
        said = next((match[g] for g in ("en", "adj", "lab", "lab2", "lab3", "zh", "zh2") if match[g]), None)
        both = both or bool(match["bi"] or match["and"])
        where = span(match)
        if said and _codes().get(said):
            codes.setdefault(_codes()[said], where)
        elif both:
            return _language(page, {"en", "zh"}, where)
    if not codes:
        return Reading()
    first = next(iter(codes.values()))
    return _language(page, set(codes) | ({"en", "zh"} if both else set()), first)


def _language(page: Page, found: set[Language], where: Span) -> Reading[Language]:
    if len(found) == 1:
        return Reading(next(iter(found)), (where,))
    question = Question(
        field="copy_language",
        quote=page.said(where),
        question="One campaign has one language of copy: English or Chinese?",
        options=("English", "Chinese"),
    )
    return Reading(None, (), (question,), taken=(where,))


@dataclass(frozen=True)
class Quiet:
    """When nothing is to be sent: the time, and its whole phrase ("no texts after 9pm" rules out no texts)."""

    time: Span
    phrase: Span


def quiet_hours(page: Page) -> Quiet | None:
    """The time in which nothing is to be sent, where the brief says so."""
    for match in page.find(_patterns()["quiet"]):
        name = next(name for name, text in match.groupdict().items() if text)
        if not re.search(r"(?:order|bought|purchase)", match[0]):
            return Quiet(span(match, name), span(match))
    return None
