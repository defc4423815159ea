"""A home with the small shop and its index, made once for the tests of the whole agent."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agent.deps import Deps
from agent.settings import Settings
from tests.agent.launching import desk, planned_folder

__all__ = ["desk", "planned_folder"]


@pytest.fixture(scope="session")
def planning_home(small_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("planning") / "home"
    shutil.copytree(small_home, home)
    return home


@pytest.fixture(scope="session")
def deps(planning_home: Path) -> Deps:
    made = Deps(settings=Settings(home=planning_home), now=lambda: datetime(2017, 11, 24, 9, tzinfo=UTC))
    _ = made.index
    return made
