"""How good a list of k recommendations is.

Shapes: `hits` (users, k) of bools in ranked order, `relevant` (users,) of how many items each user really took. Users
who took nothing are left out, as no list could have been right for them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tools.metrics.means import mean
from tools.metrics.types import LEVEL, Metric, no_data

if TYPE_CHECKING:
    from numpy.typing import NDArray

NOBODY = "no user has a relevant item"


def recall_at_k(hits: NDArray[np.bool_], relevant: NDArray[np.int64], *, level: float = LEVEL) -> Metric:
    """Mean over users of hits / min(k, relevant), in [0, 1]; t interval over users."""
    k = hits.shape[1]
    takes = relevant > 0
    if not takes.any():
        return no_data(NOBODY, level=level)
    return mean(hits[takes].sum(axis=1) / np.minimum(k, relevant[takes]), level=level)


def ndcg_at_k(hits: NDArray[np.bool_], relevant: NDArray[np.int64], *, level: float = LEVEL) -> Metric:
    """Mean over users of DCG / ideal DCG with gain 1 and discount 1/log₂(rank + 1), in [0, 1] (Järvelin 2002)."""
    k = hits.shape[1]
    takes = relevant > 0
    if not takes.any():
        return no_data(NOBODY, level=level)
    weights = 1 / np.log2(np.arange(2, k + 2))
    ideal = np.cumsum(weights)[np.minimum(k, relevant[takes]) - 1]
    return mean((hits[takes] @ weights) / ideal, level=level)
