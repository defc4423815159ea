"""A name that a marketer would use, from what makes a segment what it is, held against the whole shop.

A cut says that a segment is above or below the rest of the *audience*; the word for it depends on where its median
lies among *all customers*: the lower half of the best tenth are no light spenders.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tools.catalog.names import display_category
from tools.segments.describe import describe
from tools.segments.rfm import Condition

LONG_LAPSED, LAPSED, COOLING = 180, 60, 30
"""Days without an order, for all of the segment (lapsed) or for the most of it (cooling)."""
FULL_PRICE = 0.05
"""A discount share up to which someone pays the full price."""


@dataclass(frozen=True)
class Shape:
    """What a name is made from. `place` is the share of the shop's customers below the segment's median, by measure."""

    conditions: tuple[Condition, ...]
    least_recency: float
    median_recency: float
    discount_share: float
    place: dict[str, float]


def segment_names(shapes: Sequence[Shape], goods: str | None, currency: str) -> list[str]:
    """A name for each segment, all different.

    Args:
        goods: what the whole audience bought, if that is what makes it one ("pet"); names a segment without conditions.
    """
    names = [_name(shape, goods) for shape in shapes]
    for i, shape in enumerate(shapes):
        if names.count(names[i]) > 1 and shape.conditions:
            names[i] = f"{names[i]}, {describe(shape.conditions[-1].filter(), currency)}"
    return [name if names.index(name) == i else f"{name} ({i + 1})" for i, name in enumerate(names)]


def _name(shape: Shape, goods: str | None) -> str:
    sides: dict[str, str] = {c.on: _side(c.on, shape.conditions) for c in shape.conditions if c.on != "taste"}
    liked = [c.category for c in shape.conditions if c.on == "taste" and c.holds and c.category]
    noun = f"{display_category(liked[-1])} buyers" if liked else _noun(sides, shape, goods)
    words = (_recency(sides, shape), *_adjectives(sides, shape, spend_is_noun="spenders" in noun), noun)
    text = " ".join(word for word in words if word)
    return text[:1].upper() + text[1:]


def _side(on: str, conditions: tuple[Condition, ...]) -> str:
    holds = {c.holds for c in conditions if c.on == on}
    return "middle" if len(holds) == 2 else "high" if True in holds else "low"


def _recency(sides: dict[str, str], shape: Shape) -> str:
    if shape.least_recency >= LONG_LAPSED:
        return "long-lapsed"
    if shape.least_recency >= LAPSED:
        return "recently lapsed" if sides.get("recency_days") == "low" else "lapsed"
    side = sides.get("recency_days")
    if side == "low":
        return "active" if shape.median_recency < COOLING else "recent"
    if side is None:
        return ""
    return "cooling" if shape.median_recency >= COOLING else "less active"


def _adjectives(sides: dict[str, str], shape: Shape, *, spend_is_noun: bool) -> list[str]:
    words = []
    if sides.get("orders") and (sides.get("spend_minor") or sides.get("discount_share") == "high"):
        words.append({"high": "frequent", "low": _seldom(shape), "middle": "steady"}[sides["orders"]])
    if sides.get("average_order_minor") in ("high", "low"):
        words.append("big-basket" if sides["average_order_minor"] == "high" else "small-basket")
    if sides.get("discount_share") == "low":
        words.append("full-price" if shape.discount_share <= FULL_PRICE else "low-discount")
    if sides.get("spend_minor") and not spend_is_noun:
        words.append({"big": "big-spending", "light": "light-spending"}.get(_spend(sides, shape), "mid-spending"))
    return words


def _noun(sides: dict[str, str], shape: Shape, goods: str | None) -> str:
    if sides.get("discount_share") == "high":
        return "deal seekers"
    if sides.get("spend_minor"):
        return f"{_spend(sides, shape)} spenders"
    if sides.get("orders"):
        return {"high": "regulars", "low": f"{_seldom(shape)} shoppers", "middle": "steady shoppers"}[sides["orders"]]
    return f"{goods} buyers" if goods else "shoppers"


def _spend(sides: dict[str, str], shape: Shape) -> str:
    place = shape.place.get("spend_minor", 0.5)
    if sides["spend_minor"] == "high":
        return "big" if place >= 0.5 else "better"
    return "solid" if place >= 0.65 else "moderate" if place >= 0.4 else "light"


def _seldom(shape: Shape) -> str:
    most = min((c.threshold for c in shape.conditions if c.on == "orders" and not c.holds), default=0)
    if most == 2:
        return "one-time"
    return "occasional" if shape.place.get("orders", 0.5) < 0.4 else "less frequent"
