"""Names of segments and filters in words."""

import pytest

from tools.segments.describe import describe
from tools.segments.filter import (
    AllOf,
    AnyOf,
    Attribute,
    Bought,
    Contacted,
    Everyone,
    Filter,
    Measure,
    Not,
    Ranked,
    Scope,
    Within,
)
from tools.segments.naming import Shape, segment_names
from tools.segments.rfm import Condition

DOG = Scope(categories=("DOG FOODS",))


def shape(
    *conditions: tuple[str, float, bool], least: float = 0, median: float = 5, saved: float = 0.2, place: float = 0.9
) -> Shape:
    cuts = tuple(Condition(on, cut, None, holds, known=True) for on, cut, holds in conditions)  # type: ignore[arg-type]
    return Shape(cuts, least, median, saved, {"spend_minor": place, "orders": place})


@pytest.mark.parametrize(
    ("made", "name"),
    [
        (shape(("spend_minor", 10_000, True), least=70), "Lapsed big spenders"),
        (shape(("orders", 5, False), ("discount_share", 0.2, True), place=0.2), "Occasional deal seekers"),
        (shape(("orders", 2, False), place=0.1), "One-time shoppers"),
        (shape(("orders", 20, True)), "Regulars"),
        (shape(("recency_days", 30, False), ("spend_minor", 9_000, False), place=0.2), "Active light spenders"),
        (shape(("recency_days", 30, True), ("spend_minor", 9_000, False), median=44), "Cooling solid spenders"),
        (shape(("discount_share", 0.1, False), ("spend_minor", 9_000, True), saved=0.0), "Full-price big spenders"),
        (shape(least=200), "Long-lapsed pet buyers"),
    ],
)
def test_names(made: Shape, name: str) -> None:
    assert segment_names([made], "pet", "USD") == [name]


def test_a_low_end_of_the_best_customers_is_not_called_light() -> None:
    assert segment_names([shape(("spend_minor", 500_000, False), place=0.8)], None, "USD") == ["Solid spenders"]


def test_names_that_would_be_the_same_are_told_apart() -> None:
    spends = (shape(("spend_minor", 10_000, True)), shape(("spend_minor", 50_000, True)))
    names = segment_names(spends, None, "USD")
    assert names == ["Big spenders", "Big spenders, spend at least $500"] or len(set(names)) == 2


def test_taste_names_a_segment() -> None:
    taste = Shape((Condition("taste", 2, "DOG FOODS", holds=True, known=True),), 0, 5, 0.1, {})
    assert segment_names([taste], None, "USD") == ["Dog food buyers"]


@pytest.mark.parametrize(
    ("f", "words"),
    [
        (Everyone(), "every customer"),
        (Bought(scope=DOG), "bought dog food"),
        (
            Bought(scope=DOG, min_orders=3, within=Within(days=90)),
            "bought dog food in 3 or more orders in the last 90 days",
        ),
        (Measure(measure="recency_days", op="ge", value=60), "no order for 60 days or more"),
        (Measure(measure="recency_days", op="gt", value=60, scope=DOG), "no order of dog food for 61 days or more"),
        (Measure(measure="recency_days", op="lt", value=30), "an order within the last 30 days"),
        (Measure(measure="spend_minor", op="ge", value=12_345), "spend at least $123.45"),
        (Measure(measure="discount_share", op="gt", value=0.25), "share of discounts over 25%"),
        (Ranked(measure="spend_minor", share=0.1), "top 10% by spend"),
        (Attribute(column="kids_count", values=("1", "2")), "kids count 1 or 2"),
        (Attribute(column="age", op="lt", number=35), "age under 35"),
        (Contacted(channel="mail", outcome="redeemed"), "redeemed a past campaign by mail"),
        (Not(of=Bought(scope=DOG)), "not bought dog food"),
        (
            AllOf(of=(Bought(scope=DOG), AnyOf(of=(Attribute(column="age", values=("65+",)), Bought())))),
            "bought dog food, (age 65+ or bought anything)",
        ),
    ],
)
def test_filters_in_words(f: Filter, words: str) -> None:
    assert describe(f, "USD") == words
