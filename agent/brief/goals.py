"""The campaign's goal, from words that state it."""

import re
from functools import cache

from agent.brief.fields import Question
from agent.brief.lexicon import alternatives, lexicon
from agent.brief.page import Page, Span, span
from agent.brief.reading import Reading
from tools.vocabulary import GOALS, Goal

NEGATED = re.compile(
    r"(?:\bnot|\bno|\bnever|\bdon't|\bwithout|\binstead of|\brather than|\bisn't|\bnot about|\bnot an?|"
    r"不是|不做|不要|并非|"
    r"而不是|无需)\s?(?:to |a |an |about |for |any |do |run |为了)?$"
)


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], Goal], ...]:
    data = lexicon("goals")
    return tuple((re.compile(alternatives(data[goal])), goal) for goal in GOALS)


def read_goal(page: Page, label: tuple[Span, ...] = (), people: tuple[Span, ...] = ()) -> Reading[Goal]:
    """The stated goal. Of several, the one under "Goal:" or stated first; the others are noted.

    `people`: conditions on customers, whose words state no goal ("60天没有复购").
    """
    found: list[tuple[Span, Goal]] = []
    for pattern, goal in _patterns():
        for match in page.find(pattern):
            inside = any(one.holds(span(match)) for one in people)
            if not inside and not NEGATED.search(page.before(span(match), 24)):
                found.append((span(match), goal))
    found = [f for f in found if not any(o is not f and o[0].holds(f[0]) and o[0] != f[0] for o in found)]
    found.sort(key=lambda f: (not any(zone.holds(f[0]) for zone in label), f[0].start, f[0].start - f[0].end))
    if not found:
        return Reading()
    where, goal = found[0]
    others = list(dict.fromkeys(g for w, g in found if g != goal))
    notes: tuple[str, ...] = ()
    if others:
        notes = (f"The brief also speaks of {', '.join(others)}; a campaign has one goal, and {goal} is stated first.",)
    return Reading(goal, (where,), notes=notes)


def unclear_goal(others: tuple[Goal, ...]) -> Question:
    """Asked where several goals are given equal weight."""
    return Question(field="goal", question="Which is the one goal of this campaign?", options=others, blocking=False)
