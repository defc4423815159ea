"""The members of an audience with their segment and arm, and each segment described."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from tools.catalog.names import display_category
from tools.segments.behaviour import behaviour, category_spend, tastes
from tools.segments.concepts import bare, product_concepts, said
from tools.segments.naming import Shape, segment_names
from tools.segments.product_terms import FIELDS
from tools.segments.profile import profile
from tools.segments.rfm import Leaf, SplitBy, split
from tools.segments.types import Resolution, Segment

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from tools.shop.store import ShopStore

MEMBER_COLUMNS = (
    "customer_id", "segment_id", "arm", "email_ok", "sms_ok", "push_ok", "recency_days", "orders", "spend_minor",
    "average_order_minor", "discount_share", "first_name", "country", "timezone",
)  # fmt: skip


def segmented(
    left: pd.DataFrame,
    store: ShopStore,
    *,
    as_of: date,
    most: int,
    holdout_fraction: float,
    salt: str,
    goods: str | None,
    split_by: SplitBy | None = None,
) -> tuple[pd.DataFrame, tuple[Segment, ...]]:
    """Split who is left of the funnel into segments, the one that spends most first, and hold a share of each out.

    Returns:
        The members, one row each with `MEMBER_COLUMNS`, and the segments; sizes and profiles are without the holdout.
    """
    from tools.experiment.assign import assign_arms

    shop = behaviour(store, as_of)
    members = left.merge(shop, on="customer_id", validate="one_to_one")
    bought = tastes(members["customer_id"], store, as_of)
    leaves = split(members, bought, most=most, currency=store.info.currency, by=split_by)
    leaves = tuple(sorted(leaves, key=lambda leaf: -int(members["spend_minor"].iloc[leaf.rows].sum())))
    members["segment_id"] = ""
    for number, leaf in enumerate(leaves, start=1):
        members.loc[leaf.rows, "segment_id"] = f"s{number}"
    members["arm"] = assign_arms(members, holdout_fraction=holdout_fraction, salt=salt)
    members = members[list(MEMBER_COLUMNS)]
    shapes = [_shape(leaf, members, shop) for leaf in leaves]
    names = segment_names(shapes, goods, store.info.currency)
    campaign = members[members["arm"] == "campaign"]
    shop_spend, total = category_spend(store, as_of), int(campaign["spend_minor"].sum())
    segments = []
    for number, (leaf, name) in enumerate(zip(leaves, names, strict=True), start=1):
        part = campaign[campaign["segment_id"] == f"s{number}"]
        facts = profile(part, bought, shop_spend, total)
        own = leaf.filter()
        segments.append(Segment(segment_id=f"s{number}", name=name, filter=own, size=len(part), profile=facts))
    return members, tuple(segments)


def goods_of(resolutions: Sequence[Resolution]) -> str | None:
    """What the whole audience bought, in words of ours (never the brief's): "pet", "coffee"."""
    goods = [r for r in resolutions if r.chosen and all(candidate.level in FIELDS for candidate in r.chosen)]
    if len(goods) != 1:
        return None
    concept = said().get(bare(goods[0].phrase, product_concepts().asides))
    if concept is not None:
        return next(key.replace("_", " ") for key, value in product_concepts().concepts.items() if value is concept)
    return display_category(goods[0].chosen[0].value) if len(goods[0].chosen) == 1 else None


def _shape(leaf: Leaf, members: pd.DataFrame, shop: pd.DataFrame) -> Shape:
    rows = members.iloc[leaf.rows]
    return Shape(
        conditions=leaf.conditions,
        least_recency=float(rows["recency_days"].min()),
        median_recency=float(rows["recency_days"].median()),
        discount_share=float(rows["discount_share"].median()),
        place={name: float((shop[name] < rows[name].median()).mean()) for name in ("spend_minor", "orders")},
    )
