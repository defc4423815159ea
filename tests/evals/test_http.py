"""The whole agent over HTTP as a target: a server process of ours, with its own worker, asked through inspect."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

pytest.importorskip("inspect_ai", reason="the extra `evals` is not installed")

from agent.deps import Deps
from agent.ledger import keys
from agent.settings import Settings
from evals.agents import KEY
from evals.bridge import Conditions, run_inspect
from evals.results import Row
from evals.target import parse_target
from evals.tasks import task
from tests.agent.conftest import planning_home

__all__ = ["planning_home"]
pytestmark = pytest.mark.deep
ASKED = ("email-only", "no-budget", "illegal")


@pytest.fixture(scope="module")
def served(planning_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The address of a `briefsmith serve` on the small shop, and a planner's key to it."""
    home = Path(shutil.copytree(planning_home, tmp_path_factory.mktemp("served") / "home"))
    deps = Deps(Settings(home=home))
    with deps.ledger.write() as session:
        key = keys.add(session, "The evals", "planner", deps.now()).key
    deps.ledger.close()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-c", "from agent.cli import main; main()", "serve", "--port", str(port)]
    env = os.environ | {"BRIEFSMITH_HOME": str(home), "BRIEFSMITH_WORKERS": "1"}
    with (home / "log").open("wb") as log, subprocess.Popen(command, env=env, stdout=log, stderr=log) as process:
        url = f"http://127.0.0.1:{port}"
        try:
            ready(url, process, home / "log")
            yield url, key
        finally:
            process.terminate()


def ready(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    for _ in range(1200):
        assert process.poll() is None, log.read_text()[-2000:]
        try:
            if httpx.get(f"{url}/v1/health/ready", timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise AssertionError(f"the server was not ready within two minutes: {log.read_text()[-2000:]}")


def asked(url: str, logs: Path, ids: tuple[str, ...] = ASKED) -> dict[str, Row]:
    plans = task("plans")
    chosen = [(plans, [case for case in plans.cases if case.id in ids])]
    return {row.case_id: row for row in run_inspect(chosen, parse_target(url), logs, Conditions())}


def test_a_served_agent_is_graded_as_the_one_in_process(
    served: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, key = served
    monkeypatch.setenv(KEY, key)
    found = asked(url, tmp_path / "logs")
    assert {case_id: row.error for case_id, row in found.items()} == dict.fromkeys(ASKED)
    assert {row.scores["status"] for row in found.values()} == {1}
    whole = found["email-only"]
    # The small shop has fewer customers than the cases expect of the whole one.
    assert {name: value for name, value in whole.scores.items() if name != "audience"} == dict.fromkeys(
        ("status", "package", "money", "within_brief"), 1
    ), whole.detail
    assert found["illegal"].scores["money"] is None


def test_a_server_that_refuses_or_is_away_is_an_error_of_the_case(
    served: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, _ = served
    monkeypatch.setenv(KEY, "none")
    assert "401" in (asked(url, tmp_path / "refused", ("illegal",))["illegal"].error or "")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        away = f"http://127.0.0.1:{free.getsockname()[1]}"
        assert "does not answer" in (asked(away, tmp_path / "away", ("illegal",))["illegal"].error or "")
