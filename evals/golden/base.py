"""Honest messages and contexts that pass every rule: each case changes one thing of them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from evals.golden import goods as catalogue
from tools.catalog.types import ProductFact
from tools.clock import Window
from tools.compliance.message import AudienceFacts, Context, Message
from tools.compliance.slots import fill
from tools.response.types import CostModel, Offer
from tools.shop.profile import Sender
from tools.vocabulary import Channel, Language, Market

TODAY = date(2026, 11, 24)
WINDOW = Window(start=date(2026, 12, 1), end=date(2026, 12, 14))
SENDER = Sender(
    brand="Maple Market",
    legal_name="Maple Market LLC",
    postal_address="1014 Vine Street, Cincinnati, OH 45202",
    website="https://maple.example",
    unsubscribe_url="https://maple.example/unsubscribe",
    sms_signature="枫叶超市",
    support_email="help@maple.example",
    list_unsubscribe_one_click=True,
    from_domain_aligned=True,
    unsubscribe_live_days=60,
    sms_consent_written=True,
    sms_stop_handled=True,
)
OFFER = Offer(
    offer_id="pct10",
    type="percent",
    value=10,
    discount_pct=10,
    cost_model=CostModel(kind="share_of_promoted_sales", rate=0.1, text="a tenth of what is sold"),
)
AUDIENCE = AudienceFacts(
    size=75,
    suppression_age_days=3,
    min_age_known_share=0.5,
    youngest_known_age=25,
    refusal_offered=True,
    contacts_per_customer_max=2,
    frequency_cap=3,
)
PRODUCTS: dict[Language, tuple[ProductFact, ...]] = {
    "en": (
        ProductFact(
            product_id="p1",
            name="Chicken dog food, 15 lb",
            raw_name="DOG FD CHKN 15 LB",
            department="GROCERY",
            category="DOG FOODS",
            brand="Dr.Rover",
            price_minor=1299,
            currency="USD",
            stock=400,
            url="https://maple.example/p/1",
        ),
    ),
    "zh": (
        ProductFact(
            product_id="p1",
            name="鸡肉狗粮",
            raw_name="鸡肉狗粮 7.5kg",
            category="宠物食品",
            price_minor=9900,
            currency="CNY",
            stock=400,
        ),
    ),
}
PARTS: dict[str, dict[str, str]] = {
    "us_email": {
        "subject": "Something for your dog, {first_name}",
        "preheader": "{offer} on {product}, until {expiry}",
        "headline": "Come back and say hello",
        "body": "Hi {first_name}, it has been a while.\n\nYour bowl may be getting low, so here is {offer} on "
        "{product}, good until {expiry}. Type {code} when you pay. It is {price} today.",
        "call_to_action": "See what's in the bowl",
        "footer": "{brand}, {postal_address}\nNo more of these: {unsubscribe_url}",
    },
    "us_sms": {
        "text": "{brand}: Hi {first_name}, here is {offer} on {product}, until {expiry}. {shop_url} "
        "Reply STOP to opt out"
    },
    "us_push": {"title": "Bowl getting low?", "body": "Here is {offer} on {product}, until {expiry}."},
    "cn_email": {
        "subject": "{first_name}，给您的狗狗留了一份",
        "preheader": "{product}{offer}，到{expiry}",
        "headline": "好久不见",
        "body": "{first_name}好，有阵子没见了。\n\n家里的{product}该添了吧？这次有{offer}，"
        "用到{expiry}，优惠码{code}。售价{price}。",
        "call_to_action": "回来看看",
        "footer": "{brand}，{postal_address}\n不想再收到：{unsubscribe_url}",
    },
    "cn_sms": {"text": "【{brand}】{first_name}好，{product}{offer}，到{expiry}。{shop_url} 拒收请回复R"},
    "cn_push": {"title": "家里该添狗粮了吗", "body": "{product}{offer}，到{expiry}。"},
}
SLOTS: dict[Language, dict[str, str]] = {
    "en": {
        "first_name": "Alex",
        "product": "chicken dog food",
        "category": "dog foods",
        "offer": "10% off",
        "price": "$12.99",
        "expiry": "December 14",
        "code": "PAWS",
        "brand": "Maple Market",
        "shop_url": "maple.example",
        "unsubscribe_url": "https://maple.example/unsubscribe",
        "postal_address": "1014 Vine Street, Cincinnati, OH 45202",
    },
    "zh": {
        "first_name": "小林",
        "product": "鸡肉狗粮",
        "category": "宠物食品",
        "offer": "9折",
        "price": "¥99.00",
        "expiry": "12月14日",
        "code": "PAWS",
        "brand": "枫叶超市",
        "shop_url": "maple.example",
        "unsubscribe_url": "https://maple.example/unsubscribe",
        "postal_address": "1014 Vine Street, Cincinnati, OH 45202",
    },
}
MAIN: dict[Channel, str] = {"email": "body", "sms": "text", "push": "body"}
MARKETS: dict[str, Market] = {"us": "US", "cn": "CN", "eu": "EU", "uk": "UK"}
CHANNELS: dict[str, Channel] = {"email": "email", "sms": "sms", "push": "push"}
DOG_FOOD = "dog_food"


def message(
    base: str = "us_email",
    *,
    goods: str = DOG_FOOD,
    add: str = "",
    parts: Mapping[str, str] | None = None,
    **changes: Any,
) -> Message:
    """An honest message, rendered.

    Args:
        base: market and channel.
        goods: what it speaks of: dog food as in `PARTS`, or one of `goods.NAMES`.
        add: words that are put before the main part's own.
        parts: template parts that replace the base's.
        changes: fields of `Message`; `slots` and `rendered` are laid over the base's.
    """
    market, _, channel = base.partition("_")
    language = language_of(base)
    kind = CHANNELS[channel]
    texts = _texts(base, goods) | dict(parts or {})
    if add:
        joint = "" if language == "zh" else " "
        texts[MAIN[kind]] = f"{add}{joint}{texts[MAIN[kind]]}"
    slots = SLOTS[language] | _slots(goods, market) | changes.pop("slots", {})
    rendered = fill(texts, slots) | changes.pop("rendered", {})
    fields = {"copy_id": base, "channel": kind, "language": language, "market": MARKETS[market], "goal": "win_back"}
    return Message.model_validate(fields | {"parts": texts, "rendered": rendered, "slots": slots} | changes)


def language_of(base: str) -> Language:
    return "zh" if base.startswith("cn") else "en"


def _texts(base: str, goods: str) -> dict[str, str]:
    market, _, channel = base.partition("_")
    if goods != DOG_FOOD:
        return catalogue.PLAIN[f"{language_of(base)}_{channel}"]
    return PARTS[f"{'cn' if market == 'cn' else 'us'}_{channel}"]


def _slots(goods: str, market: str) -> dict[str, str]:
    if goods != DOG_FOOD:
        return catalogue.slots(goods, market)
    return {} if market in ("us", "cn") else {"price": f"{catalogue.SIGN[catalogue.CURRENCY[market]]}12.99"}


def _facts(goods: str, market: str) -> tuple[ProductFact, ...]:
    if goods != DOG_FOOD:
        return catalogue.facts(goods, market)
    known = PRODUCTS["zh" if market == "cn" else "en"]
    return tuple(fact.model_copy(update={"currency": catalogue.CURRENCY[market]}) for fact in known)


def context(base: str = "us_email", *, goods: str = DOG_FOOD, **changes: Any) -> Context:
    """The context of `message(base)`; `sender`, `audience` and `offer` are laid over the base's."""
    market, _, channel = base.partition("_")
    fields: dict[str, Any] = {
        "today": TODAY,
        "market": MARKETS[market],
        "channels": (CHANNELS[channel],),
        "window": WINDOW,
        "currency": catalogue.CURRENCY[market],
        "max_discount_pct": 15,
        "products": _facts(goods, market),
        "allowed_codes": ("PAWS",),
        "send_hours": (10, 17),
        "send_hours_local": True,
        "sender": SENDER.model_dump() | changes.pop("sender", {}),
        "audience": AUDIENCE.model_dump() | changes.pop("audience", {}),
        "offer": OFFER.model_dump() | changes.pop("offer", {}),
    }
    return Context.model_validate(fields | changes)
