"""A home with the small shop and its index, made once for the tests of the whole agent."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from filelock import FileLock

from agent.deps import Deps
from agent.settings import Settings
from tests.agent.launching import desk, planned_folder

__all__ = ["desk", "planned_folder"]


@pytest.fixture(scope="session")
def planning_home(small_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home of this worker's own; the index in it is built by the first worker that needs one, and copied."""
    indexed = small_home.with_name("indexed-home")
    with FileLock(small_home.with_name("indexed-home.lock")):
        if not (indexed / "done").exists():
            shutil.copytree(small_home, indexed, dirs_exist_ok=True)
            _ = _deps(indexed).index
            (indexed / "done").touch()
    return Path(shutil.copytree(indexed, tmp_path_factory.mktemp("planning") / "home"))


@pytest.fixture(scope="session")
def deps(planning_home: Path) -> Deps:
    made = _deps(planning_home)
    _ = made.index
    return made


def _deps(home: Path) -> Deps:
    return Deps(settings=Settings(home=home), now=lambda: datetime(2017, 11, 24, 9, tzinfo=UTC))
