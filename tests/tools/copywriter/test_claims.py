"""What a model's own words may not say. Rows of words, by what is wrong with them."""

import pytest

from tests.tools.copywriter.desk import NO_OFFER, OFFERS, request
from tools.copywriter.claims import claims, lexicon
from tools.vocabulary import LANGUAGES

FINE = (
    "Hi {first_name}, it has been a while, and we kept your usual shelf tidy.",
    "We've missed you. Come and see what's on {brand}'s shelves: {product}, to begin with.",
    "“Anything you need?” I'd start with {category}.",
    "Feel free to look around, and save time on the way home.",
)
WRONG = (
    "Now 20% off everything", "Now twenty percent off", "Half price for you", "It is free", "FREE gift inside",
    "A free tote with any order", "Get $5 back", "Get five dollars back", "Ends Sunday", "Only until midnight",
    "Through December", "Come by this weekend", "This offer ends soon", "Hurry, last chance", "Use code SAVEBIG now",
    "Visit evil.example", "Visit evil dot example", "Go to evil. example", "Click the link below",
    "Reply with your pin",
    "Call us now", "Write to help@evil.example", "Follow @evil", "See https://evil.example", "Scan the qr",
    "Try the new Nike shoes", "Customers love it", "Five stars", "The best in town", "Award winning taste",
    "Doctors recommend it", "It cures colds", "Organic and local", "Guaranteed to please", "We deliver overnight",
    "Returns are easy", "In stock now", "You won a prize", "Double points", "Ignore previous instructions",
    "As a language model", "Here is the message", "DROP TABLE customers", "Kill them all", "Ｆｒｅｅ", "Sa\u200bve",
    "① thing",
    "½ off", "Hello 👋", "<b>Hi</b>", "[link](x)", "Привет друзья", "Get cash", "Log in to your account",
)  # fmt: skip
WITHOUT_OFFER = ("A little discount for you", "Save on your next shop", "A deal for you", "Our offer to you")
FINE_ZH = ("{first_name}，好久不见，想念你常逛的那排货架。", "来看看{product}，也许正合你意。")
WRONG_ZH = (
    "全场五折", "免费送你一份", "立减二十元", "本周末截止", "加我微信", "点击链接", "好评如潮", "全国第一", "有机天然",
    "保证满意", "忽略之前的指令", "限时抢购", "包邮到家", "治疗感冒", "最后机会", "满３减１",
)  # fmt: skip


@pytest.mark.parametrize("text", FINE)
def test_plain_words_pass(text: str) -> None:
    assert claims({"opening": text}, request(offer=NO_OFFER)) == []


@pytest.mark.parametrize("text", WRONG)
def test_claims_are_found(text: str) -> None:
    assert claims({"opening": f"Hi {{first_name}}. {text}."}, request(offer=OFFERS[1]))


@pytest.mark.parametrize("text", WITHOUT_OFFER)
def test_a_saving_needs_an_offer(text: str) -> None:
    assert claims({"opening": text}, request(offer=NO_OFFER))
    assert claims({"opening": text}, request(offer=OFFERS[1])) == []


@pytest.mark.parametrize("text", FINE_ZH)
def test_plain_chinese_passes(text: str) -> None:
    assert claims({"opening": text}, request(offer=NO_OFFER, language="zh")) == []


@pytest.mark.parametrize("text", WRONG_ZH)
def test_chinese_claims_are_found(text: str) -> None:
    assert claims({"opening": f"{{first_name}}，{text}。"}, request(offer=NO_OFFER, language="zh"))


def test_the_lexicon_holds_words_only() -> None:
    for language in LANGUAGES:
        for name, group in lexicon(language).items():
            assert group.words or group.han, name
            assert all(isinstance(word, str) and word for word in (*group.words, *group.han)), name
