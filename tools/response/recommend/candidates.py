"""Which products a customer may be shown, before they are ranked: its own, those bought with them, those that sell, and
those that mean the like.

Of each customer: the `OWN` products bought most of late; the `TOGETHER` with the greatest co-purchase score × √(share
of its buyers who bought in the last 30 days), not bought yet; the `POPULAR` with most buyers in 30 days, not bought
yet; and of products that nobody could buy with others yet (on sale for less than `YOUNG` days), the `ALIKE` nearest in
meaning.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tools.response.recommend.features import features

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tools.response.recommend.seen import Seen

    Ints = NDArray[np.int64]
    Cells = NDArray[np.float32]
    Marks = NDArray[np.bool_]

OWN, TOGETHER, POPULAR, ALIKE = 60, 60, 20, 5
YOUNG = 30
CHUNK = 500
"""Customers whose dense scores stand in memory at once."""


@dataclass(frozen=True)
class Candidates:
    """Pairs, customer by customer: positions of customer and product, whether the customer never bought the product,
    and the features; shape (m,) each, features (m, f)."""

    customer: Ints
    product: Ints
    new: Marks
    x: Cells

    @classmethod
    def joined(cls, parts: list[Candidates]) -> Candidates:
        return cls(
            customer=np.concatenate([one.customer for one in parts]),
            product=np.concatenate([one.product for one in parts]),
            new=np.concatenate([one.new for one in parts]),
            x=np.concatenate([one.x for one in parts]),
        )


def candidates(seen: Seen, customers: Ints, *, allowed: Marks | None = None) -> Iterator[Candidates]:
    """The candidates of some customers, a chunk of them at a time.

    Args:
        customers: positions, sorted.
        allowed: products that may be shown, shape (p,); None: any.
    """
    wanted = np.ones(len(seen.catalogue), dtype=bool) if allowed is None else allowed
    young = _young(seen, wanted)
    own = _own(seen, wanted)
    for start in range(0, len(customers), CHUNK):
        yield _chunk(seen, customers[start : start + CHUNK], wanted, young, own)


def pairs(seen: Seen, customers: Ints, products: Ints) -> Candidates:
    """Every given customer with every given product."""
    customer, product = np.repeat(customers, len(products)), np.tile(products, len(customers))
    return _made(seen, customers, customer, product, _scores(seen, customers))


def _chunk(seen: Seen, customers: Ints, wanted: Marks, young: Ints, own: tuple[Ints, Ints]) -> Candidates:
    size, items = len(seen.catalogue), seen.ease.items
    together = _scores(seen, customers)
    late = np.sqrt(seen.sales["buyers_30"][items] / np.maximum(seen.sales["buyers"][items], 1))
    unbought = wanted[items][None, :] & ~_bought(seen, customers)
    bought_with = np.where(unbought, np.maximum(together.ever, 0) * late, -1)
    popular = np.where(unbought, seen.sales["buyers_30"][items][None, :], -1)
    keys = [
        _kept(own, customers),
        _best(customers, bought_with, items, TOGETHER, size),
        _best(customers, popular, items, POPULAR, size),
        _alike(seen, customers, young),
    ]
    key = np.unique(np.concatenate(keys))
    return _made(seen, customers, key // size, key % size, together)


@dataclass(frozen=True)
class _Together:
    """Co-purchase of each customer with each item, by all that it ever bought, and by what it bought of late."""

    ever: Cells
    late: Cells


def _scores(seen: Seen, customers: Ints) -> _Together:
    size = len(seen.catalogue)
    who = seen.product.key // size
    mine = np.flatnonzero(np.isin(who, customers))
    row, product = np.searchsorted(customers, who[mine]), seen.product.key[mine] % size
    late = np.log1p(seen.product.values["decay_60"][mine])
    ever = seen.ease.scores(row, product, np.ones(len(mine)), len(customers))
    return _Together(ever, seen.ease.scores(row, product, late, len(customers)))


def _made(seen: Seen, customers: Ints, customer: Ints, product: Ints, together: _Together) -> Candidates:
    """Candidates with their features."""
    row = np.searchsorted(customers, customer)
    place = np.full(len(seen.catalogue), -1)
    place[seen.ease.items] = np.arange(len(seen.ease.items))
    at = place[product]
    known = at >= 0
    ease, rank, late = (np.full(len(at), np.nan, dtype=np.float32) for _ in range(3))
    ease[known] = together.ever[row[known], at[known]]
    late[known] = together.late[row[known], at[known]]
    rank[known] = _ranks(together.ever)[row[known], at[known]]
    given = {"ease": ease, "ease_late": late, "ease_rank": rank, "content": _content(seen, customers, row, product)}
    x = features(seen, customer, product, given)
    new = seen.product.at(customer * len(place) + product) < 0
    return Candidates(customer, product, new, x)


def _ranks(values: Cells) -> NDArray[np.int32]:
    """Of each value within its row, 0 for the greatest."""
    found = np.empty(values.shape, dtype=np.int32)
    order = np.argsort(-values, axis=1, kind="stable")
    np.put_along_axis(found, order, np.arange(values.shape[1], dtype=np.int32)[None, :], axis=1)
    return found


def _best(customers: Ints, values: NDArray[np.float64], items: Ints, count: int, size: int) -> Ints:
    """customer × p + product of the `count` greatest values above 0 of each row."""
    if not values.size:
        return np.zeros(0, dtype=np.int64)
    count = min(count, values.shape[1])
    chosen = np.argpartition(-values, count - 1, axis=1)[:, :count]
    keys = customers[:, None] * size + items[chosen]
    found: Ints = keys[np.take_along_axis(values, chosen, axis=1) > 0]
    return found


def _own(seen: Seen, wanted: Marks) -> tuple[Ints, Ints]:
    """Keys of the products that each customer bought most of late, and the customer of each; sorted by customer."""
    size = len(seen.catalogue)
    key = seen.product.key[wanted[seen.product.key % size]]
    at = seen.product.at(key)
    who = key // size
    value = seen.product.values["decay_60"][at] + 0.1 * seen.product.values["decay_180"][at]
    order = np.lexsort((-value, who))
    place = np.arange(len(order)) - np.searchsorted(who[order], who[order])
    best = order[place < OWN]
    return key[best], who[best]


def _kept(own: tuple[Ints, Ints], customers: Ints) -> Ints:
    return own[0][np.isin(own[1], customers)]


def _bought(seen: Seen, customers: Ints) -> Marks:
    size, items = len(seen.catalogue), seen.ease.items
    key = customers[:, None] * size + items[None, :]
    return seen.product.at(key.ravel()).reshape(key.shape) >= 0


def _young(seen: Seen, wanted: Marks) -> Ints:
    """Products with a meaning that have not been on sale for `YOUNG` days, or have not sold at all."""
    if not seen.catalogue.vectors.shape[1]:
        return np.zeros(0, dtype=np.int64)
    age = seen.sales["on_sale_for"]
    return np.flatnonzero(wanted & (np.isnan(age) | (age < YOUNG)))


def _profiles(seen: Seen, customers: Ints) -> Cells:
    """What each customer bought means: the mean of its products' vectors weighed by decay, of length 1 or 0."""
    import scipy.sparse

    vectors = seen.catalogue.vectors
    size = len(vectors)
    who = seen.product.key // size
    mine = np.flatnonzero(np.isin(who, customers))
    weight = seen.product.values["decay_180"][mine].astype(np.float32)
    rows = np.searchsorted(customers, who[mine])
    x = scipy.sparse.csr_matrix((weight, (rows, seen.product.key[mine] % size)), shape=(len(customers), size))
    summed = np.asarray(x @ vectors)
    return np.asarray(summed / np.maximum(np.linalg.norm(summed, axis=1, keepdims=True), 1e-9))


def _content(seen: Seen, customers: Ints, row: Ints, product: Ints) -> Cells:
    vectors = seen.catalogue.vectors
    if not vectors.shape[1]:
        return np.full(len(product), np.nan, dtype=np.float32)
    found: Cells = np.einsum("ij,ij->i", _profiles(seen, customers)[row], vectors[product])
    return found


def _alike(seen: Seen, customers: Ints, young: Ints) -> Ints:
    if not len(young):
        return np.zeros(0, dtype=np.int64)
    near = _profiles(seen, customers) @ seen.catalogue.vectors[young].T
    return _best(customers, near.astype(float), young, ALIKE, len(seen.catalogue))
