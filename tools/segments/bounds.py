"""What a phrase with a number bounds, and how: "income over 100K" is about income, from 100,000 up."""

from __future__ import annotations

import math
import re

from tools.segments.bands import Band, parse_band
from tools.segments.concepts import attribute_concepts, runs
from tools.segments.text import contains, tokens

NUMBER_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "一": 1, "两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6,
}  # fmt: skip
_NUMBERISH = re.compile(r"\d")
_MONEY = re.compile(r"[$€£¥元]|\d\s*k\b")
_BOUND_WORDS = frozenset({"or", "and", "to", "older", "younger", "up", "people"})


def bound(phrase: str) -> tuple[str, Band] | None:
    """The kind of column (a key of `numbers` in attribute_concepts.yaml) and the range that a phrase means."""
    text = _with_digits(phrase)
    subject = _subject(text) if _NUMBERISH.search(text) else None
    if subject is None:
        return None
    known = attribute_concepts()
    about = known.numbers[subject]
    band = parse_band(_without_words(text, (*about.words, *about.columns, *known.asides, *known.fillers)))
    if band is None:
        return None
    low, high = about.usual
    if any(math.isfinite(edge) and not low <= edge <= high for edge in (band.low, band.high)):
        return None
    return subject, band


def _subject(text: str) -> str | None:
    """What the number in a phrase is a number of; None where two things are named, or nothing tells."""
    words = tokens(text)
    numbers = attribute_concepts().numbers
    named = [name for name, about in numbers.items() if any(contains(words, run) for run in runs(about.words))]
    if len(named) > 1 and "household_size" in named:
        named.remove("household_size")
    if named == ["kids"] and any(word in words for word in ("under", "over", "below", "above")):
        return None  # "kids under 12" is about the kids' age
    if named:
        return named[0] if len(named) == 1 else None
    return "income" if _MONEY.search(text.casefold()) else "age"


def _with_digits(phrase: str) -> str:
    """The phrase with its number words as digits; a decade ("in their 30s") as its range."""
    phrase = re.sub(r"\bin (?:their|the) (\d)0s\b", r"\g<1>0-\g<1>9", phrase, flags=re.IGNORECASE)
    pattern = "|".join(map(re.escape, sorted(NUMBER_WORDS, key=len, reverse=True)))
    latin = re.compile(rf"\b(?:{'|'.join(w for w in NUMBER_WORDS if w.isascii())})\b", re.IGNORECASE)
    text = latin.sub(lambda m: str(NUMBER_WORDS[m[0].lower()]), phrase)
    han = re.compile(rf"(?:{pattern})(?=口|个|人)")
    return han.sub(lambda m: str(NUMBER_WORDS[m[0]]), text)


def _without_words(text: str, words: tuple[str, ...]) -> str:
    """`text` without the words that say what is bounded, so that the bound is left ("over 65s" as "over 65")."""
    dropped = {token for word in words for token in tokens(word)} - _BOUND_WORDS
    text = re.sub(r"\b(over|under)-(?=\d)", r"\1 ", re.sub(r"(?<=\d)s\b", "", text))
    parts = re.findall(r"[^\s\u4e00-\u9fff]+|[\u4e00-\u9fff]", text)
    left = " ".join(part for part in parts if not tokens(part) or not set(tokens(part)) <= dropped)
    return re.sub(r"\s*([\u4e00-\u9fff])\s*", r"\1", left).strip(" ,-")
