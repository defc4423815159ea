"""What a segment is like, in figures: medians, shares, and the goods that set it apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tools.catalog.names import display_category
from tools.segments.behaviour import MEASURES
from tools.vocabulary import ADDRESSED

if TYPE_CHECKING:
    import pandas as pd

TOP = 3
LEAST_BUYERS = 0.2
"""Share of the segment that must have bought a category for it to be one of its own."""


def profile(
    segment: pd.DataFrame, bought: pd.DataFrame, shop_spend: pd.Series[int], audience_spend_minor: int
) -> dict[str, float | int | str | None]:
    """Medians of the measures, the share of the audience's spend, reach by channel and the top categories.

    Args:
        segment: members of the segment who are in the campaign, with the columns of `behaviour` and `*_ok`.
        bought: as from `tastes`, of the whole audience.
        shop_spend: as from `category_spend`.
    """
    medians = {name: _median(segment[name]) for name in MEASURES}
    reach = {f"reachable_{channel}": int(segment[f"{channel}_ok"].sum()) for channel in ADDRESSED}
    spend = int(segment["spend_minor"].sum())
    return {
        "customers": len(segment),
        **{name: value if name == "discount_share" else _whole(value) for name, value in medians.items()},
        "share_of_spend": round(spend / audience_spend_minor, 4) if audience_spend_minor > 0 else None,
        "top_categories": ", ".join(top_categories(segment, bought, shop_spend)) or None,
        **reach,
    }


def top_categories(segment: pd.DataFrame, bought: pd.DataFrame, shop_spend: pd.Series[int]) -> list[str]:
    """What the segment spends more on than the shop's customers do, in a customer's words, the most telling first.

    A category's weight is its part of the divergence between the two spends: share × log(share / shop's share).
    """
    mine = bought[bought["customer_id"].isin(segment["customer_id"])]
    totals = mine.groupby("category")["spend_minor"].sum()
    buyers = mine.groupby("category")["customer_id"].nunique()
    totals = totals[(totals > 0) & (buyers >= max(1, LEAST_BUYERS * len(segment)))].sort_index()
    base = shop_spend.reindex(totals.index)
    totals, base = totals[base > 0], base[base > 0]
    if totals.empty:
        return []
    share, usual = totals / totals.sum(), base / shop_spend[shop_spend > 0].sum()
    telling = (share * np.log(share / usual)).sort_values(ascending=False, kind="stable")
    names = dict.fromkeys(display_category(str(category)) for category in telling[telling > 0].index)
    return list(names)[:TOP]


def _median(values: pd.Series[float]) -> float | None:
    known = values.dropna()
    return None if known.empty else round(float(known.median()), 4)


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)
