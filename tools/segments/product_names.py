"""How surely a name of the shop's says that its goods are the ones that a phrase means."""

from __future__ import annotations

from tools.catalog.receipt import is_vague
from tools.segments.concepts import ProductConcept, product_concepts, runs
from tools.segments.terms import Entry, ShopTerms
from tools.segments.text import Tokens, contains, has_cjk, position, tokens

WHOLE, HEAD, FIRST_PART = 1.0, 0.9, 0.85
"""Scores of a name that is the phrase, is a kind of it ("domestic wine"), or begins with it ("chicken and poultry")."""
MISSPELT = 88
"""Least likeness, in per cent, of a word and its misspelling."""
MOST_PARTS = 3
"""A name of more parts is a shelf of many things."""
NEGATIONS = frozenset({"non", "no", "not", "without", "except", "free"})
COARSE = ("department", "category")

Scored = tuple[Entry, float]


def belongs(entry: Entry, concept: ProductConcept) -> bool:
    spellings = (tokens(entry.display), tokens(entry.value))
    if any(contains(words, other) for words in spellings for other in runs(concept.not_)):
        return False
    if any(name_score(name, entry) for name in runs(concept.names)):
        return True
    found = [run for run in runs(concept.any) if any(contains(words, run) for words in spellings)]
    if entry.level == "department":
        # A department with a word of the concept may hold much else ("pet and garden"): all of its words must fit.
        return bool(found) and all(any(word in run for run in found) for word in entry.words)
    return bool(found)


def looks_alike(entry: Entry, concept: ProductConcept) -> bool:
    """Whether a name has a word of the concept, and another that makes it something else."""
    words = tokens(entry.display)
    has_any, has_not = (any(contains(words, run) for run in runs(listed)) for listed in (concept.any, concept.not_))
    return has_any and has_not


def name_score(wanted: Tokens, entry: Entry) -> float:
    """How surely a name says that its goods are `wanted`; 0 where it does not."""
    if wanted in (entry.words, entry.literal):
        return WHOLE
    # "Diet and light bread" begins with no thing of its own: its first part only qualifies the last.
    if 0 < len(entry.parts) <= MOST_PARTS and entry.parts[0] == wanted and len(wanted) >= len(entry.parts[-1]):
        return FIRST_PART
    head = entry.parts[0] if len(entry.parts) == 1 else ()
    if len(head) > len(wanted) and head[-len(wanted) :] == wanted and not _misleads(wanted, head):
        return HEAD
    return 0.0


def _misleads(wanted: Tokens, words: Tokens) -> bool:
    """Whether the name only ends in `wanted`: it says the contrary ("non chocolate") or is a compound ("rice cake")."""
    if NEGATIONS & set(words[: -len(wanted)]):
        return True
    tails = (run for run in runs(product_concepts().compounds) if not contains(wanted, run))
    return any(words[-len(run) :] == run and run[-len(wanted) :] == wanted for run in tails)


def misspelt(wanted: Tokens, terms: ShopTerms) -> Scored | None:
    """The one name that is the phrase but for a letter or two in a word."""
    if is_vague(" ".join(wanted)) or has_cjk("".join(wanted)):
        return None
    scored = [
        (entry, score)
        for entry in terms.at(*COARSE, "product_type", "brand")
        if len(entry.words) == len(wanted) and (score := _spelled_alike(wanted, entry.words))
    ]
    scored.sort(key=best_first)
    if not scored or len({entry.words for entry, score in scored if score == scored[0][1]}) > 1:
        return None
    return scored[0]


def _spelled_alike(wanted: Tokens, words: Tokens) -> float:
    """The least likeness of two words in the same place; 0 where one pair cannot be a slip of the pen."""
    from rapidfuzz import fuzz

    least = 1.0
    for mine, theirs in zip(wanted, words, strict=True):
        if mine != theirs:
            likeness = fuzz.ratio(mine, theirs)
            if min(len(mine), len(theirs)) < 5 or mine[0] != theirs[0] or likeness < MISSPELT:
                return 0.0
            least = min(least, likeness / 100)
    return round(least, 3)


def near_names(wanted: Tokens, terms: ShopTerms) -> list[Scored]:
    """Names that share a word with the phrase or look like it, for her to see what was not taken."""
    from rapidfuzz import fuzz

    text = " ".join(wanted)
    scored = []
    for entry in terms.at(*COARSE):
        shared = max((position(tokens(entry.display), (word,)) is not None for word in wanted), default=False)
        likeness = fuzz.token_sort_ratio(text, " ".join(entry.words)) / 100
        if shared or likeness > 0.75:
            scored.append((entry, round(min(0.8, 0.4 * shared + 0.4 * likeness), 3)))
    return sorted(scored, key=best_first)


def best_first(pair: Scored) -> tuple[float, int, str]:
    return -pair[1], -pair[0].products, pair[0].value
