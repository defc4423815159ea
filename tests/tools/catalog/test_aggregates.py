"""Counts of buyers, held against the same counted by hand."""

from pathlib import Path

import pandas as pd
import pytest

from tests.tools.catalog.shops import AS_OF, Buying, make_shop, products
from tools.shop.aggregates import active_customers, buyers_by_group, product_activity
from tools.shop.store import ShopStore


@pytest.fixture
def store(tmp_path: Path) -> ShopStore:
    bought = Buying().add(["a", "b"], "p01", 1).add(["a"], "p01", 40).add(["a"], "p02", 91).add(["c"], "p03", 400)
    return make_shop(tmp_path, products(), bought.add(["d"], "p01", -1))


def test_buyers_are_counted_once_a_group_and_weighed_by_their_last_purchase(store: ShopStore) -> None:
    members = pd.DataFrame({"customer_id": ["a", "b", "a", "c"], "segment_id": ["one", "one", "two", "two"]})
    groups = pd.DataFrame({"product_id": ["p01", "p02", "p03"], "group_id": [7, 7, 8]})
    found = buyers_by_group(store, members, groups, AS_OF, days=365, half_life_days=30)
    assert found[["segment_id", "group_id", "buyers"]].values.tolist() == [["one", 7, 2], ["two", 7, 1]]
    # Noon of the day before the day that is not seen is half a day old.
    assert found["weight"].tolist() == pytest.approx([2 * 0.5 ** (0.5 / 30), 0.5 ** (0.5 / 30)])


def test_activity_splits_lately_from_ever_and_sees_nothing_of_the_day(store: ShopStore) -> None:
    found = product_activity(store, AS_OF, recent_days=90).set_index("product_id")
    assert found["lines_recent"].to_dict() == {"p01": 3, "p02": 0, "p03": 0}
    assert found["units_recent"].to_dict() == {"p01": 3, "p02": 0, "p03": 0}
    assert found.loc["p01", "first_sold_at"] == pd.Timestamp("2017-10-15 12:00")


def test_active_is_who_bought_within_the_days(store: ShopStore) -> None:
    assert active_customers(store, AS_OF, days=365)["customer_id"].tolist() == ["a", "b"]
