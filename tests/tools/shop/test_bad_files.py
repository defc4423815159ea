from pathlib import Path

import pytest

from tests.tools.shop.shop_files import CUSTOMERS, FILES, ORDERS, PRODUCTS, run_import, write_files
from tools.failure import ToolFailure
from tools.shop.importing import import_shop
from tools.shop.profile import Sender
from tools.shop.sources import find_sources

LATIN = CUSTOMERS.encode().replace(b"30-39", b"J\xfcnger")


@pytest.mark.parametrize(
    ("table", "content", "code", "words"),
    [
        pytest.param("orders", "", "empty_table", "is empty; it needs a header", id="no bytes"),
        pytest.param("orders", ORDERS.splitlines()[0], "empty_table", "a header but no rows", id="header alone"),
        pytest.param("orders", "\n" + ORDERS, "bad_file", "row 1 is blank", id="blank header"),
        pytest.param("orders", ORDERS.replace("amount", "amt"), "missing_column", "no column `amount`", id="no column"),
        pytest.param("customers", "id,mail\n1,2\n", "missing_column", r"--map customers\.customer_id=", id="hint"),
        pytest.param("suppressions", "who\nc1\n", "missing_column", "customer_id or email", id="neither of two"),
        pytest.param(
            "customers", "customer_id,Age,age\nc1,1,2\n", "duplicate_column", "columns 2 and 3", id="same name"
        ),
        pytest.param("customers", LATIN, "bad_file", r"byte 87 in line 2 is 0xfc; save it as UTF-8", id="Latin-1"),
        pytest.param("customers", CUSTOMERS.encode("utf-16"), "bad_file", "UTF-16", id="UTF-16"),
        pytest.param("customers", CUSTOMERS.encode("utf-16-le"), "bad_file", "UTF-16", id="UTF-16 without BOM"),
        pytest.param("customers", CUSTOMERS.replace("30", "\0"), "bad_file", "a NUL at byte .* in line 2", id="NUL"),
        pytest.param("customers", b"PK\x03\x04rest", "bad_file", "workbook", id="xlsx"),
        pytest.param("customers", b"\x1f\x8brest", "bad_file", "compressed", id="gzip"),
        pytest.param("customers", b"PAR1rest", "bad_file", "is Parquet", id="Parquet by another name"),
        pytest.param("products", PRODUCTS.replace("Dog", '"Dog'), "bad_file", "quote opened in row 2", id="open quote"),
        pytest.param(
            "products",
            'product_id,name,category\np1,"Dog,Pets\np2,"Cat",Pets\np3,Bread,Bakery\n',
            "bad_file",
            "swallows rows",
            id="a quote that swallows one row",
        ),
    ],
)
def test_a_bad_file_is_refused_with_its_name_and_place(
    tmp_path: Path, table: str, content: str | bytes, code: str, words: str
) -> None:
    with pytest.raises(ToolFailure, match=words) as failure:
        run_import(tmp_path, {**FILES, table: content})
    assert failure.value.code == code
    assert f"{table}.csv" in failure.value.message
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize(
    ("currencies", "named"),
    [(["USD", "EUR", "USD", "USD"], r"'EUR' \(1 rows, first in row 3\)"), (["GBP"] * 4, r"'GBP' \(4 rows")],
)
def test_amounts_in_another_currency_are_refused(tmp_path: Path, currencies: list[str], named: str) -> None:
    header, *lines = ORDERS.splitlines()
    orders = "\n".join([f"{header},currency", *(f"{a},{b}" for a, b in zip(lines, currencies, strict=True))])
    with pytest.raises(ToolFailure, match=named) as failure:
        run_import(tmp_path, {**FILES, "orders": orders})
    assert failure.value.code == "mixed_currencies"


def test_the_shops_own_currency_in_a_column_is_fine(tmp_path: Path) -> None:
    header, *lines = ORDERS.splitlines()
    orders = "\n".join([f"{header},Currency", *(f"{line},usd" for line in lines)])
    assert run_import(tmp_path, {**FILES, "orders": orders}).rows["orders"] == 4


@pytest.mark.parametrize(
    ("sources", "code", "words"),
    [
        pytest.param({"customers": "nowhere.csv"}, "missing_file", "No such file", id="no file"),
        pytest.param({"customers": "."}, "missing_file", "Is a directory", id="a folder"),
        pytest.param({"clients": "x.csv"}, "unknown_table", "no table `clients`", id="unknown table"),
        pytest.param({"products": "x.csv"}, "missing_file", "customers or of orders", id="nobody to write to"),
        pytest.param({"customers": "customers.xlsx"}, "bad_file", "neither CSV", id="wrong suffix"),
        pytest.param({"customers": "fake.parquet"}, "bad_file", "cannot be read as Parquet", id="not Parquet"),
    ],
)
def test_wrong_sources_are_refused(tmp_path: Path, sources: dict[str, str], code: str, words: str) -> None:
    for name in ("customers.xlsx", "fake.parquet"):
        (tmp_path / name).write_text("customer_id\nc1\n")
    with pytest.raises(ToolFailure, match=words) as failure:
        import_shop(
            {table: tmp_path / name for table, name in sources.items()},
            home=tmp_path / "home",
            name="x",
            currency="USD",
            market="US",
            sender=Sender(brand="x"),
        )
    assert failure.value.code == code


def test_a_currency_is_three_capitals(tmp_path: Path) -> None:
    with pytest.raises(ToolFailure, match="ISO 4217"):
        run_import(tmp_path, FILES, currency="dollars")


def test_a_market_is_one_of_the_known(tmp_path: Path) -> None:
    path = write_files(tmp_path, {"customers": CUSTOMERS})
    with pytest.raises(ToolFailure, match="'USA' is no market; take one of US, CN, EU, UK, XX"):
        import_shop(path, home=tmp_path / "home", name="x", currency="USD", market="USA", sender=Sender(brand="x"))


def test_a_folder_is_searched_for_the_tables(tmp_path: Path) -> None:
    write_files(tmp_path / "full", {**FILES, "readme": "x"})
    assert set(find_sources(tmp_path / "full")) == set(FILES)
    with pytest.raises(ToolFailure, match="neither a folder nor a file"):
        find_sources(tmp_path / "none")
    with pytest.raises(ToolFailure, match=r"holds none of customers\.csv"):
        find_sources(tmp_path)
    (tmp_path / "full" / "orders.parquet").touch()
    with pytest.raises(ToolFailure, match="keep one"):
        find_sources(tmp_path / "full")
