import pytest

from tests.tools.copywriter.desk import NO_OFFER, OFFERS, SENDER, offer, product, request
from tools.copywriter.desk import set_desk
from tools.copywriter.slots import digits_outside_slots, render, slot_values, slots_of
from tools.copywriter.templates import every_message, write_templates
from tools.copywriter.types import CHANNEL_PARTS, CopyItem
from tools.failure import ToolFailure
from tools.response.types import Offer
from tools.vocabulary import CHANNELS, LANGUAGES, Channel, Language


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("channel", CHANNELS)
def test_three_variants_differ_in_their_angle(channel: Channel, language: Language) -> None:
    asked = request(channel=channel, language=language)
    items = write_templates([asked], seed=7)
    assert [item.variant for item in items] == ["a", "b", "c"]
    assert len({item.angle for item in items}) == 3
    assert items[0].angle == "saving"
    values = slot_values(asked, first_name={"en": "Alex", "zh": "小林"}[language])
    for item in items:
        assert tuple(item.parts) == CHANNEL_PARTS[channel]
        assert item.rendered == render(item.parts, values)
        assert not digits_outside_slots(item.parts)
        assert item.writer == "template"
        assert item.product_ids == tuple(fact.product_id for fact in asked.products)


def test_the_same_requests_and_seed_give_the_same_copy() -> None:
    asked = [request(channel=channel) for channel in CHANNELS]
    assert write_templates(asked, seed=1) == write_templates(asked, seed=1)
    assert write_templates(asked, seed=1) != write_templates(asked, seed=2)
    ids = [item.copy_id for item in write_templates(asked, seed=1)]
    assert len(set(ids)) == len(ids)
    assert ids[:3] == [f"lapsed.email.en.percent.{variant}" for variant in "abc"]
    assert ids == [item.copy_id for item in write_templates(asked, seed=2)]


def test_segments_get_different_messages() -> None:
    items = write_templates([request(segment_id="first"), request(segment_id="second")], seed=3)
    first, second = ({i.template_ids[0] for i in items if i.segment_id == one} for one in ("first", "second"))
    assert len(first & second) <= 1, "one saving message a tone is all that there is; the others differ"


@pytest.mark.parametrize("channel", CHANNELS)
def test_without_an_offer_there_is_no_saving(channel: Channel) -> None:
    items = write_templates([request(channel=channel, offer=NO_OFFER, code="HELLO")], seed=7)
    assert len(items) == 3
    for item in items:
        assert item.angle != "saving"
        assert not slots_of(item.parts) & {"offer", "code", "expiry"}


@pytest.mark.parametrize("given", OFFERS[1:], ids=lambda given: given.type)
@pytest.mark.parametrize("channel", CHANNELS)
def test_an_offer_is_stated_with_its_code_and_day(channel: Channel, given: Offer) -> None:
    for code in ("", "HELLO"):
        for item in every_message(request(channel=channel, offer=given, code=code), seed=7):
            slots = slots_of(item.parts)
            assert {"offer", "expiry"} <= slots, item.rendered
            assert ("code" in slots) == bool(code), item.rendered


def test_an_email_has_what_the_law_asks_for() -> None:
    for item in every_message(request(), seed=7):
        assert {"brand", "postal_address", "unsubscribe_url"} <= slots_of({"footer": item.parts["footer"]})
        assert item.parts["body"].count("\n\n") >= 2


def test_an_email_says_less_where_less_is_known() -> None:
    bare = SENDER.model_copy(update={"postal_address": None, "unsubscribe_url": None, "website": None})
    for channel in ("email", "sms", "push"):
        items = write_templates([request(channel=channel, sender=bare, products=())], seed=7)
        assert len(items) == 3
        assert not any(slots_of(item.parts) & {"product", "category", "postal_address", "shop_url"} for item in items)


def test_a_text_message_names_the_shop_and_the_way_out() -> None:
    for item in every_message(request(channel="sms"), seed=7):
        text = item.rendered["text"]
        assert text.startswith("Corner Market: ")
        assert text.endswith("cornermarket.example Reply STOP to opt out")
    for item in every_message(request(channel="sms", language="zh"), seed=7):
        assert item.rendered["text"].startswith("【街角小铺】")
        assert item.rendered["text"].endswith("拒收请回复R")


def test_a_long_name_gets_the_shorter_wording() -> None:
    def texts(name: str) -> list[CopyItem]:
        goods = (product("x", name, "Oils and vinegars", 1499, "USD"),)
        return every_message(request(channel="sms", code="WELCOME", products=goods), seed=7)

    short, long = texts("Tea"), texts("Olive oil with lemon and rosemary")
    named = [at for at, item in enumerate(long) if "{product}" in item.parts["text"]]
    assert named
    assert all(len(long[at].parts["text"]) <= len(short[at].parts["text"]) for at in named)
    assert any(len(long[at].parts["text"]) < len(short[at].parts["text"]) for at in named)


def test_limits_hold_for_the_longest_of_the_products() -> None:
    goods = (product("t", "Tea", "Tea", 100, "USD"), product("o", "Oil " + "of the old mill " * 3, "Oil", 100, "USD"))
    desk = set_desk(request("launch", "search", products=goods), seed=1)
    assert desk.values["product"] == "tea"
    assert len(desk.longest["product"]) > 30
    items = every_message(desk.request, seed=1)
    assert not any("{product}" in text for item in items for part, text in item.parts.items() if "headline" in part)


def test_a_tone_without_a_message_says_who_speaks_for_it() -> None:
    items = write_templates([request(tone="premium", offer=NO_OFFER)], seed=7, variants=5)
    assert len({item.angle for item in items}) == 5
    assert not [name for name in items[0].template_ids if name.startswith("tone:")]
    assert items[-1].template_ids[-1] in ("tone:plain", "tone:warm")


def test_words_to_include_stand_in_the_copy() -> None:
    for channel in CHANNELS:
        for item in write_templates([request(channel=channel, must_include=("Open daily",))], seed=7):
            assert "Open daily" in " ".join(item.rendered.values()) or item.checks


@pytest.mark.parametrize(
    ("words", "says"), [("Since 1912", "hold a number"), ("{code}", "hold a brace"), ("word " * 99, "has no room")]
)
def test_words_that_cannot_be_included_are_a_finding(words: str, says: str) -> None:
    for item in write_templates([request(channel="sms", must_include=(words,))], seed=7):
        assert [check.verdict for check in item.checks] == ["fail"]
        assert says in item.checks[0].detail
        assert not digits_outside_slots(item.parts)


def test_words_to_avoid_are_avoided() -> None:
    plain = write_templates([request()], seed=7)
    assert any("welcome" in " ".join(item.rendered.values()).casefold() for item in plain)
    for item in write_templates([request(must_avoid=("Welcome", "a"))], seed=7, variants=6):
        assert "welcome" not in " ".join(item.rendered.values()).casefold().split()


def test_a_request_that_nothing_fits_is_said() -> None:
    with pytest.raises(
        ToolFailure, match="No en message for `win_back` by sms can be made for segment `lapsed`"
    ) as caught:
        write_templates([request(channel="sms", must_avoid=("Corner",))], seed=7)
    assert caught.value.code == "no_copy_fits"
    assert "without the words Corner" in caught.value.message


def test_an_offer_of_nothing_is_refused() -> None:
    with pytest.raises(ToolFailure, match="takes nothing off"):
        write_templates([request(offer=offer("amount", 0))], seed=7)
