"""The shop of known truth: what it says of itself holds in what it plays, and its past misleads as it should."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tools.shop.importing import import_shop
from tools.shop.profile import Sender
from tools.shop.world import World, season


def everyone(world: World, channel: str | None, depth: float = 0.0) -> pd.DataFrame:
    ids = world.customers["customer_id"]
    return pd.DataFrame(
        {"customer_id": ids, "channel": pd.Series([channel] * world.size, dtype=object), "depth": depth}
    )


def test_what_is_played_has_the_stated_effect() -> None:
    world = World(seed=1, size=40_000)
    with_mail = world.play(everyone(world, "email", 0.1), seed=1)
    without = world.play(everyone(world, None), seed=2)
    found = with_mail["order_id"].notna().mean() - without["order_id"].notna().mean()
    truth = world.true_effect(np.ones(world.size, dtype=bool), "email", 0.1)
    assert found == pytest.approx(truth, abs=4 * np.sqrt(2 * 0.25 * 0.75 / world.size))
    money = 100 * (with_mail["amount"].fillna(0).mean() - without["amount"].fillna(0).mean())
    assert money == pytest.approx(world.true_effect(np.ones(world.size, dtype=bool), "email", 0.1, money=True), abs=60)


def test_its_kinds_do_what_they_are_called() -> None:
    world = World(seed=2, size=20_000)
    kind = world.customers["kind"].to_numpy()
    effects = {name: world.true_effect(kind == name, "email") for name in np.unique(kind)}
    assert effects["sure_thing"] == effects["lost_cause"] == 0
    assert effects["persuadable"] > 0.08
    assert effects["sleeping_dog"] < -0.06


def test_its_past_is_confounded() -> None:
    """Those who were contacted bought far more, even in a world where contact does nothing."""
    world = World(seed=3, size=20_000, effect=0.0)
    tables = world.tables()
    last = tables["contacts"][tables["contacts"]["campaign_id"] == "past-1"]
    bought = last["converted_at"].notna().mean()
    others = ~world.customers["customer_id"].isin(last["customer_id"])
    anyway = (world.customers["base_rate"][others] * season(world.today)).mean()
    assert world.true_effect(np.ones(world.size, dtype=bool), "email") == 0
    assert bought > 1.3 * anyway


def test_seed_decides_everything() -> None:
    one, same, other = World(seed=4, size=300), World(seed=4, size=300), World(seed=5, size=300)
    assert one.tables()["orders"].equals(same.tables()["orders"])
    assert one.play(everyone(one, "sms"), seed=9).equals(same.play(everyone(same, "sms"), seed=9))
    assert not one.play(everyone(one, "sms"), seed=9).equals(one.play(everyone(one, "sms"), seed=10))
    assert not one.tables()["orders"].equals(other.tables()["orders"])


def test_it_is_a_shop_that_imports_without_a_bad_row(tmp_path: Path) -> None:
    world = World(seed=6, size=400)
    sources = {}
    for name, frame in world.tables().items():
        sources[name] = tmp_path / f"{name}.csv"
        frame.to_csv(sources[name], index=False)
    report = import_shop(
        sources, home=tmp_path / "home", name="World", currency="USD", market="US", sender=Sender(brand="World")
    )
    assert not report.quarantined
    assert report.rows["customers"] == 400
    assert pd.to_datetime(world.tables()["orders"]["ordered_at"]).max() < pd.Timestamp(world.today)
