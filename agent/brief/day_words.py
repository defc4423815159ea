"""Names of months and weekdays, and their numbers."""

import re
from functools import cache

from agent.brief import numbers
from agent.brief.lexicon import alternatives, lexicon


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
