"""The API on a home of the test's own: the small shop and its index are linked, the ledger and campaigns are new."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from agent.api.app import create_app
from agent.deps import Deps
from agent.ledger import keys
from agent.ledger.campaigns import settle
from agent.ledger.tables import Role
from agent.settings import Settings
from agent.shelf import campaign_folder, put_status, read
from agent.worker import Worker
from tests.agent.launching import NOW

ROLES: tuple[Role, ...] = ("viewer", "planner", "approver")


@dataclass
class House:
    """The running application, its deps, and one planned campaign that a test can bring to a state."""

    deps: Deps
    planned: Path
    client: TestClient
    keys: dict[str, str] = field(default_factory=dict)

    def key(self, role: Role) -> dict[str, str]:
        """The headers of a caller with that role."""
        if role not in self.keys:
            with self.deps.ledger.write() as session:
                self.keys[role] = keys.add(session, f"The {role}", role, NOW).key
        return {"Authorization": f"Bearer {self.keys[role]}"}

    def draft(self) -> str:
        """A planned campaign in the home and in the ledger: its id."""
        campaign = read(self.planned, "planned").campaign
        folder = campaign_folder(self.deps.settings.home, campaign.campaign_id)
        shutil.copytree(self.planned, folder)
        put_status(read(folder, campaign.campaign_id), "draft")
        with self.deps.ledger.write() as session:
            settle(session, campaign, folder, NOW)
        return campaign.campaign_id

    def sha(self, campaign_id: str) -> str:
        return self.client.get(f"/v1/campaigns/{campaign_id}", headers=self.headers).headers["Plan-Sha"]

    @property
    def headers(self) -> dict[str, str]:
        return self.key("approver") if self.keys else {}

    def approve(self, campaign_id: str, **more: Any) -> Any:
        body = {"plan_sha": self.sha(campaign_id), **({} if self.keys else {"approver": "Ann"}), **more}
        return self.client.post(f"/v1/campaigns/{campaign_id}/approve", json=body, headers=self.headers)

    def own_shop(self) -> None:
        """A copy of the shop in place of the link, for a test that changes it."""
        shop = self.deps.settings.home / "shop"
        linked = shop.resolve()
        shop.unlink()
        shutil.copytree(linked, shop)

    def work(self) -> bool:
        """What a worker process does, once, here."""
        return Worker(self.deps, "test").work_once()


def house(deps: Deps, planned: Path, home: Path, **settings: Any) -> House:
    home.mkdir()
    for name in ("shop", "index", "cache"):
        if (deps.settings.home / name).exists():
            (home / name).symlink_to(deps.settings.home / name)
    made = Deps(Settings(home=home, workers=0, **settings), deps.now)
    for heavy in ("store", "index", "embedder", "assumptions"):
        made.__dict__[heavy] = getattr(deps, heavy)
    client = TestClient(
        create_app(made), base_url="http://127.0.0.1", client=("127.0.0.1", 50000), raise_server_exceptions=False
    )
    return House(made, planned, client)


@pytest.fixture
def make_house(deps: Deps, planned_folder: Path, tmp_path: Path) -> Iterator[Callable[..., House]]:
    made: list[House] = []

    def make(**settings: Any) -> House:
        one = house(deps, planned_folder, tmp_path / f"home{len(made)}", **settings)
        one.client.__enter__()
        made.append(one)
        return one

    yield make
    for one in made:
        one.client.__exit__(None, None, None)
        one.deps.ledger.close()


@pytest.fixture
def api(make_house: Callable[..., House]) -> House:
    return make_house()
