"""Who bought what on which days, as flat arrays: what recommendations are learned from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tools.failure import ToolFailure

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

DAYS = 1_000_000
"""More days than any calendar has."""


@dataclass(frozen=True)
class Catalogue:
    """Products that may be recommended.

    Attributes:
        products: the identifiers, sorted, shape (p,).
        kind, category: numbers of each product's kind (its type where the shop has one, else its category) and
            category, shape (p,); products without one share a number.
        vectors: what each product means, rows of length 1, shape (p, d); d = 0 without an index.
    """

    products: NDArray[np.str_]
    kind: Ints
    category: Ints
    vectors: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.products)

    @classmethod
    def of(cls, frame: pd.DataFrame, vectors: NDArray[np.float32] | None = None) -> Catalogue:
        """From product_id, category and, where the shop has it, product_type; `vectors` in the frame's order.

        Raises:
            ToolFailure: `no_products` where the frame is empty.
        """
        if frame.empty:
            raise ToolFailure("no_products", "the shop has no products that can be recommended")
        order = np.argsort(frame["product_id"].to_numpy(dtype=str), kind="stable")
        sorted_ = frame.iloc[order]
        category = _codes(sorted_["category"])
        kind = _codes(sorted_["product_type"]) if "product_type" in sorted_ else category
        empty = np.zeros((len(frame), 0), dtype=np.float32)
        return cls(
            products=sorted_["product_id"].to_numpy(dtype=str),
            kind=np.where(kind == 0, kind.max() + 1 + category, kind) if "product_type" in sorted_ else category,
            category=category,
            vectors=empty if vectors is None else vectors[order],
        )


def _codes(column: pd.Series[str]) -> Ints:
    """Numbers from 1; 0 where there is no value."""
    import pandas as pd

    codes, _ = pd.factorize(column, sort=True)
    return np.asarray(codes, dtype=np.int64) + 1


@dataclass(frozen=True)
class Lines:
    """Sorted by customer, product, day; one entry a customer, product and day.

    Attributes:
        customers: the identifiers, sorted, shape (c,).
        who, what: positions in `customers` and in the catalogue, shape (n,).
        day: days from 1970-01-01, shape (n,).
        quantity, spend, discount: of that day; spend and discount in minor units, shape (n,) each.
    """

    customers: NDArray[np.str_]
    catalogue: Catalogue
    who: Ints
    what: Ints
    day: Ints
    quantity: Floats
    spend: Floats
    discount: Floats

    @classmethod
    def of(cls, frame: pd.DataFrame, catalogue: Catalogue) -> Lines:
        """From the frame of `tools.shop.purchases.product_days`; products outside the catalogue are left out."""
        bought = frame["product_id"].to_numpy(dtype=str)
        what = np.minimum(np.searchsorted(catalogue.products, bought), len(catalogue) - 1)
        known = catalogue.products[what] == bought
        frame, what = frame[known], what[known]
        customers, who = np.unique(frame["customer_id"].to_numpy(dtype=str), return_inverse=True)
        day = frame["day"].to_numpy(dtype=np.int64)
        order = np.lexsort((day, what, who))
        return cls(
            customers=customers,
            catalogue=catalogue,
            who=who[order].astype(np.int64),
            what=what[order].astype(np.int64),
            day=day[order],
            quantity=frame["quantity"].to_numpy(dtype=float)[order],
            spend=frame["spend_minor"].to_numpy(dtype=float)[order],
            discount=frame["discount_minor"].to_numpy(dtype=float)[order],
        )

    def take(self, chosen: NDArray[np.bool_]) -> Lines:
        """Some of the entries; customers keep their positions."""
        return Lines(
            customers=self.customers,
            catalogue=self.catalogue,
            who=self.who[chosen],
            what=self.what[chosen],
            day=self.day[chosen],
            quantity=self.quantity[chosen],
            spend=self.spend[chosen],
            discount=self.discount[chosen],
        )

    def pairs(self, start: int, end: int) -> Ints:
        """The distinct customer × p + product with an entry in start ≤ day < end, sorted."""
        inside = (self.day >= start) & (self.day < end)
        return np.unique(self.who[inside] * len(self.catalogue) + self.what[inside])
