import pytest

from tests.tools.copywriter.desk import NO_OFFER, PRODUCTS, SENDER, product, request
from tools.copywriter.slots import digits_outside_slots, render, render_many, slot_values
from tools.failure import ToolFailure


def test_every_slot_is_worded_from_the_request() -> None:
    assert slot_values(request(code="HELLO"), first_name="Alex") == {
        "first_name": "Alex",
        "brand": "Corner Market",
        "shop_url": "https://www.cornermarket.example/",
        "unsubscribe_url": "https://cornermarket.example/leave",
        "postal_address": "12 Main Street, Springfield, IL 62701",
        "product": "crushed and cubed ice (22 lb)",
        "product_2": "dry dog food (17.6 lb)",
        "category": "frozen ice",
        "price": "$4.99",
        "offer": "10% off",
        "expiry": "December 14",
        "code": "HELLO",
    }


def test_what_is_not_known_is_left_out() -> None:
    bare = SENDER.model_copy(update={"postal_address": None, "website": None})
    values = slot_values(request(offer=NO_OFFER, products=(), sender=bare, code="HELLO"), first_name=None)
    assert set(values) == {"first_name", "brand", "unsubscribe_url", "expiry"}
    assert values["first_name"] == "there"


def test_the_same_product_is_not_named_twice() -> None:
    assert "product_2" not in slot_values(request(products=(PRODUCTS[0], PRODUCTS[0])), first_name=None)


def test_a_chinese_sms_signs_with_the_registered_signature() -> None:
    signed = SENDER.model_copy(update={"sms_signature": "【街角】"})
    assert slot_values(request(language="zh", channel="sms", sender=signed), first_name=None)["brand"] == "街角"
    assert slot_values(request(language="zh", channel="push", sender=signed), first_name=None)["brand"] == SENDER.brand


def test_an_english_sms_stays_in_gsm7() -> None:
    fancy = (product("x", "Chef’s açaí – bowl", "Bowls", 100, "USD"),)
    assert slot_values(request(channel="sms", products=fancy), first_name=None)["product"] == "chef's acai - bowl"


def test_a_value_that_could_name_a_slot_is_refused() -> None:
    with pytest.raises(ToolFailure, match="holds a brace") as caught:
        slot_values(request(products=(product("x", "Ice {offer}", "Ice", 1, "USD"),)), first_name=None)
    assert caught.value.code == "bad_slot_value"


def test_render_capitalises_what_begins_a_sentence() -> None:
    values = {"product": "dry dog food", "offer": "free delivery", "brand": "shop"}
    parts = {"a": "{product} is here. {offer} too", "b": "See {product}!\n\n{offer}: {offer}.", "c": "{brand}: {offer}"}
    assert render(parts, values) == {
        "a": "Dry dog food is here. Free delivery too",
        "b": "See dry dog food!\n\nFree delivery: free delivery.",
        "c": "shop: free delivery",
    }


@pytest.mark.parametrize(
    ("text", "code"), [("Hi {first_name}", "unfilled_slot"), ("Hi {name}", "unknown_slot"), ("{ }", None)]
)
def test_unfilled_and_unknown_slots_raise(text: str, code: str | None) -> None:
    if code is None:
        assert render({"a": text}, {}) == {"a": text}
        return
    with pytest.raises(ToolFailure) as caught:
        render({"a": text}, {})
    assert caught.value.code == code


def test_many_customers_read_what_one_would() -> None:
    parts = {
        "text": "{brand}: Hi {first_name}, {product}? {product} {offer}",
        "footer": "{brand}",
        "own": "{first_name}",
    }
    constants = {"brand": "Shop", "offer": "10% off", "product": "ignored"}
    names, goods = ["Alex", "there", "Zoë"], ["ice", "tea", "dry dog food"]
    many = render_many(parts, {"first_name": names, "product": goods}, constants)
    for at, (name, good) in enumerate(zip(names, goods, strict=True)):
        one = render(parts, {**constants, "first_name": name, "product": good})
        assert {part: texts[at] for part, texts in many.items()} == one
    assert many["footer"] == ["Shop"] * 3


def test_many_refuses_what_it_cannot_fill() -> None:
    with pytest.raises(ToolFailure, match=r"`\{offer\}`"):
        render_many({"a": "{first_name} {offer}"}, {"first_name": ["Alex"]})
    with pytest.raises(ToolFailure, match="brace"):
        render_many({"a": "{first_name}"}, {"first_name": ["Alex", "{code}"]})
    with pytest.raises(ValueError, match="of one length"):
        render_many({"a": "{first_name}"}, {"first_name": ["Alex"], "product": []})


@pytest.mark.parametrize(
    ("text", "digits"), [("{product_2} at {price}", None), ("only 3 left", "3"), ("½ off ２ ①", "½２①"), ("二三", None)]
)
def test_a_digit_outside_a_slot_is_found(text: str, digits: str | None) -> None:
    assert digits_outside_slots({"a": text}) == ({} if digits is None else {"a": digits})
