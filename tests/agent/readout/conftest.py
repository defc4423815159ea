"""An exported campaign in a home of its own, and results files for it."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from agent.approval import approve
from agent.deps import Deps
from agent.export import export
from agent.plan import plan
from agent.settings import Settings
from agent.shelf import find

BRIEF = (
    "Win back customers who haven't bought anything for 14 days. $500, email and SMS, Dec 1–14, at most 15% off. "
    "Hold out 30%."
)
READ_AT = datetime(2017, 12, 20, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Sent:
    """An exported campaign, its package's folder and audience."""

    deps: Deps
    name: str
    folder: Path
    audience: pd.DataFrame


@pytest.fixture(scope="session")
def exported_home(planning_home: Path, deps: Deps, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A home with the small shop and one campaign that was planned, approved and exported."""
    _ = deps.index
    home = tmp_path_factory.mktemp("readout") / "home"
    shutil.copytree(planning_home, home)
    mine = _deps(home)
    planned = plan(BRIEF, mine)
    assert planned.campaign.status == "draft"
    name = planned.campaign.campaign_id
    approve(find(home, name), "Ann", mine.ledger)
    export(find(home, name), "csv", home.parent / "exported", mine, mine.ledger)
    mine.ledger.close()
    return home, name


@pytest.fixture
def sent(exported_home: tuple[Path, str], tmp_path: Path) -> Sent:
    """A copy that a test may read out."""
    home, name = exported_home
    shutil.copytree(home, tmp_path / "home")
    mine = _deps(tmp_path / "home")
    folder = tmp_path / "home" / "campaigns" / name
    return Sent(mine, name, folder, pd.read_parquet(folder / "audience.parquet"))


@pytest.fixture
def results_of(tmp_path: Path) -> Callable[..., Path]:
    """Writes a results file for an audience: contacted customers buy with `rate`, the others with half of it."""

    def write(audience: pd.DataFrame, *, rate: float = 0.8, seed: int = 1, **changes: object) -> Path:
        rng = np.random.default_rng(seed)
        contacted = audience["channel"].notna().to_numpy()
        buys = rng.random(len(audience)) < np.where(audience["arm"] == "campaign", rate, rate / 2)
        day = [
            datetime(2017, 12, 1, 12, tzinfo=UTC) + timedelta(days=int(d)) for d in rng.integers(0, 14, len(audience))
        ]
        frame = pd.DataFrame(
            {
                "customer_id": audience["customer_id"],
                "arm": audience["arm"],
                "sent": contacted,
                "opened": contacted & (rng.random(len(audience)) < 0.5),
                "redeemed": False,
                "ordered_at": pd.Series([d.isoformat() for d in day], index=audience.index).where(buys),
                "order_id": pd.Series([f"r{i}" for i in range(len(audience))], index=audience.index).where(buys),
                "amount": pd.Series(rng.lognormal(3, 0.5, len(audience)).round(2), index=audience.index).where(buys),
            }
        ).assign(**changes)  # type: ignore[arg-type]
        path = tmp_path / "results.csv"
        frame.to_csv(path, index=False)
        return path

    return write


def _deps(home: Path) -> Deps:
    return Deps(settings=Settings(home=home), now=lambda: READ_AT)
