import json
from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pytest

from tests.tools.shop.shop_files import CUSTOMERS, FILES, run_import
from tools.failure import ToolFailure
from tools.shop.store import ShopStore


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> ShopStore:
    folder = tmp_path_factory.mktemp("shop")
    run_import(folder, {**FILES, "customers": CUSTOMERS + "c3,,no,2024-06-01,\n"})
    return ShopStore.open(folder / "home")


@pytest.mark.parametrize(
    ("as_of", "order_ids"),
    [
        (date(2024, 2, 1), []),
        (date(2024, 2, 2), ["o1", "o1"]),
        (date(2024, 4, 1), ["o1", "o1", "o2"]),
        (date(2024, 4, 2), ["o1", "o1", "o2", "o3"]),
        (None, ["o1", "o1", "o2", "o3"]),
    ],
)
def test_orders_end_before_as_of(store: ShopStore, as_of: date | None, order_ids: list[str]) -> None:
    assert list(store.frame("orders", as_of)["order_id"]) == order_ids


def test_customers_of_later_days_are_not_there_yet(store: ShopStore) -> None:
    # c2 has no date: it was there always.
    assert list(store.frame("customers", date(2024, 1, 5))["customer_id"]) == ["c2"]
    assert list(store.frame("customers", date(2024, 1, 6))["customer_id"]) == ["c1", "c2"]
    assert len(store.frame("customers")) == 3


def test_suppressions_of_later_days_are_not_known(store: ShopStore) -> None:
    assert len(store.frame("suppressions", date(2024, 3, 15))) == 0
    assert len(store.frame("suppressions", date(2024, 3, 16))) == 1


@pytest.mark.parametrize(
    ("as_of", "redeemed", "converted", "revenue"),
    [
        (date(2024, 3, 5), False, False, None),
        (date(2024, 3, 6), True, False, None),
        (date(2024, 4, 1), True, False, None),
        (date(2024, 4, 2), True, True, 3750),
    ],
)
def test_outcomes_of_later_days_are_not_known(
    store: ShopStore, as_of: date, redeemed: bool, converted: bool, revenue: int | None
) -> None:
    [row] = store.frame("contacts", as_of).to_dict("records")
    assert row["customer_id"] == "c1"
    assert (row["redeemed_at"] is not pd.NaT) == redeemed
    assert (row["converted_at"] is not pd.NaT) == converted
    assert (None if pd.isna(row["revenue_minor"]) else row["revenue_minor"]) == revenue


def test_masking_keeps_columns_and_types(store: ShopStore) -> None:
    for name in FILES:
        assert store.table(name, date(2024, 4, 1)).schema() == store.table(name).schema()


def test_products_have_no_time(store: ShopStore) -> None:
    assert len(store.frame("products", date(1980, 1, 1))) == 3


def test_nothing_after_as_of_is_seen_in_the_demo(small_store: ShopStore) -> None:
    as_of = date(2017, 6, 1)
    cut = datetime(2017, 6, 1)  # noqa: DTZ001
    assert small_store.frame("orders", as_of)["ordered_at"].max() < cut
    assert small_store.frame("orders")["ordered_at"].max() >= cut
    contacts = small_store.frame("contacts", as_of)
    assert contacts["sent_at"].max() < cut
    assert contacts["redeemed_at"].max() < cut
    naive = small_store.frame("contacts").query("sent_at < @cut")
    assert naive["redeemed_at"].max() >= cut, "filtering by sent_at alone would leak redemptions"


def test_a_table_that_does_not_exist_is_a_bug_of_the_caller(store: ShopStore) -> None:
    with pytest.raises(KeyError, match="customers, products"):
        store.table("clients")


def test_no_shop_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(ToolFailure, match="run `briefsmith demo` or `briefsmith import`") as failure:
        ShopStore.open(tmp_path)
    assert failure.value.code == "no_shop"


@pytest.mark.parametrize("damage", ["pointer", "version", "info", "info gone", "table gone", "table"])
def test_a_damaged_shop_says_what_is_damaged_and_import_repairs_it(tmp_path: Path, damage: str) -> None:
    files = {"orders": FILES["orders"]}
    report = run_import(tmp_path, files)
    home, folder = tmp_path / "home", Path(report.folder)
    paths = {
        "pointer": home / "shop" / "current.json",
        "version": folder,
        "info": folder / "shop.json",
        "info gone": folder / "shop.json",
        "table gone": folder / "orders.parquet",
        "table": folder / "orders.parquet",
    }
    if damage == "version":
        folder.rename(folder.with_name("elsewhere"))
    elif damage.endswith("gone"):
        paths[damage].unlink()
    else:
        paths[damage].write_text("{")
    with pytest.raises(ToolFailure, match="damaged") as failure:
        ShopStore.open(home).frame("orders")
    assert failure.value.code == "corrupt_shop"

    repaired = run_import(tmp_path, files)
    assert (repaired.version, repaired.changed) == (report.version, True)
    assert len(ShopStore.open(home).frame("orders")) == 4


def test_a_shop_of_another_schema_is_refused(tmp_path: Path) -> None:
    report = run_import(tmp_path, {"customers": CUSTOMERS})
    path = Path(report.folder) / "shop.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"schema_version": 99}))
    with pytest.raises(ToolFailure, match="schema version 99") as failure:
        ShopStore.open(tmp_path / "home")
    assert failure.value.code == "shop_schema"


def test_an_open_store_outlives_the_next_import(tmp_path: Path) -> None:
    run_import(tmp_path, FILES)
    before = ShopStore.open(tmp_path / "home")
    run_import(tmp_path, {"customers": CUSTOMERS})
    assert len(before.frame("orders")) == 4
    assert not ShopStore.open(tmp_path / "home").has("orders")
