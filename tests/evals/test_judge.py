"""Verdicts as judges really write them, and a judge of known errors."""

from pathlib import Path

import numpy as np
import pytest

from evals.judge.calibrate import alpha, calibrate, read_labels
from evals.judge.sheet import sheet
from evals.judge.verdict import preferred, rubric_score, verdict
from tests.evals.runs import run
from tools.failure import ToolFailure

MENU = ("pass", "fail")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Verdict: pass", "pass"),
        ("I first thought verdict: pass.\nVerdict: fail", "fail"),
        ("**Verdict:** PASS", "pass"),
        ("verdict：fail", "fail"),
        ("Verdict: maybe", None),
        ("Verdict: pass\nVerdict: maybe", None),
        ("It should pass.", None),
        ("", None),
    ],
)
def test_the_last_verdict_counts(text: str, found: str | None) -> None:
    assert verdict(text, MENU) == found


def test_unreadable_is_unscored_not_zero() -> None:
    assert rubric_score("no idea").scores == {"judge": None}
    assert rubric_score("Verdict: fail").scores == {"judge": 0.0}


@pytest.mark.parametrize(
    ("first", "swapped", "share"),
    [
        ("first", "second", 1.0),
        ("second", "first", 0.0),
        ("first", "first", 0.5),
        ("tie", "tie", 0.5),
        (None, "tie", None),
    ],
)
def test_the_order_must_not_decide(first: str | None, swapped: str | None, share: float | None) -> None:
    assert preferred(first, swapped) == share


def test_alpha_by_hand() -> None:
    """Ten units, coders disagree on four; 10 ones of 20: D_o = 0.4, D_e = 2·10·10/(20·19) = 0.5263."""
    pairs = [(True, True)] * 3 + [(False, False)] * 3 + [(True, False)] * 2 + [(False, True)] * 2
    assert alpha(pairs) == pytest.approx(1 - 0.4 / (200 / 380))
    assert alpha([(True, True)] * 5) is None


def test_a_judge_of_known_errors_is_corrected() -> None:
    """7 of 10 are good; it finds 90 % of the good and 80 % of the bad ones: it passes 69 %, and 70 % are good."""
    rng = np.random.default_rng(5)
    human = rng.random(20_000) < 0.7
    judge = np.where(human, rng.random(20_000) < 0.9, rng.random(20_000) >= 0.8)
    found = calibrate([(bool(h), bool(j)) for h, j in zip(human, judge, strict=True)])
    assert found.passed == pytest.approx(0.69, abs=0.01)
    assert found.corrected == pytest.approx(human.mean(), abs=1e-9)
    assert not found.may_gate


def test_few_labels_may_inform_only() -> None:
    right = [(True, True), (False, False)]
    assert not calibrate(right * 29).may_gate
    assert calibrate(right * 30).may_gate
    assert calibrate([]).true_positive.value is None


def test_a_sheet_is_labelled_and_read_back(tmp_path: Path) -> None:
    made = run([1.0, 0.0, None], target="=1+1")
    made = made.model_copy(update={"rows": tuple(r.model_copy(update={"output": "=1+1"}) for r in made.rows)})
    text = sheet(made, "x", "right")
    assert "'=1+1" in text
    assert ",=1+1" not in text
    path = tmp_path / "labels.csv"
    path.write_text(text.replace(",,pass", ",pass,pass").replace(",,fail", ",pass,fail"))
    assert read_labels(path) == [(True, True), (True, False)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("case_id,human\na,pass\n", "no column judge"),
        ("case_id,human,judge\na,good,pass\n", "row 2: 'good'"),
        ("case_id,human,judge\na,pass,pass\na,pass,pass\n", "row 3: `a` is labelled twice"),
    ],
)
def test_bad_labels_are_named(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "labels.csv"
    path.write_text(text)
    with pytest.raises(ToolFailure, match=said):
        read_labels(path)
