"""A phrase about products, resolved to the shop's departments, categories, types or brands.

In this order, and the first that finds something decides: a concept of general retail ("pet"), the shop's own names,
a misspelling of one of them, and likeness of meaning by embedding, which has to pass a threshold *and* lead the next
best by a margin. A phrase that passes none of them stays unresolved, with the nearest names as suggestions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tools.catalog.receipt import is_vague
from tools.segments.concepts import ProductConcept, bare, is_junk, product_concepts, runs, said, said_of_people
from tools.segments.filter import Scope
from tools.segments.product_names import (
    COARSE,
    WHOLE,
    Scored,
    belongs,
    best_first,
    looks_alike,
    misspelt,
    name_score,
    near_names,
)
from tools.segments.terms import Entry, ShopTerms
from tools.segments.text import Tokens, has_cjk, tokens
from tools.segments.types import Candidate, Resolution

CONCEPT, LOOKALIKE = 0.95, 0.3
"""Scores of a name that a concept recognises, and of one that only has its word."""
MEANING = {"category": (0.68, 0.06), "product_type": (0.78, 0.06)}
"""Level → least cosine, and least lead over the next best. Set by looking at 99 phrases,
a third of which name nothing that a grocer sells."""
SUGGESTIONS, WORTH_SHOWING = 5, 0.4
FIELDS = {
    "department": "departments", "category": "categories", "product_type": "product_types", "brand": "brands",
    "product": "product_ids",
}  # fmt: skip
SHORTEST, LONGEST = 2, 8
"""Characters of one of several Chinese names that stand side by side."""
MOST_PRODUCTS = 50
"""A name that more products share says a kind, not a product."""


@dataclass(frozen=True)
class Match:
    chosen: tuple[Scored, ...]
    rejected: tuple[Scored, ...]
    method: str


def resolve_products(phrase: str, terms: ShopTerms, *, by_meaning: bool = True) -> Resolution:
    """What of the catalogue a phrase means; `clear` is False, and nothing is chosen, where nothing matches clearly."""
    wanted = bare(phrase, product_concepts().asides)
    says_something = any(len(word) > 1 or has_cjk(word) for word in wanted)
    match = _match(wanted, terms, by_meaning=by_meaning) if says_something else Match((), (), "name")
    if not match.chosen:
        match = _side_by_side(phrase, terms) or match
    if not match.chosen or match.method == "embedding":
        match = _by_product(phrase, terms) or match
    return Resolution(
        phrase=phrase,
        chosen=_candidates(match.chosen, terms),
        rejected=_candidates(match.rejected[:SUGGESTIONS], terms),
        method=match.method,
        clear=bool(match.chosen),
    )


def names_products(phrase: str, terms: ShopTerms) -> bool:
    """Whether a phrase clearly names goods, by a concept or by name."""
    wanted = bare(phrase, product_concepts().asides)
    return bool(wanted) and bool(_match(wanted, terms, by_meaning=False).chosen)


def scope_of(resolution: Resolution) -> Scope:
    """The chosen values as a scope."""
    lists: dict[str, list[str]] = {}
    for candidate in resolution.chosen:
        lists.setdefault(FIELDS[candidate.level], []).append(candidate.value)
    return Scope.model_validate(lists)


def _match(wanted: Tokens, terms: ShopTerms, *, by_meaning: bool) -> Match:
    if wanted in said_of_people():
        # "Women" is nobody's taste, unless that is how the shop calls a whole department or category.
        whole = tuple((entry, WHOLE) for entry in terms.at(*COARSE) if entry.words == wanted)
        return Match(whole, (), "name")
    concept = said().get(wanted)
    if concept is not None and (chosen := _by_concept(concept, terms)):
        exact = len(chosen) == 1 and chosen[0][0].words == wanted
        # What only looks like it ("hot dogs") is shown first among what was not taken.
        taken = {entry for entry, _ in chosen}
        others = [entry for entry in terms.at(*COARSE) if entry not in taken]
        alike = [(entry, LOOKALIKE) for entry in others if looks_alike(entry, concept)]
        near = [pair for pair in near_names(wanted, terms) if pair[0] not in taken | {entry for entry, _ in alike}]
        return Match(chosen, (*alike, *near), "name" if exact else "synonym")
    if chosen := _by_name(wanted, terms):
        taken = {entry for entry, _ in chosen}
        return Match(chosen, tuple(pair for pair in near_names(wanted, terms) if pair[0] not in taken), "name")
    near = near_names(wanted, terms)
    if slip := misspelt(wanted, terms):
        return Match((slip,), tuple(pair for pair in near if pair[0] != slip[0]), "name")
    if terms.embedder is not None and by_meaning and concept is None and not _unreadable(wanted, terms):
        return _by_meaning(wanted, terms)
    return Match((), tuple(near), "name")


def _by_concept(concept: ProductConcept, terms: ShopTerms) -> tuple[Scored, ...]:
    """Values of the coarsest levels that have any: departments and categories, else types; or brands."""
    if concept.brands:
        wanted = runs(concept.brands)
        return tuple((entry, CONCEPT) for entry in terms.at("brand") if entry.words in wanted)
    for levels in (COARSE, ("product_type",)):
        chosen = tuple((entry, CONCEPT) for entry in terms.at(*levels) if belongs(entry, concept))
        if chosen:
            return _outermost(chosen, terms)
    return ()


def _by_product(phrase: str, terms: ShopTerms) -> Match | None:
    """Products whose whole name is the phrase."""
    found = () if is_junk(phrase) or is_vague(phrase.upper()) else terms.products_named(phrase)
    if not 0 < len(found) <= MOST_PRODUCTS:
        return None
    words = tokens(phrase)
    return Match(tuple((Entry("product", p, phrase, words, words, (), 1), WHOLE) for p in found), (), "name")


def _side_by_side(phrase: str, terms: ShopTerms) -> Match | None:
    """Goods that Chinese writes without a comma between them: 猫粮狗粮.

    They are taken where they end alike; others are only suggested, as 牛奶巧克力 is a chocolate and no milk.
    """
    parts = _parts(phrase.strip(), terms) if has_cjk(phrase) else ()
    if len(parts) < 2:
        return None
    found = [_match(bare(part, product_concepts().asides), terms, by_meaning=False).chosen for part in parts]
    together = _outermost(tuple({pair[0]: pair for pairs in found for pair in pairs}.values()), terms)
    alike = len({part[-1] for part in parts}) == 1
    return Match(together if alike else (), () if alike else together, "synonym")


def _parts(phrase: str, terms: ShopTerms) -> tuple[str, ...]:
    """A phrase cut into names of goods, the longest first; nothing where one is left over."""
    for end in range(min(len(phrase), LONGEST), SHORTEST - 1, -1):
        head, rest = phrase[:end], phrase[end:]
        if not names_products(head, terms):
            continue
        if not rest:
            return (head,)
        if len(rest) >= SHORTEST and (others := _parts(rest, terms)):
            return (head, *others)
    return ()


def _by_name(wanted: Tokens, terms: ShopTerms) -> tuple[Scored, ...]:
    for levels in (COARSE, ("product_type",)):
        scored = [(entry, score) for entry in terms.at(*levels) if (score := name_score(wanted, entry))]
        if scored and not (levels == ("product_type",) and is_vague(" ".join(wanted))):
            return _outermost(tuple(sorted(scored, key=best_first)), terms)
    return tuple((entry, WHOLE) for entry in terms.at("brand") if entry.words == wanted)


def _outermost(chosen: tuple[Scored, ...], terms: ShopTerms) -> tuple[Scored, ...]:
    """Without the categories that lie in no department but the chosen ones."""
    departments = [entry.value for entry, _ in chosen if entry.level == "department"]
    if not departments:
        return chosen
    inside = terms.categories_only_in(tuple(departments))
    return tuple(pair for pair in chosen if pair[0].level != "category" or pair[0].value not in inside)


def _by_meaning(wanted: Tokens, terms: ShopTerms) -> Match:
    near: list[Scored] = []
    for level, (least, lead) in MEANING.items():
        entries = [e for e in terms.at(*(COARSE if level == "category" else (level,))) if not is_vague(e.display)]
        if not entries:
            continue
        scores = terms.similarity(" ".join(wanted), entries)
        ranked = sorted(zip(entries, (float(score) for score in scores), strict=True), key=best_first)
        # "shoe care" is near "shoes" in meaning and is none: where the names share a word, names have decided.
        ranked = [(entry, min(1.0, max(0.0, s))) for entry, s in ranked if not set(wanted) & set(entry.words)]
        if not ranked:
            continue
        best = ranked[0][1]
        chosen = [pair for pair in ranked if pair[0].display == ranked[0][0].display]
        rest = [pair for pair in ranked if pair not in chosen]
        if best >= least and (not rest or best - rest[0][1] >= lead):
            return Match(tuple(chosen), tuple(rest), "embedding")
        near += ranked[:SUGGESTIONS]
    worth = [pair for pair in near if pair[1] >= WORTH_SHOWING]
    return Match((), tuple(sorted(worth, key=best_first)), "embedding")


def _unreadable(wanted: Tokens, terms: ShopTerms) -> bool:
    """A model of one language gives words of another an arbitrary neighbour."""
    return has_cjk("".join(wanted)) and not any(has_cjk(entry.display) for entry in terms.at(*COARSE))


def _candidates(scored: Sequence[Scored], terms: ShopTerms) -> tuple[Candidate, ...]:
    sizes: dict[tuple[str, str], int] = {}
    for level in {entry.level for entry, _ in scored}:
        counts = terms.buyers(level, [entry.value for entry, _ in scored if entry.level == level])
        sizes |= {(level, value): count for value, count in counts.items()}
    return tuple(
        Candidate(
            level=entry.level,
            value=entry.value,
            score=round(score, 3),
            customers=sizes.get((entry.level, entry.value)),
        )
        for entry, score in scored
    )
