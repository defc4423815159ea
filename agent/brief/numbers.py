"""Numbers as people write them: digits of several countries, English words, Chinese numerals."""

import re
from decimal import Decimal, InvalidOperation

UNITS = {
    w: i
    for i, w in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ]
    )
}
TENS = {
    w: 10 * i
    for i, w in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], start=2)
}
SCALES = {"hundred": 100, "thousand": 1_000, "grand": 1_000, "million": 1_000_000, "lakh": 100_000, "crore": 10_000_000}
EN_WORD = "|".join(sorted((*UNITS, *TENS), key=len, reverse=True))
EN_SCALE = "hundred|thousand|million"
A_GRAND = (
    r"grand(?=\s?(?:$|[^a-z\s]|(?:for|on|in|to|total|max|budget|of it|tops|or|and|all|left|should|is|please|pls)"
    r"(?![a-z])))"
)
EN_WORDS = (
    rf"(?<![a-z])(?:(?:a )?quarter of a million|half an? (?:million|thousand|{A_GRAND})"
    rf"|(?:a )?couple (?:of )?(?:hundred|thousand|grand|million|k(?![a-z]))|an? {A_GRAND}"
    rf"|(?:an? (?:{EN_SCALE})|(?:{EN_WORD}))(?:(?:[\s-]|\sand\s)(?:{EN_WORD}|{EN_SCALE})){{0,8}}"
    rf"(?:(?:\spoint(?:\s(?:{EN_WORD})){{1,3}}|\sand an? (?:half|quarter)(?!\s(?:years?|months?|weeks?|days?)))"
    rf"(?:\s(?:{EN_SCALE}|grand))?)?)"
    r"(?![a-z])"
)
"""A number in English words: `twenty-five thousand`, `a hundred`, `half a million`, `two and a half`."""

DIGITS = (
    r"(?:\d{1,3}(?:,\d{2}){1,3},\d{3}(?:\.\d{1,2})?(?!\d)"
    r"|\d{1,3}(?:,\d{3}){1,4}(?:\.\d{1,2})?(?!\d)"
    r"|\d{1,3}(?:\.\d{3}){1,4}(?:,\d{1,2})?(?!\d)"
    r"|\d{1,3}(?:['’ ]\d{3}){1,4}(?:[.,]\d{1,2})?(?!\d)"
    r"|\d{1,15}\.\d{3,9}(?!\d)|\d{1,15}(?:[.,]\d{1,2})?(?!\d))"
)
"""Digits with separators of any country: `20,000.50`, `12.500,00`, `2,00,000`, `20 000`, `1'000`."""

ZH_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "俩": 2}
ZH_SCALES = {"十": 10, "百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000, "k": 1_000, "w": 10_000}
FORMAL = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟", "一二三四五六七八九十百千")
"""Numerals as on a cheque: `壹万贰仟`."""
ZH_FORMAL = "壹贰叁肆伍陆柒捌玖"
ZH_NUMBER = (
    r"(?:(?:(?:\d{1,12}(?:,\d{3})*(?:\.\d+)?|[零一两二三四五六七八九十])[零一二两三四五六七八九十百千万亿]*[百千万亿]"
    r"(?:(?:\d千|\d百|\d|[一二两三四五六七八九十][零一二两三四五六七八九十百千]*)(?![零一二两三四五六七八九十百千月日号天折周人条.-]))?)"
    rf"|[{ZH_FORMAL}][{ZH_FORMAL}零〇拾佰仟万亿]*[拾佰仟万亿][{ZH_FORMAL}零〇拾佰仟万亿]*)"
)
"""A number with Chinese numerals or scales: `两万`, `3万5`, `1.5万`, `一百二十万`, `壹万贰仟`."""
ZH_SOME = re.compile(r"[一二两三四五六七八][二三四五六七八九][十百千万亿]")
"""`两三万`: one or the other."""


def digits(words: str) -> Decimal | None:
    """`20,000.50`, `12.500,00`, `2,00,000`, `1 000` as a number; null where it is none.

    A single separator with exactly three digits after it groups thousands; with one or two it is the decimal mark.
    """
    text = re.sub(r"(?<=\d)[ '’](?=\d{3})", "", words.strip())
    last = max(text.rfind(","), text.rfind("."))
    if last >= 0:
        tail = text[last + 1 :]
        both = "," in text and "." in text
        decimal = both or len(tail) != 3 or text[:last] == "0"
        if both and text.count(text[last]) > 1:
            decimal = False
        whole = re.sub(r"[,.]", "", text[:last])
        text = f"{whole}.{tail}" if decimal and tail else whole + tail
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def english(words: str) -> Decimal | None:
    """`twenty-five thousand`, `a hundred and ten`, `two and a half thousand` as a number; null where it is none."""
    if words.startswith(("a quarter of a ", "quarter of a ")):
        return Decimal(SCALES[words.rpartition(" ")[2]]) / 4
    if words.startswith("half a "):
        return Decimal(SCALES[words.removeprefix("half a ").strip()]) / 2
    couple = re.fullmatch(r"(?:a )?couple (?:of )?(\w+)", words.strip())
    if couple:
        return 2 * Decimal(SCALES.get(couple[1], 1_000))
    scaled = re.fullmatch(rf"(.+(?:\spoint\s.+|\sand an? (?:half|quarter)))\s({EN_SCALE}|grand)", words)
    if scaled:
        number = english(scaled[1])
        return None if number is None else number * SCALES[scaled[2]]
    part = re.search(r"\sand an? (half|quarter)$", words)
    if part:
        whole_part = english(words[: part.start()])
        return None if whole_part is None else whole_part + (Decimal("0.5") if part[1] == "half" else Decimal("0.25"))
    point = re.search(r"\spoint\s(.+)$", words)
    if point:
        whole_part, digits_after = english(words[: point.start()]), [UNITS.get(w, 10) for w in point[1].split()]
        spoken = "".join(str(d) for d in digits_after)
        return None if whole_part is None or max(digits_after) > 9 else Decimal(f"{whole_part}.{spoken}")
    return _english(re.split(r"[\s-]+", words.strip()))


def _english(words: list[str]) -> Decimal | None:
    """Words in the order of one number; null for a row of numbers ("thirty seven fifty"). `room`: what may follow."""
    total, group, room, seen = 0, 0, 100, False
    for word in words:
        if word in UNITS or word in TENS:
            value = UNITS.get(word, TENS.get(word, 0))
            if value >= room:
                return None
            group, seen, room = group + value, True, 10 if word in TENS else 0
        elif word in ("a", "an"):
            group, seen, room = max(group, 1), True, 0
        elif word == "hundred":
            group, room = max(group, 1) * 100, 100
        elif word in SCALES:
            total, group, room = total + max(group, 1) * SCALES[word], 0, 100
        elif word != "and":
            return None
    return Decimal(total + group) if seen else None


def chinese(words: str) -> Decimal | None:
    """`两万`, `三万五` (35,000), `3万5`, `1.5万`, `一百二十`, `15` as a number; null where it is none."""
    text = words.strip().replace(",", "").translate(FORMAL)
    if re.fullmatch(r"\d+(?:\.\d+)?", text):
        return Decimal(text)
    if ZH_SOME.search(text):
        return None
    if re.fullmatch(r"[零〇一二两三四五六七八九]{2,}", text):
        return Decimal("".join(str(ZH_DIGITS[c]) for c in text))
    return _scaled(text)


def _scaled(text: str) -> Decimal | None:
    for scale in "亿万w千k百十":
        index = text.rfind(scale)
        if index < 0:
            continue
        size = ZH_SCALES[scale]
        head = _scaled(text[:index]) if index else Decimal(1)
        rest = text[index + 1 :]
        if head is None:
            return None
        if not rest:
            return head * size
        tail = _scaled(rest.lstrip("零〇"))
        if tail is None:
            return None
        if len(rest) == 1 and (rest in ZH_DIGITS or rest.isdigit()) and scale != "十":
            tail *= size // 10
        return head * size + tail
    if len(text) == 1 and text in ZH_DIGITS:
        return Decimal(ZH_DIGITS[text])
    return Decimal(text) if re.fullmatch(r"\d+(?:\.\d+)?", text) else None


def whole(words: str) -> int | None:
    """A small count in any of the three ways, or null: `3`, `three`, `三`, `a couple`."""
    text = words.strip().lower()
    if text in ("a", "an", "one", "single"):
        return 1
    if text in ("a couple", "a couple of", "couple", "couple of", "twice", "both", "俩"):
        return 2
    if text == "thrice":
        return 3
    if text in ("a dozen", "dozen"):
        return 12
    for read in (digits, english, chinese):
        value = read(text)
        if value is not None and value == value.to_integral_value():
            return int(value)
    return None


COUNT = (
    r"(?:\d{1,4}(?:,\d{3})?|(?<![a-z])(?:(?:a|one|two|three|five)?\s?hundred|(?:twenty|thirty|forty|fifty|sixty|"
    r"seventy|eighty|ninety)"
    r"(?:[-\s](?:one|two|three|four|five|six|seven|eight|nine))?|one|two|three|four|five|six|seven|eight|nine|ten|"
    r"eleven|twelve|thirteen|"
    r"fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|a couple(?: of)?|a dozen|an?)(?![a-z])"
    r"|[一二两三四五六七八九十百]{1,4})"
)
"""A small count: digits, words, `a`, `a couple of`, Chinese numerals."""
