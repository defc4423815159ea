"""Rhythms by hand, co-purchase against the textbook's inverse, and nothing of the day itself or later in any of it."""

import numpy as np
import pandas as pd
import pytest

from tests.tools.response.recommend.tastes import END, LIKED, START, catalogue, frame_of, lines
from tools.failure import ToolFailure
from tools.response.recommend.candidates import Candidates, candidates, pairs
from tools.response.recommend.ease import fit_ease
from tools.response.recommend.features import NAMES
from tools.response.recommend.judge import Truth, quality
from tools.response.recommend.lines import Catalogue, Lines
from tools.response.recommend.rhythm import rhythm
from tools.response.recommend.seen import Seen, look

ORIGIN = END - 30


def seen_of(given: Lines, origin: int = ORIGIN) -> Seen:
    return look(given, origin, fit_ease(given.take(given.day < origin)))


def test_a_rhythm_by_hand() -> None:
    found = rhythm(np.array([7, 7, 7, 7, 9]), np.array([16, 0, 10, 10, 19]), 20)
    assert found.key.tolist() == [7, 9]
    one = {name: values[0] for name, values in found.values.items()}
    assert (one["times"], one["recency"], one["age"], one["gap"], one["last_gap"]) == (3, 4, 20, 8, 6)
    assert (one["gap_sd"], one["overdue"]) == (2, 0.5)
    assert np.isclose(one["decay_7"], 0.5 ** (20 / 7) + 0.5 ** (10 / 7) + 0.5 ** (4 / 7))
    # Once is no rhythm: there is no gap, which is not a gap of 0.
    assert np.isnan(found.values["gap"][1])
    assert np.isnan(found.values["overdue"][1])
    assert found.at(np.array([9, 8, 7])).tolist() == [1, -1, 0]
    assert not len(rhythm(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), 20).key)


def test_co_purchase_is_the_papers() -> None:
    given = lines()
    ease = fit_ease(given, kept=10_000)
    x = np.zeros((len(given.customers), len(given.catalogue)))
    x[given.who, given.what] = 1
    x = x[:, ease.items]
    inverse = np.linalg.inv(x.T @ x + 300 * np.eye(x.shape[1]))
    expected = -inverse / np.diag(inverse)[None, :]
    np.fill_diagonal(expected, 0)
    assert np.abs(ease.weights.toarray() - expected).max() < 1e-5
    few = fit_ease(given, kept=5).weights
    assert few.nnz == 5 * len(ease.items)
    strongest = np.sort(np.abs(expected), axis=0)[-5:].sum(axis=0)
    assert np.abs(few.toarray()).sum(axis=0) == pytest.approx(strongest, rel=1e-4)


def test_nothing_of_the_day_or_later_is_read() -> None:
    frame = frame_of()
    late = frame["day"] >= ORIGIN
    changed = frame.assign(
        spend_minor=frame["spend_minor"].where(~late, 999_999),
        quantity=frame["quantity"].where(~late, 99),
        product_id=frame["product_id"].where(~late, LIKED),
    )
    found = [
        Candidates.joined(list(candidates(seen_of(Lines.of(one, catalogue(True))), np.arange(120))))
        for one in (frame, changed)
    ]
    assert (found[0].product == found[1].product).all()
    np.testing.assert_array_equal(found[0].x, found[1].x)
    assert found[0].x.shape[1] == len(NAMES)


def test_every_pair_has_the_features_of_the_candidate() -> None:
    """One definition: a product asked about by name is described as it is among the candidates."""
    seen = seen_of(lines(True))
    who = np.array([0, 5, 17])
    listed = Candidates.joined(list(candidates(seen, who)))
    every = pairs(seen, who, np.arange(len(seen.catalogue)))
    at = np.searchsorted(every.customer * 1_000 + every.product, listed.customer * 1_000 + listed.product)
    np.testing.assert_allclose(every.x[at], listed.x, rtol=1e-6)
    assert (every.new[at] == listed.new).all()


def test_a_new_product_is_found_by_what_it_means() -> None:
    """It has no buyers, so nothing but its meaning tells whom it is for."""
    frame = frame_of()
    fresh = "p107"
    given = Lines.of(frame[frame["product_id"] != fresh], catalogue(True))
    listed = Candidates.joined(list(candidates(seen_of(given), np.arange(len(given.customers)))))
    place = int(np.searchsorted(given.catalogue.products, fresh))
    shown = listed.customer[listed.product == place]
    assert len(shown) == 30
    assert set(shown % 4) == {0}
    without = Lines.of(frame[frame["product_id"] != fresh], catalogue())
    blind = Candidates.joined(list(candidates(seen_of(without), np.arange(len(without.customers)))))
    assert place not in blind.product
    assert np.isnan(blind.x[:, NAMES.index("content")]).all()


def test_a_list_is_held_against_all_that_was_bought() -> None:
    given = lines()
    seen = seen_of(given)
    listed = Candidates.joined(list(candidates(seen, seen.customer.key)))
    truth = Truth.of(given, ORIGIN, END)
    marks = truth.marks(listed)
    best = quality(truth, listed, marks.astype(float))
    assert best.recall.estimate is not None
    assert best.recall.estimate > 0.9
    worst = quality(truth, listed, -marks.astype(float))
    assert worst.recall.estimate is not None
    assert worst.recall.estimate < 0.6
    bought = frame_of()
    bought = bought[bought["day"] >= ORIGIN].drop_duplicates(["customer_id", "product_id"])
    assert len(truth.bought) == len(bought)
    assert best.recall.n == bought["customer_id"].nunique()
    assert set(truth.new) < set(truth.bought)


def test_no_products_are_said() -> None:
    with pytest.raises(ToolFailure) as failure:
        Catalogue.of(pd.DataFrame({"product_id": [], "category": []}))
    assert failure.value.code == "no_products"
    assert START < ORIGIN
