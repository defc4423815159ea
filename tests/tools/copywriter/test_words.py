from datetime import date

import pytest

from tests.tools.copywriter.desk import offer
from tools.copywriter.words import (
    category_words,
    expiry_words,
    first_name_words,
    link_words,
    offer_words,
    price_words,
    product_words,
)
from tools.failure import ToolFailure
from tools.response.types import Offer
from tools.vocabulary import Channel, Language


@pytest.mark.parametrize(
    ("given", "currency", "language", "expected"),
    [
        (offer("percent", 10), "USD", "en", "10% off"),
        (offer("percent", 12.5), "USD", "en", "12.5% off"),
        (offer("amount", 500), "USD", "en", "$5 off"),
        (offer("amount", 550), "USD", "en", "$5.50 off"),
        (offer("amount", 500, 3000), "USD", "en", "$5 off an order of $30 or more"),
        (offer("percent", 10, 3000), "USD", "en", "10% off an order of $30 or more"),
        (offer("free_delivery"), "USD", "en", "free delivery"),
        (offer("free_delivery", 0, 3000), "USD", "en", "free delivery on an order of $30 or more"),
        (offer("bogo"), "USD", "en", "buy one, get one free"),
        (offer("none"), "USD", "en", ""),
        (offer("percent", 10), "CNY", "zh", "9折"),
        (offer("percent", 15), "CNY", "zh", "8.5折"),
        (offer("percent", 12), "CNY", "zh", "8.8折"),
        (offer("amount", 500), "CNY", "zh", "立减5元"),
        (offer("amount", 550), "CNY", "zh", "立减5.5元"),
        (offer("amount", 1000), "CNY", "zh", "立减10元"),
        (offer("amount", 500, 10000), "CNY", "zh", "满100元立减5元"),
        (offer("free_delivery"), "CNY", "zh", "免运费"),
        (offer("bogo"), "CNY", "zh", "买一送一"),
    ],
)
def test_offer_words(given: Offer, currency: str, language: Language, expected: str) -> None:
    assert offer_words(given, currency, language) == expected


def test_offer_words_are_shorter_where_columns_count() -> None:
    assert offer_words(offer("amount", 500, 3000), "USD", "en", short=True) == "$5 off $30+"
    assert offer_words(offer("free_delivery", 0, 3000), "USD", "en", short=True) == "free delivery on $30+"


def test_an_offer_of_nothing_is_refused() -> None:
    with pytest.raises(ToolFailure, match="takes nothing off") as caught:
        offer_words(offer("percent", 0), "USD", "en")
    assert caught.value.code == "offer_without_value"


def test_dates_and_prices() -> None:
    day = date(2017, 12, 14)
    assert expiry_words(day, "en") == "December 14"
    assert expiry_words(day, "en", short=True) == "Dec 14"
    assert expiry_words(day, "zh") == "12月14日"
    assert price_words(499, "USD", "en") == "$4.99"
    assert price_words(4900, "CNY", "zh") == "¥49.00"


@pytest.mark.parametrize(
    ("name", "brand", "channel", "expected"),
    [
        ("Crushed and cubed ice, 22 lb", None, "email", "crushed and cubed ice (22 lb)"),
        ("Crushed and cubed ice, 22 lb", None, "sms", "crushed and cubed ice"),
        ("Royal Canin Adult Dog Food, 10 kg", None, "email", "Royal Canin Adult Dog Food (10 kg)"),
        ("Acme dog food", "Acme", "email", "Acme dog food"),
        ("iPhone case", None, "push", "iPhone case"),
        ("LED lamp", None, "email", "LED lamp"),
        ("Salt, pepper and oil", None, "email", "salt, pepper and oil"),
        ("  Ice\n cubes ", None, "email", "ice cubes"),
        ("Ice", None, "email", "Ice"),
    ],
)
def test_product_names_in_a_sentence(name: str, brand: str | None, channel: Channel, expected: str) -> None:
    assert product_words(name, brand, channel, "en") == expected


def test_a_single_word_from_a_till_receipt_is_no_brand() -> None:
    assert product_words("Coolers", "National", "email", "en", cleaned=True) == "coolers"
    assert product_words("DVDs", None, "email", "en", cleaned=True) == "DVDs"
    assert product_words("Nutella", None, "email", "en") == "Nutella"


@pytest.mark.parametrize(
    ("category", "expected"),
    [
        ("DOG FOODS", "dog food"),
        ("Women's Dresses", "women's dresses"),
        ("TV/Audio", "TV and audio"),
        ("dog food", "dog food"),
        ("", ""),
    ],
)
def test_category_words(category: str, expected: str) -> None:
    assert category_words(category, "en") == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Alex", "Alex"),
        (" maria ", "Maria"),
        ("JOHN", "John"),
        ("McKenzie", "McKenzie"),
        ("Anne-Marie", "Anne-Marie"),
        ("O'Neil", "O'Neil"),
        ("J. R.", "J. R."),
        ("नेहा", "नेहा"),
        ("小林", "小林"),
        ("", "there"),
        (None, "there"),
        ("evil.example", "there"),
        ("https://evil.example", "there"),
        ("Alex 4", "there"),
        ("{offer}", "there"),
        ("<b>x</b>", "there"),
        ("a" * 31, "there"),
        ("...", "there"),
    ],
)
def test_only_a_name_greets_by_name(name: str | None, expected: str) -> None:
    assert first_name_words(name, "en") == expected


def test_links_lose_their_scheme_where_columns_count() -> None:
    assert link_words("https://www.shop.example/", "sms") == "shop.example"
    assert link_words("https://www.shop.example/", "email") == "https://www.shop.example/"


def test_a_latin_category_does_not_shout_in_chinese_copy() -> None:
    assert category_words("CAT FOOD", "zh") == "cat food"
    assert category_words("宠物食品", "zh") == "宠物食品"
