from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.tools.shop.shop_files import CUSTOMERS, FILES, ORDERS, PRODUCTS, SENDER, run_import, write_files
from tools.failure import ToolFailure
from tools.shop.importing import import_shop
from tools.shop.sources import find_sources, parse_mapping
from tools.shop.store import ShopStore


def test_a_good_shop_is_stored_whole(tmp_path: Path) -> None:
    report = run_import(tmp_path, FILES)
    store = ShopStore.open(tmp_path / "home")

    assert report.changed
    assert report.rows == {"customers": 2, "products": 3, "orders": 4, "contacts": 2, "suppressions": 1}
    assert report.quarantined == {}
    orders = store.frame("orders")
    assert list(orders["amount_minor"]) == [1250, 420, 800, 3750]
    assert list(orders["ordered_at"]) == [
        pd.Timestamp(moment) for moment in ("2024-02-01 10:00", "2024-02-01 10:00", "2024-03-01 07:30", "2024-04-01")
    ]
    assert store.info.first_order_at is not None
    assert store.info.first_order_at.isoformat() == "2024-02-01T10:00:00+00:00"
    customers = store.frame("customers").set_index("customer_id")
    assert customers.loc["c1", "consent_email"]
    assert not customers.loc["c2", "consent_email"]
    assert list(customers["email"].isna()) == [False, True]
    assert list(store.frame("products")["price_minor"].isna()) == [False, False, True]


def test_every_column_of_the_contract_is_there_though_the_file_lacks_it(tmp_path: Path) -> None:
    run_import(tmp_path, FILES)
    schema = ShopStore.open(tmp_path / "home").table("products").schema()
    assert {"department", "cost_minor", "stock", "image_url"} <= set(schema)
    assert schema["cost_minor"].is_int64()


def test_the_same_input_changes_nothing(tmp_path: Path) -> None:
    first = run_import(tmp_path, FILES)
    second = run_import(tmp_path, FILES)
    third = run_import(tmp_path, {**FILES, "orders": ORDERS + "o4,c2,p2,2024-04-02,1,8\n"})
    assert (second.version, second.changed) == (first.version, False)
    assert third.changed
    assert third.version != first.version


def test_the_catalogue_has_a_hash_of_its_own(tmp_path: Path) -> None:
    shas = []
    for orders in (ORDERS, ORDERS + "o4,c2,p2,2024-04-02,1,8\n"):
        run_import(tmp_path, {**FILES, "orders": orders})
        info = ShopStore.open(tmp_path / "home").info
        shas.append((info.catalog_sha, info.content_sha))
    assert shas[0][0] == shas[1][0]
    assert shas[0][1] != shas[1][1]


def test_columns_are_mapped_and_the_rest_kept(tmp_path: Path) -> None:
    orders = ORDERS.replace("amount", "sales_value").replace("order_id", "Basket")
    mapping = parse_mapping(["orders.amount=sales_value", "orders.order_id=basket"])
    run_import(tmp_path, {**FILES, "orders": orders}, mapping=mapping)
    store = ShopStore.open(tmp_path / "home")
    assert list(store.frame("orders")["amount_minor"]) == [1250, 420, 800, 3750]
    assert store.attributes() == ("age_band",)


def test_a_mapped_column_pushes_its_namesake_aside(tmp_path: Path) -> None:
    products = (
        "product_id,name,category,price,list price\np1,Dog food,Pets,1,12.50\np2,Litter,Pets,1,8\np3,Bread,X,1,2\n"
    )
    report = run_import(tmp_path, {**FILES, "products": products}, mapping={"products.price": "list price"})
    frame = ShopStore.open(tmp_path / "home").frame("products")
    assert list(frame["price_minor"]) == [1250, 800, 200]
    assert list(frame["price_in_source"]) == [1, 1, 1]
    assert any("price_in_source" in note for note in report.notes)


def test_what_is_mapped_goes_before_what_is_named(tmp_path: Path) -> None:
    products = "product_id,name,category,price\np1,Dog food,Pets,7\np2,Litter,Pets,8\np3,Bread,X,9\n"
    run_import(tmp_path, {**FILES, "products": products}, mapping={"products.cost": "price"})
    frame = ShopStore.open(tmp_path / "home").frame("products")
    assert list(frame["cost_minor"]) == [700, 800, 900]
    assert frame["price_minor"].isna().all()


def test_extra_columns_become_numbers_only_where_all_of_them_are(tmp_path: Path) -> None:
    customers = "customer_id,children,zip,score\nc1,2,00501,1.5\nc2,,90210,2\n"
    run_import(tmp_path, {**FILES, "customers": customers})
    schema = ShopStore.open(tmp_path / "home").table("customers").schema()
    assert schema["children"].is_int64()
    assert schema["score"].is_float64()
    assert schema["zip"].is_string()


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["orders.amount"], "orders.amount"),
        (["order.amount=x"], "customers, products, orders, contacts, suppressions"),
        (["orders.amuont=x"], "order_id, customer_id"),
        (["orders.amount=nope"], "it has order_id"),
        (["orders.amount=quantity", "orders.quantity=quantity"], "both"),
        (["orders.amount=a", "orders.amount=b"], "twice"),
    ],
)
def test_a_wrong_mapping_names_what_exists(tmp_path: Path, words: list[str], named: str) -> None:
    with pytest.raises(ToolFailure, match=named) as failure:
        run_import(tmp_path, FILES, mapping=parse_mapping(words))
    assert failure.value.code == "bad_mapping"


def test_a_shop_of_orders_alone_gets_its_customers_from_them(tmp_path: Path) -> None:
    report = run_import(tmp_path, {"orders": ORDERS})
    assert report.quarantined == {}
    store = ShopStore.open(tmp_path / "home")
    assert list(store.frame("customers")["customer_id"]) == ["c1", "c2"]
    assert not store.has("products")
    assert any("the customers are those who ordered" in note for note in report.notes)
    assert any("no `products`" in note for note in report.notes)
    with pytest.raises(ToolFailure, match="no table `products`"):
        store.table("products")


def test_a_shop_of_customers_alone_is_stored(tmp_path: Path) -> None:
    report = run_import(tmp_path, {"customers": CUSTOMERS})
    assert report.rows == {"customers": 2}


def test_nobody_suppressed_is_a_fact_not_a_fault(tmp_path: Path) -> None:
    run_import(tmp_path, {**FILES, "suppressions": "email,reason\n"})
    store = ShopStore.open(tmp_path / "home")
    assert store.info.rows["suppressions"] == 0
    assert not store.has("suppressions")
    assert len(store.frame("suppressions")) == 0


def test_parquet_and_csv_give_the_same_tables(tmp_path: Path) -> None:
    run_import(tmp_path / "csv", FILES)
    folder = tmp_path / "parquet"
    folder.mkdir()
    for table, content in FILES.items():
        path = write_files(tmp_path / "files", {table: content})[table]
        frame = pd.read_csv(path, dtype={"customer_id": str})
        for column in ("ordered_at", "sent_at", "redeemed_at", "converted_at"):
            if column in frame:
                frame[column] = pd.to_datetime(frame[column], utc=True, format="ISO8601")
        frame.to_parquet(folder / f"{table}.parquet")
    import_shop(
        find_sources(folder), home=tmp_path / "home", name="Test Shop", currency="USD", market="US", sender=SENDER
    )
    one, other = ShopStore.open(tmp_path / "csv" / "home"), ShopStore.open(tmp_path / "home")
    for table in FILES:
        pd.testing.assert_frame_equal(one.frame(table), other.frame(table))


def test_float_identifiers_of_a_data_frame_are_whole_again(tmp_path: Path) -> None:
    path = tmp_path / "customers.parquet"
    pq.write_table(pa.table({"customer_id": [1.0, 2.0, None, float("nan")], "tier": ["a", "b", "c", "d"]}), path)
    report = import_shop(
        {"customers": path}, home=tmp_path / "home", name="x", currency="USD", market="US", sender=SENDER
    )
    assert list(ShopStore.open(tmp_path / "home").frame("customers")["customer_id"]) == ["1", "2"]
    assert report.reasons == {"customers": {"`customer_id` is missing": 2}}


def test_nested_extra_columns_become_text(tmp_path: Path) -> None:
    path = tmp_path / "customers.parquet"
    pq.write_table(pa.table({"customer_id": [1, 2], "tags": [["a", "b"], None], "vip": [True, False]}), path)
    import_shop({"customers": path}, home=tmp_path / "home", name="x", currency="USD", market="US", sender=SENDER)
    frame = ShopStore.open(tmp_path / "home").frame("customers")
    assert frame["tags"].iloc[0] == "[a, b]"
    assert frame["vip"].dtype == bool


def test_names_and_paths_are_never_sql(tmp_path: Path) -> None:
    hostile = 'x"; DROP TABLE raw_customers; --'
    customers = 'customer_id,"' + hostile.replace('"', '""') + "\",select,source_row,😀\nc1,'; --,1,7,x\nc2,,2,8,\n"
    folder = tmp_path / 'o\'brien "home"'
    run_import(folder, {"customers": customers})
    frame = ShopStore.open(folder / "home").frame("customers")
    assert frame[hostile].iloc[0] == "'; --"
    assert list(frame["source_row_in_source"]) == [7, 8]
    assert frame["😀"].iloc[0] == "x"


def test_minor_units_are_those_of_the_currency(tmp_path: Path) -> None:
    products = PRODUCTS.replace("12.50", "1250")
    run_import(tmp_path, {**FILES, "products": products}, currency="JPY")
    assert ShopStore.open(tmp_path / "home").frame("products")["price_minor"].iloc[0] == 1250


def test_progress_names_each_table(tmp_path: Path) -> None:
    seen: list[tuple[str, int, int | None]] = []
    import_shop(
        write_files(tmp_path, FILES),
        home=tmp_path / "home",
        name="x",
        currency="USD",
        market="US",
        sender=SENDER,
        progress=lambda label, done, total: seen.append((label, done, total)),
    )
    labels = [label for label, _, _ in seen]
    assert [f"{step} {table}" for step in ("Reading", "Checking", "Storing") for table in FILES] == labels[:15]
    assert seen[-1] == ("Stored", 6, 6)
