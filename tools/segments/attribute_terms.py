"""A phrase about customers, resolved to columns of the customers table and their values.

Which columns hold numbers is read from the shop: a column whose values parse as bands ("35-44", "250K+"), or a numeric
one. A phrase with a bound takes only the bands that lie wholly inside it: "under 35" leaves "30-39" out. Where the
condition is negated, the bands that it may touch are all taken, so that excluding them never lets one through.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from tools.segments.bands import range_values
from tools.segments.bounds import bound
from tools.segments.concepts import attribute_concepts, bare, runs
from tools.segments.filter import Attribute, Filter
from tools.segments.terms import AttributeColumn, ShopTerms
from tools.segments.text import Tokens, tokens, without
from tools.segments.types import Candidate, Resolution
from tools.segments.walk import all_of, any_of

MOST_WORDS = 8
LIKELY = 0.5
"""Likeness of letters (at most 0.8) from which a value is worth suggesting."""
YES = ("true", "yes", "y", "1")


@dataclass(frozen=True)
class Meaning:
    """A phrase's conditions, one a column (alternatives), and the values that were near and not taken."""

    conditions: tuple[Filter, ...]
    chosen: tuple[Candidate, ...]
    rejected: tuple[Candidate, ...]
    method: str


def resolve_attribute(phrase: str, terms: ShopTerms, *, negated: bool = False) -> tuple[Filter | None, Resolution]:
    """The condition that a phrase means, and how it was found; None, with `clear` False, where nothing is clear."""
    meaning = _meaning(phrase, terms, negated) or _by_parts(phrase, terms, negated)
    if meaning is None:
        return None, Resolution(phrase=phrase, chosen=(), rejected=_nearest(phrase, terms), method="name", clear=False)
    clear = bool(meaning.conditions)
    resolution = Resolution(
        phrase=phrase, chosen=meaning.chosen, rejected=meaning.rejected, method=meaning.method, clear=clear
    )
    return (any_of(meaning.conditions) if clear else None), resolution


def _meaning(phrase: str, terms: ShopTerms, negated: bool) -> Meaning | None:
    return _by_phrase(phrase, terms, negated) or _by_number(phrase, terms, negated) or _by_value(phrase, terms)


def _by_parts(phrase: str, terms: ShopTerms, negated: bool) -> Meaning | None:
    """Two traits in a row, both clear and of two columns ("married homeowners", "singles under 35"): both must hold."""
    words = phrase.split()
    for cut in range(1, min(len(words), MOST_WORDS)):
        halves = (" ".join(words[:cut]), re.sub(r"^(?:and|who|are|with|,|\s)+\b", "", " ".join(words[cut:])))
        found = [meaning for half in halves if (meaning := _meaning(half, terms, negated)) and meaning.conditions]
        columns = {candidate.column for meaning in found for candidate in meaning.chosen}
        if len(found) == 2 and len(columns) == 2:
            both = all_of(tuple(any_of(meaning.conditions) for meaning in found))
            chosen = tuple(candidate for meaning in found for candidate in meaning.chosen)
            rejected = tuple(candidate for meaning in found for candidate in meaning.rejected)
            return Meaning((both,), chosen, _best(rejected), found[0].method)
    return None


def _by_phrase(phrase: str, terms: ShopTerms, negated: bool) -> Meaning | None:
    """Phrases that stand for a range ("families with kids") or for a value ("singles"), whatever the shop calls it."""
    concepts = attribute_concepts()
    for spoken in (tokens(phrase), _bare(phrase)):
        for known in concepts.phrases:
            column = _number_column(known.column, terms) if spoken in runs(known.say) else None
            if column is not None:
                low = -math.inf if known.low is None else known.low
                high = math.inf if known.high is None else known.high
                return _range(column, low, high, terms, negated, "synonym")
        for value in concepts.values:
            if spoken in runs(value.say):
                return _with_values(runs(value.values), terms, "synonym")
    return None


def _by_number(phrase: str, terms: ShopTerms, negated: bool) -> Meaning | None:
    """Phrases with a bound: "under 35", "income over 100K", "3 or more kids", "household of four"."""
    found = bound(phrase)
    column = _number_column(found[0], terms) if found else None
    if found is None or column is None:
        return None
    return _range(column, found[1].low, found[1].high, terms, negated, "name")


def _by_value(phrase: str, terms: ShopTerms) -> Meaning | None:
    """Phrases that are a value of some column ("renters", "gold tier"), or a yes/no column's own name ("vip")."""
    words, spoken = tokens(phrase), _bare(phrase)
    if all(word.isdecimal() for word in words):
        return None  # A bare number is a value of many columns, and says which of none.
    found = _with_values(frozenset({words, spoken}) - {()}, terms, "name")
    if found is not None:
        return found
    for column in terms.attributes:
        named = without(words, frozenset((word,) for word in column.words))
        if named != words and (rest := without(named, runs(attribute_concepts().asides))):
            hits = tuple(value for value in column.values if tokens(value) == rest)
            if hits:
                return _values(column, hits, terms, "name")
        truth = tuple(value for value in column.values if value.casefold() in YES)
        if column.words in (words, spoken) and len(column.values) <= 2 and truth:
            return _values(column, truth, terms, "name")
    return None


def _with_values(wanted: frozenset[Tokens], terms: ShopTerms, method: str) -> Meaning | None:
    """Columns that have one of these values. Two such columns are two readings: that is not clear."""
    hits = [
        (column, values)
        for column in terms.attributes
        if (values := tuple(value for value in column.values if tokens(value) in wanted))
    ]
    if len(hits) == 1:
        return _values(*hits[0], terms, method)
    if not hits:
        return None
    several = tuple(_candidate(column, value, 0.9, None) for column, values in hits for value in values)
    return Meaning((), (), several, method)


def _values(column: AttributeColumn, values: tuple[str, ...], terms: ShopTerms, method: str) -> Meaning:
    sizes = terms.holders(column.name)
    score = 1.0 if method == "name" else 0.95
    chosen = tuple(_candidate(column, value, score, sizes) for value in values)
    rest = [value for value in column.values if value not in values]
    rejected = tuple(_candidate(column, value, _likeness(value, values), sizes) for value in rest)
    condition = Attribute(column=column.name, values=values)
    return Meaning((condition,), chosen, _best(rejected), method)


def _range(column: AttributeColumn, low: float, high: float, terms: ShopTerms, negated: bool, method: str) -> Meaning:
    if column.is_number:
        parts = tuple(
            Attribute(column=column.name, op=op, number=edge)
            for op, edge in (("ge", low), ("le", high))
            if math.isfinite(edge)
        )
        span = Candidate(level="attribute", column=column.name, value=_span(low, high), score=1.0)
        return Meaning((all_of(parts),), (span,), (), method)
    inside = range_values(column.values, low, high) or _open_end(column, low, high)
    touched = tuple(value for value, band in column.bands.items() if band.overlaps(low, high))
    sizes = terms.holders(column.name)
    outside = range_values(column.values, low, high, outside=True)
    values = inside if not negated else tuple(value for value in column.values if value not in outside)
    score = 1.0 if method == "name" else 0.95
    chosen = tuple(_candidate(column, value, score, sizes) for value in values)
    partly = tuple(_candidate(column, value, 0.5, sizes) for value in touched if value not in values)
    beside = tuple(_candidate(column, value, 0.2, sizes) for value in outside if value not in values)
    conditions = (Attribute(column=column.name, values=values),) if values else ()
    return Meaning(conditions, chosen, (*partly, *beside)[:5], method)


def _open_end(column: AttributeColumn, low: float, high: float) -> tuple[str, ...]:
    """ "Over 65" where the shop's last band is "65+": nobody has a finer answer."""
    ends = (v for v, b in column.bands.items() if math.isinf(high) and math.isinf(b.high) and b.low == low - 1)
    return tuple(ends)


def _number_column(name: str, terms: ShopTerms) -> AttributeColumn | None:
    called = runs(attribute_concepts().numbers[name].columns)
    columns = [c for c in terms.attributes if c.words in called and (c.is_number or c.bands)]
    return columns[0] if len(columns) == 1 else None


def _bare(phrase: str) -> Tokens:
    return bare(phrase, attribute_concepts().asides)


def _nearest(phrase: str, terms: ShopTerms) -> tuple[Candidate, ...]:
    scored = [
        _candidate(column, value, _likeness(value, (phrase,)), None)
        for column in terms.attributes
        for value in column.values
    ]
    return _best(tuple(candidate for candidate in scored if candidate.score >= LIKELY))


def _likeness(value: str, others: tuple[str, ...]) -> float:
    from rapidfuzz import fuzz

    words = " ".join(tokens(value))
    return max(fuzz.ratio(words, " ".join(tokens(other))) for other in others) / 100 * 0.8


def _best(candidates: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
    return tuple(sorted(candidates, key=lambda c: (-c.score, c.column or "", c.value))[:5])


def _candidate(column: AttributeColumn, value: str, score: float, sizes: dict[str, int] | None) -> Candidate:
    customers = None if sizes is None else sizes.get(value, 0)
    return Candidate(level="attribute", column=column.name, value=value, score=round(score, 3), customers=customers)


def _span(low: float, high: float) -> str:
    if math.isinf(high):
        return f"{low:g} or more"
    return f"{high:g} or less" if math.isinf(low) else f"{low:g} to {high:g}"
