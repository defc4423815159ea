"""What a model's own words may not say. Rows of words, by what is wrong with them."""

import pytest

from evals.servers.fluent import invented
from tests.tools.copywriter.desk import NO_OFFER, OFFERS, request
from tools.copywriter.claims import claims, lexicon
from tools.copywriter.plain import unplain
from tools.copywriter.types import CopyRequest
from tools.copywriter.voice import Voice
from tools.vocabulary import LANGUAGES, Language

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
GOOD = (
    "Hi {first_name}, we've missed you around here. Your favourite shelf is just as you left it, and "
    "{product} is ready when you are.",
    "Hi {first_name}, it's been a while since we last saw you. We kept a spot for you, and a few things "
    "you might like.",
    "Hey {first_name}, mealtimes come around fast. When you're ready to fill the bowl again, {product} "
    "is a good place to start.",
    "Is the pantry looking a little bare, {first_name}? Let's fix that together with a few everyday staples.",
    "Hello {first_name}, a full cupboard makes for a calm week. Take a look at {product} and {product_2} "
    "when you have a minute.",
    "Hi {first_name}, your furry friend might be dreaming of dinner already. Come and have a look at {product}.",
    "We'd love to have you back, {first_name}. To make it a little easier, here's something for your "
    "next order: {offer}.",
    "A small thank you from {brand}: {offer} on your order, through {expiry}.",
    "Hi {first_name}, good things come to those who wag. Fill the bowl with {product} and watch that tail go.",
    "Warm evenings, cold drinks, and good company: that's what {category} is made for.",
    "Come back and see what's new, {first_name}. We think you'll find something to smile about.",
    "Hi {first_name}, we know life gets busy. That's why we've put together a short list to make your next shop easy.",
    "Your kitchen called, {first_name}. It's asking for {product}.",
    "Hi {first_name}, thanks for being with us. We picked a few things that go well together, starting with {product}.",
    "Hi {first_name}, ready for a cosy night in? Start with {product} and let the rest follow.",
    "Running low on the essentials? {brand} has you covered.",
    "A little something for your next visit: {offer}. Enjoy it through {expiry}.",
    "Hi {first_name}, sometimes the simplest things make the day. A cup of tea, a quiet corner, and {product}.",
    "Hello again, {first_name}. We've been thinking about you and your four-legged companion.",
    "Ready to restock? It only takes a few minutes from the comfort of your sofa.",
    "From our shelves to your table: a few ideas for the week ahead.",
    "Say hello to an easier shopping list, {first_name}.",
    "Hi {first_name}, whether you're cooking for a crowd or just for yourself, {category} is a good place to begin.",
    "We saved you a seat, {first_name}. Come in, look around, and take your time.",
    "Your dog deserves a treat and so do you. Have a look at {product} today.",
    "Hi {first_name}, as a thank you for shopping with us, here is {offer} for your next order.",
    "Time to refresh your routine? Take a peek at {category} and see what catches your eye.",
    "Hi {first_name}, bring some joy to the bowl. {product} is here to help you keep tails wagging.",
)
GOOD_ZH = (
    "{first_name}，好久不见，家里的茶是不是快喝完了？来看看{product}吧。",
    "{first_name}，忙了一天，泡上一杯{product}，慢慢坐一会儿。",
    "天气凉了，厨房里少了点什么？我们为你备好了{category}。",
    "谢谢你一直以来的陪伴，这次下单可以享受{offer}。",
    "{first_name}，我们很想你，欢迎回来看看，货架上有你熟悉的味道。",
    "生活里的小美好，从一杯茶开始。{product}，在这里等你。",
    "给自己一点轻松的时间，{category}陪你度过安静的夜晚。",
    "{first_name}，你常买的那一类，我们都替你收拾好了，有空来逛逛。",
    "{first_name}，家里的架子空了吗？挑几样常用的，让日子从容一点。",
)


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


def wrong(text: str, asked: CopyRequest, voice: Voice | None = None) -> list[str]:
    return [*claims({"opening": text}, asked), *unplain({"opening": text}, asked, voice or Voice())]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_that_a_fluent_model_invents_passes(language: Language) -> None:
    asked = request(offer=OFFERS[1], language=language)
    form = "Hi {{first_name}}. {}." if language == "en" else "{{first_name}}，{}。"
    assert [said for said in invented(language) if not wrong(form.format(said), asked)] == []


def test_what_a_good_model_writes_passes() -> None:
    for language, texts in (("en", GOOD), ("zh", GOOD_ZH)):
        asked = request(offer=OFFERS[1], language=language)  # type: ignore[arg-type]
        assert {text: found for text in texts if (found := wrong(text, asked))} == {}


def test_a_word_is_the_shops_own_where_its_product_or_its_voice_has_it() -> None:
    asked = request(offer=NO_OFFER)
    assert wrong("Come and look at our marzipan.", asked)
    assert wrong("Come and look at our marzipan.", asked, Voice(words=("marzipan",))) == []
    named = asked.products[1].model_copy(update={"name": "Marzipan loaf", "category": "Marzipan"})
    assert wrong("Come and look at our marzipan.", asked.model_copy(update={"products": (named,)})) == []
