"""`train` on the small demo shop, and what plans make of its model: used where it fits, else said and passed over."""

import json
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from agent.cli import app
from agent.deps import Deps
from agent.plan import plan
from agent.settings import Settings
from agent.training.found import trained_models
from agent.training.run import Made, train_all
from tools.response.card import Card
from tools.response.shelf import models_folder

pytestmark = pytest.mark.deep

BRIEF = "Win back customers who haven't bought anything for 14 days. $500, email, Dec 1–14, at most 15% off."
NOW = datetime(2017, 11, 24, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def home(planning_home: Path, deps: Deps, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home of its own with models trained for the demo shop's own day."""
    _ = deps.index
    folder = tmp_path_factory.mktemp("trained") / "home"
    shutil.copytree(planning_home, folder)
    train_all(deps_of(folder), date(2017, 11, 24))
    return folder


def deps_of(home: Path) -> Deps:
    return Deps(settings=Settings(home=home), now=lambda: NOW)


def card_of(home: Path, name: str) -> Card:
    pointer = json.loads((models_folder(home) / f"{name}.json").read_text(encoding="utf-8"))
    return Card.model_validate_json((models_folder(home) / pointer["folder"] / "card.json").read_bytes())


def test_the_card_is_whole(home: Path) -> None:
    card = card_of(home, "behaviour")
    assert card.basis == "observational"
    assert card.as_of == date(2017, 11, 24)
    assert card.test_looks == 1
    area = card.figure("ROC AUC")
    assert area is not None
    assert area.low is not None
    assert area.low > 0.7
    page = next(models_folder(home).glob("behaviour-*/card.html")).read_text(encoding="utf-8")
    assert "<svg" in page
    assert "BG/NBD" in page
    assert "uplift" not in page
    assert "<script" not in page
    assert trained_models(deps_of(home))["behaviour"].endswith("fits")


def test_a_plan_uses_the_model_and_says_so(home: Path, tmp_path: Path) -> None:
    campaign = plan(BRIEF, deps_of(home), out=tmp_path / "plan").campaign
    assert campaign.status == "draft"
    name = f"behaviour-{card_of(home, 'behaviour').model_sha}"
    for cell in campaign.forecast:
        assert any(name in source.text and source.basis == "observational" for source in cell.sources)
        assert cell.basis == "assumed"
    told = next(call.summary for call in campaign.trace if call.tool == "forecast_response")
    assert json.loads(told)["baseline"] == name
    assert "uplift" not in (tmp_path / "plan" / "report.html").read_text(encoding="utf-8")


def test_a_plan_for_an_earlier_day_does_not_use_what_was_not_known(home: Path, tmp_path: Path) -> None:
    campaign = plan(BRIEF, deps_of(home), today=date(2017, 11, 20), out=tmp_path / "plan").campaign
    assert campaign.forecast
    words = campaign.forecast[0].sources[0].text
    assert "the trained model was not used: the model `behaviour` has seen days until 2017-11-24" in words


def test_another_schema_is_refused_by_its_hash_and_the_plan_rests_on_the_past(home: Path, tmp_path: Path) -> None:
    mine = tmp_path / "home"
    shutil.copytree(home, mine)
    path = next(models_folder(mine).glob("behaviour-*/card.json"))
    path.write_text(card_of(mine, "behaviour").model_copy(update={"schema_sha": "0" * 16}).model_dump_json())
    campaign = plan(BRIEF, deps_of(mine), out=tmp_path / "with").campaign
    assert campaign.status == "draft"
    assert "trained with other features" in campaign.forecast[0].sources[0].text
    assert trained_models(deps_of(mine))["behaviour"].startswith("not usable")
    shutil.rmtree(models_folder(mine))
    without = plan(BRIEF, deps_of(mine), out=tmp_path / "without").campaign
    assert [c.buy_anyway_rate for c in without.forecast] == [c.buy_anyway_rate for c in campaign.forecast]
    assert "model" not in without.forecast[0].sources[0].text
    told = [json.loads(c.summary) for c in without.trace if c.tool == "forecast_response"]
    assert "baseline" not in told[0]


def test_what_cannot_be_trained_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = tmp_path / "shop"
    shop.mkdir()
    (shop / "customers.csv").write_text("customer_id\nc1\nc2\n", encoding="utf-8")
    monkeypatch.setenv("BRIEFSMITH_HOME", str(tmp_path / "home"))
    assert CliRunner().invoke(app, ["import", str(shop)]).exit_code == 0
    done = CliRunner().invoke(app, ["train"])
    assert done.exit_code == 0
    assert "the shop has no table `orders`" in done.stdout
    assert "Nothing could be trained" in done.stdout
    made = train_all(deps_of(tmp_path / "home"), date(2017, 11, 24))
    assert all(isinstance(one, Made) and one.card is None and one.why for one in made)
