"""The contract's terms as a reader would say them. One table a term, so that the page has one word for one thing."""

from agent.report.numbers import Cash, trimmed
from tools.response.types import Offer
from tools.vocabulary import Basis

CHANNEL = {
    "email": "e-mail",
    "sms": "SMS",
    "push": "push",
    "search": "search ads",
    "social": "social ads",
    "wechat": "WeChat",
}
GOAL = {
    "win_back": "Win back lapsed customers",
    "retain": "Retain customers",
    "second_order": "Bring a second order",
    "upsell": "Upsell",
    "cross_sell": "Cross-sell",
    "launch": "Launch products",
    "clear_stock": "Clear stock",
    "acquire": "Acquire customers",
    "awareness": "Raise awareness",
}
STATUS = {
    "planning": "being planned",
    "needs_input": "needs an answer from you",
    "infeasible": "cannot be met as written",
    "refused": "refused",
    "draft": "draft: nothing is sent without approval",
    "approved": "approved",
    "exported": "exported",
    "measured": "measured",
}
BASIS: dict[Basis, str] = {
    "randomised": "measured by randomised past campaigns",
    "observational": "from observational data, not a randomised test",
    "assumed": "assumed, not measured in this shop",
}
GAIN: dict[Basis, str] = {
    "randomised": "Expected uplift in margin",
    "observational": "Expected incremental margin",
    "assumed": "Expected incremental margin",
}
"""Only what rests on randomised campaigns may be called uplift."""

_STRENGTH: tuple[Basis, ...] = ("assumed", "observational", "randomised")


def weakest(bases: "list[Basis]") -> Basis:
    """The basis of a sum; of nothing, an assumption."""
    return min(bases, key=_STRENGTH.index, default="assumed")


def offer_words(offer: Offer, money: Cash) -> str:
    """`10% off orders from $50`."""
    words = {
        "percent": f"{trimmed(offer.value, 2)}% off",
        "amount": f"{money(offer.value)} off",
        "free_delivery": "free delivery",
        "bogo": "buy one, get one",
        "none": "no offer",
    }[offer.type]
    return f"{words}, orders from {money(offer.minimum_order_minor)}" if offer.minimum_order_minor else words


FIELD = {
    "max_discount_pct": "highest discount (%)",
    "holdout_pct": "held out (%)",
    "kpi": "measure of success",
    "offer_types": "kinds of offer",
    "copy_language": "language of the copy",
    "exclude": "left out",
}
"""Fields of the brief whose names are not what a marketer would say."""


def field_words(name: str) -> str:
    """`budget` as it is, `max_discount_pct` as `highest discount (%)`."""
    return FIELD.get(name, plain(name))


def plain(name: str) -> str:
    """An identifier as words: `must_include` as `must include`."""
    return name.replace("_", " ")


def listed(items: list[str]) -> str:
    """`a, b and c`."""
    return " and ".join([", ".join(items[:-1]), items[-1]] if len(items) > 1 else items)
