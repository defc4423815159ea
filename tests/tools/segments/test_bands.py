"""Values that are numbers in words."""

import math

import pytest

from tools.segments.bands import band_values, parse_band, parse_bands, range_values

AGES = ("19-24", "25-34", "30-39", "35-44", "65+", "Unknown")
INCOMES = ("Under 15K", "15-24K", "75-99K", "100-124K", "250K+")


@pytest.mark.parametrize(
    ("value", "low", "high"),
    [
        ("35-44", 35, 44),
        ("35 – 44", 35, 44),
        ("35 to 44 years", 35, 44),
        ("65+", 65, math.inf),
        ("65 and over", 65, math.inf),
        ("Under 15K", -math.inf, 14_999),
        ("15-24K", 15_000, 24_999),
        ("250K+", 250_000, math.inf),
        ("$50,000 - $74,999", 50_000, 74_999),
        ("50000-74999", 50_000, 74_999),
        ("5+", 5, math.inf),
        ("3", 3, 3),
        ("0", 0, 0),
        ("<18", -math.inf, 17),
        ("18 or under", -math.inf, 18),
        ("30岁以下", -math.inf, 29),
        ("10万以上", 100_000, math.inf),
        ("over 65", 66, math.inf),
        ("over 100K", 100_000, math.inf),
    ],
)
def test_bands(value: str, low: float, high: float) -> None:
    band = parse_band(value)
    assert band is not None
    assert (band.low, band.high) == (low, high)


@pytest.mark.parametrize("value", ["", "Homeowner", "2 Adults No Kids", "44-35", "A1", "35-44-50", "America/New_York"])
def test_no_bands(value: str) -> None:
    assert parse_band(value) is None


def test_a_column_is_of_bands_when_most_of_its_values_are() -> None:
    assert set(parse_bands(AGES)) == set(AGES) - {"Unknown"}
    assert parse_bands(("1 kid", "Homeowner", "Renter")) == {}


def test_under_takes_only_bands_that_lie_wholly_under() -> None:
    assert band_values(AGES, "lt", 35) == ("19-24", "25-34")
    assert band_values(AGES, "lt", 34) == ("19-24",)
    assert band_values(AGES, "le", 34) == ("19-24", "25-34")
    assert band_values(AGES, "ge", 35) == ("35-44", "65+")
    assert band_values(AGES, "gt", 65) == ()
    assert range_values(AGES, 25, 44) == ("25-34", "30-39", "35-44")


def test_outside_leaves_out_what_may_be_inside_and_what_is_no_band() -> None:
    assert band_values(AGES, "lt", 35, outside=True) == ("35-44", "65+")


def test_over_an_income_takes_the_band_that_begins_there() -> None:
    assert band_values(INCOMES, "gt", 100_000) == ("100-124K", "250K+")
    assert band_values(INCOMES, "lt", 25_000) == ("Under 15K", "15-24K")
