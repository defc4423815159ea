"""Finding a lexicon's phrases in English text, word by word."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from tools.compliance.text import tokens

_STEM = 3
"""A stem (`guarantee*`) has at least so many letters: it is looked up by them."""


@dataclass(frozen=True)
class Hit:
    """Tokens `start`..`end` (end excluded) read `words`; `phrase` is the lexicon's entry."""

    phrase: str
    words: str
    start: int
    end: int


Pattern = tuple[str, ...]


@dataclass(frozen=True)
class _Index:
    """Patterns by their first word, or by the first letters of a stem."""

    words: dict[str, list[tuple[str, Pattern]]] = field(default_factory=dict)
    stems: dict[str, list[tuple[str, Pattern]]] = field(default_factory=dict)


@lru_cache(maxsize=256)
def _index(phrases: tuple[str, ...]) -> _Index:
    index = _Index()
    for phrase in phrases:
        pattern = _pattern(phrase)
        if pattern and pattern[0].endswith("*"):
            if len(pattern[0]) <= _STEM:
                raise ValueError(f"the stem of {phrase!r} needs {_STEM} letters")
            index.stems.setdefault(pattern[0][:_STEM], []).append((phrase, pattern))
        elif pattern:
            index.words.setdefault(pattern[0], []).append((phrase, pattern))
    return index


def _pattern(phrase: str) -> Pattern:
    words: list[str] = []
    for word in phrase.split():
        parts = tokens(word.rstrip("*"))
        if word.endswith("*") and parts:
            parts = (*parts[:-1], parts[-1] + "*")
        words.extend(parts)
    return tuple(words)


def _fits(found: Sequence[str], pattern: Pattern) -> bool:
    """A word fits itself and its possessive; a stem every word that begins so."""
    return len(found) == len(pattern) and all(
        word.startswith(want[:-1]) if want.endswith("*") else want in (word, word.removesuffix("'s"))
        for word, want in zip(found, pattern, strict=True)
    )


def hits(text: str, phrases: Iterable[str], unless: Iterable[str] = ()) -> list[Hit]:
    """Where phrases of a lexicon stand in a text, word by word; not within a phrase of `unless`.

    Args:
        text: any text; folded here.
        phrases: entries such as `free delivery` or `guarantee*` (any word that begins so).
        unless: longer phrases in which an entry means something else (`feel free`, `root beer`).
    """
    found = _scan(text, tuple(phrases))
    if not found:
        return []
    harmless = _scan(text, tuple(unless))
    return [hit for hit in found if not any(other.start <= hit.start and hit.end <= other.end for other in harmless)]


@lru_cache(maxsize=8192)
def _scan(text: str, phrases: tuple[str, ...]) -> tuple[Hit, ...]:
    words, index = tokens(text), _index(phrases)
    found = []
    for start, word in enumerate(words):
        candidates = index.words.get(word, []) + index.stems.get(word[:_STEM], [])
        if word.endswith("'s"):
            candidates = candidates + index.words.get(word[:-2], [])
        for phrase, pattern in candidates:
            end = start + len(pattern)
            if _fits(words[start:end], pattern):
                found.append(Hit(phrase, " ".join(words[start:end]), start, end))
    return tuple(found)


def found_words(text: str, phrases: Iterable[str], unless: Iterable[str] = ()) -> list[str]:
    """The words of a text that a lexicon's phrases cover, as they stand there folded."""
    return [hit.words for hit in hits(text, phrases, unless)]
