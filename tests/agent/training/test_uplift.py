"""A shop with one campaign by lot: `train` learns its uplift and a plan calls it that; without a lot, not."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from agent.campaign import Campaign
from agent.deps import Deps
from agent.plan import plan
from agent.settings import Settings
from agent.training.uplift import train_uplift_model
from tests.agent.training.sender import SENDER
from tools.failure import ToolFailure
from tools.shop.importing import import_shop
from tools.shop.sources import find_sources
from tools.shop.world import World

pytestmark = pytest.mark.deep

WORLD = World(seed=8, size=6_000, traits=3.0)
TODAY = WORLD.today + timedelta(days=21)
BRIEF = "Win back customers who haven't bought anything for 20 days. $500, email only, Sep 25 to Oct 8, no discount."


def shop(folder: Path, *, randomised: bool) -> Path:
    """The world's tables, and a test of e-mail on its last day; its outcomes stand in `contacts`."""
    folder.mkdir(parents=True)
    tables = WORLD.tables()
    arm = np.where(np.random.default_rng(2).random(WORLD.size) < 0.5, "mail", "no contact")
    sent = pd.DataFrame(
        {
            "customer_id": WORLD.customers["customer_id"],
            "channel": pd.Series(arm).map({"mail": "email", "no contact": None}),
            "depth": 0.0,
        }
    )
    results = WORLD.play(sent, seed=1)
    test = pd.DataFrame(
        {
            "campaign_id": "lot",
            "customer_id": results["customer_id"],
            "channel": "email",
            "sent_at": f"{WORLD.today}T08:00:00Z",
            "arm": arm,
            "randomised": randomised,
            "propensity": 0.5,
            "converted_at": results["ordered_at"],
            "revenue": results["amount"],
        }
    )
    tables["contacts"] = test
    for name, frame in tables.items():
        frame.to_csv(folder / f"{name}.csv", index=False)
    home = folder.parent / f"home-{randomised}"
    import_shop(find_sources(folder), home=home, name="Shop", currency="USD", market="US", sender=SENDER)
    return home


def deps_of(home: Path) -> Deps:
    return Deps(settings=Settings(home=home), now=lambda: datetime(TODAY.year, TODAY.month, TODAY.day, tzinfo=UTC))


def planned(home: Path, out: Path) -> Campaign:
    return plan(BRIEF, deps_of(home), today=TODAY, out=out).campaign


def test_a_plan_rests_on_what_a_lot_has_shown_and_calls_it_uplift(tmp_path: Path) -> None:
    home = shop(tmp_path / "files", randomised=True)
    before = planned(home, tmp_path / "before")
    card, _ = train_uplift_model(deps_of(home), TODAY)
    assert card.basis == "randomised"
    mean = card.figures[0].value
    truth = WORLD.true_effect(np.ones(WORLD.size, dtype=bool), "email")
    assert mean.low is not None
    assert mean.high is not None
    assert mean.low <= truth <= mean.high

    campaign = planned(home, tmp_path / "after")
    assert campaign.forecast
    for cell in campaign.forecast:
        said = [one for one in cell.sources if "uplift" in one.text]
        assert [one.basis for one in said] == ["randomised"]
        assert f"uplift-{card.model_sha}" in said[0].text
        assert "`lot`" in said[0].text
        assert cell.basis == "assumed"
    gained = [sum(cell.incremental_orders for cell in one.forecast) for one in (before, campaign)]
    assert gained[0] != gained[1]
    assert all("uplift" not in one.text for cell in before.forecast for one in cell.sources)


def test_without_a_lot_nothing_is_called_uplift(tmp_path: Path) -> None:
    home = shop(tmp_path / "files", randomised=False)
    with pytest.raises(ToolFailure, match="drawn by lot"):
        train_uplift_model(deps_of(home), TODAY)
    campaign = planned(home, tmp_path / "plan")
    assert all("uplift" not in one.text for cell in campaign.forecast for one in cell.sources)


def test_a_campaign_whose_outcomes_are_not_in_yet_does_not_count(tmp_path: Path) -> None:
    home = shop(tmp_path / "files", randomised=True)
    early: date = WORLD.today + timedelta(days=5)
    with pytest.raises(ToolFailure, match="drawn by lot"):
        train_uplift_model(deps_of(home), early)
