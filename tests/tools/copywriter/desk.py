"""Requests for the tests: one shop, products with long names, an offer of each type."""

from datetime import date

from tools.catalog.types import ProductFact
from tools.clock import Window
from tools.copywriter.types import CopyRequest, Tone
from tools.response.types import CostModel, Offer
from tools.shop.profile import Sender
from tools.vocabulary import Channel, Goal, Language, OfferType

WINDOW = Window(start=date(2017, 12, 1), end=date(2017, 12, 14))
SENDER = Sender(
    brand="Corner Market",
    postal_address="12 Main Street, Springfield, IL 62701",
    website="https://www.cornermarket.example/",
    unsubscribe_url="https://cornermarket.example/leave",
)
CHINESE_SENDER = Sender(
    brand="街角小铺",
    sms_signature="街角小铺",
    postal_address="上海市长宁区长宁路1号",
    website="https://jiejiao.example/",
    unsubscribe_url="https://jiejiao.example/leave",
)


def product(product_id: str, name: str, category: str, price_minor: int, currency: str) -> ProductFact:
    return ProductFact(
        product_id=product_id,
        name=name,
        raw_name=name.upper(),
        category=category,
        price_minor=price_minor,
        currency=currency,
    )


PRODUCTS = (
    product("ice", "Crushed and cubed ice, 22 lb", "Frozen ice", 499, "USD"),
    product("dog", "Dry dog food, 17.6 lb", "Dog food", 1899, "USD"),
)
CHINESE_PRODUCTS = (
    product("tea", "茉莉花茶 250克", "茶叶", 4900, "CNY"),
    product("cup", "白瓷盖碗", "茶具", 6800, "CNY"),
)


def offer(kind: OfferType, value: float = 0, minimum_minor: int = 0) -> Offer:
    return Offer(
        offer_id=kind,
        type=kind,
        value=value,
        minimum_order_minor=minimum_minor,
        discount_pct=value if kind == "percent" else 0,
        cost_model=CostModel(kind="none", text="not costed here"),
    )


NO_OFFER = offer("none")
OFFERS = (NO_OFFER, offer("percent", 10), offer("amount", 500, 3000), offer("free_delivery"), offer("bogo"))


def request(
    goal: Goal = "win_back",
    channel: Channel = "email",
    tone: Tone = "warm",
    *,
    offer: Offer = OFFERS[1],
    language: Language = "en",
    segment_id: str = "lapsed",
    code: str = "",
    products: tuple[ProductFact, ...] | None = None,
    sender: Sender | None = None,
    must_include: tuple[str, ...] = (),
    must_avoid: tuple[str, ...] = (),
) -> CopyRequest:
    chinese = language == "zh"
    own_products = CHINESE_PRODUCTS if chinese else PRODUCTS
    return CopyRequest(
        segment_id=segment_id,
        segment_name=segment_id,
        channel=channel,
        language=language,
        goal=goal,
        tone=tone,
        offer=offer,
        products=own_products if products is None else products,
        window=WINDOW,
        sender=sender or (CHINESE_SENDER if chinese else SENDER),
        currency="CNY" if chinese else "USD",
        code=code,
        must_include=must_include,
        must_avoid=must_avoid,
    )
