"""Price response where the elasticities are known: they come back inside their intervals, and the naive ways do not."""

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from tools.failure import ToolFailure
from tools.response.price.fit import best_depth, constrained, fit_product, shrink
from tools.response.price.rows import Series, series_of
from tools.response.price.train import PRICED, SAVED, WAYS, Trained, train_prices
from tools.shop.price_world import PriceWorld

WORLD = PriceWorld(seed=1)


@pytest.fixture(scope="module")
def series() -> list[Series]:
    return series_of(WORLD.sold, WORLD.baskets.tolist())


@pytest.fixture(scope="module")
def trained() -> Trained:
    return train_prices(WORLD.sold, WORLD.baskets.tolist(), WORLD.today, margin=0.6, cap=0.3, progress=lambda *_: None)


def test_shrinkage_is_nearer_the_truth_than_each_product_alone(series: list[Series]) -> None:
    truth = WORLD.truth.set_index("product_id")["own"]
    fits = [fit_product(one) for one in series]
    alone = np.array([fit.of("own")[0] - truth[fit.product_id] for fit in fits])
    posterior = shrink(fits, "own")
    drawn = {name: constrained(one) for name, one in posterior.products.items()}
    off = np.array([drawn[fit.product_id].estimate - truth[fit.product_id] for fit in fits])
    assert np.sqrt((off**2).mean()) < 0.75 * np.sqrt((alone**2).mean())
    held = [drawn[name].low <= truth[name] <= drawn[name].high for name in drawn]
    assert np.mean(held) > 0.82
    assert posterior.shop[0] == pytest.approx(truth.mean(), abs=0.2)


def test_prices_of_a_whole_category_are_less_elastic_than_of_one_product(series: list[Series]) -> None:
    fits = [fit_product(one) for one in series]
    own, whole = shrink(fits, "own").shop, shrink(fits, "own", "others").shop
    truth = float((WORLD.truth["own"] + WORLD.truth["cross"]).mean())
    low, high = constrained(whole).low, constrained(whole).high
    assert low <= truth <= high
    assert whole[0] > own[0] + 0.2


def test_the_sign_holds_and_says_so_in_the_interval() -> None:
    up = constrained((0.3, 0.2))
    assert up.low < up.estimate < up.high <= 0
    sure = constrained((-2.0, 0.1))
    assert sure.estimate == pytest.approx(-2.0, abs=1e-6)
    assert sure.high - sure.low == pytest.approx(2 * 1.645 * 0.1, rel=1e-3)


def test_what_weeks_say_nothing_of_is_not_known_to_be_zero(series: list[Series]) -> None:
    one = series[0]
    still = one.features.copy()
    still[:, one.names.index("own")] = 0.0
    flat = Series(one.product_id, one.category, one.week, one.units, one.traffic, still, one.names, one.revenue_minor)
    estimate, error = fit_product(flat).of("own")
    assert abs(estimate) < error
    assert error > 5


def test_judged_on_later_weeks_than_it_was_fitted_on(trained: Trained) -> None:
    first, second, third = trained.periods
    assert first.last < second.first
    assert second.last < third.first
    assert third.last == WORLD.today - timedelta(days=1)
    for name in (SAVED, PRICED):
        saved = next(one.value for one in trained.figures if one.name == name)
        assert saved.low is not None
        assert saved.low > 0.02
    assert [one.name for one in trained.compared if one.chosen] == [WAYS[-1]]
    assert min(trained.compared, key=lambda one: one.loss).name == WAYS[-1]
    assert len(trained.model.categories) == WORLD.categories
    assert all(one.high < 0 for one in trained.model.products.values())
    assert any("observational" in note for note in trained.notes)


def test_prices_that_do_nothing_save_nothing() -> None:
    rng = np.random.default_rng(3)
    sold = WORLD.sold.copy()
    sold["units"] = rng.poisson(12, len(sold)) + 1.0
    price = (WORLD.sold["net_minor"] / WORLD.sold["units"]).to_numpy()
    listed = (WORLD.sold["list_minor"] / WORLD.sold["units"]).to_numpy()
    sold = sold.assign(net_minor=sold["units"] * price, list_minor=sold["units"] * listed)
    made = train_prices(sold, [400] * WORLD.weeks, WORLD.today, margin=0.6, cap=0.3, progress=lambda *_: None)
    saved = next(one.value for one in made.figures if one.name == PRICED)
    assert saved.low is not None
    assert saved.low < 0
    assert made.model.own.estimate > -0.2


def test_lowering_prices_where_demand_is_high_looks_like_elasticity() -> None:
    """Why such a model is observational whatever its figures."""
    world = PriceWorld(seed=1, confounded=True)
    fits = [fit_product(one) for one in series_of(world.sold, world.baskets.tolist())]
    assert shrink(fits, "own").shop[0] < float(world.truth["own"].mean()) - 0.3


def test_a_competitors_price_is_a_feature_where_it_is_known() -> None:
    rng = np.random.default_rng(4)
    sold = WORLD.sold.assign(competitor=5 * np.exp(rng.normal(0, 0.1, len(WORLD.sold))))
    factor = rng.poisson(WORLD.sold["units"] * np.exp(1.5 * np.log(sold["competitor"] / 5))) / WORLD.sold["units"]
    more = sold.assign(**{name: sold[name] * factor for name in ("units", "net_minor", "list_minor")})
    found = series_of(more, WORLD.baskets.tolist())
    assert found[0].names[-1] == "competitor"
    assert shrink([fit_product(one) for one in found], "competitor").shop[0] == pytest.approx(1.5, abs=0.3)
    gaps = sold.assign(competitor=sold["competitor"].where(sold.index > 0))
    assert "competitor" not in series_of(gaps, WORLD.baskets.tolist())[0].names


@pytest.mark.parametrize(
    ("elasticity", "margin", "cap", "depth"),
    [(-0.8, 0.5, 0.3, 0.0), (-2.0, 0.25, 0.3, 0.0), (-4.0, 0.4, 0.3, 0.2), (-8.0, 0.5, 0.3, 0.3)],
    ids=["inelastic", "margin too thin", "inside the cap", "at the cap"],
)
def test_the_depth_that_earns_most(elasticity: float, margin: float, cap: float, depth: float) -> None:
    assert best_depth(elasticity, margin, cap) == pytest.approx(depth, abs=1e-9)
    tried = np.linspace(0, cap, 301)
    profit = (1 - tried) ** elasticity * (margin - tried)
    assert tried[profit.argmax()] == pytest.approx(depth, abs=2e-3)


def test_too_little_is_said() -> None:
    few = WORLD.sold[WORLD.sold["week"] < 20]
    with pytest.raises(ToolFailure, match="26 whole weeks of orders; there are 20"):
        series_of(few, [400] * 20)
    still = WORLD.sold.assign(net_minor=100 * WORLD.sold["units"])
    with pytest.raises(ToolFailure, match="0 products sell in nine of ten weeks at prices that move"):
        series_of(still, WORLD.baskets.tolist())
    assert isinstance(still, pd.DataFrame)
