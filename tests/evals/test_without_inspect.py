"""The core install: inspect_ai is an extra, `eval` says how to get it, and what does not run anything needs none."""

import sys
from importlib.metadata import requires
from pathlib import Path

import pytest
from typer.testing import CliRunner

from agent.cli import app
from evals.commands import BASELINE
from evals.results import write_run
from tests.evals.runs import run


@pytest.fixture(autouse=True)
def no_inspect(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "inspect_ai", None)


def briefsmith(*arguments: str) -> tuple[int, str]:
    found = CliRunner().invoke(app, ["eval", *arguments])
    return found.exit_code, found.output


def test_inspect_is_an_extra() -> None:
    named = [one for one in requires("briefsmith") or () if one.startswith("inspect-ai")]
    assert named
    assert all('extra == "evals"' in one for one in named)


@pytest.mark.parametrize(
    "arguments", [("run", "smoke"), ("view", str(BASELINE)), ("record", str(BASELINE), "--out", "x.jsonl")]
)
def test_what_runs_on_inspect_says_how_to_get_it(
    arguments: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    status, said = briefsmith(*arguments)
    assert status == 1
    assert "not installed: `pip install -e '.[evals]'`" in said
    assert not list(tmp_path.rglob("*.json*"))


def test_a_run_from_elsewhere_is_compared_and_gated_without_it(tmp_path: Path) -> None:
    for name in "ab":
        write_run(run([1.0] * 40), tmp_path / name)
    assert briefsmith("compare", str(tmp_path / "a"), str(tmp_path / "b"))[0] == 0
    assert briefsmith("gate", str(tmp_path / "a"), "--baseline", str(tmp_path / "b"))[0] == 0
