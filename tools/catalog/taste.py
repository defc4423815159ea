"""What a segment buys: shares of buyers by kind and by product, and the prices it pays.

A *kind* is what products have in common that read the same but for their size ("dry dog food").
"""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

if TYPE_CHECKING:
    from tools.shop.store import ShopStore

DAYS = 365
HALF_LIFE_DAYS = 90
EVERYONE = "*"
"""Stands for all active customers among the segments."""
PRIOR_CUSTOMERS = 20.0
"""A segment's share is drawn towards the whole shop's as if so many of its members were average customers."""
PRICE_RANGE = (0.25, 0.75)
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Taste:
    """Of one segment, an array an attribute, one entry a candidate. Shares are fractions of the segment's customers."""

    share: Floats
    """Bought the kind in the last `DAYS` days."""
    share_of_all: Floats
    """The same of all active customers."""
    recent_share: Floats
    """`share` with buyers weighed by recency (half-life `HALF_LIFE_DAYS`), drawn towards the shop's."""
    steady_share: Floats
    """`share` without weighing, drawn towards the shop's."""
    product_share: Floats
    """Bought this very product, drawn towards the shop's."""
    product_buyers: NDArray[np.int64]
    price_low: float
    price_high: float
    """The middle half of the prices of what the segment bought among the candidates, minor units; NaN if nothing."""


def tastes(store: "ShopStore", members: pd.DataFrame, candidates: pd.DataFrame, as_of: date) -> dict[str, Taste]:
    """The taste of each segment for the candidates.

    Args:
        members: customer_id, segment_id.
        candidates: product_id, text, price_minor.
        as_of: the first day not seen.
    """
    sizes = members.groupby("segment_id")["customer_id"].nunique()
    if not store.has("orders"):
        return {segment: _unknown(len(candidates)) for segment in sizes.index}
    from tools.shop.aggregates import active_customers, buyers_by_group

    everyone = active_customers(store, as_of, days=DAYS).assign(segment_id=EVERYONE)
    both = pd.concat([members[["customer_id", "segment_id"]].drop_duplicates(), everyone], ignore_index=True)
    kinds = buyers_by_group(
        store, both, _groups(candidates, candidates["text"]), as_of, days=DAYS, half_life_days=HALF_LIFE_DAYS
    )
    rows = np.arange(len(candidates))
    products = buyers_by_group(store, both, _groups(candidates, rows), as_of, days=DAYS, half_life_days=HALF_LIFE_DAYS)
    texts = candidates["text"].to_numpy()
    price = candidates["price_minor"].to_numpy(dtype=float)
    shop = _Counts(kinds, products, EVERYONE, max(len(everyone), 1), texts)
    found = {}
    for segment, size in sizes.items():
        mine = _Counts(kinds, products, str(segment), int(size), texts)
        low, high = _usual_prices(price, mine.product_buyers)
        found[str(segment)] = Taste(
            share=mine.kind_buyers / mine.size,
            share_of_all=shop.kind_buyers / shop.size,
            recent_share=_drawn(mine.kind_weight, mine.size, shop.kind_weight / shop.size),
            steady_share=_drawn(mine.kind_buyers, mine.size, shop.kind_buyers / shop.size),
            product_share=_drawn(mine.product_buyers, mine.size, shop.product_buyers / shop.size),
            product_buyers=mine.product_buyers.astype(np.int64),
            price_low=low,
            price_high=high,
        )
    return found


class _Counts:
    """Buyers of one segment, spread over the candidates."""

    def __init__(
        self, kinds: pd.DataFrame, products: pd.DataFrame, segment: str, size: int, texts: NDArray[np.int32]
    ) -> None:
        kind = kinds[kinds["segment_id"] == segment].set_index("group_id")
        product = products[products["segment_id"] == segment].set_index("group_id")
        self.size = size
        self.kind_buyers = kind["buyers"].reindex(texts).fillna(0).to_numpy(dtype=float)
        self.kind_weight = kind["weight"].reindex(texts).fillna(0).to_numpy(dtype=float)
        self.product_buyers = product["buyers"].reindex(range(len(texts))).fillna(0).to_numpy(dtype=float)


def _groups(candidates: pd.DataFrame, ids: "pd.Series[int] | NDArray[np.intp]") -> pd.DataFrame:
    return pd.DataFrame({"product_id": candidates["product_id"].to_numpy(), "group_id": np.asarray(ids)})


def _drawn(buyers: Floats, size: int, shop_share: Floats) -> Floats:
    return np.asarray((buyers + PRIOR_CUSTOMERS * shop_share) / (size + PRIOR_CUSTOMERS))


def _usual_prices(price: Floats, buyers: Floats) -> tuple[float, float]:
    """The middle half of prices, each product counted once a buyer."""
    bought = (buyers > 0) & ~np.isnan(price)
    if not bought.any():
        return float("nan"), float("nan")
    paid = np.repeat(price[bought], buyers[bought].astype(int))
    low, high = np.quantile(paid, PRICE_RANGE)
    return float(low), float(high)


def _unknown(n: int) -> Taste:
    nothing = np.zeros(n)
    counts = np.zeros(n, dtype=np.int64)
    return Taste(nothing, nothing, nothing, nothing, nothing, counts, float("nan"), float("nan"))
