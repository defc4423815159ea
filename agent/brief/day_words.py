"""Names of months, weekdays and days of a month, and their numbers."""

import re
from functools import cache

from agent.brief import numbers
from agent.brief.lexicon import LEFT, RIGHT, alternatives, lexicon

FIRSTS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
ORDINALS = {
    w: i
    for i, w in enumerate(
        [
            *FIRSTS,
            "tenth",
            "eleventh",
            "twelfth",
            "thirteenth",
            "fourteenth",
            "fifteenth",
            "sixteenth",
            "seventeenth",
            "eighteenth",
            "nineteenth",
            "twentieth",
            *(f"twenty[- ]{unit}" for unit in FIRSTS),
            "thirtieth",
            "thirty[- ]first",
        ],
        start=1,
    )
}
CARDINALS = (
    {w: i for i, w in enumerate([*numbers.UNITS][1:20], start=1)}
    | {"twenty": 20, "thirty": 30, "thirty[- ]one": 31}
    | {f"twenty[- ]{unit}": 20 + i for i, unit in enumerate([*numbers.UNITS][1:10], start=1)}
)


@cache
def month_words() -> str:
    return alternatives(form for forms in lexicon("days")["months"].values() for form in forms)


@cache
def weekday_words() -> str:
    return alternatives(form for forms in lexicon("days")["weekdays"].values() for form in forms)


def month_number(words: str) -> int | None:
    text = words.strip().rstrip(".")
    for number, forms in lexicon("days")["months"].items():
        if text in forms:
            return int(number)
    zh = re.fullmatch(r"(\d{1,2}|[一二三四五六七八九十]{1,2})月份?", text)
    value = numbers.whole(zh[1]) if zh else None
    return value if value and 1 <= value <= 12 else None


def weekday_number(words: str) -> int | None:
    for number, forms in lexicon("days")["weekdays"].items():
        if any(re.fullmatch(form, words) for form in forms):
            return int(number)
    return None


def ordinal(text: str) -> int | None:
    """The number of a day of a month: `14th`, `fourteenth`."""
    digits = re.search(r"\d{1,2}", text)
    if digits:
        return int(digits[0])
    words = [*ORDINALS.items(), *CARDINALS.items()]
    found = [(len(m[0]), n) for w, n in words if (m := re.search(rf"{LEFT}{w}{RIGHT}", text))]
    return max(found)[1] if found else None
