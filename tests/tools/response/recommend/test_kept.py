"""The kept past: read back as it was counted, by its own key alone, refused where damaged, and no more than a few."""

import os
from pathlib import Path

import numpy as np
import pytest

from tests.tools.response.recommend.tastes import END, lines
from tools.failure import ToolFailure
from tools.response.recommend.candidates import Candidates, candidates, pairs
from tools.response.recommend.ease import fit_ease
from tools.response.recommend.kept import KEPT, catalogue_from, keep_past, past_key, past_path, read_past, seen_from
from tools.response.recommend.seen import Seen, look

KEY = past_key("content", "2017-11-24", "model", "index")


@pytest.fixture(scope="module")
def counted() -> Seen:
    given = lines(True)
    return look(given, END, fit_ease(given))


def test_it_is_read_back_as_it_was_counted(counted: Seen, tmp_path: Path) -> None:
    path = past_path(tmp_path, KEY)
    assert read_past(path) is None
    keep_past(path, counted)
    parts = read_past(path)
    assert parts is not None
    back = seen_from(parts, catalogue_from(parts, lambda _: counted.catalogue.vectors), counted.ease)
    assert back.origin == counted.origin
    assert back.customers.tolist() == counted.customers.tolist()
    assert back.catalogue.products.tolist() == counted.catalogue.products.tolist()
    who, what = np.arange(0, 120, 7), np.arange(len(counted.catalogue))
    for one, two in (
        (pairs(counted, who, what), pairs(back, who, what)),
        (Candidates.joined(list(candidates(counted, who))), Candidates.joined(list(candidates(back, who)))),
    ):
        np.testing.assert_array_equal(one.x, two.x)
        np.testing.assert_array_equal(one.product, two.product)
        np.testing.assert_array_equal(one.new, two.new)
    assert catalogue_from(parts, lambda _: None).vectors.shape == (len(what), 0)


def test_names_of_any_script_and_length_come_back(counted: Seen, tmp_path: Path) -> None:
    names = np.array(["ÄÖ 東京", *(f"c{i}" * (1 + i % 3) for i in range(1, 120))])
    path = past_path(tmp_path, KEY)
    keep_past(path, Seen(**{**vars(counted), "customers": names}))
    parts = read_past(path)
    assert parts is not None
    back = seen_from(parts, counted.catalogue, counted.ease)
    assert back.customers.tolist() == names.tolist()


@pytest.mark.parametrize("place", range(4))
def test_another_shop_day_model_or_index_is_another_file(place: int) -> None:
    parts = ["content", "2017-11-24", "model", "index"]
    parts[place] += "2"
    assert past_key(*parts) != KEY
    assert past_key("ab", "c") != past_key("a", "bc")


def test_a_damaged_file_is_refused(counted: Seen, tmp_path: Path) -> None:
    path = past_path(tmp_path, KEY)
    keep_past(path, counted)
    whole = path.read_bytes()
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 1
    for content in (bytes(flipped), whole[:-100], whole[:10], b""):
        path.write_bytes(content)
        with pytest.raises(ToolFailure) as failure:
            read_past(path)
        assert failure.value.code == "damaged_cache"
    keep_past(path, counted)
    assert read_past(path) is not None


def test_no_more_than_a_few_stay_and_those_used_last(counted: Seen, tmp_path: Path) -> None:
    paths = [past_path(tmp_path, past_key(str(i))) for i in range(KEPT + 1)]
    for place, path in enumerate(paths[:-1]):
        keep_past(path, counted)
        os.utime(path, (place, place))
    read_past(paths[0])
    keep_past(paths[-1], counted)
    assert {path for path in paths if path.exists()} == {paths[0], paths[-1]}
    assert len(list(paths[0].parent.iterdir())) == KEPT
