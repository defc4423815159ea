import csv
from pathlib import Path

import pytest

from tests.tools.shop.shop_files import CUSTOMERS, FILES, ORDERS, order_line, run_import
from tools.failure import ToolFailure
from tools.shop.store import ShopStore


def quarantined(path: str) -> list[dict[str, str]]:
    with Path(path).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


BAD_LINES: list[tuple[dict[str, str], str]] = [
    ({"order_id": ""}, "`order_id` is missing"),
    ({"order_id": "1.2E+11"}, "`order_id` was shortened by a spreadsheet to a power of ten"),
    ({"order_id": "9" * 201}, "`order_id` is longer than 200 characters"),
    ({"order_id": "o2", "customer_id": "c1"}, "`order_id` is shared by different customers"),
    ({"ordered_at": "soon"}, "`ordered_at` is not a date or time"),
    ({"ordered_at": "2024-02-30"}, "`ordered_at` is not a date or time"),
    ({"ordered_at": "1706781600"}, "`ordered_at` is not a date or time"),
    ({"ordered_at": "infinity"}, "`ordered_at` is not a date or time"),
    ({"ordered_at": "0024-02-01"}, "`ordered_at` is outside the years 1970 to 2200"),
    ({"ordered_at": "03/04/2024"}, "`ordered_at` could be month first or day first; write 2017-12-31"),
    ({"quantity": "-1"}, "`quantity` is not above 0"),
    ({"quantity": "0"}, "`quantity` is not above 0"),
    ({"quantity": "two"}, "`quantity` is not a number"),
    ({"amount": ""}, "`amount` is missing"),
    ({"amount": "twelve"}, "`amount` is not a number"),
    ({"amount": "NaN"}, "`amount` is not a number"),
    ({"amount": "-inf"}, "`amount` is not a number"),
    ({"amount": "=1+1"}, "`amount` is not a number"),
    ({"amount": "1e13"}, "`amount` is above 1,000,000,000,000"),
    ({"amount": "1e99"}, "`amount` is above 1,000,000,000,000"),
    ({"amount": "-5"}, "`amount` is below 0"),
    ({"amount": "€5"}, "`amount` holds a currency symbol or word; amounts are plain numbers in USD"),
    ({"amount": "5 EUR"}, "`amount` holds a currency symbol or word; amounts are plain numbers in USD"),
    ({"product_id": "p7"}, "`product_id` is not in products"),
    ({"customer_id": "c7"}, "`customer_id` is not in customers"),
    ({"product_id": "p7", "quantity": "-1", "amount": "x"}, "`quantity` is not above 0; `amount` is not a number"),
]


def test_each_bad_order_line_is_set_aside_with_its_row_and_reasons(tmp_path: Path) -> None:
    good = [order_line(order_id=f"g{number}") for number in range(len(BAD_LINES))]
    bad = [order_line(**{"order_id": f"b{number}"} | cells) for number, (cells, _) in enumerate(BAD_LINES)]
    mixed = [line for pair in zip(good, bad, strict=True) for line in pair]
    report = run_import(tmp_path, {**FILES, "orders": ORDERS + "".join(mixed)})
    found = {int(row["source_row"]): row["problem"] for row in quarantined(report.quarantine["orders"])}

    # Rows 2 to 5 are ORDERS, then good and bad take turns; row 4 is order o2, which two customers share.
    expected = {7 + 2 * number: problem for number, (_, problem) in enumerate(BAD_LINES)}
    assert found == expected | {4: "`order_id` is shared by different customers"}
    assert report.rows["orders"] == 3 + len(good)
    assert ShopStore.open(tmp_path / "home").info.quarantined == {"orders": len(found)}


def test_all_that_is_wrong_with_a_row_is_said_and_counted(tmp_path: Path) -> None:
    report = run_import(tmp_path, {**FILES, "orders": ORDERS + order_line(quantity="-2", amount="NaN", ordered_at="")})
    assert report.quarantined == {"orders": 1}
    assert report.reasons["orders"] == {
        "`amount` is not a number": 1,
        "`ordered_at` is missing": 1,
        "`quantity` is not above 0": 1,
    }


def test_the_first_of_two_same_customers_stands(tmp_path: Path) -> None:
    customers = CUSTOMERS + "c1,other@example.com,no,,40-49\n"
    report = run_import(tmp_path, {**FILES, "customers": customers})
    [row] = quarantined(report.quarantine["customers"])
    assert row["problem"] == "`customer_id` is that of row 2"
    assert row["email"] == "other@example.com"
    assert report.reasons["customers"] == {"`customer_id` is that of row …": 1}


def test_a_bad_first_row_does_not_take_the_good_one_with_it(tmp_path: Path) -> None:
    customers = "customer_id,created_at\nc1,soon\nc1,2024-01-01\nc2,\n"
    report = run_import(tmp_path, {**FILES, "customers": customers})
    assert report.rows["customers"] == 2
    assert report.rows["orders"] == 4


def test_ragged_rows_are_set_aside_as_they_stand_and_numbers_stay_right(tmp_path: Path) -> None:
    lines = ORDERS.splitlines()
    orders = "\n".join([*lines[:2], "o8,c1,p1", "", *lines[2:], "o9,c1,p1,2024-05-01,1,5,surplus", "o9,c1,p1,bad,1,5"])
    report = run_import(tmp_path, {**FILES, "orders": orders})
    rows = {row["source_row"]: row for row in quarantined(report.quarantine["orders"])}
    assert rows["3"]["source_text"] == "o8,c1,p1"
    assert rows["3"]["problem"] == "has 3 cells where the header has 6"
    assert rows["8"]["source_text"].endswith("surplus")
    assert rows["9"]["ordered_at"] == "bad"
    assert report.rows["orders"] == 4
    assert any("1 blank lines" in note for note in report.notes)


def test_a_formula_is_text_and_the_quarantine_file_disarms_it(tmp_path: Path) -> None:
    products = FILES["products"] + 'p4,=HYPERLINK("http://x"),Pets,5\np5,=cmd,@Pets,-4\n'
    report = run_import(tmp_path, {**FILES, "products": products.replace('("http://x")', "(1)")})
    stored = ShopStore.open(tmp_path / "home").frame("products").set_index("product_id")
    assert stored.loc["p4", "name"] == "=HYPERLINK(1)"
    [row] = quarantined(report.quarantine["products"])
    assert (row["name"], row["category"], row["price"]) == ("'=cmd", "'@Pets", "-4")


def test_a_suppression_needs_a_customer_or_an_address(tmp_path: Path) -> None:
    suppressions = "customer_id,email,reason\nc1,,x\n,stranger@example.com,x\n,,x\n"
    report = run_import(tmp_path, {**FILES, "suppressions": suppressions})
    assert report.rows["suppressions"] == 2
    assert report.reasons["suppressions"] == {"needs `customer_id` or `email`": 1}


def test_a_file_that_is_mostly_bad_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    orders = ORDERS.replace("2024", "24")
    with pytest.raises(
        ToolFailure, match=r"4 of 4 rows are bad.*`ordered_at` is not a date.*first in row 2"
    ) as failure:
        run_import(tmp_path, {**FILES, "orders": orders})
    assert failure.value.code == "too_many_bad_rows"
    assert not (tmp_path / "home").exists()


def test_a_refused_import_leaves_the_shop_that_was_there(tmp_path: Path) -> None:
    report = run_import(tmp_path, FILES)
    with pytest.raises(ToolFailure):
        run_import(tmp_path, {**FILES, "orders": ORDERS.replace("2024", "24")})
    store = ShopStore.open(tmp_path / "home")
    assert str(store.folder) == report.folder
    assert len(store.frame("orders")) == 4


def test_odd_but_possible_data_is_kept_and_said(tmp_path: Path) -> None:
    files = {
        **FILES,
        "customers": CUSTOMERS.replace("ann@example.com", "n/a"),
        "orders": ORDERS + ORDERS.splitlines()[-1] + "\n" + "o7,c1,p1,2199-01-01,1,5\n",
        "contacts": "campaign_id,customer_id,channel,sent_at,revenue\nx,c1,email,2024-01-01,5\n",
    }
    report = run_import(tmp_path, files)
    notes = "\n".join(report.notes)
    assert report.quarantined == {}
    assert "1 lines repeat another line exactly" in notes
    assert "1 values of `email` are not addresses" in notes
    assert "1 rows have `revenue` without `converted_at`" in notes
    assert "orders: the times of `ordered_at` carry no zone and were taken as UTC" in notes
