"""Looking before the end without paying for it in false alarms: group sequential boundaries by alpha spending.

Lan and DeMets (1983) with the O'Brien-Fleming-like spending function, half of α on either side as is usual,
α*(t) = 4 − 4 Φ(z_{1−α/4} / √t): hardly anything is spent early, so the last look is nearly that of a single test.
At look k with information t_k the statistic on Brownian scale B(t_k) = Z_k √t_k has independent increments; the
boundary b_k solves

    P(|B(t_1)| < b_1, …, |B(t_{k−1})| < b_{k−1}, |B(t_k)| ≥ b_k) = α*(t_k) − α*(t_{k−1})

by Gauss-Legendre integration of the density that has not crossed yet (Armitage, McPherson and Rowe 1969).

Information of a share: of customers who are followed from one day, the share p_d with an order by day d is an empirical
distribution function. Divided by 1 − p_d, a Brownian bridge is a Brownian motion in the time p_d / (1 − p_d) (Doob
1949), so that the information at day d is odds(p_d) / odds(p_end), exactly, and not the share of days or of orders.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

NODES = 240
FARTHEST = 10.0
"""Boundaries are no farther out than this, in standard deviations: beyond it nothing is spent."""


def spent(information: float, alpha: float = 0.05) -> float:
    """α*(t): the false-alarm probability that may be used up to information t in (0, 1], two-sided."""
    from scipy.special import ndtr, ndtri

    return float(4 * ndtr(-ndtri(1 - alpha / 4) / math.sqrt(information)))


def boundaries(information: Sequence[float], alpha: float = 0.05) -> tuple[float, ...]:
    """The |z| at which the test stops, one for each look.

    Args:
        information: rising fractions in (0, 1], the last 1 for a full test.

    Raises:
        ValueError: they do not rise, or leave (0, 1].
    """
    from scipy.special import ndtri

    if (
        not information
        or list(information) != sorted(set(information))
        or not 0 < information[0] <= information[-1] <= 1
    ):
        raise ValueError(f"information must rise within (0, 1], got {list(information)}")
    first = min(FARTHEST, float(-ndtri(spent(information[0], alpha) / 2)))
    found = [first]
    grid, density = _start(first * math.sqrt(information[0]), information[0])
    for before, now in pairwise(information):
        step = math.sqrt(now - before)
        edge = _edge(grid, density, step, spent(now, alpha) - spent(before, alpha), FARTHEST * math.sqrt(now))
        found.append(edge / math.sqrt(now))
        grid, density = _advance(grid, density, step, edge)
    return tuple(found)


def information_at(day: int, days: int, baseline: float) -> float:
    """Information after `day` of `days`, where a share `baseline` has an order by the end and buys steadily in time."""
    if day >= days:
        return 1.0
    by_then = 1 - (1 - baseline) ** (day / days)
    return float((by_then / (1 - by_then)) / (baseline / (1 - baseline)))


def _nodes(edge: float) -> tuple[Floats, Floats]:
    x, weight = np.polynomial.legendre.leggauss(NODES)
    return x * edge, weight * edge


def _start(edge: float, information: float) -> tuple[Floats, Floats]:
    """Nodes, and density × weight, of B at the first look where it has not crossed."""
    x, weight = _nodes(edge)
    return x, weight * np.exp(-(x**2) / (2 * information)) / math.sqrt(2 * math.pi * information)


def _advance(grid: Floats, density: Floats, step: float, edge: float) -> tuple[Floats, Floats]:
    x, weight = _nodes(edge)
    kernel = np.exp(-(((x[:, None] - grid[None, :]) / step) ** 2) / 2) / (step * math.sqrt(2 * math.pi))
    return x, weight * (kernel @ density)


def _edge(grid: Floats, density: Floats, step: float, budget: float, farthest: float) -> float:
    """Where crossing has exactly the probability `budget`."""
    from scipy.optimize import brentq
    from scipy.special import ndtr

    def excess(edge: float) -> float:
        crossing = ndtr((grid - edge) / step) + ndtr((-grid - edge) / step)
        return float(density @ crossing) - budget

    return farthest if excess(farthest) >= 0 else float(brentq(excess, 0.0, farthest, xtol=1e-10))
