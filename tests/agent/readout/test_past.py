"""Past campaigns of `contacts`: a randomised test with three arms, and a mailing that nobody randomised."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from agent.deps import Deps
from agent.readout.options import ReadoutOptions
from agent.readout.run import folder_name, read_out_campaign
from agent.settings import Settings
from tools.experiment.effects import ObservationalEstimate, RandomisedEffect
from tools.failure import ToolFailure
from tools.metrics.rates import parts
from tools.shop.importing import import_shop
from tools.shop.profile import Sender
from tools.shop.store import ShopStore
from tools.shop.world import World

WORLD = World(seed=21, size=6000)
ARMS = ("No E-Mail", "Plain E-Mail", "E-Mail 10%")
DEPTH = {"No E-Mail": 0.0, "Plain E-Mail": 0.0, "E-Mail 10%": 0.1}


def deps_of(home: Path) -> Deps:
    return Deps(settings=Settings(home=home), now=lambda: datetime(2025, 10, 1, tzinfo=UTC))


def contacts_of(world: World) -> pd.DataFrame:
    """A randomised e-mail test as a shop would bring it in `contacts`, the control's rows too."""
    arm = np.random.default_rng(5).choice(ARMS, world.size)
    channel = pd.Series(np.where(arm == "No E-Mail", "", "email"))
    sent = pd.DataFrame(
        {
            "customer_id": world.customers["customer_id"],
            "channel": channel.where(channel != "", None),
            "depth": [DEPTH[one] for one in arm],
        }
    )
    results = world.play(sent, seed=1)
    return pd.DataFrame(
        {
            "campaign_id": "test/1",
            "customer_id": results["customer_id"],
            "channel": "email",
            "sent_at": f"{world.today}T08:00:00Z",
            "arm": arm,
            "randomised": "true",
            "propensity": 0.3333,
            "clicked_at": results["ordered_at"].where(results["clicked"]),
            "converted_at": results["ordered_at"],
            "revenue": results["amount"],
        }
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("past")
    tables = WORLD.tables()
    before = (tables["orders"].groupby("customer_id")["amount"].sum()).rename("history")
    tables["customers"] = tables["customers"].merge(before, on="customer_id", how="left").fillna({"history": 0})
    tables["contacts"] = contacts_of(WORLD)
    sources = {}
    for name, frame in tables.items():
        sources[name] = folder / f"{name}.csv"
        frame.to_csv(sources[name], index=False)
    import_shop(sources, home=folder / "home", name="World", currency="USD", market="US", sender=Sender(brand="World"))
    return folder / "home"


def test_a_randomised_test_with_three_arms(home: Path) -> None:
    done = read_out_campaign("test/1", ReadoutOptions(cost_minor=5000), deps_of(home))
    part = done.part
    assert part.basis == "randomised"
    assert part.control == "No E-Mail"
    assert part.source == "contacts"
    assert part.sample_ratio.p_value is not None
    assert part.sample_ratio.p_value > 0.001
    everybody = np.ones(WORLD.size, dtype=bool)
    for arm in ARMS[1:]:
        effect = part.effect("conversion", "arm", arm)
        assert isinstance(effect, RandomisedEffect)
        _, low, high = parts(effect.uplift)
        assert low <= WORLD.true_effect(everybody, "email", DEPTH[arm]) <= high
    revenue = part.effect("revenue")
    assert revenue is not None
    assert revenue.method == "cuped"
    assert revenue.variance_kept is not None
    assert revenue.variance_kept < 0.95
    assert part.returns.incremental_roas.estimate is not None
    assert part.returns.discount_minor is None
    assert done.folder == home / "readouts" / folder_name("test/1")
    assert done.folder.parent == home / "readouts"
    assert (done.folder / "readout.html").is_file()


def test_segments_and_covariate_by_attribute(home: Path) -> None:
    part = read_out_campaign("test/1", ReadoutOptions(by="region", covariate="history"), deps_of(home)).part
    assert {row.name for row in part.effects if row.scope == "segment"} == {"north", "south", "west"}
    for wrong in (ReadoutOptions(by="colour"), ReadoutOptions(covariate="region")):
        with pytest.raises(ToolFailure) as caught:
            read_out_campaign("test/1", wrong, deps_of(home))
        assert caught.value.code == "unknown_column"


def test_another_arm_as_control(home: Path) -> None:
    part = read_out_campaign("test/1", ReadoutOptions(control="Plain E-Mail"), deps_of(home)).part
    assert part.control == "Plain E-Mail"
    with pytest.raises(ToolFailure, match="the arms are"):
        read_out_campaign("test/1", ReadoutOptions(control="nobody"), deps_of(home))


def test_a_mailing_that_was_not_randomised_is_observational(small_home: Path, tmp_path: Path) -> None:
    deps = Deps(settings=Settings(home=small_home), now=lambda: datetime(2018, 1, 5, tzinfo=UTC))
    rows = ShopStore.open(small_home).frame("contacts")
    name = str(rows["campaign_id"].value_counts().index[0])
    done = read_out_campaign(name, ReadoutOptions(out=tmp_path / "out"), deps)
    assert done.part.basis == "observational"
    assert done.part.control == "not contacted"
    effect = done.part.effect("conversion")
    assert isinstance(effect, ObservationalEstimate)
    assert done.part.returns.incremental_net_minor.estimate is None
    page = (tmp_path / "out" / "readout.html").read_text(encoding="utf-8").casefold()
    assert "uplift" not in page
    assert "not a randomised comparison" in page
    assert done.part.end - done.part.start >= timedelta(days=13)
    assert ShopStore.open(small_home).frame("contacts").equals(rows)


def test_unknown_campaigns_are_refused(home: Path) -> None:
    with pytest.raises(ToolFailure, match="neither planned here nor in the shop's `contacts`"):
        read_out_campaign("nope", ReadoutOptions(), deps_of(home))


@pytest.mark.parametrize("name", ["../../etc", "a b", "/tmp/x", "x" * 200, "活动"])
def test_a_campaigns_name_is_no_path(name: str) -> None:
    assert folder_name(name).startswith("campaign-")


def import_small(folder: Path, contacts: pd.DataFrame) -> Deps:
    """A shop of customers and contacts alone."""
    contacts[["customer_id"]].drop_duplicates().assign(past=1.5).to_csv(folder / "customers.csv", index=False)
    contacts.to_csv(folder / "contacts.csv", index=False)
    import_shop(
        {name: folder / f"{name}.csv" for name in ("customers", "contacts")},
        home=folder / "home", name="S", currency="USD", market="US", sender=Sender(brand="S"),
    )  # fmt: skip
    return deps_of(folder / "home")


def some_contacts(**changes: object) -> pd.DataFrame:
    arm = np.arange(400) % 2
    made = pd.DataFrame(
        {
            "campaign_id": "t", "customer_id": [f"c{i}" for i in range(400)], "sent_at": "2025-09-01T08:00:00Z",
            "channel": np.where(arm == 1, "email", "none"), "arm": np.where(arm == 1, "B", "A"), "randomised": True,
        }
    )  # fmt: skip
    return made.assign(**changes)  # type: ignore[arg-type]


def test_a_shop_without_orders_and_arms_without_telling_names(tmp_path: Path) -> None:
    bought = np.arange(400) % 5 == 0
    told = pd.Series("2025-09-03T10:00:00Z", index=range(400)).where(bought)
    part = read_out_campaign("t", ReadoutOptions(), import_small(tmp_path, some_contacts(converted_at=told))).part
    assert part.control == "A"
    assert part.basis == "randomised"
    assert part.sample_ratio.no_data == "the planned shares are not known"
    revenue = part.effect("revenue")
    assert revenue is not None
    assert revenue.difference.no_data == "the revenue is not known"
    assert all(arm.revenue_minor is None and arm.converted.estimate == pytest.approx(0.2) for arm in part.arms)


def test_nothing_that_says_who_bought_is_not_taken_for_nobody(tmp_path: Path) -> None:
    with pytest.raises(ToolFailure, match="nothing says who bought"):
        read_out_campaign("t", ReadoutOptions(), import_small(tmp_path, some_contacts()))


def test_customers_in_two_arms_are_named(tmp_path: Path) -> None:
    rows = pd.concat([some_contacts(), some_contacts().head(2).assign(arm="C")], ignore_index=True)
    with pytest.raises(ToolFailure, match=r"2 customers of `t` stand in several arms.*`c0`, `c1`"):
        read_out_campaign("t", ReadoutOptions(), import_small(tmp_path, rows))
