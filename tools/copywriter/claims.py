"""What a model's own words may not say: an allow-list of characters, and lexicons of what would be a claim.

Only for words that a model wrote. It fails closed: characters, capitals and dots are allowed, not forbidden, so that
an address, a code, a price or a name has nothing to be written with.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from tools.compliance.han import han_hits
from tools.compliance.phrases import found_words
from tools.compliance.text import GAP, bare, has_han, joined
from tools.copywriter.types import CopyRequest
from tools.vocabulary import Language, Model

_MARKS = frozenset(" \n.,;:!?'’‘\"“”()-–—…" + GAP)
_MARKS_ZH = frozenset("，。！？；：、“”‘’（）《》—…～·「」【】 \n" + GAP) | _MARKS
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_STARTS = re.compile(rf"(?:^|[.!?…:\n]|[.!?…:][\"”’'){GAP}]*)[\s\"“‘'(–—-]*$")
_DOT = re.compile(r"""\.(?=[^\s"”’').…]|\s+[a-z])""")
_OWN_CAPITALS = frozenset({"I", "I'm", "I'd", "I'll", "I've", "OK", "I’m", "I’d", "I’ll", "I’ve", "TV"})


class Claim(Model):
    """A group of the lexicon."""

    words: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    han: tuple[str, ...] = ()
    han_unless: tuple[str, ...] = ()
    only_without_offer: bool = False
    unless_slot: str | None = None
    """Not looked at where the text has this slot."""


@cache
def lexicon(language: Language) -> dict[str, Claim]:
    """What the words would claim → the words."""
    import yaml

    raw = yaml.safe_load(Path(__file__).with_name("claims.yaml").read_text(encoding="utf-8"))
    return {name: Claim.model_validate(group) for name, group in raw[language].items()}


def claims(parts: Mapping[str, str], request: CopyRequest) -> list[str]:
    """What is wrong with the words, in plain sentences; empty where nothing is."""
    own = {part: bare(text) for part, text in parts.items()}
    text = joined(own)
    found = [*_characters(text, request.language), *_names(own), *_lexicon(parts, request)]
    if _DOT.search(text):
        found.append("a full stop inside a word or before a small letter: it reads as an address")
    return found


def _characters(text: str, language: Language) -> Iterator[str]:
    allowed = _MARKS_ZH if language == "zh" else _MARKS
    odd = [char for char in dict.fromkeys(text) if not (char in allowed or _letter(char, language))]
    if odd:
        shown = " ".join(char if char.isprintable() else f"U+{ord(char):04X}" for char in odd[:8])
        yield f"characters that no message needs: {shown}"


def _letter(char: str, language: Language) -> bool:
    if language == "zh" and has_han(char):
        return True
    return char.isalpha() and unicodedata.name(char, "").startswith("LATIN") and ord(char) < 0x250


def _names(own: Mapping[str, str]) -> Iterator[str]:
    """Capitals in the middle of a sentence, or in all of a word: a name or a code that no slot has filled."""
    odd = []
    for text in own.values():
        for match in _WORD.finditer(text):
            word = match.group()
            if word in _OWN_CAPITALS or word == word.lower():
                continue
            shouted = len(word) > 1 and word.upper() == word
            if shouted or not _STARTS.search(text[: match.start()]) or word[1:] != word[1:].lower():
                odd.append(word)
    if odd:
        yield f"capitals inside a sentence, as of a name or code: {', '.join(dict.fromkeys(odd[:5]))}"


def _lexicon(parts: Mapping[str, str], request: CopyRequest) -> Iterator[str]:
    text = bare(joined(parts))
    for name, group in lexicon(request.language).items():
        if group.only_without_offer and request.offer.type != "none":
            continue
        if group.unless_slot and any(f"{{{group.unless_slot}}}" in part for part in parts.values()):
            continue
        hits = found_words(text, group.words, group.unless) + han_hits(text, group.han, group.han_unless)
        if hits:
            yield f"{name}: {', '.join(dict.fromkeys(hits[:5]))}"
