"""The recommender on the small demo shop: its card, and which products a plan shows by it, or why not."""

import json
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from agent.deps import Deps
from agent.plan import plan
from agent.settings import Settings
from agent.training.found import trained_models
from agent.training.recommend import must_mean, train_recommend_model
from tools.failure import ToolFailure
from tools.response.card import Card
from tools.response.shelf import current, models_folder

pytestmark = pytest.mark.slow

BRIEF = "Win back customers who haven't bought anything for 14 days. $500, email, Dec 1–14, at most 15% off."
NOW = datetime(2017, 11, 24, 9, tzinfo=UTC)


def deps_of(home: Path) -> Deps:
    return Deps(settings=Settings(home=home), now=lambda: NOW)


@pytest.fixture(scope="module")
def trained(planning_home: Path, deps: Deps, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Card]:
    _ = deps.index
    home = tmp_path_factory.mktemp("recommending") / "home"
    shutil.copytree(planning_home, home)
    card, _ = train_recommend_model(deps_of(home), date(2017, 11, 24))
    return home, card


def test_the_card_says_how_good_the_lists_are(trained: tuple[Path, Card]) -> None:
    home, card = trained
    assert card.basis == "observational"
    recall = card.figure("recall at 10")
    assert recall is not None
    assert recall.low is not None
    assert recall.low > 0.2
    assert card.figure("recall at 10, products new to the customer") is not None
    page = next(models_folder(home).glob("recommend-*/card.html")).read_text(encoding="utf-8")
    assert "LambdaMART" in page
    assert "uplift" not in page
    assert trained_models(deps_of(home))["recommend"].endswith("fits")
    files = {path.name for path in next(models_folder(home).glob("recommend-*")).iterdir()}
    assert files == {"card.html", "card.json", "model.json", "together.safetensors", "trees.txt"}


def test_a_plan_shows_what_the_segment_is_likely_to_buy(trained: tuple[Path, Card], tmp_path: Path) -> None:
    home, card = trained
    campaign = plan(BRIEF, deps_of(home), out=tmp_path / "plan").campaign
    assert campaign.status == "draft"
    name = f"recommend-{card.model_sha}"
    said = [any(name in reason and "observational" in reason for reason in one.reasons) for one in campaign.products]
    assert all(said)
    told = next(call.summary for call in campaign.trace if call.tool == "choose_products")
    assert json.loads(told)["ranked_by"] == name
    again = plan(BRIEF, deps_of(home), out=tmp_path / "again").campaign
    assert [one.product_id for one in again.products] == [one.product_id for one in campaign.products]


def test_the_next_plan_reads_the_past_that_was_kept(trained: tuple[Path, Card], tmp_path: Path) -> None:
    home, card = trained

    def planned(name: str, today: date | None = None) -> tuple[list[str], dict[str, str]]:
        campaign = plan(BRIEF, deps_of(home), today=today, out=tmp_path / name).campaign
        told = next(call.summary for call in campaign.trace if call.tool == "choose_products")
        return [f"{one.product_id} {one.reasons}" for one in campaign.products], json.loads(told)

    fresh, _ = planned("fresh")
    [kept] = (home / "cache" / "recommend").iterdir()
    written = kept.read_bytes()
    again, told = planned("again")
    assert again == fresh
    assert "past" not in told
    kept.write_bytes(written[:-1])
    mended, told = planned("mended")
    assert mended == fresh
    assert told["past"].startswith("counted anew: ")
    assert told["ranked_by"] == f"recommend-{card.model_sha}"
    assert kept.read_bytes() == written
    # Another day is another past.
    planned("later", date(2017, 11, 25))
    assert len(list((home / "cache" / "recommend").iterdir())) == 2


def test_another_embedding_than_it_learned_by_is_refused(trained: tuple[Path, Card]) -> None:
    home, _ = trained
    stored = current(home, "recommend")
    assert stored is not None
    learned = deps_of(home).index.manifest.model_id
    assert must_mean(stored, learned)
    assert must_mean(stored, None)
    with pytest.raises(ToolFailure) as failure:
        must_mean(stored, "another-model")
    assert failure.value.code == "model_schema"
    assert "another-model" in failure.value.message


def test_a_model_that_has_seen_later_days_is_not_used_and_why_is_said(
    trained: tuple[Path, Card], tmp_path: Path
) -> None:
    home, _ = trained
    campaign = plan(BRIEF, deps_of(home), today=date(2017, 11, 20), out=tmp_path / "plan").campaign
    assert campaign.products
    for one in campaign.products:
        assert any("the trained recommender is not used: the model `recommend` has seen days" in r for r in one.reasons)
    told = next(call.summary for call in campaign.trace if call.tool == "choose_products")
    assert json.loads(told)["ranked_by"] == "not used: model_from_later"
