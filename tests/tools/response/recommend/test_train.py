"""Training where tastes are known: better than the best sellers, new products of the right group, strangers served."""

import hashlib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.tools.response.recommend.tastes import END, GROUPS, LIKED, catalogue, frame_of, lines
from tests.tools.response.test_shelf import card
from tools.failure import ToolFailure
from tools.response.card import Figure
from tools.response.recommend.lines import Catalogue, Lines
from tools.response.recommend.model import Recommender
from tools.response.recommend.train import Trained, train_recommender
from tools.response.shelf import Stored


def quiet(label: str, done: int, total: int | None) -> None:
    """No progress."""


@pytest.fixture(scope="module")
def trained() -> Trained:
    return train_recommender(lines(True), END, seed=0, progress=quiet)


def figure(trained: Trained, name: str) -> float:
    found: Figure = next(one for one in trained.figures if one.name == name)
    assert found.value.estimate is not None
    return found.value.estimate


def test_it_beats_what_needs_no_learning(trained: Trained) -> None:
    popular, own, together, *learned = trained.compared
    assert popular.name.startswith("most buyers")
    assert min(one.loss for one in learned) < min(popular.loss, together.loss) - 0.05
    assert min(one.loss for one in learned) <= own.loss + 0.01
    assert [one.chosen for one in learned].count(True) == 1
    assert figure(trained, "recall at 10") > 0.8
    # An own product is bought on its beat, and the rest of the group's five once in 520 days or never.
    assert figure(trained, "calibration error") < 0.06


def test_new_products_are_of_the_customers_group(trained: Trained) -> None:
    given = lines(True)
    seen = trained.model.looked(given, END)
    groups: list[bool] = []
    for who, what in trained.model.ranked(seen, np.arange(len(given.customers)), 2, new=True):
        names = given.catalogue.products[what]
        groups += [int(name[1]) == customer % GROUPS + 1 for customer, name in zip(who, names, strict=True)]
    # Of everything alike it would be a fourth.
    assert np.mean(groups) > 0.8


def test_lists_keep_to_what_may_be_shown(trained: Trained) -> None:
    given = lines(True)
    seen = trained.model.looked(given, END)
    allowed = np.zeros(len(given.catalogue), dtype=bool)
    allowed[:9] = True
    listed = list(trained.model.ranked(seen, np.arange(len(given.customers)), 3, allowed=allowed))
    assert all((what < 9).all() for _, what in listed)
    assert sum(len(who) for who, _ in listed) > 0


def test_who_has_bought_nothing_is_offered_what_sells(trained: Trained) -> None:
    frame = frame_of()
    stranger = frame.iloc[[0]].assign(customer_id="a stranger", day=END + 5)
    given = Lines.of(pd.concat([frame, stranger]), catalogue(True))
    seen = trained.model.looked(given, END)
    who = int(np.searchsorted(given.customers, "a stranger"))
    [(_, what)] = list(trained.model.ranked(seen, np.array([who]), 5))
    assert LIKED in given.catalogue.products[what]
    chance = trained.model.among(seen, np.array([who]), np.arange(len(given.catalogue)))
    assert np.isfinite(chance).all()
    assert chance.max() < 1


def test_it_comes_back_from_its_files_as_it_was(trained: Trained, tmp_path: Path) -> None:
    given = lines(True)
    files = trained.model.files(given.catalogue)
    stored = _stored(tmp_path, files)
    back = Recommender.load(stored, given.catalogue)
    who, what = np.arange(0, 120, 7), np.arange(len(given.catalogue))
    one, two = (model.among(model.looked(given, END), who, what) for model in (trained.model, back))
    np.testing.assert_array_equal(one, two)
    # A product that left the catalogue takes no part, and the others keep their weights.
    kept = given.catalogue.products != LIKED
    smaller = Catalogue(
        given.catalogue.products[kept], given.catalogue.kind[kept], given.catalogue.category[kept],
        given.catalogue.vectors[kept],
    )  # fmt: skip
    less = Recommender.load(stored, smaller)
    assert len(less.ease.items) == len(back.ease.items) - 1
    names = [given.catalogue.products[back.ease.items[i]] for i in (3, 5)]
    places = [list(smaller.products[less.ease.items]).index(name) for name in names]
    assert less.ease.weights[places[0], places[1]] == back.ease.weights[3, 5]


def test_a_damaged_model_is_said(trained: Trained, tmp_path: Path) -> None:
    given = lines(True)
    files = trained.model.files(given.catalogue)

    def asked(name: str) -> None:
        model = Recommender.load(_stored(tmp_path / name, {**files, name: b"{}"}), given.catalogue)
        model.among(model.looked(given, END), np.array([0]), np.array([0]))

    for name in ("model.json", "trees.txt"):
        with pytest.raises(ToolFailure) as failure:
            asked(name)
        assert failure.value.code == "damaged_model"


def test_too_little_is_said() -> None:
    given = lines()
    with pytest.raises(ToolFailure) as short:
        train_recommender(given.take(given.day >= END - 150), END, seed=0, progress=quiet)
    assert short.value.code == "too_little_history"
    assert "150 days" in short.value.message
    nobody = given.take((given.day < END - 120) | (given.who < 1))
    with pytest.raises(ToolFailure) as still:
        train_recommender(nobody, END, seed=0, progress=quiet)
    assert still.value.code == "one_class"


def _stored(folder: Path, files: dict[str, bytes]) -> Stored:
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    return Stored(card(name="recommend", files=hashes), folder)
