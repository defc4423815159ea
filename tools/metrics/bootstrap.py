"""Percentile intervals for statistics without a formula, resampling whole clusters (a customer's rows together)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from tools.metrics.types import LEVEL, Metric, metric, no_data

if TYPE_CHECKING:
    from numpy.typing import NDArray

DRAWS = 400
LEAST = 0.5
"""Share of the draws that must have the statistic; below it no interval is given."""


def bootstrap(
    statistic: Callable[[NDArray[np.int64]], float | None],
    n: int,
    *,
    clusters: NDArray[np.generic] | None = None,
    level: float = LEVEL,
    draws: int = DRAWS,
    seed: int = 0,
) -> Metric:
    """`statistic` of all rows, with the percentile interval over resampled rows or clusters (Efron 1979).

    Args:
        statistic: from row numbers (shape (m,), repeats allowed) to the figure; None where they do not give one.
        clusters: each row's cluster (shape (n,)); None: rows are independent.
    """
    whole = statistic(np.arange(n)) if n else None
    if whole is None:
        return no_data("the rows do not give this figure", n, level)
    groups = None if clusters is None else _groups(clusters)
    size = n if groups is None else len(groups)
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(draws):
        picked = rng.integers(0, size, size)
        value = statistic(picked if groups is None else np.concatenate([groups[i] for i in picked]))
        if value is not None:
            found.append(value)
    if len(found) < LEAST * draws:
        return no_data("too few resamples give this figure", n, level)
    tail = (1 - level) / 2
    low, high = np.quantile(found, [tail, 1 - tail])
    return metric(whole, float(low), float(high), n, level)


def _groups(clusters: NDArray[np.generic]) -> list[NDArray[np.int64]]:
    _, of = np.unique(clusters, return_inverse=True)
    order = np.argsort(of, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(of[order])) + 1)
