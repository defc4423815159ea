"""The compiled filter gives the same customers as a plain evaluation, whatever the filter."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.tools.segments.made_shop import at, made_store
from tests.tools.segments.naive import Naive
from tests.tools.segments.shops import AGES, AS_OF, CATEGORIES
from tools.failure import ToolFailure
from tools.segments.compile import compile_filter, to_sql
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
from tools.shop.store import ShopStore


def examples(most: int) -> settings:
    """Few, as each is one or more queries; the same each time."""
    return settings(max_examples=most, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


_some = st.sampled_from
_days = st.integers(1, 150)
_within = (
    st.none()
    | st.builds(Within, days=_days)
    | _some(
        [
            Within(since=date(2024, 3, 1)),
            Within(until=date(2024, 4, 1)),
            Within(since=date(2024, 2, 1), until=date(2024, 5, 1)),
        ]
    )
)
_scope = _some(
    [
        Scope(),
        Scope(),
        *(Scope(categories=(category,)) for category in CATEGORIES),
        Scope(departments=("DRINKS",), brands=("Own",)),
        Scope(product_ids=("p00", "p05"), product_types=("TEA 1",)),
    ]
)
_ops = _some(["lt", "le", "eq", "ge", "gt"])
_leaf: st.SearchStrategy[Filter] = st.one_of(
    st.just(Everyone()),
    st.builds(Bought, scope=_scope, within=_within, min_orders=st.integers(1, 4)),
    st.builds(
        Measure,
        measure=_some(["recency_days", "orders", "spend_minor", "average_order_minor", "discount_share"]),
        op=_ops,
        value=_some([0, 0.1, 1, 2, 4, 30, 60, 250, 1000, 2000]),
        scope=_scope,
        within=_within,
    ),
    st.builds(Measure, measure=st.just("tenure_days"), op=_ops, value=_some([0, 30, 120, 152])),
    st.builds(Measure, measure=st.just("coupon_redemptions"), op=_ops, value=_some([0, 1, 2]), within=_within),
    st.builds(
        Ranked,
        measure=_some(["spend_minor", "orders", "average_order_minor", "discount_share", "coupon_redemptions"]),
        end=_some(["top", "bottom"]),
        share=_some([0.05, 0.1, 0.25, 0.3, 1.0]),
    ),
    st.builds(Attribute, column=st.just("age"), values=st.lists(_some(AGES[:-1]), min_size=1, max_size=3).map(tuple)),
    st.builds(Attribute, column=st.just("tier"), values=_some([("Gold",), ("O'Neill's",)])),
    st.builds(Attribute, column=st.just("points"), op=_ops, number=_some([0, 10, 100])),
    st.builds(
        Contacted,
        campaign_id=_some([None, "k1"]),
        channel=_some([None, "mail"]),
        within=_within,
        outcome=_some(["sent", "redeemed"]),
    ),
)


def _several(inner: st.SearchStrategy[Filter]) -> st.SearchStrategy[Filter]:
    parts = st.lists(inner, min_size=1, max_size=3).map(tuple)
    return st.builds(AllOf, of=parts) | st.builds(AnyOf, of=parts) | st.builds(Not, of=inner)


filters = st.recursive(_leaf, _several, max_leaves=5)


def compiled(f: Filter, store: ShopStore) -> set[str]:
    ids = compile_filter(f, store, AS_OF).to_pyarrow()["customer_id"].to_pylist()
    assert len(ids) == len(set(ids))
    return set(ids)


@examples(30)
@given(f=filters)
def test_same_customers_as_a_plain_evaluation(small: ShopStore, naive: Naive, f: Filter) -> None:
    assert compiled(f, small) == naive.matching(f)


@examples(6)
@given(f=filters, g=filters)
def test_de_morgan(small: ShopStore, f: Filter, g: Filter) -> None:
    assert compiled(Not(of=AnyOf(of=(f, g))), small) == compiled(AllOf(of=(Not(of=f), Not(of=g))), small)


@examples(6)
@given(f=filters, g=filters)
def test_an_exclusion_never_widens(small: ShopStore, f: Filter, g: Filter) -> None:
    left = compiled(AllOf(of=(f, Not(of=g))), small)
    assert left <= compiled(f, small)
    assert not left & compiled(g, small)


@pytest.mark.parametrize("days", [1, 14, 30, 60])
def test_lapsed_is_nothing_bought_within_the_days(small: ShopStore, days: int) -> None:
    lapsed = Measure(measure="recency_days", op="ge", value=days)
    bought_none = AllOf(of=(Bought(), Not(of=Bought(within=Within(days=days)))))
    assert compiled(lapsed, small) == compiled(bought_none, small) != set()


def test_a_missing_value_matches_neither_way_however_deep(small: ShopStore, naive: Naive) -> None:
    young = Attribute(column="age", values=("18-24",))
    missing = {c["customer_id"] for c in naive.customers if c["age"] is None}
    assert missing
    for f in (young, Not(of=young), Not(of=Not(of=young)), Not(of=AllOf(of=(young, Everyone())))):
        assert not compiled(f, small) & missing


def test_bands_on_both_sides_of_a_bound_match_neither_way(small: ShopStore) -> None:
    under = Attribute(column="age", op="lt", number=30)
    assert compiled(under, small) == compiled(Attribute(column="age", values=("18-24",)), small)
    older = Attribute(column="age", values=("35-44", "45-54", "65+"))
    assert compiled(Not(of=under), small) == compiled(older, small)


def test_ties_in_a_ranking_go_to_the_smaller_id(small: ShopStore, naive: Naive) -> None:
    top = compiled(Ranked(measure="coupon_redemptions", share=0.5), small)
    assert top == naive.matching(Ranked(measure="coupon_redemptions", share=0.5))


@pytest.mark.parametrize(
    ("f", "code", "named"),
    [
        (Attribute(column="ages", values=("18-24",)), "unknown_attribute", "age, tier, points"),
        (Attribute(column="email", values=("a@example.com",)), "unknown_attribute", "age"),
        (Attribute(column="age", values=("18-25",)), "unknown_value", "18-24, 25-34"),
        (Attribute(column="tier", op="ge", number=3), "unsupported_condition", "no numbers"),
        (Attribute(column="age"), "unsupported_condition", "18-24"),
        (Bought(scope=Scope(categories=("DOG FOOD",))), "unknown_value", "DOG FOODS"),
        (Bought(scope=Scope(categories=("'; DROP TABLE orders; --",))), "unknown_value", "DROP"),
        (Contacted(campaign_id="spring"), "unknown_value", "k0"),
        (Measure(measure="coupon_redemptions", op="ge", value=1, scope=Scope(categories=("TEA",))),
         "unsupported_condition", "not recorded by product"),
        (Measure(measure="tenure_days", op="ge", value=1, within=Within(days=3)), "unsupported_condition", "customer"),
        (Bought(scope=Scope(terms=("pet",))), "unresolved_terms", "“pet”"),
        (Not(of=AnyOf(of=(Everyone(), Attribute(term="vegans")))), "unresolved_terms", "“vegans”"),
    ],
)  # fmt: skip
def test_what_the_shop_does_not_have_is_named(small: ShopStore, f: Filter, code: str, named: str) -> None:
    with pytest.raises(ToolFailure, match=named) as failure:
        compile_filter(f, small, AS_OF)
    assert failure.value.code == code


def test_sql_quotes_what_it_is_given(small: ShopStore) -> None:
    f = AllOf(of=(Attribute(column="tier", values=("O'Neill's",)), Bought(within=Within(days=60))))
    sql = to_sql(f, small, AS_OF)
    assert "'O''Neill''s'" in sql
    assert "2024, 6, 1" in sql
    assert {row[0] for row in small.con.raw_sql(sql).fetchall()} == compiled(f, small)


def test_a_shop_without_a_table_says_so(tmp_path: Path) -> None:
    customers = [{"customer_id": "a", "created_at": at("2024-01-01")}]
    store = made_store(tmp_path, {"customers": customers})
    assert compiled(Everyone(), store) == {"a"}
    assert compiled(Measure(measure="tenure_days", op="ge", value=100), store) == {"a"}
    with pytest.raises(ToolFailure, match="orders"):
        compile_filter(Bought(), store, AS_OF)


def test_a_column_that_names_people_is_never_listed(tmp_path: Path) -> None:
    customers = [{"customer_id": f"c{i}", "surname": f"Surname{i}"} for i in range(40)]
    store = made_store(tmp_path, {"customers": customers})
    with pytest.raises(ToolFailure) as failure:
        compile_filter(Attribute(column="surname", op="ge", number=3), store, AS_OF)
    assert "Surname" not in str(failure.value) + str(failure.value.detail)
    assert compiled(Attribute(column="surname", values=("Surname7",)), store) == {"c7"}
