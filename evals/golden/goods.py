"""The goods that golden cases speak of beside dog food, in both languages and the currency of each market."""

from typing import Any

from tools.catalog.types import ProductFact
from tools.vocabulary import Language

CURRENCY = {"us": "USD", "cn": "CNY", "eu": "EUR", "uk": "GBP"}
SIGN = {"USD": "$", "CNY": "¥", "EUR": "€", "GBP": "£"}
NAMES: dict[str, dict[Language, tuple[str, str, str]]] = {
    "coffee": {
        "en": ("Dark roast coffee beans, 12 oz", "dark roast coffee beans", "COFFEE"),
        "zh": ("深烘咖啡豆", "深烘咖啡豆", "咖啡"),
    },
    "wine": {"en": ("Riesling, 750 ml", "riesling", "WINE"), "zh": ("雷司令葡萄酒", "雷司令葡萄酒", "葡萄酒")},
    "vitamins": {
        "en": ("Vitamin D drops, 1 oz", "vitamin d drops", "VITAMINS"),
        "zh": ("维生素D滴剂", "维生素D滴剂", "保健食品"),
    },
    "cream": {"en": ("Day cream, 2 oz", "day cream", "FACE CREAM"), "zh": ("日霜", "日霜", "护肤品")},
    "shoes": {"en": ("Trail running shoes", "trail running shoes", "SHOES"), "zh": ("越野跑鞋", "越野跑鞋", "鞋")},
    "kettle": {"en": ("Gooseneck kettle", "gooseneck kettle", "KITCHEN"), "zh": ("细口手冲壶", "细口手冲壶", "厨具")},
    "detergent": {
        "en": ("Laundry detergent, 50 oz", "laundry detergent", "LAUNDRY DETERGENTS"),
        "zh": ("洗衣液", "洗衣液", "洗衣用品"),
    },
    "tea": {"en": ("Jasmine tea, 20 bags", "jasmine tea", "TEA"), "zh": ("茉莉花茶", "茉莉花茶", "茶")},
}
"""Goods → language → name of the catalogue, as copy says it, category."""
PRICES = {"en": 1850, "zh": 12800}
PLAIN: dict[str, dict[str, str]] = {
    "en_email": {
        "subject": "Something for you, {first_name}",
        "preheader": "{offer} on {product}, until {expiry}",
        "headline": "Come back and say hello",
        "body": "Hi {first_name}, here is {offer} on {product}, good until {expiry}. Type {code} when you pay.",
        "call_to_action": "Have a look",
        "footer": "{brand}, {postal_address}\nNo more of these: {unsubscribe_url}",
    },
    "en_sms": {"text": "{brand}: Hi {first_name}, {offer} on {product}, until {expiry}. Reply STOP to opt out"},
    "en_push": {"title": "Something for you", "body": "Here is {offer} on {product}, until {expiry}."},
    "zh_email": {
        "subject": "{first_name}，给您留了一份",
        "preheader": "{product}{offer}，到{expiry}",
        "headline": "好久不见",
        "body": "{first_name}好，{product}这次有{offer}，用到{expiry}，优惠码{code}。",
        "call_to_action": "回来看看",
        "footer": "{brand}，{postal_address}\n不想再收到：{unsubscribe_url}",
    },
    "zh_sms": {"text": "【{brand}】{first_name}好，{product}{offer}，到{expiry}。拒收请回复R"},
    "zh_push": {"title": "给您留了一份", "body": "{product}{offer}，到{expiry}。"},
}
"""Language and channel → an honest message about any goods."""


def facts(goods: str, market: str) -> tuple[ProductFact, ...]:
    """The one product of `goods`, priced for a market ("us", "cn", "eu", "uk")."""
    language: Language = "zh" if market == "cn" else "en"
    name, _, category = NAMES[goods][language]
    fields: dict[str, Any] = {"name": name, "raw_name": name.upper(), "category": category, "stock": 400}
    return (ProductFact(product_id="p1", price_minor=PRICES[language], currency=CURRENCY[market], **fields),)


def slots(goods: str, market: str) -> dict[str, str]:
    """The slots that speak of `goods`."""
    language: Language = "zh" if market == "cn" else "en"
    _, said, category = NAMES[goods][language]
    price = f"{SIGN[CURRENCY[market]]}{PRICES[language] / 100:.2f}"
    return {"product": said, "category": category.lower(), "price": price}
