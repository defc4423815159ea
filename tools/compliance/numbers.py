"""Numbers in words and digits: what copy may not hold outside a slot (promise 4)."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from itertools import pairwise

from tools.compliance.han import han_hits, spans, squeezed
from tools.compliance.params import Params
from tools.compliance.phrases import found_words
from tools.compliance.text import GAP, fold, tokens

_NUMBER = re.compile(r"\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")


def digits(text: str) -> list[str]:
    """Runs of digits of any script, full-width, circled, superscript, Roman and fractions too; as they are written."""
    runs: list[str] = []
    open_run = False
    for char in text:
        number = unicodedata.category(char) in ("Nd", "Nl", "No")
        if number and open_run:
            runs[-1] += char
        elif number:
            runs.append(char)
        open_run = number
    return runs


def decimals(text: str) -> list[Decimal]:
    """The numbers of a text, with thousands separators and decimal points read; NFKC first."""
    found = []
    for match in _NUMBER.finditer(unicodedata.normalize("NFKC", text)):
        try:
            found.append(Decimal(match.group().replace(",", "")))
        except InvalidOperation:
            raise ValueError(f"no number: {match.group()!r}") from None
    return found


def without(text: str, allowed: Iterable[str]) -> str:
    """The text with allowed phrases taken out, whatever their case."""
    for phrase in allowed:
        if phrase.strip():
            text = re.sub(rf"(?<!\w){re.escape(phrase)}(?!\w)", GAP, text, flags=re.IGNORECASE)
    return text


def worded(text: str, params: Params) -> list[str]:
    """Amounts, shares, counts and days that a text without its slots states in words ("half price", "三天", "五折")."""
    return [*_english(text, params), *_chinese(text, params)]


def _english(text: str, params: Params) -> Iterator[str]:
    yield from found_words(text, params.words("claims_en"), params.words("unless_en"))
    yield from _counted(tokens(text), params.words("numerals_en"), params.words("units_en"))
    yield from _counted(tokens(text), params.words("ones_en"), params.words("units_of_one_en"))
    yield from _days(text, params)
    yield from _spoken_run(tokens(text), frozenset((*params.words("numerals_en"), *params.words("ones_en"), "oh")))
    yield from found_words(_respaced(text), params.words("claims_en"), params.words("unless_en"))


def _counted(words: tuple[str, ...], numerals: Iterable[str], units: Iterable[str]) -> Iterator[str]:
    """A numeral with a unit at most two words after it ("two whole days"), no slot between them."""
    numeral_set, unit_set = frozenset(numerals), frozenset(units)
    for at, word in enumerate(words):
        if word not in numeral_set:
            continue
        following = words[at + 1 : at + 3]
        near = following[: following.index(GAP)] if GAP in following else following
        for offset, unit in enumerate(near, start=2):
            if unit in unit_set:
                yield " ".join(words[at : at + offset])
                break


def _spoken_run(words: tuple[str, ...], numerals: frozenset[str]) -> Iterator[str]:
    """Three numerals or more in a row: a number that is spelt out."""
    for at in range(len(words) - 2):
        if numerals.issuperset(words[at : at + 3]):
            yield " ".join(words[at : at + 3])


def _respaced(text: str) -> str:
    """`F R E E gift` and `f-r-e-e gift` as `free gift`: single letters in a row are one word; else nothing."""
    spelt, joined = tokens(text), ""
    if sum(len(word) == 1 and word.isalpha() for word in spelt) < 3:
        return ""
    for before, word in pairwise(("", *spelt)):
        single = len(word) == 1 and word.isalpha()
        joined += word if single and len(before) == 1 and before.isalpha() else f" {word}"
    return joined


def _days(text: str, params: Params) -> Iterator[str]:
    """A named day as a deadline ("ends Sunday"), or a month with an ordinal ("December fourteenth")."""
    yield from found_words(text, _pairs(params.words("deadline_en"), params.words("days_en")))
    yield from found_words(text, _pairs(params.words("months_en"), params.words("ordinals_en")))


@lru_cache(maxsize=16)
def _pairs(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{one} {other}" for one in first for other in second)


@lru_cache(maxsize=16)
def _counted_zh(numerals: str, units: tuple[str, ...]) -> re.Pattern[str]:
    choices = "|".join(re.escape(unit) for unit in sorted(units, key=len, reverse=True))
    return re.compile(f"[{numerals}]+[几多余来]?(?:{choices})")


@lru_cache(maxsize=16)
def _bargain_zh(numerals: str, gains: str) -> re.Pattern[str]:
    """买一赠二, 满百减十."""
    return re.compile(f"[买满][{numerals}]+件?[{gains}]")


def _chinese(text: str, params: Params) -> Iterator[str]:
    flat = squeezed(text)
    unless = params.words("unless_zh")
    yield from han_hits(text, params.words("claims_zh"), unless)
    harmless = [span for entry in unless for span in spans(flat, entry)]
    numerals = "".join(params.words("numerals_zh"))
    for match in _bargain_zh(numerals + "一", "".join(params.words("bought_zh"))).finditer(flat):
        yield match.group()
    for characters, units in ((numerals, "units_zh"), (numerals + "一", "units_of_one_zh")):
        for match in _counted_zh(characters, params.words(units)).finditer(flat):
            if not any(first <= match.start() and match.end() <= last for first, last in harmless):
                yield match.group()


def money_signs(text: str) -> set[str]:
    """Currency signs of a text (Unicode category Sc)."""
    return {char for char in unicodedata.normalize("NFKC", text) if unicodedata.category(char) == "Sc"}


def has_percent(text: str) -> bool:
    return any(sign in fold(text) for sign in ("%", "‰", "٪"))
