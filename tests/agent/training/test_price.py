"""A shop whose prices move: `train` learns what they do, a plan counts with it and says so, or says why not."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from agent.campaign import Campaign
from agent.deps import Deps
from agent.plan import plan
from agent.settings import Settings
from agent.training.price import train_price_model
from tests.agent.training.sender import SENDER
from tools.response.card import Card
from tools.response.price.model import PriceModel
from tools.response.types import Source
from tools.shop.importing import import_shop
from tools.shop.price_world import PriceWorld
from tools.shop.sources import find_sources

pytestmark = pytest.mark.deep

WORLD = PriceWorld(seed=2, categories=3, products=8, weeks=40)
BRIEF = "Retain everyone. $300, email only, Oct 8 to Oct 21 2024, at most 20% off."


def deps_of(world: PriceWorld, folder: Path) -> Deps:
    home, source = folder / "home", folder / "in"
    if not home.is_dir():
        source.mkdir(parents=True)
        for name, frame in world.tables().items():
            frame.to_csv(source / f"{name}.csv", index=False)
        import_shop(find_sources(source), home=home, name="Shop", currency="USD", market="US", sender=SENDER)
    today = datetime(world.today.year, world.today.month, world.today.day, tzinfo=UTC)
    return Deps(settings=Settings(home=home), now=lambda: today)


def planned(world: PriceWorld, folder: Path) -> Campaign:
    return plan(BRIEF, deps_of(world, folder), today=world.today, out=folder / "out").campaign


def discounts(campaign: Campaign) -> list[Source]:
    return [
        source
        for cell in campaign.forecast
        for source in cell.sources
        if source.text.startswith("what the discount adds")
    ]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("prices")


@pytest.fixture(scope="module")
def card(shop: Path) -> Card:
    return train_price_model(deps_of(WORLD, shop), WORLD.today)[0]


def test_the_card_holds_the_truth_and_says_observational(card: Card) -> None:
    assert card.basis == "observational"
    own = card.figure("own-price elasticity")
    assert own is not None
    assert own.low is not None
    assert own.high is not None
    assert own.low - 0.2 < float(WORLD.truth["own"].mean()) < own.high + 0.2


def test_a_plan_counts_with_the_shops_own_prices_and_says_so(card: Card, shop: Path) -> None:
    found = discounts(planned(WORLD, shop))
    assert found
    model = PriceModel.model_validate_json(
        (shop / "home" / "models" / f"price-{card.model_sha}" / "model.json").read_text()
    )
    for source in found:
        assert source.basis == "observational"
        assert f"model price-{card.model_sha}" in source.text
        assert f"{-model.whole.estimate:.2f} %" in source.text
        assert "uplift" not in source.text


def test_a_damaged_model_is_not_used_and_the_reason_is_said(card: Card, shop: Path) -> None:
    path = shop / "home" / "models" / f"price-{card.model_sha}" / "model.json"
    whole = path.read_bytes()
    path.write_bytes(whole[:-2])
    found = discounts(planned(WORLD, shop))
    path.write_bytes(whole)
    assert found
    assert all(one.basis == "assumed" for one in found)
    assert all("the trained model of prices is not used" in one.text for one in found)


def test_prices_that_do_nothing_are_not_counted_with(tmp_path: Path) -> None:
    still = PriceWorld(seed=2, categories=3, products=8, weeks=40, middle=-0.02, spread=0.0, cross=0.0)
    made, _ = train_price_model(deps_of(still, tmp_path), still.today)
    found = discounts(planned(still, tmp_path))
    assert made.name == "price"
    assert found
    assert all(one.basis == "assumed" for one in found)
    assert all("no better than promotions alone" in one.text for one in found)
