"""A planned campaign, made once a test run, copied for each test that approves, exports or breaks it."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agent.deps import Deps
from agent.ledger.engine import open_engine
from agent.ledger.ledger import Ledger
from agent.plan import plan
from agent.shelf import Shelved, read

BRIEF = "Win back customers who haven't bought anything for 30 days. $500, email and SMS, Dec 1–14, at most 15% off."
NOW = datetime(2017, 11, 24, 9, tzinfo=UTC)


@pytest.fixture(scope="session")
def planned_folder(deps: Deps, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return plan(BRIEF, deps, out=tmp_path_factory.mktemp("planned") / "package").folder


@dataclass(frozen=True)
class Desk:
    """One campaign on a ledger of its own."""

    folder: Path
    deps: Deps
    ledger: Ledger

    @property
    def shelved(self) -> Shelved:
        """As it stands now."""
        return read(self.folder, self.folder.name)


@pytest.fixture
def desk(planned_folder: Path, deps: Deps, tmp_path: Path) -> Iterator[Desk]:
    folder = Path(shutil.copytree(planned_folder, tmp_path / "package"))
    ledger = Ledger(open_engine(tmp_path / "ledger"), lambda: NOW)
    yield Desk(folder, deps, ledger)
    ledger.close()
