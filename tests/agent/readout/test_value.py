"""What another targeting would have brought, where the truth of each arm is known."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from agent.deps import Deps
from agent.readout.value import value_policy
from agent.settings import Settings
from tests.agent.readout.test_one_file import MAP, SET, brought, mailing
from tools.failure import ToolFailure

pytestmark = pytest.mark.deep

FRAME = mailing()
IDS = [str(n) for n in range(1, len(FRAME) + 1)]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("value")
    brought(folder, FRAME, MAP, SET)
    return folder / "home"


def deps_of(home: Path) -> Deps:
    return Deps(settings=Settings(home=home), now=lambda: datetime(2008, 5, 1, tzinfo=UTC))


def policy(folder: Path, arms: Sequence[str], ids: Sequence[str] = IDS) -> Path:
    path = folder / "policy.csv"
    pd.DataFrame({"customer_id": ids, "arm": arms[: len(ids)]}).to_csv(path, index=False)
    return path


def test_the_value_of_targeting_holds_the_truth(home: Path, tmp_path: Path) -> None:
    womens = FRAME["womens"].to_numpy() == 1
    arms = ["Womens E-Mail" if one else "Mens E-Mail" for one in womens]
    truth = 0.3 * (0.1 + 0.04 * (FRAME["history"] > 150) + np.where(womens, 0.12, 0.10)).mean()
    found = value_policy("mailing", policy(tmp_path, arms), deps_of(home))
    row = next(one for one in found.worth if one.outcome == "conversion")
    for value in (row.ips, row.snips, row.dr):
        assert value.low is not None
        assert value.high is not None
        assert value.low < truth < value.high
    assert row.gain.low is not None
    assert row.gain.low > 0
    assert found.effective == pytest.approx(len(FRAME) / 3, rel=0.05)


def test_contacting_nobody_is_the_controls_own_rate(home: Path, tmp_path: Path) -> None:
    found = value_policy("mailing", policy(tmp_path, ["No E-Mail"] * len(IDS)), deps_of(home))
    control = FRAME[FRAME["segment"] == "No E-Mail"]
    rates = {"conversion": control["conversion"].mean(), "revenue": 100 * control["spend"].mean()}
    for row in found.worth:
        assert row.snips.estimate == pytest.approx(rates[row.outcome], rel=1e-6)


def test_what_cannot_be_valued_is_refused(home: Path, tmp_path: Path) -> None:
    nobody = ["No E-Mail"] * len(IDS)
    for arms, ids, words in (
        (["Childrens E-Mail"] * len(IDS), IDS, "name arms that the campaign did not have"),
        (nobody, IDS[:-2], "2 customers of the campaign are not in it"),
        (nobody, [*IDS[:-1], "x"], "name customers that the campaign did not have"),
    ):
        with pytest.raises(ToolFailure, match=words):
            value_policy("mailing", policy(tmp_path, arms, ids), deps_of(home))
    brought(tmp_path / "chosen", FRAME.head(300), MAP, SET | {"contacts.randomised": "no"})
    with pytest.raises(ToolFailure, match="cannot say what another targeting would have brought") as caught:
        value_policy("mailing", policy(tmp_path, nobody, IDS[:300]), deps_of(tmp_path / "chosen" / "home"))
    assert caught.value.code == "not_randomised"
    assert "does not mark every row of it as randomised" in caught.value.message


def test_an_arm_of_a_few_customers_does_not_keep_the_others_from_being_valued(tmp_path: Path) -> None:
    """They are too few for a model of their own: some folds that fit have one of them."""
    few = FRAME["segment"].eq("Mens E-Mail")
    frame = FRAME[~few | few.cumsum().le(2)].head(1500).reset_index(drop=True)
    brought(tmp_path, frame, MAP, {name: value for name, value in SET.items() if name != "contacts.propensity"})
    ids = [str(n) for n in range(1, len(frame) + 1)]
    found = value_policy("mailing", policy(tmp_path, ["Womens E-Mail"] * len(ids), ids), deps_of(tmp_path / "home"))
    row = next(one for one in found.worth if one.outcome == "conversion")
    assert row.dr.estimate == pytest.approx(frame[frame["segment"] == "Womens E-Mail"]["conversion"].mean(), abs=0.02)
