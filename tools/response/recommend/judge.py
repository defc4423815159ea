"""How good lists of ten are against what was bought afterwards: over all products, and over those new to the customer.

Every customer who bought anything in the window counts, those for whom there was no candidate too; and a customer's
list is held against everything that it bought, whether it was among the candidates or not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tools.metrics.ranking import ndcg_at_k, recall_at_k

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tools.metrics.types import Metric
    from tools.response.recommend.candidates import Candidates
    from tools.response.recommend.lines import Lines

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Marks = NDArray[np.bool_]

K = 10


@dataclass(frozen=True)
class Truth:
    """Sorted keys customer × p + product of what was bought in a window, and of it what was new to the customer."""

    customers: int
    products: int
    bought: Ints
    new: Ints

    @classmethod
    def of(cls, lines: Lines, origin: int, end: int) -> Truth:
        """What was bought in origin ≤ day < end."""
        bought = lines.pairs(origin, end)
        known = lines.pairs(int(lines.day.min(initial=origin)), origin)
        return cls(len(lines.customers), len(lines.catalogue), bought, np.setdiff1d(bought, known))

    def marks(self, rows: Candidates) -> Marks:
        """Whether each candidate was bought."""
        return _among(self.bought, rows.customer * self.products + rows.product)


@dataclass(frozen=True)
class Quality:
    """At ten; t intervals over customers, who are the clusters here: one list each."""

    recall: Metric
    ndcg: Metric


def quality(truth: Truth, rows: Candidates, value: Floats, *, new: bool = False) -> Quality:
    """Of the lists by greatest `value`; with `new`, of the lists of products that the customer never bought."""
    chosen = np.flatnonzero(rows.new) if new else np.arange(len(value))
    relevant = truth.new if new else truth.bought
    customer, product = first(rows.customer[chosen], rows.product[chosen], value[chosen], K)
    place = np.arange(len(customer)) - np.searchsorted(customer, customer)
    hits = np.zeros((truth.customers, K), dtype=bool)
    hits[customer, place] = _among(relevant, customer * truth.products + product)
    counts = np.bincount(relevant // truth.products, minlength=truth.customers)
    return Quality(recall_at_k(hits, counts), ndcg_at_k(hits, counts))


def first(customer: Ints, product: Ints, value: Floats, k: int) -> tuple[Ints, Ints]:
    """The k products of greatest value of each customer, sorted by customer, best first; ties by product."""
    order = np.lexsort((product, -value, customer))
    customer, product = customer[order], product[order]
    near = np.arange(len(customer)) - np.searchsorted(customer, customer) < k
    return customer[near], product[near]


def _among(keys: Ints, asked: Ints) -> Marks:
    if not len(keys):
        return np.zeros(len(asked), dtype=bool)
    found: Marks = keys[np.minimum(np.searchsorted(keys, asked), len(keys) - 1)] == asked
    return found
