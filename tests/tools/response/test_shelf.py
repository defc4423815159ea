"""Where models lie: kept whole, refused where damaged, from later, of another shop or of other features."""

import json
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tools.failure import ToolFailure
from tools.response import shelf
from tools.response.card import Card, Period
from tools.response.shelf import code_sha, count_look, current, keep, model_sha, models_folder, must_fit, names


def card(**changes: object) -> Card:
    made: dict[str, object] = {
        "name": "behaviour",
        "asks": "Who?",
        "basis": "observational",
        "algorithm": "trees",
        "model_sha": "0123456789abcdef",
        "shop": "Shop",
        "content_sha": "c",
        "schema_sha": "s",
        "code_sha": code_sha(),
        "trained_at": datetime(2025, 9, 1, tzinfo=UTC),
        "as_of": date(2025, 9, 1),
        "customers": 10,
        "periods": (Period(name="test", first=date(2025, 8, 1), last=date(2025, 8, 20), rows=100, positives=30),),
        "figures": (),
        "compared": (),
        "reliability": (),
        "test_looks": 1,
        "fit_seconds": 1.0,
        "thousand_ms": 1.0,
    }
    return Card.model_validate(made | changes)


FILES = {"model.json": b"{}", "trees.txt": b"tree"}


def test_what_is_kept_comes_back(tmp_path: Path) -> None:
    assert current(tmp_path, "behaviour") is None
    folder = keep(tmp_path, card(), FILES, "<p>card</p>")
    stored = current(tmp_path, "behaviour")
    assert stored is not None
    assert stored.folder == folder == models_folder(tmp_path) / "behaviour-0123456789abcdef"
    assert {name: stored.read(name) for name in FILES} == FILES
    assert (folder / "card.html").read_text(encoding="utf-8") == "<p>card</p>"
    assert names(tmp_path) == ("behaviour",)
    assert not list(models_folder(tmp_path).rglob(".*"))


def test_the_newest_two_stay(tmp_path: Path) -> None:
    for sha in ("a" * 16, "b" * 16, "c" * 16):
        keep(tmp_path, card(model_sha=sha), FILES, "")
    folders = [path.name for path in models_folder(tmp_path).glob("behaviour-*")]
    assert len(folders) == 2
    assert "behaviour-" + "c" * 16 in folders


def test_what_was_changed_is_refused(tmp_path: Path) -> None:
    folder = keep(tmp_path, card(), FILES, "")
    (folder / "trees.txt").write_bytes(b"another tree")
    stored = current(tmp_path, "behaviour")
    assert stored is not None
    with pytest.raises(ToolFailure, match="is not the file that was trained"):
        stored.read("trees.txt")
    with pytest.raises(ToolFailure, match="cannot be read"):
        stored.read("weights.safetensors")
    (folder / "card.json").write_text("{", encoding="utf-8")
    with pytest.raises(ToolFailure, match="cannot be read"):
        current(tmp_path, "behaviour")


@pytest.mark.parametrize("folder", ["../shop", "/etc", "uplift-1", "behaviour-1/../.."])
def test_a_pointer_leads_to_its_own_models_alone(tmp_path: Path, folder: str) -> None:
    keep(tmp_path, card(), FILES, "")
    (models_folder(tmp_path) / "behaviour.json").write_text(json.dumps({"folder": folder}), encoding="utf-8")
    with pytest.raises(ToolFailure, match="no model of that name"):
        current(tmp_path, "behaviour")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"schema_sha": "other"}, "model_schema"),
        ({"code_sha": "other"}, "model_schema"),
        ({"shop": "Another"}, "other_shop"),
        ({"as_of": date(2025, 9, 2)}, "model_from_later"),
    ],
)
def test_what_does_not_fit_is_refused(changes: dict[str, object], code: str) -> None:
    must_fit(card(), schema_sha="s", shop="Shop", today="2025-09-01")
    with pytest.raises(ToolFailure) as caught:
        must_fit(card(**changes), schema_sha="s", shop="Shop", today="2025-09-01")
    assert caught.value.code == code


def test_looks_are_counted_by_shop_and_days(tmp_path: Path) -> None:
    assert [count_look(tmp_path, "behaviour", "c", "days") for _ in range(3)] == [1, 2, 3]
    assert count_look(tmp_path, "behaviour", "other", "days") == 1
    assert names(tmp_path) == ()


def test_the_name_is_of_data_features_day_and_seed() -> None:
    one = model_sha("c", "s", "2025-09-01", 0)
    assert one == model_sha("c", "s", "2025-09-01", 0)
    assert len({one, model_sha("d", "s", "2025-09-01", 0), model_sha("c", "t", "2025-09-01", 0)}) == 3
    assert len({one, model_sha("c", "s", "2025-09-02", 0), model_sha("c", "s", "2025-09-01", 1)}) == 3


def test_a_changed_training_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Judging, training and fitting count as much as features: on a copy, each of the files changes the hash."""
    original = Path(shelf.__file__).parent
    copy = tmp_path / "response"
    shutil.copytree(original, copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(shelf, "__file__", str(copy / "shelf.py"))
    before = code_sha.__wrapped__()
    assert before == code_sha()
    for name in ("uplift/judge.py", "uplift/train.py", "price/train.py", "recommend/train.py", "recommend/features.py"):
        path = copy / name
        content = path.read_bytes()
        path.write_bytes(content + b"# changed\n")
        assert code_sha.__wrapped__() != before, name
        path.write_bytes(content)
