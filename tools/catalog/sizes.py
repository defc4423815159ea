"""Pack sizes as they stand on a till receipt, and as a customer reads them.

"22 LB" is "22 lb", "6 PK/8 OZ" is "6 x 8 oz" (plain ASCII, so that a text message stays in the GSM alphabet). What
cannot be read for certain ("CTN", "CT" alone, "LB" alone, six-digit codes) is left out: a size is a fact or nothing.
"""

import re
from functools import lru_cache

UNITS = {
    "OZ": "oz", "FZ": "fl oz", "LB": "lb", "LBS": "lb", "G": "g", "GM": "g", "KG": "kg", "ML": "ml", "L": "L",
    "LT": "L", "LTR": "L", "GA": "gal", "GAL": "gal", "QT": "qt", "PT": "pt", "IN": "in", "FT": "ft", "YD": "yd",
    "CT": "ct", "PK": "pack", "PC": "pieces", "STEM": "stems", "ST": "stems", "LOAD": "loads", "LOADS": "loads",
    "LD": "loads", "DZ": "dozen", "ROLL": "rolls", "RL": "rolls", "SHEET": "sheets", "SH": "sheets", "BU": "bunches",
}  # fmt: skip
ALONE = {
    "GAL": "gallon", "GA": "gallon", "QT": "quart", "PT": "pint", "LARGE": "large", "LRG": "large", "LG": "large",
    "SMALL": "small", "SM": "small", "MED": "medium", "MEDIUM": "medium", "DOZEN": "dozen", "DZ": "dozen",
}  # fmt: skip
COUNTED = {"pieces": "piece", "stems": "stem", "loads": "load", "rolls": "roll", "sheets": "sheet", "bunches": "bunch"}

MOST = {"pack": 100, "dozen": 20, "ct": 2000}
"""Greatest amounts that are sizes and not codes, by unit; `MOST_ELSE` for the others."""
MOST_ELSE = 3000
LOOSE_LB = 5
"""Greatest weight that loose goods are sold by; above it stands the shipping case."""

_NUMBER = r"(?:\d+ \d/\d|\d/\d|\d*\.\d+|\d+)"
_UNIT = r"[A-Z]+"
_ONE = re.compile(rf"({_NUMBER}) ?({_UNIT})\.?")
_MANY = re.compile(rf"(\d+) ?(?:PK|PACK|P)? ?[/X] ?({_NUMBER}) ?({_UNIT})\.?")
_COUNT_OF = re.compile(rf"(\d+) ?CT ?/ ?({_NUMBER}) ?({_UNIT})\.?")
_FRACTION = re.compile(r"(?:1/[2348]|3/4) ")
"""What is read as a fraction; other numbers about a stroke are so many of so much."""
TRAILING = re.compile(rf"(?<=\S) ((?:\d+ ?(?:PK|CT)? ?/ ?)?{_NUMBER} ?(?:{'|'.join(sorted(UNITS, key=len))}))$")


@lru_cache(maxsize=8192)
def display_size(size: str | None, *, loose: bool = False) -> str:
    """`"22 LB"` as `"22 lb"`; an empty string where no size can be read for certain.

    Args:
        loose: for goods sold by the piece or by weight (produce), whose counts and great weights are those of the
            case that they came in ("BANANAS 40 LB").
    """
    read = _read(size)
    if not loose:
        return read
    amount, _, unit = read.rpartition(" ")
    if unit in ("ct", "dozen", "pieces") or read.endswith("-pack"):
        return ""
    return "" if unit == "lb" and not _light(amount) else read


def _light(amount: str) -> bool:
    return amount.replace(".", "", 1).isdigit() and float(amount) <= LOOSE_LB


def _read(size: str | None) -> str:
    text = " ".join((size or "").split())
    if not text or text != text.upper():
        return text
    about = text.startswith("AB ")
    text = text.removeprefix("AB ")
    if text in ALONE:
        return ALONE[text]
    if match := _COUNT_OF.fullmatch(text):
        counted, unit = _amount(match[2]), UNITS.get(match[3])
        return f"{match[1]} ct, {counted} {unit}" if counted and unit else ""
    if (match := _MANY.fullmatch(text)) and not _FRACTION.match(text):
        each = _measure(match[2], match[3])
        return f"{match[1]} x {each}" if each else ""
    if match := _ONE.fullmatch(text):
        each = _measure(match[1], match[2])
        return f"about {each}" if about and each else each
    return ""


def _measure(amount: str, unit: str) -> str:
    """One amount with its unit; nothing for an unknown unit, an amount of zero, or "1 CT"."""
    number, name = _amount(amount), UNITS.get(unit)
    if not number or not name or (number == "1" and name in ("ct", "pack")):
        return ""
    if number.isdigit() and int(number) > MOST.get(name, MOST_ELSE):
        return ""
    if name == "pack":
        return f"{number}-pack"
    if number == "1":
        return "1 " + COUNTED.get(name, name)
    return f"{number} {name}"


def _amount(text: str) -> str:
    """`".50"` as `"0.5"`, `"11.0"` as `"11"`; fractions stay as they are; zero is nothing."""
    if "/" in text:
        return text
    if "." not in text:
        return text.lstrip("0")
    whole, _, part = text.partition(".")
    part = part.rstrip("0")
    whole = whole.lstrip("0") or "0"
    if not part:
        return "" if whole == "0" else whole
    return f"{whole}.{part}"
