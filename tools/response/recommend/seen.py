"""A shop's past as it was on a day, counted once for all candidates: rhythms, each product's sales, co-purchase."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tools.response.recommend.ease import Ease
from tools.response.recommend.rhythm import Rhythm, rhythm

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tools.response.recommend.lines import Catalogue, Lines

    Cells = NDArray[np.float32]
    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

RECENT = (7, 14, 30, 90)
"""Days over which a product's buyers are counted."""
USUAL_GAP, GAP_PRIOR = 60.0, 5.0
"""Days between purchases that a product is drawn to, as if so many customers had shown them."""
OF_KIND = ("times", "recency", "gap", "overdue", "decay_21", "decay_60", "decay_180")
OF_CATEGORY = ("recency", "overdue", "decay_21", "decay_60", "decay_180")
OF_CUSTOMER = ("times", "recency", "gap", "decay_7", "decay_21", "decay_60", "decay_180")
"""What is counted of a customer and a kind or category, and of a customer; of a customer and a product, everything."""
SALES = (
    *(f"buyers_{days}" for days in RECENT), "buyers", "trend", "repeaters", "usual_gap", "price", "promoted",
    "promoted_now", "on_sale_for", "last_sold", "kind_buyers_30", "share_of_kind",
)  # fmt: skip


@dataclass(frozen=True)
class Seen:
    """`origin`: the day looked from; nothing of it or later is in any part.

    `product`: by customer × p + product; `kind`, `category`: by customer × (numbers) + number; `customer`: by customer.
    `sales[name]`: of each product, shape (p,). `amounts[name]`: of each entry of `product`.
    """

    origin: int
    customers: NDArray[np.str_]
    catalogue: Catalogue
    product: Rhythm
    kind: Rhythm
    category: Rhythm
    customer: Rhythm
    sales: dict[str, Floats]
    amounts: dict[str, Cells]
    baskets: dict[str, Floats]
    """Of each customer, shape (c,): entries in 30 and 90 days, distinct products, share of first purchases of late."""
    ease: Ease


def look(lines: Lines, origin: int, ease: Ease) -> Seen:
    """Count what had happened by the beginning of `origin`.

    Args:
        ease: fitted on entries before `origin`, or the model's own.
    """
    past = lines.take(lines.day < origin)
    catalogue = lines.catalogue
    product = rhythm(past.who * len(catalogue) + past.what, past.day, origin)
    kinds, categories = int(catalogue.kind.max()) + 1, int(catalogue.category.max()) + 1
    return Seen(
        origin=origin,
        customers=lines.customers,
        catalogue=catalogue,
        product=product,
        kind=rhythm(past.who * kinds + catalogue.kind[past.what], past.day, origin, OF_KIND),
        category=rhythm(past.who * categories + catalogue.category[past.what], past.day, origin, OF_CATEGORY),
        customer=rhythm(past.who, past.day, origin, OF_CUSTOMER),
        sales=_sales(past, product, origin),
        amounts=_amounts(past, product),
        baskets=_baskets(past, product, origin),
        ease=ease,
    )


def _sales(past: Lines, product: Rhythm, origin: int) -> dict[str, Floats]:
    """Each product's buyers, pace and price, shape (p,)."""
    size = len(past.catalogue)
    last = (origin - product.values["recency"]).astype(np.int64)
    of = product.key % size
    found: dict[str, Floats] = {
        f"buyers_{days}": np.bincount(of[last >= origin - days], minlength=size).astype(float) for days in RECENT
    }
    found["buyers"] = np.bincount(of, minlength=size).astype(float)
    month = (past.day < origin - 30) & (past.day >= origin - 60)
    before = np.bincount(np.unique(past.who[month] * size + past.what[month]) % size, minlength=size)
    found["trend"] = (found["buyers_30"] + 3) / (before + 3)
    again = product.values["times"] > 1
    repeaters = np.bincount(of[again], minlength=size)
    found["repeaters"] = (repeaters + 1) / (found["buyers"] + 5)
    gaps = np.bincount(of[again], product.values["gap"][again], size)
    found["usual_gap"] = (gaps + GAP_PRIOR * USUAL_GAP) / (repeaters + GAP_PRIOR)
    spend, given = np.bincount(past.what, past.spend, size), np.bincount(past.what, past.discount, size)
    new = past.day >= origin - 21
    spend_now = np.bincount(past.what[new], past.spend[new], size)
    given_now = np.bincount(past.what[new], past.discount[new], size)
    with np.errstate(divide="ignore", invalid="ignore"):
        found["price"] = (spend + given) / np.bincount(past.what, past.quantity, size)
        found["promoted"] = given / (spend + given)
        found["promoted_now"] = given_now / (spend_now + given_now)
        first, latest = np.full(size, np.nan), np.full(size, np.nan)
        np.fmin.at(first, past.what, past.day)
        np.fmax.at(latest, past.what, past.day)
        found["on_sale_for"], found["last_sold"] = origin - first, origin - latest
        kind = np.bincount(past.catalogue.kind, found["buyers_30"])[past.catalogue.kind].astype(float)
        found["kind_buyers_30"], found["share_of_kind"] = kind, found["buyers_30"] / kind
    return found


def _amounts(past: Lines, product: Rhythm) -> dict[str, Cells]:
    at = product.at(past.who * len(past.catalogue) + past.what)
    size = len(product.key)
    spend, given = np.bincount(at, past.spend, size), np.bincount(at, past.discount, size)
    with np.errstate(divide="ignore", invalid="ignore"):
        return {
            "quantity": (np.bincount(at, past.quantity, size) / product.values["times"]).astype(np.float32),
            "discounted": (given / (spend + given)).astype(np.float32),
        }


def _baskets(past: Lines, product: Rhythm, origin: int) -> dict[str, Floats]:
    size = len(past.customers)
    late = past.day >= origin - 90
    first = product.values["age"] <= 90
    entries = np.bincount(past.who[late], minlength=size).astype(float)
    of = product.key // len(past.catalogue)
    with np.errstate(divide="ignore", invalid="ignore"):
        tried = np.bincount(of[first], minlength=size) / entries
    return {
        "entries_30": np.bincount(past.who[past.day >= origin - 30], minlength=size).astype(float),
        "entries_90": entries,
        "products": np.bincount(of, minlength=size).astype(float),
        "tried": tried,
    }
