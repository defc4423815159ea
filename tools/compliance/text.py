"""Reading a message's words: folding, tokens, sentences, slots. Pure, and no rule's lexicon in it."""

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

SLOT = re.compile(r"\{([a-z0-9_]+)\}")
GAP = "\ufffc"
"""Stands for a slot in text whose slots are taken out, so that no phrase reaches across one."""
_HAN = r"\u3400-\u9fff\U00020000-\U0003ffff"
_LETTER = rf"(?:(?![{_HAN}])[^\W\d_])"
_TOKEN = re.compile(rf"\d+(?:[.,:/]\d+)*|[{_HAN}]+|{_LETTER}+(?:['’]{_LETTER}+)*|[%$€£¥￥&]|\ufffc")
_SENTENCE_END = re.compile(r"[.!?;。！？；\n]+(?=\s|$|[^\x00-\x7f])|[。！？；\n]")
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "＇": "'"})


def fold(text: str) -> str:
    """NFKC, invisible format characters out, one kind of apostrophe, case folded: for matching, never for display."""
    if text.isascii():
        return text.casefold()
    plain = unicodedata.normalize("NFKC", text).translate(_APOSTROPHES)
    return "".join(char for char in plain if unicodedata.category(char) != "Cf").casefold()


@lru_cache(maxsize=4096)
def tokens(text: str) -> tuple[str, ...]:
    """Words, numbers and money signs of a text, folded. Hyphens part words; apostrophes do not."""
    return tuple(_TOKEN.findall(fold(text)))


def sentences(text: str) -> list[str]:
    """Sentences of English or Chinese text; a full stop within a number or a domain ends none."""
    return [part.strip() for part in _SENTENCE_END.split(text) if part.strip()]


def bare(text: str) -> str:
    """The writer's own words: every slot replaced by one mark."""
    return SLOT.sub(GAP, text)


def joined(parts: Mapping[str, str]) -> str:
    """All parts as one text, a line each."""
    return "\n".join(parts.values())


def has_han(text: str) -> bool:
    return any("\u3400" <= char <= "\u9fff" or "\U00020000" <= char <= "\U0003ffff" for char in text)


def clauses(text: str) -> str:
    """Text with white space collapsed, for comparing what is shown with what is configured."""
    return " ".join(text.split())
