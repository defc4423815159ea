"""Matching Chinese words that somebody may have disguised: 最 佳, 最-佳, 嘴佳, zui佳, 極品, ＮＯ.1.

A text is folded (NFKC, Traditional to Simplified, case) and what stands between characters is taken out: light marks
and spaces always, sentence marks too for the words that must not appear in any form. Then each word is sought as it
is, and with at most one of its characters written as a homophone or in pinyin. A match that lies within a harmless
word (最近 for 最, 第一次 for 第一) does not count.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import Protocol

from tools.compliance.text import fold, has_han

_STOPS = "。！？；，：、.!?;,:\n…"


class _Converter(Protocol):
    def convert(self, text: str) -> str: ...


@cache
def _converter() -> _Converter:
    from opencc import OpenCC

    converter: _Converter = OpenCC("t2s")
    return converter


@lru_cache(maxsize=4096)
def simplified(text: str) -> str:
    """Folded, and in Simplified characters."""
    folded = fold(text)
    return _converter().convert(folded) if has_han(folded) else folded


@lru_cache(maxsize=4096)
def squeezed(text: str, through_stops: bool = False) -> str:
    """Folded text without what may part a word; sentence marks stay as `。` unless `through_stops`."""
    kept = []
    for char in simplified(text):
        if unicodedata.category(char)[0] in "LN":
            kept.append(char)
        elif char in _STOPS and not through_stops:
            kept.append("。")
        elif char in "%$¥{}\ufffc":
            kept.append(char)
    return "".join(kept)


def spans(text: str, word: str) -> Iterator[tuple[int, int]]:
    """Where a word stands in a text, overlaps too."""
    at = text.find(word)
    while at >= 0 and word:
        yield at, at + len(word)
        at = text.find(word, at + 1)


def han_hits(
    text: str,
    words: Iterable[str],
    unless: Iterable[str] = (),
    homophones: Mapping[str, Sequence[str]] | None = None,
    *,
    through_stops: bool = False,
) -> list[str]:
    """The words of a lexicon that stand in a text, as they are written there, each once.

    Args:
        text: any text; folded here.
        words: Simplified Chinese entries.
        unless: harmless longer words that hold an entry.
        homophones: character → other characters or pinyin that sound alike; null: only the words as they are.
        through_stops: also across commas and full stops.
    """
    if homophones is None and not has_han(text):
        return []
    flat, sounds = squeezed(text, through_stops), _frozen(homophones)
    harmless = [span for entry in unless for span in spans(flat, entry)]
    found: dict[str, None] = {}
    for word in words:
        for form in _forms(word, sounds):
            for start, end in spans(flat, form):
                if not _inside(start, end, harmless) and not _in_latin_word(flat, start, end):
                    found[flat[start:end]] = None
    return list(found)


def _frozen(homophones: Mapping[str, Sequence[str]] | None) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((char, tuple(others)) for char, others in (homophones or {}).items())


@lru_cache(maxsize=1024)
def _forms(word: str, homophones: tuple[tuple[str, tuple[str, ...]], ...]) -> tuple[str, ...]:
    """The word, with one character replaced by each of its homophones, and wholly in pinyin."""
    table = dict(homophones)
    forms = [word]
    if len(word) > 1:
        for at, char in enumerate(word):
            forms += [word[:at] + other + word[at + 1 :] for other in table.get(char, ())]
    pinyin = [
        next((other for other in table.get(char, ()) if other.isascii() and other.isalpha()), "") for char in word
    ]
    if len(word) > 1 and all(pinyin):
        forms.append("".join(pinyin))
    return tuple(dict.fromkeys(forms))


def _inside(start: int, end: int, outer: Iterable[tuple[int, int]]) -> bool:
    return any(first <= start and end <= last for first, last in outer)


def _in_latin_word(flat: str, start: int, end: int) -> bool:
    """The match begins or ends within a Latin word or a number: `audi一` is not `di一`."""

    def same(left: str, right: str) -> bool:
        if not (left.isascii() and right.isascii()):
            return False
        return (left.isalpha() and right.isalpha()) or (left.isdigit() and right.isdigit())

    before = start > 0 and same(flat[start - 1], flat[start])
    after = end < len(flat) and same(flat[end - 1], flat[end])
    return before or after
