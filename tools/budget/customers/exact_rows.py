"""Rows in integers, so that "holds" has one meaning and no tolerance.

Money and counts are integers already. A usage array is read as the decimals it prints as (0.1 is one tenth) where
nine decimals suffice, else as binary fractions of some 60 bits for the whole sum. Sums of 64-bit integers are exact.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from tools.budget.customers.data import CHUNK, Customers, Limits
from tools.budget.customers.problem import Floats, Ints

MOST_DECIMALS = 9
FEW_ULPS = 4 * np.finfo(np.float64).eps
"""0.1 * 3 is three tenths too."""
ROOM = 1 << 60
"""Sums stay below this."""
NO_LIMIT = 1 << 61
MANY = 100_000


@dataclass(frozen=True)
class Scale:
    """Integer units in one unit of a row: 10^d (`exact`), or a power of two, possibly below 1."""

    factor: Fraction
    exact: bool

    @property
    def bits(self) -> int:
        """log2 of a factor that is a power of two."""
        return self.factor.numerator.bit_length() - self.factor.denominator.bit_length()


def common_scale(*parts: Floats, total: float) -> Scale:
    """The scale for a row with these usages, whose absolute sum over all pairs in question stays below `total`."""
    room = ROOM / max(total, 1e-300)
    for d in range(MOST_DECIMALS + 1):
        tens = 10.0**d
        if tens > room:
            break
        if all(is_whole(x, tens) for x in parts):
            return Scale(Fraction(10**d), True)
    bits = math.floor(math.log2(room)) if room < math.inf else 60
    return Scale(Fraction(2) ** min(bits, 1000), False)


def is_whole(x: Floats, tens: float) -> bool:
    """Whether all of `x` times `tens` are whole, up to a few units in the last place; stops where one is not."""
    flat = x.ravel()
    for start in range(0, len(flat), CHUNK):
        y = flat[start : start + CHUNK] * tens
        if not (np.abs(y - np.rint(y)) <= FEW_ULPS * np.abs(y)).all():
            return False
    return True


def rows_of(customers: Customers, limits: Limits) -> list[IntegerRow]:
    """All limits as integer rows, each in a scale at which the sum of any plan is exact."""
    scales = [Scale(Fraction(1), True)] * limits.m
    per_pattern = np.bincount(customers.pattern, minlength=len(customers.table))
    for t, r in enumerate(customers.table_rows):
        entries = customers.table[:, t, :]
        scales[int(r)] = common_scale(entries, total=float(per_pattern @ np.abs(entries).sum(axis=1)))
    for dense in customers.dense:
        scales[dense.index] = common_scale(dense.usage, total=most_used(dense.usage))
    return integer_rows(limits, scales, customers.n)


def most_used(usage: Floats) -> float:
    """The sum of absolute usages over all pairs: CP-SAT wants all of a row's coefficients to stay in 64 bits."""
    total = 0.0
    for start in range(0, len(usage), CHUNK):
        total += float(np.abs(usage[start : start + CHUNK]).sum())
    return total


@dataclass(frozen=True)
class IntegerRow:
    """Row `index` in integers: low ≤ Σ units ≤ high."""

    index: int
    scale: Scale
    low: int
    high: int

    def units(self, usage: Floats) -> Ints:
        if self.scale.exact:
            return np.rint(usage * float(self.scale.factor)).astype(np.int64)
        return np.rint(np.ldexp(usage, self.scale.bits)).astype(np.int64)


def integer_rows(limits: Limits, scales: list[Scale], n: int) -> list[IntegerRow]:
    """All limits as integer rows.

    Rounding an inexact usage errs by half a unit. With many customers those halves could add up to something that
    counts, so the limits are then drawn in by n halves; with few they are below 1e-13 of the row's size.
    """
    rows: list[IntegerRow] = []
    for r, scale in enumerate(scales):
        low = _floor_or_ceil(float(limits.lower[r]), scale, up=True)
        high = _floor_or_ceil(float(limits.upper[r]), scale, up=False)
        margin = 0 if scale.exact or n <= MANY else n // 2 + 1
        if high - low > 2 * margin:
            low += margin if low > -NO_LIMIT else 0
            high -= margin if high < NO_LIMIT else 0
        rows.append(IntegerRow(r, scale, low, high))
    return rows


def _floor_or_ceil(limit: float, scale: Scale, *, up: bool) -> int:
    if math.isinf(limit):
        return NO_LIMIT if limit > 0 else -NO_LIMIT
    units = Fraction(limit) * scale.factor
    if scale.exact and abs(units - round(units)) <= FEW_ULPS * abs(units):
        return round(units)
    found = math.ceil(units) if up else math.floor(units)
    return max(-NO_LIMIT, min(NO_LIMIT, found))
