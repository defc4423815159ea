"""The smoke tier as a user runs it, and what she is told when something is wrong."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from agent.cli import app
from evals.case import load_cases
from evals.results import Run, read_run
from evals.run import choose
from evals.target import parse_target
from evals.tasks import TIERS, task
from tools.failure import ToolFailure

pytest.importorskip("inspect_ai", reason="the extra `evals` is not installed")


def briefsmith(*arguments: str) -> tuple[int, str]:
    found = subprocess.run(
        [sys.executable, "-c", "from agent.cli import main; main()", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    return found.returncode, found.stdout + found.stderr


def assert_inspect_counts_as_we_do(made: Run, logs: Path) -> None:
    """A score that a case has not is in no mean, in inspect's viewer as in our tables."""
    from inspect_ai.log import list_eval_logs, read_eval_log

    (log,) = [
        found
        for path in list_eval_logs(str(logs))
        if (found := read_eval_log(path, header_only=True)).eval.task == "briefs"
    ]
    assert log.results is not None
    theirs = {score.name: score for score in log.results.scores}
    for name in ("exact", "goal.precision", "exclude.recall"):
        ours = [s for row in made.rows if row.task == "briefs" and (s := row.scores[name]) is not None]
        assert theirs[name].scored_samples == len(ours)
        assert theirs[name].metrics["mean"].value == pytest.approx(sum(ours) / len(ours))


@pytest.fixture(scope="module")
def smoke(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of one smoke run, made by a process of its own as a user makes it; every test of it reads this one."""
    folder = tmp_path_factory.mktemp("smoke") / "run"
    status, said = briefsmith("eval", "run", "smoke", "--out", str(folder))
    assert status == 0, said
    assert "sees points" in said
    return folder


def test_smoke_runs_whole_and_inspect_counts_as_we_do(smoke: Path) -> None:
    made = read_run(smoke)
    assert {info.name for info in made.header.tasks} == set(TIERS["smoke"])
    assert made.missing() == 0
    assert_inspect_counts_as_we_do(made, smoke / "logs")


def test_smoke_passes_the_gate_and_equals_itself(smoke: Path) -> None:
    found = CliRunner().invoke(app, ["eval", "gate", str(smoke)])
    assert found.exit_code == 0, found.output
    found = CliRunner().invoke(app, ["eval", "compare", str(smoke), str(smoke)])
    assert found.exit_code == 0, found.output
    assert "broken" not in found.output.split("\n\n", 2)[2]


def test_there_are_cases_enough_and_each_id_is_one() -> None:
    chosen = choose(["full"])
    assert sum(len(cases) for _, cases in chosen) >= 900
    for made, cases in chosen:
        assert len({case.id for case in cases}) == len(cases), made.name


def test_smoke_is_a_part_of_full() -> None:
    full = {made.name: {case.id for case in cases} for made, cases in choose(["full"])}
    for made, cases in choose(["smoke"]):
        assert cases
        assert {case.id for case in cases} <= full[made.name]


def test_a_limit_takes_the_same_cases_each_time_and_more_of_them_when_it_is_raised() -> None:
    few, more = ({case.id for case in choose(["copy"], limit)[0][1]} for limit in (5, 9))
    assert (len(few), len(more)) == (5, 9)
    assert few < more
    assert len(choose(["copy"], 10_000)[0][1]) == len(task("copy").cases)


def test_unknown_names_are_told() -> None:
    with pytest.raises(ToolFailure, match="no task `bogus`; there are briefs"):
        task("bogus")
    with pytest.raises(ToolFailure, match="no target `gpt`"):
        parse_target("gpt")
    found = CliRunner().invoke(app, ["eval", "run", "bogus"])
    assert found.exit_code == 1
    assert "there are briefs" in found.output


def test_bad_cases_are_named_by_line(tmp_path: Path) -> None:
    good = {"id": "a", "input": {}, "expected": {}, "slice": "s", "cluster": "c", "provenance": "p"}
    path = tmp_path / "t.jsonl"
    path.write_text(json.dumps(good) + "\n" + json.dumps(good | {"extra": 1}) + "\n")
    with pytest.raises(ToolFailure, match="line 2"):
        load_cases("t", tmp_path)
    path.write_text(json.dumps(good) + "\n" + json.dumps(good) + "\n")
    with pytest.raises(ToolFailure, match="stands twice"):
        load_cases("t", tmp_path)


def test_a_gate_without_a_run_says_so(tmp_path: Path) -> None:
    found = CliRunner().invoke(app, ["eval", "gate", str(tmp_path)])
    assert found.exit_code == 1
    assert "run.json" in found.output
