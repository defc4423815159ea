"""Promise 8: nothing accepted is lost or doubled, through a crash at any point between write and record."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.agent.crash import APPROVE, CHOSEN, EXPORT, WORK

pytestmark = pytest.mark.deep

TRIED = {
    f"{name}: {when} {module}.{function}": (module, function, when)
    for name, points in (("approve", APPROVE), ("export", EXPORT), ("work", WORK))
    for module, function, when in points
}


def trials(package: Path, home: Path, place: Path, *which: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.agent.crash", str(package), str(home), str(place), *which]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    made: dict[str, Any] = json.loads(done.stdout)
    return made


@pytest.fixture(scope="module")
def chosen(planned_folder: Path, planning_home: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return trials(planned_folder, planning_home, tmp_path_factory.mktemp("crash"), "chosen")


@pytest.mark.parametrize("point", [point for point, which in TRIED.items() if which in CHOSEN])
def test_whoever_goes_on_ends_where_an_undisturbed_run_ends(chosen: dict[str, Any], point: str) -> None:
    the_same(chosen, point)


@pytest.mark.slow
def test_at_every_point(planned_folder: Path, planning_home: Path, tmp_path: Path) -> None:
    results = trials(planned_folder, planning_home, tmp_path)
    for point in TRIED:
        the_same(results, point)


def the_same(results: dict[str, Any], point: str) -> None:
    calm, crashed = results[point.split(":")[0]], dict(results[point])
    assert crashed.pop("died"), "the point was reached"
    again = crashed.pop("again")
    if point.startswith("approve"):
        # An approval that is already there is refused a second time; where it was not, it is given now.
        assert again in (0, 1)
        assert crashed["approvals"] == 1
        assert crashed["status"] == "approved"
    else:
        assert again == 0
    wanted = {key: value for key, value in calm.items() if key not in ("died", "again")}
    crashed["jobs"] = [state for state, _ in crashed["jobs"]]
    wanted["jobs"] = [state for state, _ in wanted["jobs"]]
    if point.startswith("approve"):
        # `campaign.json` follows the ledger with the next step that touches it.
        crashed.pop("file_status")
        wanted.pop("file_status")
    assert crashed == wanted


def test_an_undisturbed_run_does_each_thing_once(chosen: dict[str, Any]) -> None:
    results = chosen
    assert results["export"]["events"] == {"planned": 1, "approved": 1, "exported": 1}
    assert results["export"]["outbox"] == ["done"]
    assert results["work"]["jobs"] == [["done", 1]]
    assert results["work"]["events"] == {"planned": 1, "finished": 1}
    assert all(result["gapless"] for result in results.values())
