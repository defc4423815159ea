"""Spans of time as a number of days: `60 days`, `two months`, `半年`, `60天`."""

import re

from agent.brief import numbers

DAYS = {
    "day": 1,
    "d": 1,
    "week": 7,
    "wk": 7,
    "w": 7,
    "fortnight": 14,
    "month": 30,
    "mo": 30,
    "mth": 30,
    "quarter": 90,
    "year": 365,
    "yr": 365,
    "y": 365,
    "天": 1,
    "日": 1,
    "周": 7,
    "星期": 7,
    "礼拜": 7,
    "月": 30,
    "个月": 30,
    "季度": 90,
    "年": 365,
}
EN_UNIT = r"(?:days?|weeks?|wks?|fortnights?|months?|mos?|mths?|quarters?|years?|yrs?|d(?![a-z])|w(?![a-z])|y(?![a-z]))"
ZH_UNIT = r"(?:天|个?星期|个?礼拜|周|个月|个?季度|年)"
HOURS = r"(?:(?:24|48|72|96)(?:\s|-)?(?:hours?|hrs?|小时))"
EN = (
    rf"(?:{HOURS}|(?:half a|a half|half) year|(?:{numbers.COUNT})(?:\s?\(\d{{1,4}}\))?(?:\s?\+)?(?:\s|-)?"
    r"(?:or more\s)?(?:consecutive\s|straight\s|full\s|whole\s)?"
    rf"{EN_UNIT}(?![a-z]))"
)
ZH = rf"(?:{HOURS}|半年|一年半|半个月|(?:\d{{1,4}}|[一二两三四五六七八九十百]{{1,4}}){ZH_UNIT})"
ANY = rf"(?:{EN}|{ZH})"


def days(words: str) -> int | None:
    """The days of a duration (a month 30, a quarter 90, a year 365), or null."""
    text = words.strip().lower()
    fixed = {
        "半年": 182,
        "一年半": 547,
        "半个月": 15,
        "half a year": 182,
        "a half year": 182,
        "half year": 182,
        "fortnight": 14,
    }
    if text in fixed:
        return fixed[text]
    if re.fullmatch(HOURS, text):
        return int(text[:2]) // 24
    match = re.match(
        rf"(?P<n>{numbers.COUNT})(?:\s?\(\d{{1,4}}\))?(?:\s?\+)?(?:[\s-])?(?:or more )?"
        rf"(?:consecutive |straight |full |whole )?"
        rf"(?P<unit>[a-z]+|{ZH_UNIT})",
        text,
    )
    if not match:
        return None
    count = numbers.whole(match["n"])
    unit = match["unit"].removeprefix("个") if match["unit"] != "个月" else "个月"
    size = DAYS.get(unit) or DAYS.get(unit.removesuffix("s"))
    if count is not None and size == DAYS["month"] and count % 12 == 0:
        return count // 12 * DAYS["year"]
    return count * size if count is not None and size else None
