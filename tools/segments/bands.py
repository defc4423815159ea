"""Values that are ranges of numbers in words: "35-44", "65+", "Under 15K", "250K+", "5+", "3", "30岁以下".

A band is a closed range. Where the shop writes "100-124K", the band ends just before 125,000: at the last number that
is still written with 124. Whether a band fulfils a bound is asked of the whole band, so that nobody is taken in who
may be on the other side.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from tools.segments.filter import Op

SCALES = {"k": 1_000, "m": 1_000_000, "thousand": 1_000, "million": 1_000_000, "千": 1_000, "万": 10_000}
_NUMBER = r"(\d+(?:\.\d+)?)\s*(k|m|thousand|million|千|万)?"
_UNIT = r"(?:\s*(?:years?|yrs?|岁|元|人|个|kids?|children|persons?|people|adults?|old|or))*"
_RANGE = re.compile(rf"{_NUMBER}{_UNIT}\s*(?:-|to|and|~|至|到)\s*{_NUMBER}{_UNIT}")
_SINGLE = re.compile(rf"{_NUMBER}{_UNIT}")
_BELOW = re.compile(
    rf"(?:(?:under|below|less than|fewer than|younger than|<|低于|小于|少于|不到)\s*{_NUMBER}{_UNIT}|"
    rf"{_NUMBER}{_UNIT}\s*以下)"
)
_UP_TO = re.compile(
    rf"(?:(?:up to|at most|<=|≤|no more than|不超过|最多)\s*{_NUMBER}{_UNIT}|"
    rf"{_NUMBER}{_UNIT}\s*(?:(?:and|or|&)\s*(?:under|below|younger|less|fewer)|-))"
)
_FROM = re.compile(
    rf"(?:(?:at least|from|>=|≥|至少|不少于)\s*{_NUMBER}{_UNIT}|"
    rf"{_NUMBER}{_UNIT}\s*(?:\+|plus|(?:and|or|&)?\s*(?:over|above|older|more|up)|以上|及以上))"
)
_ABOVE = re.compile(rf"(?:over|above|more than|older than|greater than|>|超过|高于|大于|多于)\s*{_NUMBER}{_UNIT}")
COARSE = 1_000
"""From here on (incomes, where nobody means one dollar) "over 100K" takes the band that begins at 100K."""
LEAST_SHARE = 0.7
"""Share of a column's values that must be bands for it to be one of numbers; the rest may be "Unknown"."""


@dataclass(frozen=True)
class Band:
    """All whole numbers from `low` to `high`, both counted; infinite where it is open."""

    low: float
    high: float

    def inside(self, low: float, high: float) -> bool:
        return low <= self.low and self.high <= high

    def overlaps(self, low: float, high: float) -> bool:
        return self.low <= high and low <= self.high


def parse_band(value: str) -> Band | None:
    """The numbers that a value of the shop stands for, or None where it is not a band."""
    text = unicodedata.normalize("NFKC", value).lower()
    text = re.sub(r"[$€£¥,]|(?<=\d)\s+(?=\d{3}\b)", "", text)
    text = re.sub(r"[–—−]", "-", text)
    text = re.sub(r"^(?:aged?|ages)\s+", "", text).strip()
    if m := _RANGE.fullmatch(text):
        return _range(*m.groups())
    for pattern, open_low, open_high, counted in (
        (_BELOW, True, False, False),
        (_UP_TO, True, False, True),
        (_FROM, False, True, True),
        (_ABOVE, False, True, False),
        (_SINGLE, False, False, True),
    ):
        if m := pattern.fullmatch(text):
            number = _first(m.groups())
            if open_low:
                return Band(-math.inf, number if counted else number - 1)
            if open_high:
                return Band(number if counted or number >= COARSE else number + 1, math.inf)
            return Band(number, number)
    return None


def parse_bands(values: Sequence[str]) -> dict[str, Band]:
    """Value → band for the values of one column; empty where it is not a column of numbers."""
    bands = {value: band for value in values if (band := parse_band(value)) is not None}
    return bands if values and len(bands) >= LEAST_SHARE * len(values) else {}


def bounds(op: Op, number: float) -> tuple[float, float]:
    """The closed range of whole numbers that fulfils `op number`."""
    if op == "eq":
        return number, number
    if op in ("lt", "le"):
        return -math.inf, number - (1 if op == "lt" else 0)
    return number + (1 if op == "gt" and number < COARSE else 0), math.inf


def band_values(values: Sequence[str], op: Op, number: float, *, outside: bool = False) -> tuple[str, ...]:
    """The values whose band lies wholly on that side of `number`, or wholly `outside` it, in the order of the bands."""
    return range_values(values, *bounds(op, number), outside=outside)


def range_values(values: Sequence[str], low: float, high: float, *, outside: bool = False) -> tuple[str, ...]:
    """The values whose band lies wholly in `low`..`high`, or wholly `outside` it; what is no band is neither."""
    bands = parse_bands(values)
    ordered = sorted(bands, key=lambda value: (bands[value].low, bands[value].high))
    if outside:
        return tuple(value for value in ordered if not bands[value].overlaps(low, high))
    return tuple(value for value in ordered if bands[value].inside(low, high))


def _range(low: str, low_scale: str | None, high: str, high_scale: str | None) -> Band | None:
    scale = SCALES.get(high_scale or "", 1)
    lower = float(low) * SCALES.get(low_scale or high_scale or "", 1)
    upper = float(high) * scale + (scale - 1 if scale == SCALES["k"] else 0)
    return Band(lower, upper) if lower <= upper else None


def _first(groups: tuple[str | None, ...]) -> float:
    at = next(i for i in range(0, len(groups), 2) if groups[i] is not None)
    return float(groups[at] or 0) * SCALES.get(groups[at + 1] or "", 1)
