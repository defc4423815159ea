"""The dual over curves: with prices λ each channel spends on its own, and what they then gain bounds every plan.

    g(λ) = Σ_r λ_r b_r + Σ_i max_{low ≤ x ≤ high} (f_i(x) − p_i x),   p_i = Σ_r λ_r member_ri

On its convex part f_i(x) − p x is greatest at an end; on its concave part where the slope is p. There the maximum is
bounded by the tangent at the point found, so that the bound does not rest on the root being exact.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from tools.budget.curves.problem import Curves
from tools.budget.customers.data import Limits
from tools.budget.customers.kelley import minimise
from tools.budget.customers.oracle import Point
from tools.budget.customers.problem import Floats

HALVINGS = 48
BLOCKS, MOST_CALLS = 8, 150


@dataclass(frozen=True, eq=False)
class Region:
    """A part of the problem: low ≤ x ≤ high (n,)."""

    low: Floats
    high: Floats


@dataclass(frozen=True, eq=False)
class Best:
    """At prices p: the spend `x` of each channel, the bound of what it gains, and its two candidates with their gains.

    `near`: the better end of the convex part, `far`: the best of the concave part.
    """

    x: Floats
    gain: Floats
    near: Floats
    far: Floats
    near_gain: Floats
    far_gain: Floats


def best_spend(curves: Curves, region: Region, price: Floats) -> Best:
    """Each channel's best spend at its price."""
    start = np.clip(curves.inflection, region.low, region.high)
    low, high = start.copy(), region.high.copy()
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        steep = curves.slope(np.maximum(middle, 1e-300)) > price
        low, high = np.where(steep, middle, low), np.where(steep, high, middle)
    far = high
    slope = curves.slope(np.maximum(far, 1e-300))
    tangent = np.maximum((slope - price) * (region.high - far), (slope - price) * (start - far))
    at_far = curves.value(far) - price * far
    at_low, at_start = (curves.value(x) - price * x for x in (region.low, start))
    near = np.where(at_low >= at_start, region.low, start)
    at_near = np.maximum(at_low, at_start)
    concave = np.where(region.high > start, at_far + np.maximum(tangent, 0.0), at_start)
    return Best(
        np.where(at_far > at_near, far, near), np.maximum(at_near, concave), near, far, at_near, at_far
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class CurveDual:
    """`lam` (m,) with g(lam) = `bound`."""

    lam: Floats
    bound: float
    best: Best


def dual(curves: Curves, region: Region, start: Floats, gap: float) -> CurveDual:
    """Minimise g by cutting planes (`customers.kelley`), a plane a call for each block of channels."""
    scale = curves.top.sum() / np.maximum(curves.limit, 1.0)
    limits = Limits(tuple(map(str, range(len(scale)))), np.full(len(scale), -np.inf), curves.limit)

    edges = np.linspace(0, curves.n, min(curves.n, BLOCKS) + 1).astype(int)
    blocks = [slice(a, b) for a, b in itertools.pairwise(edges)]

    def oracle(lam: Floats) -> tuple[Point, ...]:
        best = best_spend(curves, region, lam @ curves.member)
        points = []
        for part in blocks:
            usage = curves.member[:, part] @ best.x[part]
            gain = float(best.gain[part].sum())
            points.append(Point(lam, gain, gain + float(lam @ usage), usage))
        return tuple(points)

    high = np.full(len(scale), 1e4) * scale
    found = minimise(oracle, limits, start, np.zeros(len(scale)), high, scale=scale, gap=gap, most_calls=MOST_CALLS)
    best = best_spend(curves, region, found.lam @ curves.member)
    return CurveDual(found.lam, float(found.lam @ curves.limit + best.gain.sum()), best)
