"""Pairs, slices and moved cases, and what the gate makes of them."""

from pathlib import Path

import pytest

from evals.compare import compare
from evals.gate import Gates, TaskGate, gate, load_gates
from evals.results import Run, read_run, write_run
from evals.tasks import task
from evals.view.chart import scale_of, verdict
from evals.view.page import comparison_page
from evals.view.sides import sides
from evals.view.text import comparison_markdown, comparison_text, run_text
from tests.evals.runs import run
from tools.failure import ToolFailure

GOOD: list[float | None] = [1.0] * 40


def worse(by: int) -> list[float | None]:
    return [0.0] * by + GOOD[by:]


def test_fixed_and_broken_are_listed() -> None:
    found = compare(run([1, 0, 1, 1]), run([0, 1, 1, 1], target="u"))
    assert [moved.case_id for moved in found.broken] == ["c0"]
    assert [moved.case_id for moved in found.fixed] == ["c1"]
    entry = found.entry("x", "right")
    assert entry is not None
    assert (entry.fixed, entry.broken, entry.difference.mean) == (1, 1, 0)


def test_unscored_is_not_zero() -> None:
    entry = compare(run([1, 1]), run([None, 1])).entry("x", "right")
    assert entry is not None
    assert (entry.unscored, entry.b.mean, entry.b.scored) == (1, 1.0, 1)


def test_slices_are_corrected_for_their_number() -> None:
    slices = ["a"] * 20 + ["b"] * 20
    found = compare(run(GOOD, slices=slices), run(worse(6), slices=slices))
    a = next(entry for entry in found.entries if entry.slice == "a")
    assert a.difference.p == pytest.approx(2 / 64)
    assert a.adjusted_p == pytest.approx(4 / 64)


def test_other_data_is_not_compared() -> None:
    with pytest.raises(ToolFailure, match="other cases"):
        compare(run([1]), run([1], data="e"))


def test_gate_is_open_for_the_same_run() -> None:
    assert gate(run(GOOD), run(GOOD), Gates()).passed


@pytest.mark.parametrize(("lost", "closed"), [(3, False), (6, True)])
def test_chance_is_told_from_loss(lost: int, closed: bool) -> None:
    assert gate(run(worse(lost)), run(GOOD), Gates()).passed is not closed


def test_one_broken_case_of_a_deterministic_target_is_a_loss() -> None:
    verdict = gate(run(worse(1), deterministic=True), run(GOOD, deterministic=True), Gates())
    assert "no chance" in verdict.reasons[0]


def test_a_graded_loss_of_a_deterministic_target_is_a_loss() -> None:
    verdict = gate(run([0.8] * 4, deterministic=True), run([0.9] * 4, deterministic=True), Gates())
    assert "fell" in verdict.reasons[0]


def test_never_slices_and_minimum() -> None:
    slices = ["safety"] * 40
    gates = Gates(tasks={"x": TaskGate(never=("safety",), minimum={"right": 0.99})})
    reasons = gate(run(worse(1), slices=slices), run(GOOD, slices=slices), gates).reasons
    assert any("minimum" in reason for reason in reasons)
    assert any("nothing may break" in reason for reason in reasons)


def test_what_is_no_whole_run_does_not_pass() -> None:
    whole = run(GOOD)
    cut = whole.model_copy(update={"rows": whole.rows[:-1]})
    assert "incomplete" in gate(cut, whole, Gates()).reasons[0]
    assert "empty" in gate(whole.model_copy(update={"rows": ()}), whole, Gates()).reasons[0]
    assert "error" in gate(run(GOOD, error="ValueError: no"), whole, Gates()).reasons[0]
    assert "other cases" in gate(run(GOOD, data="e"), whole, Gates()).reasons[0]


def test_a_folder_is_read_back_and_a_changed_one_refused(tmp_path: Path) -> None:
    made = write_run(run(GOOD), tmp_path)
    assert read_run(tmp_path) == made
    rows = tmp_path / "rows.jsonl"
    rows.write_text("".join(rows.read_text().splitlines(keepends=True)[1:]))
    with pytest.raises(ToolFailure, match="not those"):
        read_run(tmp_path)
    with pytest.raises(ToolFailure, match="cannot be read"):
        read_run(tmp_path / "none")


def test_gates_of_the_house_are_valid(tmp_path: Path) -> None:
    assert load_gates().level == 0.05
    bad = tmp_path / "gates.toml"
    for name, rules in load_gates().tasks.items():
        made = task(name)
        assert set(rules.minimum) <= set(made.metrics), name
        assert set(rules.never) <= {case.slice for case in made.cases}, name
    bad.write_text("level = 7")
    with pytest.raises(ToolFailure, match="no set of gates: level: Input"):
        load_gates(bad)


def test_a_minimum_of_a_metric_that_is_not_there_closes() -> None:
    gates = Gates(tasks={"x": TaskGate(minimum={"rihgt": 0.5})})
    assert gate(run(GOOD), run(GOOD), gates).reasons == ("x has no metric `rihgt`, for which there is a minimum",)


def test_shown_in_three_forms() -> None:
    found = compare(run(GOOD), run(worse(6), target="u"))
    assert "6 broken" in comparison_text(found)
    assert comparison_markdown(found).count("\n| ") >= 2
    page = comparison_page(found)
    assert "&lt;b&gt;u&lt;/b&gt;" in page
    assert "<b>u</b></pre>" not in page
    assert "sees points" in run_text(run(GOOD))


def test_the_page_draws_each_difference_and_shows_a_case_once() -> None:
    slices = ["a"] * 20 + ["b"] * 20
    old = run(GOOD, slices=slices)
    new = run(worse(6), slices=slices, target="u")
    page = comparison_page(compare(old, new))
    assert "Of 1 metrics: 0 better, 1 worse" in page
    assert page.count("<svg") == 2
    assert page.count('<details class="card case"') == 6
    assert '<tr class="worse">' in page
    assert '<tr class="unclear part">' in page
    assert "<script" not in page
    same = comparison_page(compare(old, old))
    assert "No case of any metric differs." in same
    assert "<svg" not in same


def test_an_interval_lies_on_its_scale() -> None:
    found = compare(run(GOOD), run(worse(6)))
    scale = scale_of(found.entries)
    entry = found.entries[0]
    assert entry.difference.low is not None
    assert scale.limit >= -entry.difference.low
    assert scale.x(0) == 100
    assert scale.x(-scale.limit) == 6
    assert scale.x(2) == 194
    assert verdict(entry) == "worse"
    assert verdict(compare(run(GOOD), run(worse(2))).entries[0]) == "unclear"
    assert verdict(compare(run([None]), run([None])).entries[0]) == "none"


def test_outputs_side_by_side_mark_what_differs() -> None:
    left, right = sides('{"a": 1, "b": [2, 3]}', '{"b": [2, 4], "a": 1}')
    assert [line.text.strip() for line in left if line.differs] == ["3"]
    assert [line.text.strip() for line in right if line.differs] == ["4"]
    cut, other = sides('{"a": 1, "b": ', "no JSON\nat all")
    assert [line.text for line in cut] == ['{"a": 1, "b": ']
    assert len(other) == 2


def test_what_models_took_is_compared() -> None:
    a, b = run(GOOD), run(GOOD, target="u")
    rows = tuple(row.model_copy(update={"calls": 2, "tokens": 500, "cost": 0.01, "latency": 3.0}) for row in b.rows)
    found = compare(a, b.model_copy(update={"rows": rows}))
    said = comparison_text(found)
    assert "calls 0 → 80" in said
    assert "tokens 0 → 20,000" in said
    assert "cost 0.0000 → 0.4000" in said
    assert "seconds a call no data → 1.50" in said
    assert "calls" not in comparison_text(compare(a, a))
    assert "<td>20,000</td>" in comparison_page(found)


def test_slices_without_a_difference_are_folded_away() -> None:
    slices = ["a"] * 20 + ["b"] * 20
    found = compare(run(GOOD, slices=slices), run(worse(6), slices=slices))
    assert "1 slices without any difference are left out" in comparison_text(found)
    page = comparison_page(found)
    assert '<th scope="row">a</th>' in page
    assert '<th scope="row">b</th>' not in page
    assert "<mark>" not in page


def rewritten(asked: bool) -> tuple[Run, Run]:
    """The same scores with a prompt of another wording; `asked`: a model was asked in the second one."""
    info = run(GOOD).header.tasks[0].model_copy(update={"prompts": ("planner",)})
    served = ({"tasks": (info,), "prompts": {"planner": letter * 64}} for letter in "ab")
    a, b = (run(GOOD).model_copy(update={"header": run(GOOD).header.model_copy(update=one)}) for one in served)
    said = {"planner": "b" * 64} if asked else {}
    return a, b.model_copy(update={"rows": tuple(row.model_copy(update={"prompts": said}) for row in b.rows)})


def test_a_changed_prompt_that_nobody_asked_is_said() -> None:
    old, new = rewritten(asked=False)
    verdict = gate(new, old, Gates())
    assert verdict.passed
    assert "`planner` is not the baseline's, and no model was asked" in verdict.notes[0]
    assert "prompt planner aaaaaaaaaaaa → bbbbbbbbbbbb, but no model was asked" in comparison_text(compare(old, new))
    assert gate(old, old, Gates()).notes == ()
    old, new = rewritten(asked=True)
    assert gate(new, old, Gates()).notes == ()
    assert "a model was asked in 40 rows of B" in comparison_text(compare(old, new))
