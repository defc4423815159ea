"""A campaign from brief to readout: read once it was exported, refused with its rows named, learned from once."""

import hashlib
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from agent.approval import approve
from agent.campaign import Campaign
from agent.plan import plan
from agent.readout.options import ReadoutOptions
from agent.readout.run import read_out_campaign
from agent.shelf import find
from tests.agent.readout.conftest import BRIEF, Sent
from tools.experiment.effects import RandomisedEffect
from tools.experiment.readout_types import ReadoutPart
from tools.experiment.types import PlannedLook
from tools.failure import ToolFailure
from tools.metrics.rates import parts
from tools.segments.conditions import sent as contacts_made
from tools.shop.store import ShopStore

pytestmark = pytest.mark.deep

Results = Callable[..., Path]


def state(sent: Sent) -> dict[str, str]:
    """Every file of the home but the databases' own."""
    home = sent.deps.settings.home
    files = [*sorted((home / "campaigns").rglob("*")), home / "shop" / "current.json"]
    return {str(p): hashlib.sha256(p.read_bytes()).hexdigest() for p in files if p.is_file() and "state" not in p.parts}


def test_reads_what_was_caused_and_the_shop_learns_it_once(sent: Sent, results_of: Results) -> None:
    sha = find(sent.deps.settings.home, sent.name).campaign.plan_sha()
    path = results_of(sent.audience)
    done = read_out_campaign(sent.name, ReadoutOptions(results=path), sent.deps)
    effect = done.part.effect("conversion")
    assert isinstance(effect, RandomisedEffect)
    _, low, high = parts(effect.uplift)
    assert low <= 0.4 <= high
    assert done.part.sample_ratio.p_value == pytest.approx(1)
    treated = next(arm for arm in done.part.arms if arm.role == "treated")
    assert treated.customers == (sent.audience["arm"] == "campaign").sum()
    assert treated.survey.estimate is None
    assert done.part.returns.sending_minor is not None

    campaign = Campaign.model_validate_json((sent.folder / "campaign.json").read_bytes())
    assert campaign.status == "measured"
    assert campaign.readout == done.part == ReadoutPart.model_validate_json((sent.folder / "readout.json").read_bytes())
    assert campaign.plan_sha() == sha

    store = ShopStore.open(sent.deps.settings.home)
    rows = store.frame("contacts")
    mine = rows[rows["campaign_id"] == sent.name]
    assert len(mine) == len(sent.audience) == done.appended
    assert mine["randomised"].all()
    assert mine.loc[mine["arm"] == "holdout", "channel"].eq("none").all()
    assert mine["converted_at"].notna().sum() == pd.read_csv(path)["order_id"].notna().sum()
    chances = mine.groupby("arm")["propensity"].mean()
    assert chances["holdout"] == pytest.approx(0.3, abs=0.03)

    counted = contacts_made(store, date(2018, 1, 1)).to_pyarrow().to_pandas()
    assert (counted["campaign_id"] == sent.name).sum() == sent.audience["channel"].notna().sum()

    again = read_out_campaign(sent.name, ReadoutOptions(results=path), sent.deps)
    assert again.part == done.part
    assert ShopStore.open(sent.deps.settings.home).folder == store.folder


def test_the_page_is_whole_and_says_uplift(sent: Sent, results_of: Results) -> None:
    read_out_campaign(sent.name, ReadoutOptions(results=results_of(sent.audience)), sent.deps)
    page = (sent.folder / "readout.html").read_text(encoding="utf-8")
    assert "uplift" in page
    assert "<svg" in page
    assert "no data" in page
    assert not re.search(r"<script|<link|src=|https?://", page)


@pytest.mark.parametrize(
    ("changes", "code", "words"),
    [
        ({"customer_id": lambda f: f["customer_id"].mask(f.index == 3, "stranger")}, "results_mismatch", "row 5"),
        ({"arm": lambda f: f["arm"].mask(f.index == 0, "other")}, "results_mismatch", "row 2: 'other'"),
        ({"campaign_id": "c-20990101-0000000000"}, "results_mismatch", "another campaign"),
        ({"ordered_at": lambda f: f["ordered_at"].str.replace("2017", "2016")}, "results_mismatch", "lie outside"),
        ({"amount": "twelve"}, "too_many_bad_rows", "is not a number"),
        ({"sent": lambda f: f["sent"].astype(str).mask(f.index == 1, "perhaps")}, "bad_results", "row 3: `sent`"),
    ],
)
def test_a_file_that_does_not_match_changes_nothing(
    sent: Sent, results_of: Results, changes: dict[str, object], code: str, words: str
) -> None:
    before = state(sent)
    with pytest.raises(ToolFailure) as caught:
        read_out_campaign(sent.name, ReadoutOptions(results=results_of(sent.audience, **changes)), sent.deps)
    assert caught.value.code == code
    assert words in caught.value.message
    assert state(sent) == before


def test_without_the_control_nothing_is_compared(sent: Sent, results_of: Results) -> None:
    contacted = sent.audience[sent.audience["arm"] == "campaign"]
    with pytest.raises(ToolFailure, match="lists no customer of the arm `holdout`"):
        read_out_campaign(sent.name, ReadoutOptions(results=results_of(contacted)), sent.deps)


def test_a_lost_holdout_is_not_called_uplift(sent: Sent, results_of: Results) -> None:
    """The sender reported on the contacted, and on one of the holdout."""
    held = sent.audience["arm"] == "holdout"
    few = sent.audience[~held | (held.cumsum() == 1)]
    done = read_out_campaign(sent.name, ReadoutOptions(results=results_of(few)), sent.deps)
    assert done.part.basis == "observational"
    assert "lost or moved" in done.part.standing
    assert "uplift" not in (sent.folder / "readout.html").read_text(encoding="utf-8")
    rows = ShopStore.open(sent.deps.settings.home).frame("contacts")
    assert not rows.loc[rows["campaign_id"] == sent.name, "randomised"].any()


def test_only_what_was_exported_is_read_out(sent: Sent, results_of: Results) -> None:
    other = plan(BRIEF.replace("$500", "$400"), sent.deps)
    name = other.campaign.campaign_id
    options = ReadoutOptions(results=results_of(sent.audience))
    with pytest.raises(ToolFailure, match="is draft; only a campaign that was exported"):
        read_out_campaign(name, options, sent.deps)
    approve(find(sent.deps.settings.home, name), "Ann", sent.deps.ledger)
    with pytest.raises(ToolFailure, match="is approved; only a campaign that was exported"):
        read_out_campaign(name, options, sent.deps)


def test_without_a_file_the_shops_own_orders_tell(sent: Sent) -> None:
    done = read_out_campaign(sent.name, ReadoutOptions(), sent.deps)
    assert done.part.source == "orders"
    orders = sent.deps.store.frame("orders")
    inside = orders[(orders["ordered_at"] >= "2017-12-01") & (orders["ordered_at"] < "2017-12-15")]
    bought = set(inside["customer_id"]) & set(sent.audience["customer_id"])
    assert sum(arm.orders > 0 for arm in done.part.arms) >= 1
    assert sum(round((arm.converted.estimate or 0) * arm.customers) for arm in done.part.arms) == len(bought)
    assert next(arm for arm in done.part.arms if arm.role == "treated").sent.estimate is None


def with_looks(sent: Sent) -> None:
    """The same campaign as if it had been found measurable: two looks in its plan."""
    path = sent.folder / "campaign.json"
    campaign = Campaign.model_validate_json(path.read_bytes())
    assert campaign.experiment is not None
    looks = (
        PlannedLook(day=7, information=0.4, boundary_z=3.36),
        PlannedLook(day=14, information=1.0, boundary_z=1.967),
    )
    made = campaign.model_copy(update={"experiment": campaign.experiment.model_copy(update={"looks": looks})})
    path.write_text(made.model_dump_json(by_alias=True), encoding="utf-8")


def test_an_early_look_is_shown_and_changes_nothing_else(sent: Sent, results_of: Results) -> None:
    with_looks(sent)
    path = results_of(sent.audience)
    shop = ShopStore.open(sent.deps.settings.home).folder
    early = read_out_campaign(sent.name, ReadoutOptions(results=path, until=date(2017, 12, 9)), sent.deps).part
    assert early.look is not None
    assert (early.look.look, early.look.looks) == (1, 2)
    assert early.end == date(2017, 12, 7)
    assert early.level == pytest.approx(0.99922, abs=1e-4)
    assert Campaign.model_validate_json((sent.folder / "campaign.json").read_bytes()).status == "exported"
    assert ShopStore.open(sent.deps.settings.home).folder == shop
    last = read_out_campaign(sent.name, ReadoutOptions(results=path), sent.deps).part
    assert last.look is not None
    assert last.look.look == 2
    assert last.level == pytest.approx(0.9508, abs=1e-4)
    with pytest.raises(ToolFailure, match="may first be read after day 7, 2017-12-07"):
        read_out_campaign(sent.name, ReadoutOptions(results=path, until=date(2017, 12, 5)), sent.deps)


def test_without_planned_looks_there_is_no_early_one(sent: Sent, results_of: Results) -> None:
    options = ReadoutOptions(results=results_of(sent.audience), until=date(2017, 12, 9))
    with pytest.raises(ToolFailure, match="may first be read at the end"):
        read_out_campaign(sent.name, options, sent.deps)


def test_a_file_of_messages_is_completed_by_the_shops_orders(sent: Sent, results_of: Results) -> None:
    """A sender knows what was opened; without a column of orders nobody is taken to have bought nothing."""
    path = results_of(sent.audience)
    messages = pd.read_csv(path)[["customer_id", "sent", "opened"]]
    messages.to_csv(path, index=False)
    part = read_out_campaign(sent.name, ReadoutOptions(results=path), sent.deps).part
    alone = read_out_campaign(sent.name, ReadoutOptions(), sent.deps).part
    assert [arm.converted for arm in part.arms] == [arm.converted for arm in alone.arms]
    assert next(arm for arm in part.arms if arm.role == "treated").sent.estimate is not None
    assert any("shop's own orders" in note for note in part.notes)
