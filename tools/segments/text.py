"""Words of a brief and names of a shop, brought to one form in which they can be compared."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

Tokens = tuple[str, ...]

_CJK = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_CJK}]|[^\W_{_CJK}]+(?:'[^\W_{_CJK}]+)*")
_KEEP_S = ("ss", "us", "is")
_ES_AFTER = ("sses", "xes", "zes", "ches", "shes")
_OE = frozenset({"shoes", "toes", "shoe", "toe"})
_IRREGULAR = {
    "children": "kid", "child": "kid", "kids": "kid", "women": "woman", "men": "man", "people": "person",
    "persons": "person", "yoghurt": "yogurt", "yoghurts": "yogurt", "moms": "mom", "mums": "mom", "mum": "mom",
}  # fmt: skip


@lru_cache(maxsize=65536)
def tokens(text: str) -> Tokens:
    """Lower-case words in the singular; each Chinese character is a word of its own."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    return tuple(singular(word.removesuffix("'s")) for word in _WORD.findall(folded))


def singular(word: str) -> str:
    """A key that is the same for an English word's singular and plural (itself not always a word: "cooky")."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) > 3 and word.endswith("s") and not word.endswith(_KEEP_S):
        if word.endswith(_ES_AFTER) or (word.endswith("oes") and word not in _OE):
            return word[:-2]
        word = word[:-1]
    return word[:-2] + "y" if len(word) > 2 and word.endswith("ie") else word


def has_cjk(text: str) -> bool:
    return re.search(f"[{_CJK}]", text) is not None


def contains(haystack: Tokens, needle: Tokens) -> bool:
    """Whether the words of `needle` stand in `haystack`, one after the other."""
    return position(haystack, needle) is not None


def position(haystack: Tokens, needle: Tokens) -> int | None:
    width = len(needle)
    if not width:
        return None
    return next((i for i in range(len(haystack) - width + 1) if haystack[i : i + width] == needle), None)


def without(words: Tokens, dropped: frozenset[Tokens]) -> Tokens:
    """`words` without each run that is in `dropped`, longest first."""
    longest = max((len(run) for run in dropped), default=0)
    kept: list[str] = []
    i = 0
    while i < len(words):
        run = next((n for n in range(min(longest, len(words) - i), 0, -1) if words[i : i + n] in dropped), 0)
        if not run:
            kept.append(words[i])
        i += run or 1
    return tuple(kept)
