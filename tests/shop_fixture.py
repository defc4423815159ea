"""A small demo shop that any test may read: real rows of 150 households, built once a test run."""

import shutil
from pathlib import Path

import pytest
from filelock import FileLock

from tools.shop.demo import build_demo
from tools.shop.store import ShopStore

SMALL_HOUSEHOLDS = 150


@pytest.fixture(scope="session")
def small_home(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """A BRIEFSMITH_HOME with the small demo shop, for reading; workers of pytest-xdist share it."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if hasattr(request.config, "workerinput") else base
    home = shared / "small-home"
    with FileLock(shared / "small-home.lock"):
        if not (home / "shop" / "current.json").exists():
            build_demo(home, households=SMALL_HOUSEHOLDS)
    return home


@pytest.fixture(scope="session")
def small_store(small_home: Path) -> ShopStore:
    """The small demo shop, opened."""
    return ShopStore.open(small_home)


@pytest.fixture
def fresh_home(small_home: Path, tmp_path: Path) -> Path:
    """A copy of `small_home` that a test may write to."""
    return Path(shutil.copytree(small_home, tmp_path / "home"))
