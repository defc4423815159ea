"""Products for segments: known tastes are found, what may not be offered is not, and every figure is the data's."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from evals.catalogue import in_memory
from tests.tools.catalog.shops import AS_OF, Buying, make_shop, products
from tools.catalog.draft import drafted
from tools.catalog.embedding import Embedder
from tools.catalog.rank import choose_products
from tools.catalog.types import ProductChoice
from tools.failure import ToolFailure
from tools.segments.filter import Scope
from tools.shop.store import ShopStore
from tools.vocabulary import Goal

DOGS = [f"dog{number}" for number in range(20)]
BAKERS = [f"baker{number}" for number in range(20)]
OTHERS = [f"other{number}" for number in range(200)]
MEMBERS = pd.DataFrame({"customer_id": DOGS + BAKERS, "segment_id": ["dogs"] * len(DOGS) + ["bakers"] * len(BAKERS)})


def buying() -> Buying:
    """Everyone buys milk; dog owners dog food, bakers bread and coffee; wine and cigarettes sell best of all."""
    made = Buying()
    for customers in (DOGS, BAKERS, OTHERS):
        made.add(customers, "p09", 10).add(customers, "p10", 5).add(customers, "p12", 5)
    made.add(DOGS[:16], "p05", 20).add(DOGS[:9], "p15", 15).add(DOGS[:4], "p06", 30).add(DOGS[:1], "p07", 40)
    made.add(BAKERS[:15], "p03", 12).add(BAKERS[:12], "p08", 25)
    made.add(OTHERS[:20], "p01", 15).add(OTHERS[:10], "p14", 5).add(OTHERS[:4], "p08", 200)
    return made.add(DOGS[:18], "p04", 300)


@pytest.fixture(scope="module")
def embedder(tmp_path_factory: pytest.TempPathFactory) -> Embedder:
    return Embedder.load(cache_dir=tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> ShopStore:
    return make_shop(tmp_path_factory.mktemp("shop"), products(), buying())


def chosen(
    store: ShopStore,
    embedder: Embedder,
    *,
    scope: Scope | None = None,
    focus: tuple[str, ...] = (),
    goal: Goal = "retain",
    members: pd.DataFrame = MEMBERS,
    per_segment: int = 3,
) -> dict[str, list[ProductChoice]]:
    index = in_memory(drafted(store.frame("products")), embedder)
    choices = choose_products(
        store, index, members, scope=scope or Scope(), focus=focus, goal=goal, as_of=AS_OF, currency="USD",
        per_segment=per_segment,
    )  # fmt: skip
    return {segment: [c for c in choices if c.segment_id == segment] for segment in members["segment_id"].unique()}


def ids(choices: list[ProductChoice]) -> list[str]:
    return [choice.product_id for choice in choices]


def test_each_segment_gets_its_own_taste_where_the_best_sellers_would_not(shop: ShopStore, embedder: Embedder) -> None:
    found = chosen(shop, embedder)
    assert "p05" in ids(found["dogs"])
    assert {"p03", "p08"} <= set(ids(found["bakers"]))
    sold = shop.frame("orders")["product_id"].value_counts()
    best = [product for product in sold.index if product not in ("p10", "p12")][:3]
    assert "p03" not in best


def test_the_reasons_state_the_data(shop: ShopStore, embedder: Embedder) -> None:
    [bread] = [choice for choice in chosen(shop, embedder)["bakers"] if choice.product_id == "p03"]
    assert bread.name == "Italian and French bread"
    assert bread.reasons[0].startswith("Italian and French bread: bought by 75 % of this segment in the last 365 days")
    assert "15 customers of this segment bought this very product" in bread.reasons
    assert "sold 15 times in the last 90 days (the shop gives no stock)" in bread.reasons
    assert bread.reasons[-1] == "margin not known: the shop gives no cost"
    assert bread.fact.raw_name == "BREAD:ITALIAN/FRENCH"
    assert bread.fact.price_minor == 150


def test_regulated_goods_come_only_where_they_are_named(shop: ShopStore, embedder: Embedder) -> None:
    everything = chosen(shop, embedder, per_segment=20)
    assert not {"p10", "p12"} & set(ids(everything["dogs"]))
    assert "p12" in ids(chosen(shop, embedder, focus=("wine",))["dogs"])
    assert ids(chosen(shop, embedder, scope=Scope(categories=("CIGARETTES",)))["dogs"]) == ["p10"]


def test_what_is_no_goods_or_unsold_for_long_never_comes(shop: ShopStore, embedder: Embedder) -> None:
    found = set(ids(chosen(shop, embedder, per_segment=20)["dogs"]))
    assert not {"p11", "p13", "p04", "p02"} & found


def test_scope_and_focus_bound_the_choice(shop: ShopStore, embedder: Embedder) -> None:
    pets = Scope(categories=("DOG FOODS", "CAT LITTER"))
    assert set(ids(chosen(shop, embedder, scope=pets)["bakers"])) <= {"p05", "p06", "p07", "p15"}
    assert set(ids(chosen(shop, embedder, scope=pets, focus=("cofee",))["dogs"])) == {"p08"}
    outside = chosen(shop, embedder, scope=pets, goal="cross_sell", per_segment=20)
    assert not {"p05", "p06", "p07", "p15"} & set(ids(outside["dogs"]))


def test_words_that_fit_nothing_are_said(shop: ShopStore, embedder: Embedder) -> None:
    found = chosen(shop, embedder, focus=("flux capacitors",))
    assert "nothing on offer fits “flux capacitors”" in found["dogs"][0].reasons


def test_two_sizes_of_one_thing_are_not_two_choices(shop: ShopStore, embedder: Embedder) -> None:
    found = ids(chosen(shop, embedder, scope=Scope(categories=("DOG FOODS",)), per_segment=2)["dogs"])
    assert len(found) == 2
    assert set(found) != {"p05", "p06"}


def test_stock_margin_and_clearance_count_where_they_are_known(tmp_path: Path, embedder: Embedder) -> None:
    stock = [5, 5, 5, 0, 900, 5, 5, 5, 5, 5, 5, 5, 5, 5, 0]
    cost = [100] * 4 + [1200] + [100] * 10
    store = make_shop(tmp_path, products(stock=stock, cost_minor=cost), buying())
    pets = Scope(categories=("DOG FOODS",))
    found = chosen(store, embedder, scope=pets, goal="clear_stock")["dogs"]
    assert set(ids(found)) == {"p05", "p06"}
    assert found[0].product_id == "p05"
    assert "its stock lasts 5,062 days at the pace of the last 90" in found[0].reasons
    assert "900 in stock" in found[0].reasons
    assert any(reason.startswith("margin 7.6 % of its price") for reason in found[0].reasons)


def test_new_products_lead_a_launch(tmp_path: Path, embedder: Embedder) -> None:
    store = make_shop(
        tmp_path, products(), buying().add(OTHERS, "p01", 300).add(BAKERS, "p07", 200).add(DOGS, "p05", 300)
    )
    launched = chosen(store, embedder, goal="launch", scope=Scope(categories=("DOG FOODS",)))["dogs"]
    assert launched[0].product_id == "p15"
    assert launched[0].reasons[0] == "new: first sold on 2017-11-09"


def test_nothing_after_the_day_is_seen(tmp_path: Path, embedder: Embedder) -> None:
    before = chosen(make_shop(tmp_path / "before", products(), buying()), embedder)
    later = buying().add(DOGS + BAKERS + OTHERS, "p02", 0).add(DOGS + BAKERS + OTHERS, "p02", -5)
    assert chosen(make_shop(tmp_path / "later", products(), later), embedder) == before


def test_a_shop_without_orders_still_gets_products(tmp_path: Path, embedder: Embedder) -> None:
    store = make_shop(tmp_path, products())
    assert ids(chosen(store, embedder, focus=("italian bread",))["dogs"]) == ["p03"]


def test_nothing_to_offer_is_said(tmp_path: Path, embedder: Embedder) -> None:
    store = make_shop(tmp_path, products(stock=[0] * 15), buying())
    with pytest.raises(ToolFailure) as failure:
        chosen(store, embedder)
    assert failure.value.code == "no_products"


def test_the_same_input_gives_the_same_choice(shop: ShopStore, embedder: Embedder) -> None:
    shuffled = MEMBERS.sample(frac=1, random_state=3)
    assert chosen(shop, embedder)["dogs"] == chosen(shop, embedder, members=shuffled)["dogs"]


@dataclass(frozen=True)
class Said:
    """What some model would say: chances by segment's first customer, and who was asked about."""

    chances: dict[str, dict[str, float]]
    words: str = "model of a test"

    def among(self, customers: Sequence[str], products: Sequence[str]) -> np.ndarray:
        return np.array([self.chances[customers[0]].get(product, 0.0) for product in products])


def test_a_trained_model_takes_the_place_of_shares_of_buyers(shop: ShopStore, embedder: Embedder) -> None:
    index = in_memory(drafted(shop.frame("products")), embedder)
    likely = Said({DOGS[0]: {"p08": 0.4, "p14": 0.2}, BAKERS[0]: {"p05": 0.3}})
    found = choose_products(
        shop, index, MEMBERS, scope=Scope(), focus=(), goal="retain", as_of=AS_OF, currency="USD", likely=likely,
    )  # fmt: skip
    first = {segment: next(c for c in found if c.segment_id == segment) for segment in ("dogs", "bakers")}
    assert (first["dogs"].product_id, first["bakers"].product_id) == ("p08", "p05")
    said = "40 % of this segment's past buyers are expected to buy it within 30 days (model of a test)"
    assert said in first["dogs"].reasons
    assert not any("model" in reason for choice in chosen(shop, embedder)["dogs"] for reason in choice.reasons)


def test_why_no_model_ranks_is_said(shop: ShopStore, embedder: Embedder) -> None:
    index = in_memory(drafted(shop.frame("products")), embedder)
    found = choose_products(
        shop, index, MEMBERS, scope=Scope(), focus=(), goal="retain", as_of=AS_OF, currency="USD",
        note="the trained recommender is not used: it is another shop's",
    )  # fmt: skip
    assert all("the trained recommender is not used: it is another shop's" in choice.reasons for choice in found)
    without = chosen(shop, embedder)
    assert ids([c for c in found if c.segment_id == "dogs"]) == ids(without["dogs"])


def test_a_model_that_knows_nobody_of_a_segment_says_nothing_of_it(shop: ShopStore, embedder: Embedder) -> None:
    index = in_memory(drafted(shop.frame("products")), embedder)
    found = choose_products(
        shop, index, MEMBERS, scope=Scope(), focus=(), goal="retain", as_of=AS_OF, currency="USD",
        likely=Said({DOGS[0]: {}, BAKERS[0]: {"p05": 0.3}}),
    )  # fmt: skip
    dogs = [choice for choice in found if choice.segment_id == "dogs"]
    assert ids(dogs) == ids(chosen(shop, embedder)["dogs"])
    assert not any("expected to buy" in reason for choice in dogs for reason in choice.reasons)
