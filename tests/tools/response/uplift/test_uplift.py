"""Uplift where the truth is known: recovered from a lot, refused without one; the naive comparison fails."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from tools.failure import ToolFailure
from tools.response.uplift.judge import joined, left_out_gain
from tools.response.uplift.learners import LEARNERS, Effect, Trial, doubly_robust, fit_effect, mean_effect
from tools.response.uplift.model import Uplift
from tools.response.uplift.rows import Campaign, Columns, arms_of, columns_of, featured
from tools.response.uplift.train import Trained, train_uplift

SIZE = 12_000


def people(seed: int = 3, size: int = SIZE) -> pd.DataFrame:
    """Half of the customers are changed by contact by 0.2, the others not; a second attribute raises the base alone."""
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "customer_id": [f"c{i:05d}" for i in range(size)],
            "moved": rng.integers(0, 2, size),
            "base": rng.random(size),
            "town": rng.choice(["north", "south"], size),
            "empty": np.nan,
            "same": 1,
        }
    )


def tau_of(frame: pd.DataFrame) -> np.ndarray:
    found: np.ndarray = 0.2 * frame["moved"].to_numpy()
    return found


def campaign(frame: pd.DataFrame, *, effect: float = 1.0, seed: int = 4, share: float = 0.5) -> Campaign:
    rng = np.random.default_rng(seed)
    treated = rng.random(len(frame)) < share
    p = 0.1 + 0.4 * frame["base"].to_numpy() + effect * tau_of(frame) * treated
    return Campaign(
        "test",
        date(2025, 3, 1),
        "control",
        pd.DataFrame(
            {
                "customer_id": frame["customer_id"],
                "arm": np.where(treated, "mail", "control"),
                "channel": "email",
                "offer": None,
                "chance": np.where(treated, share, 1 - share),
                "converted": rng.random(len(frame)) < p,
            }
        ),
    )


ATTRIBUTES = ("moved", "base", "town", "empty", "same")


def train(frame: pd.DataFrame, one: Campaign) -> Trained:
    columns, _ = columns_of(frame, ATTRIBUTES, [one], past=False)
    given = {one.campaign_id: featured(frame, one.rows["customer_id"], columns, None, one.start)}
    return train_uplift([one], given, columns, days=14, seed=0, progress=lambda *_: None)


@pytest.fixture(scope="module")
def trained() -> Trained:
    frame = people()
    return train(frame, campaign(frame))


def test_who_is_changed_is_found(trained: Trained) -> None:
    (uplift,) = trained.model.uplifts
    new = people(seed=9)
    columns = trained.model.columns
    x = featured(new, new["customer_id"], columns, None, date(2025, 4, 1))
    tau = uplift.effect(tuple(trained.files[name].decode() for name in uplift.files)).of(x)
    moved = new["moved"].to_numpy() == 1
    assert abs(tau[moved].mean() - 0.2) < 0.04
    assert abs(tau[~moved].mean()) < 0.04
    assert len(uplift.fifths) > 1
    assert uplift.learner != "constant"
    # Who is likely to buy is not who is changed.
    assert abs(np.corrcoef(new["base"], tau)[0, 1]) < 0.2


def test_figures_hold_the_truth(trained: Trained) -> None:
    mean, ranks, _, gain = trained.figures
    assert mean.value.low is not None
    assert mean.value.high is not None
    assert mean.value.low < 0.1 < mean.value.high
    assert ranks.value.low is not None
    assert ranks.value.low > 0
    # Those who are not moved lose nothing and gain nothing: leaving them out is worth nothing without a cost.
    assert gain.value.estimate == pytest.approx(0.0, abs=0.02)
    for one in trained.model.uplifts[0].fifths:
        assert -4 * one.error < one.effect < 0.2 + 4 * one.error


def test_a_segment_has_its_own_effect_with_its_interval(trained: Trained) -> None:
    (uplift,) = trained.model.uplifts
    new = people(seed=9)
    x = featured(new, new["customer_id"], trained.model.columns, None, date(2025, 4, 1))
    tau = uplift.effect(tuple(trained.files[name].decode() for name in uplift.files)).of(x)
    moved = new["moved"].to_numpy() == 1
    some, others = uplift.among(tau[moved]), uplift.among(tau[~moved])
    # From a base of 0.3: logit(0.5) − logit(0.3) = 0.847.
    assert some.low < 0.847 < some.high
    assert others.low < 0 < others.high
    assert some.low > others.high


def test_leaving_out_is_done_where_it_is_shown_to_pay_and_else_not() -> None:
    rng = np.random.default_rng(0)
    of = np.arange(5_000) % 5
    ends: list[float | None] = [0.1, 0.2, 0.3, 0.4, None]
    noise = rng.normal(0, 1, 5_000)
    harmed = np.array([-0.3, 0.1, 0.1, 0.2, 0.2])[of] + noise
    shown = left_out_gain(harmed, of, 0.0, seed=1)
    assert shown.low is not None
    assert 0 < shown.low < 0.06 < shown.estimate < 0.09  # type: ignore[operator]
    alike = np.full(5_000, 0.01) + noise
    unclear = left_out_gain(alike, of, 0.0, seed=1)
    assert unclear.low is not None
    assert unclear.low <= 0
    merged, kept = joined(alike, of, ends, 0.0)
    assert kept[-1] is None
    assert len(kept) == len(set(merged.tolist())) < 5
    assert all(alike[merged == g].mean() >= 0 for g in range(len(kept)))
    everybody, only = joined(-np.abs(noise), of, ends, 0.0)
    assert (set(everybody.tolist()), only) == ({0}, [None])


def test_without_an_effect_one_effect_holds_for_all() -> None:
    frame = people(seed=5)
    found = train(frame, campaign(frame, effect=0.0, seed=6))
    (uplift,) = found.model.uplifts
    assert len(uplift.fifths) == 1
    shift = uplift.among(np.zeros(10))
    assert shift.low < 0 < shift.high
    assert any("cannot be told apart" in note for note in found.notes)


@pytest.mark.parametrize("learner", LEARNERS)
def test_each_learner_finds_the_difference(learner: str) -> None:
    frame = people(seed=7, size=6_000)
    one = campaign(frame, share=0.3)
    columns, _ = columns_of(frame, ATTRIBUTES, [one], past=False)
    (arm,), _ = arms_of(one)
    trial = arm.trial(featured(frame, one.rows["customer_id"], columns, None, one.start))
    assert trial.chance == pytest.approx(0.3)
    tau = fit_effect(learner, trial, seed=0).of(trial.features)  # type: ignore[arg-type]
    moved = frame["moved"].to_numpy() == 1
    assert abs(tau[moved].mean() - tau[~moved].mean() - 0.2) < 0.07


def test_the_mean_covers_the_truth_and_the_naive_way_fails() -> None:
    """20 trials with unequal chances; and the same customers contacted because they were likely to buy."""
    held = naive = 0
    for seed in range(20):
        frame = people(seed=seed, size=1_500)
        rng = np.random.default_rng(1_000 + seed)
        base = frame["base"].to_numpy()
        x, p = frame[["moved", "base"]].astype(float), 0.1 + 0.4 * base
        truth = float(tau_of(frame).mean())
        drawn = rng.random(1_500) < 0.3
        y = (rng.random(1_500) < p + tau_of(frame) * drawn).astype(float)
        psi = doubly_robust(Trial(x, drawn, y, np.full(1_500, 0.3)), seed=0)
        _, low, high = mean_effect(psi, 0.95)
        held += low <= truth <= high
        chosen = rng.random(1_500) < 0.1 + 0.8 * base
        y = (rng.random(1_500) < p + tau_of(frame) * chosen).astype(float)
        gap = y[chosen].mean() - y[~chosen].mean()
        error = np.sqrt(y[chosen].var() / chosen.sum() + y[~chosen].var() / (~chosen).sum())
        naive += abs(gap - truth) <= 1.96 * error
    assert held >= 17
    assert naive <= 6


def test_calibration_draws_in_what_is_noise() -> None:
    rng = np.random.default_rng(1)
    x = pd.DataFrame({"moved": rng.integers(0, 2, 4_000), "noise": rng.random(4_000)}).astype(float)
    psi = 0.2 * x["moved"].to_numpy() + rng.normal(0, 1, 4_000)
    text = fit_effect("DR", _trial(x, psi), seed=0).texts
    wild = Effect("DR", text)
    tame = wild.calibrated(x, psi)
    assert tame.slope <= 1
    assert Effect("DR", text).calibrated(x, rng.normal(0, 1, 4_000)).learner == "constant"


def _trial(x: pd.DataFrame, psi: np.ndarray) -> Trial:
    treated = np.arange(len(x)) % 2 == 0
    return Trial(x, treated, (psi > 0).astype(float), np.full(len(x), 0.5))


def test_attributes_without_value_or_changed_by_the_arm_are_left_out() -> None:
    frame = people()
    one = campaign(frame)
    after = frame.assign(spent=np.where(one.rows["arm"] == "mail", 1.0, 0.0) + frame["base"])
    columns, notes = columns_of(after, (*ATTRIBUTES, "spent"), [one], past=False)
    assert columns.numbers == ("moved", "base")
    assert columns.levels == {"town": ("north", "south")}
    for name, words in (("empty", "no value"), ("same", "one value"), ("spent", "differs between arms")):
        assert any(f"`{name}`" in note and words in note for note in notes)


def test_an_unseen_value_has_no_column_and_a_lost_attribute_is_refused() -> None:
    frame = people(size=50)
    columns = Columns(past=False, numbers=("base",), levels={"town": ("north", "south")})
    new = frame.assign(town="east")
    x = featured(new, new["customer_id"], columns, None, date(2025, 4, 1))
    assert x[["town=north", "town=south"]].eq(0).all(axis=None)
    with pytest.raises(ToolFailure, match="has no more: town"):
        featured(new.drop(columns="town"), new["customer_id"], columns, None, date(2025, 4, 1))


def test_what_a_plan_chose_is_not_taken_for_a_lot() -> None:
    frame = people(size=4_000)
    one = campaign(frame)
    chosen = one.rows.assign(channel=np.where(frame["base"] > 0.5, "sms", "email"))
    arms, mixed = arms_of(Campaign("own", one.start, "control", chosen))
    assert arms == []
    assert "mixes channels or offers" in mixed[0]


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        (lambda r: r.head(600), "too_few_rows"),
        (lambda r: r.assign(converted=False), "one_class"),
        (lambda r: r.assign(converted=True), "one_class"),
        (lambda r: r.assign(arm="control"), "no_randomised"),
    ],
    ids=["few", "nobody", "everybody", "one arm"],
)
def test_what_nothing_can_be_learned_from_is_refused(rows: object, code: str) -> None:
    frame = people(size=4_000)
    one = campaign(frame)
    with pytest.raises(ToolFailure) as caught:
        train(frame, Campaign(one.campaign_id, one.start, one.control, rows(one.rows)))  # type: ignore[operator]
    assert caught.value.code == code


def test_uplift_cannot_be_made_without_a_lot(trained: Trained) -> None:
    plain = trained.model.uplifts[0].model_dump()
    del plain["randomisation"]
    with pytest.raises(ValidationError, match="randomisation"):
        Uplift.model_validate(plain)
    assert trained.model.uplifts[0].source("uplift-1").basis == "randomised"
