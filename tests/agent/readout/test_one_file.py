"""A finished e-mail test in one file, as a stranger brings it: no identifiers, no times, outcomes as 0 and 1."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from agent.deps import Deps
from agent.readout.options import ReadoutOptions
from agent.readout.run import read_out_campaign
from agent.settings import Settings
from tools.experiment.comparisons import holm
from tools.experiment.effects import RandomisedEffect
from tools.experiment.readout_types import ReadoutPart
from tools.failure import ToolFailure
from tools.metrics.rates import parts
from tools.shop.importing import import_shop
from tools.shop.profile import Sender
from tools.shop.report import ImportReport
from tools.shop.sources import find_sources
from tools.shop.store import ShopStore

SIZE = 6_000
ARMS = ("Mens E-Mail", "Womens E-Mail", "No E-Mail")
MAP = {
    "contacts.arm": "segment",
    "contacts.visited": "visit",
    "contacts.converted": "conversion",
    "contacts.revenue": "spend",
}
SET = {
    "contacts.campaign_id": "mailing",
    "contacts.channel": "email",
    "contacts.sent_at": "2008-03-20",
    "contacts.randomised": "yes",
    "contacts.propensity": "0.333333",
}


def mailing() -> pd.DataFrame:
    """Visits and orders that both mailings raise, the one to women's goods only among their buyers."""
    rng = np.random.default_rng(11)
    arm = rng.choice(ARMS, SIZE)
    history = np.round(rng.lognormal(5, 0.9, SIZE), 2)
    womens = rng.integers(0, 2, SIZE)
    rise = np.select([arm == ARMS[0], arm == ARMS[1]], [np.full(SIZE, 0.10), 0.12 * womens], 0.0)
    visit = rng.random(SIZE) < 0.1 + 0.04 * (history > 150) + rise
    bought = visit & (rng.random(SIZE) < 0.3)
    spend = np.where(bought, np.round(0.3 * history + rng.lognormal(3, 0.5, SIZE), 2), 0.0)
    return pd.DataFrame(
        {
            "recency": rng.integers(1, 13, SIZE),
            "history": history,
            "womens": womens,
            "zip_code": rng.choice(["Rural", "Urban", "Surburban"], SIZE),
            "channel": rng.choice(["Phone", "Web"], SIZE),
            "segment": arm,
            "visit": visit.astype(int),
            "conversion": bought.astype(int),
            "spend": spend,
        }
    )


def brought(folder: Path, frame: pd.DataFrame, mapping: dict[str, str], constants: dict[str, str]) -> ImportReport:
    folder.mkdir(parents=True, exist_ok=True)
    frame.to_csv(folder / "test.csv", index=False)
    return import_shop(
        find_sources(folder / "test.csv"),
        home=folder / "home",
        name="Mail test",
        currency="USD",
        market="US",
        sender=Sender(brand="Mail test"),
        mapping=mapping,
        constants=constants,
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("one-file")
    brought(folder, mailing(), MAP, SET)
    return folder / "home"


def read(home: Path, tmp_path: Path, **options: object) -> ReadoutPart:
    deps = Deps(settings=Settings(home=home), now=lambda: datetime(2008, 5, 1, tzinfo=UTC))
    return read_out_campaign("mailing", ReadoutOptions(out=tmp_path / "out", **options), deps).part  # type: ignore[arg-type]


def test_outcomes_are_no_attributes_and_rows_are_numbered(home: Path) -> None:
    store = ShopStore.open(home)
    assert set(store.attributes()) == {"recency", "history", "womens", "zip_code", "channel"}
    assert store.info.rows == {"customers": SIZE, "contacts": SIZE}
    assert any("rows were numbered from 1" in note for note in store.info.notes)
    contacts = store.frame("contacts")
    assert contacts["channel"].eq("email").all()
    assert contacts["converted_at"].dropna().eq(pd.Timestamp("2008-04-02")).all()
    assert not {"visited", "converted"} & set(contacts.columns)
    early = store.frame("contacts", as_of=datetime(2008, 4, 2, tzinfo=UTC).date())
    assert early[["visited_at", "converted_at", "revenue_minor"]].isna().all(axis=None)


def test_effects_are_those_of_the_columns_themselves(home: Path, tmp_path: Path) -> None:
    frame, part = mailing(), read(home, tmp_path)
    assert (part.basis, part.control) == ("randomised", "No E-Mail")
    assert part.sample_ratio.p_value is not None
    assert part.sample_ratio.p_value > 0.001
    control = frame[frame["segment"] == "No E-Mail"]
    for arm, rows in (("overall", frame[frame["segment"] != "No E-Mail"]), *frame.groupby("segment")):
        if arm == "No E-Mail":
            continue
        scope = ("overall", "") if arm == "overall" else ("arm", str(arm))
        for outcome, column in (("visit", "visit"), ("conversion", "conversion"), ("revenue", "spend")):
            row = next(
                one
                for one in part.effects
                if (one.scope, one.name) == scope and one.outcome == outcome and one.effect.method == "difference"
            )
            assert isinstance(row.effect, RandomisedEffect)
            found, low, high = parts(row.effect.uplift)
            a, b = rows[column].to_numpy(float), control[column].to_numpy(float)
            scale = 100 if outcome == "revenue" else 1
            assert found == pytest.approx((a.mean() - b.mean()) * scale, rel=1e-9)
            error = np.sqrt(a.var(ddof=1) / len(a) + b.var(ddof=1) / len(b)) * scale
            reach = 1.96 if arm == "overall" else 2.2414
            assert high - low == pytest.approx(2 * reach * error, rel=0.02)


def test_arms_are_a_family_and_history_narrows_revenue(home: Path, tmp_path: Path) -> None:
    frame, part = mailing(), read(home, tmp_path, covariate="history")
    arms = [one.effect for one in part.effects if one.scope == "arm" and one.outcome == "visit"]
    assert len(arms) == 2
    assert [one.p_adjusted for one in arms] == holm([one.p_value for one in arms])
    treated = (frame["segment"] != "No E-Mail").to_numpy()
    x, y = frame["history"].to_numpy(), frame["spend"].to_numpy()
    centred_x, centred_y = x.copy(), y.copy()
    for arm in (treated, ~treated):
        centred_x[arm] -= x[arm].mean()
        centred_y[arm] -= y[arm].mean()
    adjusted = y - (centred_x @ centred_y) / (centred_x @ centred_x) * (x - x.mean())
    effect = part.effect("revenue")
    assert effect is not None
    assert effect.method == "cuped"
    found, _, _ = parts(effect.difference)
    assert found == pytest.approx(100 * (adjusted[treated].mean() - adjusted[~treated].mean()), rel=1e-6)
    assert effect.variance_kept is not None
    assert effect.variance_kept < 0.98


def test_one_arm_by_segment(home: Path, tmp_path: Path) -> None:
    frame, part = mailing(), read(home, tmp_path, by="womens", arms=("Womens E-Mail",))
    assert {arm.arm for arm in part.arms} == {"Womens E-Mail", "No E-Mail"}
    rows = {one.name: one.effect for one in part.effects if one.scope == "segment" and one.outcome == "visit"}
    for value in (0, 1):
        mine = frame[frame["womens"] == value].groupby("segment")["visit"].mean()
        found, _, _ = parts(rows[f"womens {value}"].difference)
        assert found == pytest.approx(mine["Womens E-Mail"] - mine["No E-Mail"], rel=1e-9)
    _, low, _ = parts(rows["womens 1"].difference)
    assert low > 0
    with pytest.raises(ToolFailure, match="no arm to compare"):
        read(home, tmp_path, arms=("Childrens E-Mail",))


def test_numbers_with_many_values_are_cut(home: Path, tmp_path: Path) -> None:
    part = read(home, tmp_path, by="history")
    names = {one.name for one in part.effects if one.scope == "segment"}
    assert len(names) == 5
    assert all(name.startswith("history ") for name in names)


def test_outcomes_as_marks_in_columns_of_times(tmp_path: Path) -> None:
    mapping = MAP | {"contacts.converted_at": "conversion"}
    del mapping["contacts.converted"]
    report = brought(tmp_path, mailing().head(300), mapping, SET)
    assert report.quarantined == {}
    assert ShopStore.open(tmp_path / "home").frame("contacts")["converted_at"].notna().sum() == (
        mailing().head(300)["conversion"].sum()
    )


def test_outcomes_in_a_results_file_with_a_row_a_customer(home: Path, tmp_path: Path) -> None:
    frame = mailing()
    results = tmp_path / "results.csv"
    named = pd.DataFrame({"id": range(1, SIZE + 1), "visited": frame["visit"], "amount": frame["spend"]})
    named.to_csv(results, index=False)
    part = read(home, tmp_path, results=results, mapping={"customer_id": "id"})
    for outcome in ("visit", "conversion", "revenue"):
        told = read(home, tmp_path).effect(outcome)
        mine = part.effect(outcome)
        assert told is not None
        assert mine is not None
        assert mine.difference == told.difference
    assert any("an amount above 0" in note for note in part.notes)


@pytest.mark.parametrize(
    ("mapping", "constants", "words"),
    [
        (MAP, {k: v for k, v in SET.items() if k != "contacts.campaign_id"}, "--set contacts.campaign_id=VALUE"),
        (MAP | {"contacts.arm": "sigment"}, SET, "has no column 'sigment'"),
        (MAP, SET | {"contacts.arm": "x"}, "by --map and by --set"),
        (MAP, SET | {"contacts.shade": "x"}, "--set `contacts.shade`: `contacts` has no column"),
        (MAP | {"contacts.customer_id": "recency"}, SET, "write --map customers.customer_id="),
        (MAP | {"contacts.converted": "history"}, SET, "`converted` is not yes or no"),
    ],
)
def test_what_cannot_be_read_is_said(
    tmp_path: Path, mapping: dict[str, str], constants: dict[str, str], words: str
) -> None:
    with pytest.raises(ToolFailure) as caught:
        brought(tmp_path, mailing().head(50), mapping, constants)
    assert words in caught.value.message
    assert not (tmp_path / "home" / "shop" / "current.json").exists()
