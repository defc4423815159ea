"""Is each word of a model's an everyday one? It fails closed: a word that is not known to be harmless is not said.

A lexicon of claims can only hold what somebody thought of; a model invents more. What has no word in `plain.yaml`
(a feast, a brand, a country, an illness, a virtue) cannot be named at all, unless the shop has named it itself: in the
product and category that the prompt shows, or in its voice. English is looked at word by word, Chinese by character.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tools.compliance.text import bare, has_han, joined, tokens
from tools.copywriter.quarantine import shown_name
from tools.copywriter.types import CopyRequest
from tools.copywriter.voice import Voice

_SHOWN = 6
_ENDINGS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("'s", ("",)),
    ("ies", ("y",)),
    ("ied", ("y",)),
    ("ier", ("y",)),
    ("iest", ("y",)),
    ("ily", ("y",)),
    ("es", ("", "e")),
    ("s", ("",)),
    ("ed", ("", "e")),
    ("ing", ("", "e")),
    ("er", ("", "e")),
    ("est", ("", "e")),
    ("ly", ("",)),
)
"""Ending → what may stand in its place in the plain form; a doubled consonant before it is single there."""


@dataclass(frozen=True)
class _Plain:
    words: frozenset[str]
    characters: frozenset[str]


@cache
def _plain() -> _Plain:
    import yaml

    raw = yaml.safe_load(Path(__file__).with_name("plain.yaml").read_text(encoding="utf-8"))
    words = (part for group in raw["en"].values() for word in group for part in tokens(word))
    return _Plain(frozenset(words), frozenset("".join(raw["zh"]["characters"].split())))


def unplain(parts: Mapping[str, str], request: CopyRequest, voice: Voice) -> list[str]:
    """One finding with the words, or characters, that are not plain ones and not the shop's; empty where none is."""
    text = bare(joined(parts))
    own = _own(request, voice)
    odd = _odd_han(text, own) if request.language == "zh" else _odd_words(text, own)
    shown = list(dict.fromkeys(odd))[:_SHOWN]
    return [f"words that are not everyday ones, use plainer words: {', '.join(shown)}"] if shown else []


def _odd_words(text: str, own: frozenset[str]) -> Iterator[str]:
    known = _plain().words
    for word in tokens(text):
        if word[0].isalpha() and not any(form in own or form in known for form in _forms(word)):
            yield word


def _odd_han(text: str, own: frozenset[str]) -> Iterator[str]:
    known = _plain().characters | frozenset("".join(own))
    for word in tokens(text):
        if has_han(word):
            yield from (char for char in word if char not in known)
        elif word[0].isalpha() and word not in own:
            yield word


def _own(request: CopyRequest, voice: Voice) -> frozenset[str]:
    """The words of the names that the prompt shows, and of the brand's own voice."""
    names = (
        shown_name(name, beside=beside)
        for fact in request.products
        for name, beside in ((fact.name, fact.category), (fact.category, fact.name))
    )
    return frozenset(word for text in (*names, *voice.words, *voice.examples) if text for word in tokens(text))


def _forms(word: str) -> Iterable[str]:
    """The word, and the plain forms that it may be an inflection of."""
    yield word
    for ending, stems in _ENDINGS:
        if not word.endswith(ending) or len(word) < len(ending) + 2:
            continue
        base = word[: -len(ending)]
        for stem in stems:
            yield base + stem
        if len(base) > 2 and base[-1] == base[-2] and ending in ("ed", "ing", "er", "est"):
            yield base[:-1]
