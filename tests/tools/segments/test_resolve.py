"""Words of a brief, resolved to the shop's own values; what is not clear stays a question."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.tools.segments.made_shop import made_store
from tests.tools.segments.shops import AS_OF
from tools.segments.filter import AllOf, AnyOf, Attribute, Bought, Everyone, Measure, Not, Scope
from tools.segments.product_terms import resolve_products
from tools.segments.resolve import Resolved, ShopTerms, resolve_filter
from tools.shop.store import ShopStore

PETS = {"DOG FOODS", "CAT FOOD", "CAT LITTER", "PET CARE SUPPLIES"}


class TrigramEmbedder:
    """Letters in threes, hashed: near in spelling is near in meaning. Enough to test threshold and margin."""

    model_id = "trigrams"

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        rows = np.zeros((len(texts), 512), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            padded = f"  {text} "
            for i in range(len(padded) - 2):
                row[sum(ord(c) * 31**k for k, c in enumerate(padded[i : i + 3])) % 512] += 1
        unit: NDArray[np.float32] = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return unit


@pytest.fixture(scope="module")
def terms(grocer: ShopStore) -> ShopTerms:
    return ShopTerms.build(grocer, AS_OF)


def products(phrase: str, terms: ShopTerms) -> tuple[set[str], Resolved]:
    resolved = resolve_filter(Bought(scope=Scope(terms=(phrase,)), min_orders=2), terms)
    assert isinstance(resolved.filter, Bought)
    scope = resolved.filter.scope
    return {*scope.departments, *scope.categories, *scope.product_types, *scope.brands}, resolved


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        ("pet owners", PETS),
        ("pet", PETS),
        ("people who bought pets' products", PETS),
        ("宠物主人", PETS),
        ("cat owners", {"CAT FOOD", "CAT LITTER"}),
        ("dog lovers", {"DOG FOODS"}),
        ("dog food", {"DOG FOODS"}),
        ("hot dogs", {"HOT DOGS"}),
        ("coffee drinkers", {"COFFEE"}),
        ("咖啡爱好者", {"COFFEE"}),
        ("cofee", {"COFFEE"}),
        ("coffee filters", {"COFFEE FILTERS"}),
        ("wine", {"DOMESTIC WINE", "IMPORTED WINE", "MISC WINE"}),
        ("baby", {"BABY FOODS", "INFANT FORMULA", "DIAPERS & DISPOSABLES"}),
        ("买过婴儿用品的顾客", {"BABY FOODS", "INFANT FORMULA", "DIAPERS & DISPOSABLES"}),
        ("organic", {"ORGANICS FRUIT & VEGETABLES"}),
        ("frozen ice", {"FRZN ICE"}),
        ("cakes", {"CAKES"}),
        ("chicken", {"CHICKEN/POULTRY"}),
        ("own brand", {"Private"}),
        ("猫粮狗粮", {"CAT FOOD", "DOG FOODS"}),
    ],
)
def test_products(terms: ShopTerms, phrase: str, expected: set[str]) -> None:
    found, resolved = products(phrase, terms)
    assert found == expected
    assert resolved.unresolved == ()
    assert resolved.resolutions[0].clear


@pytest.mark.parametrize(
    "phrase",
    ["quantum enthusiasts", "vegans", "owners", "", "火箭", "regular", "coupons", "fuel", "women", "the usual", "🚀"],
)
def test_what_is_not_clear_is_a_question(terms: ShopTerms, phrase: str) -> None:
    found, resolved = products(phrase, terms)
    assert found == set()
    assert resolved.unresolved == (phrase,)
    assert resolved.resolutions[0].chosen == ()


def test_a_name_that_says_the_contrary_or_only_qualifies_is_not_taken(tmp_path: Path) -> None:
    names = ["Candy bags non chocolate", "Boxed chocolate", "Diet / light bread", "Razors and blades"]
    rows = [{"product_id": name, "name": name, "category": name} for name in names]
    terms = ShopTerms.build(made_store(tmp_path, {"customers": [{"customer_id": "a"}], "products": rows}), AS_OF)
    assert products("chocolate", terms)[0] == {"Boxed chocolate"}
    assert products("razors", terms)[0] == {"Razors and blades"}
    assert products("diet", terms)[1].unresolved == ("diet",)


def test_a_product_is_found_by_its_whole_name(tmp_path: Path) -> None:
    rows = [{"product_id": f"p{i}", "name": name, "category": "Lamps"} for i, name in enumerate(["Aurora", "Borealis"])]
    terms = ShopTerms.build(made_store(tmp_path, {"customers": [{"customer_id": "a"}], "products": rows}), AS_OF)
    resolved = resolve_filter(Bought(scope=Scope(terms=("aurora",)), min_orders=2), terms)
    assert resolved.filter == Bought(scope=Scope(product_ids=("p0",)), min_orders=2)


def test_what_only_looks_like_it_is_shown_and_not_taken(terms: ShopTerms) -> None:
    _, resolved = products("pet owners", terms)
    resolution = resolved.resolutions[0]
    assert resolution.method == "synonym"
    assert "HOT DOGS" in {candidate.value for candidate in resolution.rejected}
    dog = next(candidate for candidate in resolution.chosen if candidate.value == "DOG FOODS")
    assert dog.customers is not None
    assert dog.customers > 50


def test_one_unclear_word_among_clear_ones_stays(terms: ShopTerms) -> None:
    resolved = resolve_filter(Measure(measure="orders", op="ge", value=2, scope=Scope(terms=("pet", "quark"))), terms)
    assert resolved.unresolved == ("quark",)
    assert isinstance(resolved.filter, Measure)
    assert resolved.filter.scope.terms == ("quark",)


def test_likeness_of_meaning_needs_a_threshold_and_a_lead(tmp_path: Path) -> None:
    names = ["thermometer", "barometerxa", "barometerxb", "kettle"]
    rows = [{"product_id": name, "name": name, "category": name} for name in names]
    store = made_store(tmp_path, {"customers": [{"customer_id": "a"}], "products": rows})
    terms = ShopTerms.build(store, AS_OF, TrigramEmbedder())
    close, resolved = products("xthermometer", terms)
    assert (close, resolved.resolutions[0].method) == ({"thermometer"}, "embedding")
    torn, resolved = products("barometerx", terms)
    assert (torn, resolved.unresolved) == (set(), ("barometerx",))
    assert {c.value for c in resolved.resolutions[0].rejected} >= {"barometerxa", "barometerxb"}
    far, _ = products("cinema", terms)
    assert far == set()


def values(phrase: str, terms: ShopTerms, *, negated: bool = False) -> dict[str, set[str]]:
    resolved = resolve_filter(Attribute(term=phrase), terms, negated=negated)
    found = resolved.filter.of if isinstance(resolved.filter, AllOf) else (resolved.filter,)
    return {f.column: set(f.values) for f in found if isinstance(f, Attribute) and f.column}


@pytest.mark.parametrize(
    ("phrase", "column", "expected"),
    [
        ("families with kids", "kids_count", {"1", "2", "3+"}),
        ("有孩子的家庭", "kids_count", {"1", "2", "3+"}),
        ("without children", "kids_count", {"0"}),
        ("at least two children", "kids_count", {"2", "3+"}),
        ("families with 2 kids", "kids_count", {"2"}),
        ("aged 35-44", "age", {"35-44"}),
        ("under 35", "age", {"19-24", "25-34"}),
        ("35岁以下", "age", {"19-24", "25-34"}),
        ("less than 30 years old", "age", {"19-24"}),
        ("aged 30-44", "age", {"35-44"}),
        ("over 35", "age", {"45-54", "55-64", "65+"}),
        ("over-65s", "age", {"65+"}),
        ("seniors", "age", {"65+"}),
        ("income over 100K", "income", {"100-124K", "125-149K", "250K+"}),
        ("household income above $100,000", "income", {"100-124K", "125-149K", "250K+"}),
        ("earning under 50k", "income", {"Under 15K", "15-24K", "25-34K"}),
        ("homeowners", "home_ownership", {"Homeowner"}),
        ("home owners", "home_ownership", {"Homeowner"}),
        ("renters", "home_ownership", {"Renter"}),
        ("married", "marital_status", {"Married"}),
        ("已婚", "marital_status", {"Married"}),
        ("singles", "marital_status", {"Unmarried"}),
        ("household of four or more", "household_size", {"4", "5+"}),
        ("customers in the US", "country", {"US"}),
    ],
)
def test_attributes(terms: ShopTerms, phrase: str, column: str, expected: set[str]) -> None:
    assert values(phrase, terms) == {column: expected}


@pytest.mark.parametrize(
    "phrase",
    [
        "young families", "kids under 12", "well-off", "in their 30s", "families of 5", "income over 100", "women",
        "over 300K", "not married and rich", "under 35 or over 65", "quantum enthusiasts", "aged 200", "aged 36",
    ],
)  # fmt: skip
def test_traits_that_are_not_clear_are_a_question(terms: ShopTerms, phrase: str) -> None:
    resolved = resolve_filter(Attribute(term=phrase), terms)
    assert resolved.unresolved == (phrase,)
    assert resolved.filter == Attribute(term=phrase)


def test_two_traits_in_a_row_must_both_hold(terms: ShopTerms) -> None:
    assert values("married homeowners", terms) == {"marital_status": {"Married"}, "home_ownership": {"Homeowner"}}
    assert values("single parents", terms) == {"marital_status": {"Unmarried"}, "kids_count": {"1", "2", "3+"}}
    assert values("singles under 35", terms) == {"marital_status": {"Unmarried"}, "age": {"19-24", "25-34"}}


def test_an_excluded_bound_takes_every_band_that_may_be_meant(terms: ShopTerms) -> None:
    assert values("under 30", terms) == {"age": {"19-24"}}
    assert values("under 30", terms, negated=True) == {"age": {"19-24", "25-34"}}
    resolved = resolve_filter(Not(of=Attribute(term="under 30")), terms)
    assert resolved.filter == Not(of=Attribute(column="age", values=("19-24", "25-34")))


def test_a_numeric_column_is_compared_as_numbers(tmp_path: Path) -> None:
    rows = [{"customer_id": f"c{i}", "age": 20 + i, "vip": i % 2 == 0} for i in range(30)]
    terms = ShopTerms.build(made_store(tmp_path, {"customers": rows}), AS_OF)
    assert resolve_filter(Attribute(term="under 35"), terms).filter == Attribute(column="age", op="le", number=34)
    between = resolve_filter(Attribute(term="aged 25-44"), terms).filter
    edges = (Attribute(column="age", op="ge", number=25), Attribute(column="age", op="le", number=44))
    assert between == AllOf(of=edges)
    assert resolve_filter(Attribute(term="vip customers"), terms).filter == Attribute(column="vip", values=("true",))


def test_a_value_of_two_columns_is_not_clear(tmp_path: Path) -> None:
    rows = [{"customer_id": f"c{i}", "tier": "Gold", "card": "Gold"} for i in range(30)]
    terms = ShopTerms.build(made_store(tmp_path, {"customers": rows}), AS_OF)
    resolved = resolve_filter(Attribute(term="gold members"), terms)
    assert resolved.unresolved == ("gold members",)
    assert {c.column for c in resolved.resolutions[0].rejected} == {"tier", "card"}
    assert resolve_filter(Attribute(term="gold tier"), terms).filter == Attribute(column="tier", values=("Gold",))


def test_taste_that_came_as_a_trait_and_trait_that_came_as_a_purchase(terms: ShopTerms) -> None:
    taste = resolve_filter(Attribute(term="coffee lovers"), terms)
    assert taste.filter == Bought(scope=Scope(categories=("COFFEE",)))
    trait = resolve_filter(Bought(scope=Scope(terms=("homeowners",))), terms)
    assert trait.filter == Attribute(column="home_ownership", values=("Homeowner",))


def test_a_filter_without_words_is_left_alone(terms: ShopTerms) -> None:
    f = AnyOf(of=(Everyone(), Not(of=Bought(scope=Scope(categories=("CHEESE",))))))
    assert resolve_filter(f, terms) == Resolved(f, (), ())


def test_goods_side_by_side_may_be_one_thing_and_are_only_suggested(terms: ShopTerms) -> None:
    found = resolve_products("咖啡红酒", terms)
    assert not found.clear
    assert {candidate.value for candidate in found.rejected} >= {"COFFEE", "DOMESTIC WINE"}
    assert not resolve_products("猫粮狗", terms).rejected
