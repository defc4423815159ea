"""Verdicts as judges really write them, and a judge of known errors."""

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest

from evals.judge.calibrate import alpha, calibrate, read_labels
from evals.judge.sheet import page, sheet, verdicts
from evals.judge.verdict import preferred, rubric_score, verdict
from evals.results import Row, Run
from evals.target import Target
from evals.tasks import copy
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


def judged_run() -> Run:
    """Three cases of `copy` as the templates write them, and what a judge said of each: pass, fail, nothing legible."""
    cases = [case for case in copy.task().cases if case.id in IDS]
    rows = tuple(
        Row(
            task="copy",
            case_id=case.id,
            epoch=1,
            slice=case.slice,
            cluster=case.cluster,
            scores={"judge": score},
            output=copy.answer(case, Target()).text,
        )
        for case, score in zip(cases, (1.0, 0.0, None), strict=True)
    )
    made = run([1.0])
    return Run(header=made.header.model_copy(update={"judge": "briefsmith/assessor@1"}), rows=rows)


IDS = ("win_back-email-en-none", "win_back-sms-en-none", "win_back-push-zh-none")


def test_a_sheet_is_labelled_blind_and_read_back(tmp_path: Path) -> None:
    made, path = judged_run(), tmp_path / "labels.csv"
    text = sheet(made, "copy")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {row["case_id"] for row in rows} == set(IDS)
    assert all("goal: win_back" in row["asked"] and row["message"] and not row["human"] for row in rows)
    assert "judge" not in rows[0]
    for delimiter in ",;":
        out = io.StringIO()
        writer = csv.DictWriter(out, rows[0], delimiter=delimiter)
        writer.writeheader()
        writer.writerows(row | {"human": "pass"} for row in rows)
        path.write_text(out.getvalue())
        found = read_labels(path, verdicts(made, "copy", "judge"))
        assert sorted(found, key=str) == [(True, False), (True, None), (True, True)]
    path.write_text("case_id,human\nwin_back-none,pass\n")
    with pytest.raises(ToolFailure, match="row 2: the judge was not asked about `win_back-none`"):
        read_labels(path, verdicts(made, "copy", "judge"))
    with pytest.raises(ToolFailure, match="No judge looked at `copy`"):
        verdicts(run([1.0]), "copy", "judge")
    with pytest.raises(ToolFailure, match="nothing of `copy`"):
        sheet(run([1.0]), "copy")


def test_a_models_words_are_no_formula_and_no_markup() -> None:
    made = judged_run()
    rows = []
    for row in made.rows:
        items = json.loads(row.output)
        items[0]["rendered"] = {"body": "=1+1<script>alert(1)</script>"}
        rows.append(row.model_copy(update={"output": json.dumps(items)}))
    led = made.model_copy(update={"rows": tuple(rows)})
    assert ",=" not in sheet(led, "copy")
    shown = page(led, "copy")
    assert "<script>alert" not in shown
    assert shown.count("<article") == 3
    assert "briefsmith/assessor" not in shown


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
