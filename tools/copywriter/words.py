"""How a fact is worded: offers, dates, product names, first names. Every value that fills a slot is made here."""

import re
import unicodedata
from datetime import date

from tools.copywriter.types import CopyRequest
from tools.failure import ToolFailure
from tools.money import format_money
from tools.response.types import Offer
from tools.vocabulary import Channel, Language

LOCALE: dict[Language, str] = {"en": "en_US", "zh": "zh_CN"}
NAMELESS: dict[Language, str] = {"en": "there", "zh": "朋友"}
"""In place of a first name that is not known. English packs only use the name after "Hi" or "Hello"."""
SHORT: tuple[Channel, ...] = ("sms", "push", "search", "social")
"""Channels where each column counts: sizes are left out of product names, and months are short on all but push."""

_NAME_MARKS = " '’.·-"
_SIZE = re.compile(r", (\d[^,()]*)$")
_MAX_NAME = 30
_MAX_WORDS = 3


def offer_words(offer: Offer, currency: str, language: Language, *, short: bool = False) -> str:
    """The offer as customers read it: "10% off", "$5 off an order of $30 or more", "8.5折"; "" for no offer.

    Raises:
        ToolFailure: `offer_without_value` for a percentage or an amount of nothing.
    """
    if offer.type in ("percent", "amount") and offer.value <= 0:
        raise ToolFailure(
            "offer_without_value",
            f"Offer `{offer.offer_id}` takes nothing off; use the type `none`.",
            value=offer.value,
        )
    return _chinese_offer(offer, currency) if language == "zh" else _english_offer(offer, currency, short)


def _english_offer(offer: Offer, currency: str, short: bool) -> str:
    words = {
        "percent": f"{offer.value:g}% off",
        "amount": f"{format_money(round(offer.value), currency, LOCALE['en'], trim=True)} off",
        "free_delivery": "free delivery",
        "bogo": "buy one, get one free",
        "none": "",
    }[offer.type]
    if not words or offer.minimum_order_minor == 0:
        return words
    minimum = format_money(offer.minimum_order_minor, currency, LOCALE["en"], trim=True)
    if short:
        return f"{words} {minimum}+" if words.endswith(" off") else f"{words} on {minimum}+"
    on = "" if words.endswith(" off") else "on "
    return f"{words} {on}an order of {minimum} or more"


def _chinese_offer(offer: Offer, currency: str) -> str:
    words = {
        "percent": f"{(100 - offer.value) / 10:.4g}折",
        "amount": f"立减{_yuan(round(offer.value), currency)}",
        "free_delivery": "免运费",
        "bogo": "买一送一",
        "none": "",
    }[offer.type]
    if not words or offer.minimum_order_minor == 0:
        return words
    return f"满{_yuan(offer.minimum_order_minor, currency)}{words}"


def _yuan(amount_minor: int, currency: str) -> str:
    """Whole and broken yuan as `5元`, `5.5元`; other currencies by their own sign."""
    if currency != "CNY":
        return format_money(amount_minor, currency, LOCALE["zh"], trim=True)
    return f"{amount_minor / 100:.2f}".rstrip("0").rstrip(".") + "元"


def price_words(price_minor: int, currency: str, language: Language) -> str:
    return format_money(price_minor, currency, LOCALE[language])


def expiry_words(day: date, language: Language, *, short: bool = False) -> str:
    """The last day of the offer: "December 14" ("Dec 14" if short), "12月14日"."""
    from babel.dates import format_date

    if language == "zh":
        return f"{day.month}月{day.day}日"
    return str(format_date(day, "MMM d" if short else "MMMM d", locale="en_US"))


def product_words(name: str, brand: str | None, channel: Channel, language: Language, *, cleaned: bool = False) -> str:
    """A product's name as it stands in the middle of a sentence.

    "Crushed and cubed ice, 22 lb" reads as "crushed and cubed ice (22 lb)", and without its size where columns count.
    Names in title case, with capitals inside their first word, or that begin with their brand keep their casing.

    Args:
        cleaned: the catalogue made the name from till-receipt wording, so a single word is no brand either.
    """
    words = " ".join(name.split())
    size = _SIZE.search(words)
    if size:
        bare = words[: size.start()]
        words = bare if channel in SHORT else f"{bare} ({size.group(1)})"
    if language == "zh" or not words:
        return words
    first, _, rest = words.partition(" ")
    branded = brand is not None and words.casefold().startswith(brand.casefold())
    titled = any(word[:1].isupper() for word in rest.split()) or first[1:] != first[1:].lower()
    keep = branded or titled or not (rest or cleaned)
    return words if keep else words[0].lower() + words[1:]


def category_words(category: str, language: Language) -> str:
    """A category in the middle of a sentence: "dog food", also from "DOG FOODS"; "TV and audio"; Chinese as it is.

    A Latin category in Chinese copy is written as a reader would write it too, not in the till's capitals.
    """
    if language == "zh" and not category.isascii():
        return " ".join(category.split())
    from tools.catalog.names import display_category

    words = re.sub(r"\s*[/|&]\s*", " and ", display_category(category)).split()
    return " ".join(word if word[1:] != word[1:].lower() else word.lower() for word in words)


def first_name_words(first_name: str | None, language: Language) -> str:
    """A name to greet with; the nameless greeting where there is none, or it is no name (a link, a number, markup)."""
    name = " ".join((first_name or "").split())
    if not _is_name(name):
        return NAMELESS[language]
    return name.title() if name.isascii() and (name.isupper() or name.islower()) else name


def _is_name(name: str) -> bool:
    """Letters and what joins them, begun by a letter; a full stop only before a space or at the end, so no domain."""
    if (
        not name[:1].isalpha()
        or len(name) > _MAX_NAME
        or len(name.split()) > _MAX_WORDS
        or re.search(r"\.(?! |$)", name)
    ):
        return False
    return all(char.isalpha() or char in _NAME_MARKS or unicodedata.category(char)[0] == "M" for char in name)


def link_words(website: str, channel: Channel) -> str:
    """The shop's address as it is typed; without `https://` and the last slash where columns count."""
    return re.sub(r"^https?://(www\.)?", "", website).rstrip("/") if channel in SHORT else website


def brand_words(request: CopyRequest) -> str:
    """The brand, or for a Chinese SMS the registered signature, which takes its place there."""
    if request.channel == "sms" and request.language == "zh" and request.sender.sms_signature:
        return request.sender.sms_signature.strip("【】[] ")
    return " ".join(request.sender.brand.split())
