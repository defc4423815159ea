"""The audience and the exclusions of a brief, as typed conditions; what is not understood is kept and asked about.

Conditions of the audience are joined by *and*, those of the exclusions by *or*. Two groups named by nouns and joined
by "and", "or" or a comma ("dog owners and cat owners") are alternatives: one condition with both.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from agent.brief.audience.behaviour import Behaviour
from agent.brief.audience.chinese import chinese
from agent.brief.audience.contacts import contacts
from agent.brief.audience.exclusions import chinese_exclusions, exclusions
from agent.brief.audience.hanging import hanging
from agent.brief.audience.leftovers import leftovers
from agent.brief.audience.people import people
from agent.brief.audience.places import places
from agent.brief.audience.tidying import is_rest, negation, tidied, turned, without_repeats
from agent.brief.audience.types import Found
from agent.brief.audience.vagueness import settle, vague_questions
from agent.brief.days import Reader
from agent.brief.fields import AudienceCondition, Question
from agent.brief.money import Till
from agent.brief.page import Page, Span, merged
from agent.brief.reading import Reading
from tools.segments.filter import AnyOf, Everyone, Filter

JOINED = r"\s?(?:,|,?\s?(?:and|&|\+|plus|as well as|and also|/))\s?(?:the |our |also |some )*"
UNITED = (
    r"\s?,?\s?(?:and|&|\+|plus|as well as|and also)\s(?:also\s|all\s|the\s)*"
    r"(?:those|people|anyone|customers|shoppers|the ones|folks|households|buyers)\s"
)
"""Between two groups of which each is named: both are meant, not those who are in each."""
EITHER = r"\s?,?\s?(?:or|或者?)\s?(?:who |are |those |people |customers |anyone |the |our |just )*"
JOINED_ZH = r"\s?(?:和|与|及|以及|、)\s?"
Conditions = tuple[AudienceCondition, ...]


@dataclass(frozen=True)
class Audience:
    included: Reading[Conditions]
    excluded: Reading[Conditions]

    @property
    def taken(self) -> tuple[Span, ...]:
        return self.included.taken


def read_audience(
    page: Page, reader: Reader, till: Till, label: tuple[Span, ...] = (), excluded: tuple[Span, ...] = ()
) -> Audience:
    """Everyone that `page` names. `label`: spans under "Audience:"; `excluded`: spans under "Exclude:"."""
    every = [turned(page, f) for f in _all(page, reader, till)]
    found = hanging(page, tidied(page, every), reader)
    zones = [*exclusions(page), *chinese_exclusions(page), *((Span(s.start, s.start), s) for s in excluded)]
    out = [
        f
        for f in found
        if not is_rest(f)
        and (_negated(page, f) or any(zone.holds(f.where) or _opens(trigger, f) for trigger, zone in zones))
    ]
    kept = [f for f in found if f not in out]
    more = leftovers(page.without(f.where for f in every if f not in found), kept, out, label, zones)
    out = [f for f in out if not (isinstance(f.filter, Everyone) and (_negated(page, f) or _goes_on(page, f, out)))]
    kept, out = sorted(kept + list(more.kept), key=_start), sorted(out + list(more.out), key=_start)
    kept = settle([f for f in kept if not isinstance(f.filter, Everyone)] or kept[:1])
    kept = without_repeats(kept)
    questions = [*vague_questions(page, kept, "audience"), *vague_questions(page, out, "exclude"), *more.questions]
    questions += _all_gone(page, kept, out)
    notes = tuple(dict.fromkeys(f.note for f in kept if f.note))
    out = settle(out) if out else out
    joined = _joined(page, kept)
    conditions = _conditions(page, joined)
    exclude = _conditions(page, [replace(f, filter=f.loose or f.filter) for f in out])
    triggers = tuple(trigger for trigger, zone in zones if any(zone.holds(f.where) for f in out))
    return Audience(
        Reading(
            conditions or None,
            tuple(f.where for f in joined),
            tuple(questions),
            notes,
            merged([f.where for f in (*kept, *out)] + list(triggers)),
        ),
        Reading(exclude or None, tuple(f.where for f in out), notes=more.notes),
    )


def _all_gone(page: Page, kept: list[Found], out: list[Found]) -> list[Question]:
    """Whoever is meant is also left out."""
    meant = {f.filter.model_dump_json() for f in kept}
    clash = [f for f in out if isinstance(f.filter, Everyone) or f.filter.model_dump_json() in meant]
    return [
        Question(
            field="exclude",
            quote=page.said(f.where),
            question=f"“{page.said(f.where)}” leaves out the very people that are meant: who is to be left out?",
        )
        for f in clash[:1]
    ]


def _start(found: Found) -> int:
    return found.where.start


def _negated(page: Page, found: Found) -> bool:
    """ "Not wine drinkers", "no students": a negation right before a group takes it out."""
    return not found.turned and negation(page, found) is not None


def _opens(trigger: Span, found: Found) -> bool:
    """The condition begins with the word that excludes ("except those we mailed last month")."""
    return trigger.start <= found.where.start < trigger.end < found.where.end


def _goes_on(page: Page, found: Found, others: list[Found]) -> bool:
    """ "Everyone who already bought rugs" is not everyone."""
    return any(
        not page.norm[found.where.end : o.where.start].strip() for o in others if o.where.start > found.where.end
    )


def _all(page: Page, reader: Reader, till: Till) -> list[Found]:
    """Conditions of every reader, an earlier reader's words taken from the later ones."""
    found: list[Found] = []
    left = page
    readers: tuple[Callable[[Page], Iterable[Found]], ...] = (
        lambda page: contacts(page, reader),
        lambda page: Behaviour(page, reader, till),
        lambda page: chinese(page, reader, till),
        people,
        places,
    )
    for read in readers:
        new: list[Found] = []
        for one in read(left):
            if not any(one.where.touches(other.where) for other in (*found, *new)):
                new.append(one)
        found += new
        left = left.without(f.where for f in new)
    return sorted(found, key=_start)


def _conditions(page: Page, found: list[Found]) -> Conditions:
    made: dict[str, AudienceCondition] = {}
    for one in found:
        condition = AudienceCondition(text=page.said(one.where), filter=one.filter)
        made.setdefault(condition.filter.model_dump_json(), condition)
    return tuple(made.values())


def _joined(page: Page, found: list[Found]) -> list[Found]:
    """Neighbours joined by "or", and nouns joined by "and" or a comma, made one condition of alternatives."""
    out: list[Found] = []
    for one in found:
        zh = "一" <= page.norm[one.where.start] <= "鿿"
        between = page.norm[out[-1].where.end : one.where.start] if out else "."
        either = re.fullmatch(
            r"\s?,?\s?(?:or|或者?)\s?(?:who |are |those |people |customers |anyone |the |our |just )*", between
        )
        both = re.fullmatch(JOINED_ZH if zh else JOINED, between)
        either = either or (None if zh else re.fullmatch(UNITED, between))
        if out and (either or (both and out[-1].noun and one.noun)):
            last = out.pop()
            where = Span(last.where.start, one.where.end)
            out.append(
                Found(
                    where, _either(last.filter, one.filter), noun=last.noun and one.noun, vague=last.vague or one.vague
                )
            )
        else:
            out.append(one)
    return out


def _either(a: Filter, b: Filter) -> Filter:
    parts = (*(a.of if isinstance(a, AnyOf) else (a,)), *(b.of if isinstance(b, AnyOf) else (b,)))
    return AnyOf(of=tuple(dict.fromkeys(parts)))
