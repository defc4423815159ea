"""Shares as people write them: `15%`, `20 percent`, `a fifth`, `half`, `百分之十`, `两成`, and 折 (8折 is 20 % off)."""

import re
from dataclasses import dataclass

from agent.brief import numbers
from agent.brief.day_words import ORDINALS
from agent.brief.page import Page, Span, span

FRACTIONS = {
    "half": 50,
    "a half": 50,
    "one half": 50,
    "a third": 33.33,
    "one third": 33.33,
    "a quarter": 25,
    "one quarter": 25,
    "a fourth": 25,
    "a fifth": 20,
    "one fifth": 20,
    "a sixth": 16.67,
    "an eighth": 12.5,
    "a tenth": 10,
    "one tenth": 10,
    "two thirds": 66.67,
    "three quarters": 75,
    "two fifths": 40,
}
EN_NUMBER = rf"(?:\d{{1,3}}(?:[.,]\d{{1,2}})?|{numbers.EN_WORDS})"
UNIT = r"\s?(?:%|percent(?:age points?)?(?![a-z])|per cent(?![a-z])|pct(?![a-z])|pc(?![a-z])|个?百分点|个点(?!位))"
PARTS = {w: n for w, n in (*numbers.UNITS.items(), *ORDINALS.items()) if n > 1 and w.isalpha()} | {
    "twenty": 20,
    "twenty five": 25,
    "fifty": 50,
}
PART = "|".join(sorted(PARTS, key=len, reverse=True))
"""What "one in …" and "every …" say."""
MEASURES = "pound|lb|kilo|litre|liter|pint|gallon|inch|mile|cup|dozen|size|caff|decaf|hour|year|ton"
"""After "half" or "a quarter" no share of a price: "a quarter-pound sample"."""
PERCENT = re.compile(
    rf"(?<![\d.])(?<!\d,)(?P<low>{EN_NUMBER})(?:{UNIT})?\s?(?:-|to|and|or|到|至)\s?(?P<high>{EN_NUMBER}){UNIT}"
    rf"|(?<![\d.])(?<!\d,)(?P<one>{EN_NUMBER}){UNIT}"
    r"|(?<![a-z])(?P<price>half)(?=[\s-]price(?!s))|"
    rf"(?<![a-z])(?P<fraction>{'|'.join(sorted(FRACTIONS, key=len, reverse=True))})(?![a-z])"
    rf"(?![\s-](?:{MEASURES}))(?!\s(?:of )?(?:an?|the) (?:year|month|day|hour|million)| a )"
    r"|(?<![a-z\d])(?:one|1|every)\s(?:(?:household|customer|person|shopper|buyer|recipient|member)\s(?=in|out))?"
    rf"(?:in|out of)?\s?(?:every\s)?(?P<in_n>{PART}|\d{{1,2}}(?:th)?)"
    r"(?![a-z\d%/:]|[.,]\d)(?=\s?(?:$|[.,;!)¶])|\s(?:customers?|of|people|persons?|shoppers?|gets?|receives?|is|are|as|should|stays?|remains?|"
    r"alone|in|for|left|held|kept|untouched|goes|will|must)(?![a-z]))"
    r"|(?P<zh_n>[二三四五六七八九十]{1,2}|\d{1,2})分之(?P<zh_m>[一二三四五六七八九]|\d)"
    r"|百分之(?P<zh>\d{1,3}(?:\.\d)?|[一二三四五六七八九十]{1,3})"
    r"|(?P<cheng>[一二两三四五六七八九])成"
)
ZHE_NUMBER = r"(?:\d(?:\.\d)?|\d{2}|[一二三四五六七八九](?:点?[一二三四五六七八九])?|对|半)"
ZHE = re.compile(
    rf"(?<![\d.])(?P<a>{ZHE_NUMBER})\s?(?:折?\s?(?:-|到|至)\s?(?P<b>{ZHE_NUMBER})\s?)?折(?!扣|叠|腾|中|射)|(?P<half>半价)"
)


@dataclass(frozen=True)
class Share:
    """`value` in per cent (of a range the higher end, with `low` the lower). For 折, already turned to per cent off."""

    where: Span
    value: float
    low: float | None = None
    zhe: bool = False
    fraction: bool = False


def _number(words: str) -> float | None:
    value = numbers.digits(words) if words[0].isdigit() else numbers.english(words)
    return None if value is None else float(value)


def shares(page: Page) -> list[Share]:
    """Every share between 0 and 1000 per cent on `page`, in order."""
    found = []
    for match in page.find(PERCENT):
        share = _share(match)
        if share is not None:
            found.append(share)
    for match in page.find(ZHE):
        zhe = _zhe(match)
        if zhe is not None:
            found.append(zhe)
    return sorted(found, key=lambda s: s.where)


def _share(match: re.Match[str]) -> Share | None:
    where = span(match)
    if match["one"]:
        value = _number(match["one"])
        return None if value is None else Share(where, value)
    if match["high"]:
        low, high = _number(match["low"]), _number(match["high"])
        return None if low is None or high is None else Share(where, max(low, high), min(low, high))
    if match["price"]:
        return Share(where, 50.0, zhe=True)
    if match["fraction"]:
        return Share(where, FRACTIONS[match["fraction"]], fraction=True)
    if match["in_n"]:
        size = PARTS.get(match["in_n"]) or int(re.sub(r"\D", "", match["in_n"]))
        return Share(where, round(100 / size, 2), fraction=True) if size > 1 else None
    if match["zh_n"]:
        whole, part = numbers.chinese(match["zh_n"]), numbers.chinese(match["zh_m"])
        return Share(where, round(float(100 * part / whole), 2), fraction=True) if whole and part else None
    if match["zh"]:
        value_zh = numbers.chinese(match["zh"])
        return None if value_zh is None else Share(where, float(value_zh))
    return Share(where, 10.0 * numbers.ZH_DIGITS[match["cheng"]])


def price_share(words: str) -> float | None:
    """The per cent of the price that is left: `8` → 80, `85` → 85, `八五` → 85, `8.5` → 85, `对` → 50."""
    if words in ("对", "半"):
        return 50.0
    text = "".join(str(numbers.ZH_DIGITS.get(c, "." if c == "点" else c)) for c in words)
    if "." in text:
        return round(float(text) * 10, 2)
    return float(text) * 10 if len(text) == 1 else float(text)


def _zhe(match: re.Match[str]) -> Share | None:
    if match["half"]:
        return Share(span(match), 50.0, zhe=True)
    left = [price_share(match[g]) for g in ("a", "b") if match[g]]
    off = sorted(round(100 - share, 2) for share in left if share is not None and 0 < share < 100)
    if not off:
        return None
    return Share(span(match), off[-1], off[0] if len(off) > 1 else None, zhe=True)
