"""Amounts of money in a text, each with its span; what an amount is for is not decided here."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from agent.brief import numbers
from agent.brief.lexicon import lexicon
from agent.brief.page import Page, Span, span
from tools.money import to_minor
from tools.vocabulary import Money

LARGEST = Decimal(10) ** 13
"""Amounts above are not money that a shop has."""


@dataclass(frozen=True)
class Amount:
    """`major` units of `currency` (null: none was said). `upper` is the second end of a range ("$10-15k")."""

    where: Span
    major: Decimal
    currency: str | None
    upper: Decimal | None = None
    negative: bool = False
    scaled: bool = False
    """Was written with a scale ("20k", "两万"), as budgets are."""

    def money(self) -> Money | None:
        if self.currency is None or self.major > LARGEST:
            return None
        return Money(amount_minor=to_minor(str(self.major), self.currency), currency=self.currency)


@dataclass(frozen=True)
class Till:
    """How a bare sign reads: `$` is the shop's own dollar, or USD; `¥` is CNY, or JPY in a shop that sells in yen."""

    dollar: str
    yuan: str
    shop: str = "USD"
    """What a bare number is in, where it must be money ("spent over 200")."""

    @classmethod
    def of(cls, shop_currency: str | None) -> "Till":
        dollars = lexicon("currencies")["dollars"]
        return cls(
            dollar=shop_currency if shop_currency in dollars and shop_currency else "USD",
            yuan="JPY" if shop_currency == "JPY" else "CNY",
            shop=shop_currency or "USD",
        )

    def code(self, name: str | None) -> str | None:
        return {"dollar": self.dollar, "yuan_or_yen": self.yuan}.get(name or "", name)


def _named(side: str) -> str:
    groups = []
    for code, signs in lexicon("currencies")[side].items():
        for sign in signs:
            left = r"(?<![a-z])" if re.match(r"[a-z]", sign) else ""
            right = r"(?![a-z])" if side == "after" and re.search(r"[a-z?)]$", sign) and "块" not in sign else ""
            groups.append((len(sign), f"{left}{sign}{right}"))
        del code
    return "|".join(text for _, text in sorted(groups, reverse=True))


@cache
def _codes(side: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    pairs = [(sign, code) for code, signs in lexicon("currencies")[side].items() for sign in signs]
    return tuple((re.compile(sign), code) for sign, code in sorted(pairs, key=lambda p: -len(p[0])))


def _code(side: str, sign: str | None) -> str | None:
    if not sign:
        return None
    return next((code for pattern, code in _codes(side) if pattern.fullmatch(sign.strip())), None)


@cache
def _scale_words() -> tuple[tuple[re.Pattern[str], Decimal], ...]:
    return tuple(
        (re.compile("|".join(forms)), Decimal(size)) for size, forms in lexicon("currencies")["scales"].items()
    )


@cache
def pattern() -> re.Pattern[str]:
    """sign? number scale? (to number scale?)? word?"""
    scale = "|".join(form for forms in lexicon("currencies")["scales"].values() for form in forms)
    low = r"[一二两三四五六七八九十](?=\s?(?:-|到|至)\s?[零一二两三四五六七八九十\d]+[百千万亿])"
    number = rf"\d{{1,3}}[kw]\d(?![\d.a-z])|{numbers.ZH_NUMBER}|{numbers.DIGITS}|{numbers.EN_WORDS}|{low}"
    return re.compile(
        rf"(?P<minus>(?<![\w\d])-(?=[^\s]))?(?P<between>(?<![a-z])between\s)?"
        rf"(?P<before>{_named('before')})?\s?(?P<number>{number})"
        rf"(?:[\s-]?(?P<scale>{scale}|个?w|万|(?<=₹\d)l|(?<=₹\d\d)l)(?![a-z\d]))?"
        rf"(?:\s?(?:-|to|到|至|(?(between)and|(?!)))\s?(?P<before2>{_named('before')})?\s?(?P<number2>{number})"
        rf"(?:[\s-]?(?P<scale2>{scale}|w)(?![a-z\d]))?)?"
        rf"(?:(?:,-|\.-|/-)(?!\d))?(?:[\s-]?(?P<after>{_named('after')}))?"
    )


def _major(words: str, scale: str | None) -> Decimal | None:
    short = re.fullmatch(r"(\d{1,3})([kw])(\d)", words)  # "6k5"
    if short:
        size = 1_000 if short[2] == "k" else 10_000
        return Decimal(short[1]) * size + Decimal(short[3]) * size / 10
    if re.search(r"[零〇一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖]", words):
        value = numbers.chinese(words)
    elif re.match(r"\d", words):
        value = numbers.digits(words)
    else:
        value = numbers.english(words)
    if value is None or not scale:
        return value
    if scale in ("w", "个w", "万", "l"):
        return value * (100_000 if scale == "l" else 10_000)
    return next((value * size for form, size in _scale_words() if form.fullmatch(scale)), value)


def amounts(page: Page, till: Till) -> Iterator[Amount]:
    """Every number of `page` that may be money, with the currency that was said, in order.

    A bare number is one too (currency null): whoever asks decides by the words around it.
    """
    for match in page.find(pattern()):
        found = _amount(match, till)
        if found is not None:
            yield found


def _like_second(match: re.Match[str], first: Decimal) -> Decimal:
    """ "10-15k", "3到5万": the scale of the second number is the first's too."""
    zh = re.search("[万千百亿]$", match["number2"])
    if zh and not re.search("[万千百亿]", match["number"]):
        return first * numbers.ZH_SCALES[zh[0]]
    return (_major(match["number"], match["scale2"]) or first) if match["scale2"] else first


LEAST_SPREAD = 100
WIDEST = 5
"""Bare numbers so far apart are no range of money."""


def _spread(first: Decimal, upper: Decimal, said: str) -> bool:
    """ "4000到5000": two bare numbers that can be the ends of a range, and no years."""
    return LEAST_SPREAD <= first < upper <= WIDEST * first and not re.match(r"(?:19|20)\d\d$", said)


def _amount(match: re.Match[str], till: Till) -> Amount | None:
    before = match.start("before") if match["before"] else match.start("number")
    if (
        before > 0
        and re.match(r"[a-z\d]", match.string[before - 1])
        and match.string[before - 1 : before + 1].isalnum()
    ):
        return None
    scale = match["scale"]
    first = _major(match["number"], scale)
    upper = _major(match["number2"], match["scale2"]) if match["number2"] else None
    if first is None:
        return None
    if upper is not None and scale is None and first < upper:
        first = _like_second(match, first)
    name = _code("before", match["before"]) or _code("before", match["before2"])
    after = _code("after", match["after"])
    if name is None or (name == "dollar" and after in lexicon("currencies")["dollars"]):
        name = after or name  # "$20k AUD"
    scaled = bool(
        scale
        or match["scale2"]
        or re.search(r"[万千百亿]|\d[kw]\d", match["number"])
        or re.search("[万千百亿]", match["number2"] or "")
        or re.search("hundred|thousand|grand|million| k$", match["number"])
    )
    where = Span(match.start("minus") if match["minus"] and name else before, match.end())
    if upper is not None and name is None and not scaled and not _spread(first, upper, match["number"]):
        where, upper = span(match, "number"), None
    return Amount(where, first, till.code(name), upper, bool(match["minus"] and name), scaled)
