"""The page stands on the API's own fixtures; in a browser, on a server with a home of its own."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agent.deps import Deps
from agent.ledger.campaigns import settle
from agent.ledger.engine import open_engine
from agent.ledger.ledger import Ledger
from agent.shelf import campaign_folder
from tests.agent.api.conftest import make_house
from tests.agent.launching import NOW
from tests.agent.report import sample
from tests.agent.web import chromium

__all__ = ["make_house"]
EVIL_ID = "c-20171124-00000000ee"


@pytest.fixture(scope="session")
def web_home(deps: Deps, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small shop, and a campaign with HTML in every place that others write."""
    home = tmp_path_factory.mktemp("web") / "home"
    home.mkdir()
    shutil.copytree(deps.settings.home / "shop", home / "shop")  # a readout writes to it
    for part in ("index", "cache"):
        (home / part).symlink_to(deps.settings.home / part)
    evil = sample.campaign().model_copy(update={"campaign_id": EVIL_ID, "turns": (sample.EVIL,)})
    folder = campaign_folder(home, EVIL_ID)
    folder.mkdir(parents=True)
    (folder / "campaign.json").write_text(evil.model_dump_json(by_alias=True), encoding="utf-8")
    ledger = Ledger(open_engine(home), lambda: NOW)
    with ledger.write() as session:
        settle(session, evil, folder, NOW)
    ledger.close()
    return home


@pytest.fixture(scope="session")
def server(web_home: Path) -> Iterator[str]:
    with chromium.serving(web_home, chromium.free_port()) as url:
        yield url


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=chromium.executable(), args=chromium.FLAGS.split())
        yield made
        made.close()


@pytest.fixture
def errors() -> list[str]:
    """What the page's scripts threw and its console called an error; a test that expects some takes them out."""
    return []


@pytest.fixture
def page(browser: Any, server: str, errors: list[str]) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": 1400, "height": 900}, accept_downloads=True, locale="en-US")
    made = context.new_page()
    made.on("pageerror", lambda error: errors.append(str(error)))
    made.on("console", lambda told: errors.append(told.text) if told.type == "error" else None)
    made.goto(server)
    yield made
    context.close()
    assert errors == []
