"""What a plan of whole customers uses and is worth, and how sharp a bound of it can be."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from tools.budget.customers.data import CHUNK, Limits, Population
from tools.budget.customers.exact_rows import common_scale
from tools.budget.customers.problem import Floats, Ints
from tools.budget.customers.twin import Choice

LARGEST_GRID = 10_000_000
"""Values that are looked through for a common step."""


@dataclass(frozen=True, eq=False)
class Plan:
    """`action` (n,) with −1 for no contact; its value; its usage (R,) in the integer rows' units."""

    action: Choice
    value: float
    units: Ints


def round_bound(value: Floats, bound: float) -> float:
    """`bound`, lowered to a multiple of q where all of `value` (n, k) are multiples of some q (whole dollars, say)."""
    if value.size > LARGEST_GRID:
        return bound
    scale = common_scale(value, total=float(np.abs(value).sum()) or 1.0)
    if not scale.exact:
        return bound
    q = int(np.gcd.reduce(np.rint(value * float(scale.factor)).astype(np.int64).ravel())) or 1
    units = Fraction(bound) * scale.factor / q
    # A hair is left for the rounding of the bound itself.
    return min(bound, float(math.floor(units + Fraction(1, 10**6)) * q / scale.factor))


def value_of(customers: Population, action: Choice) -> float:
    """What a plan is worth, summed without loss."""
    total = []
    for part, chunk in customers.chunks(4 * CHUNK):
        own = action[part]
        who = np.flatnonzero(own >= 0)
        total.append(float(chunk.value[who, own[who]].sum()))
    return math.fsum(total)


def smallest(second: Floats, size: int) -> NDArray[np.intp]:
    """The customers with the smallest second loss, and all that tie at it, in their order."""
    if size >= len(second):
        return np.arange(len(second))
    edge = np.partition(second, size - 1)[size - 1]
    return np.flatnonzero(second <= edge)


def finite_limits(limits: Limits) -> Floats:
    """(m,) the larger finite limit of each row in absolute value; 0 where it has none."""
    low = np.where(np.isfinite(limits.lower), np.abs(limits.lower), 0)
    return np.maximum(low, np.where(np.isfinite(limits.upper), np.abs(limits.upper), 0))
