"""Slots against the plan: the text is its template filled, and each value is what plan and catalogue say."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from tools.catalog.types import ProductFact
from tools.compliance.finding import shown
from tools.compliance.message import Context, Message
from tools.compliance.numbers import decimals, digits
from tools.compliance.text import SLOT, clauses, has_han, tokens
from tools.money import minor_digits

MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip


def fill(parts: dict[str, str], slots: dict[str, str]) -> dict[str, str]:
    """The parts with their slots filled; a slot without a value stays."""
    return {part: SLOT.sub(lambda m: slots.get(m.group(1), m.group()), text) for part, text in parts.items()}


def products_of(message: Message, context: Context) -> tuple[ProductFact, ...]:
    """The products that this message may name."""
    named = tuple(fact for fact in context.products if fact.product_id in message.product_ids)
    return named if message.product_ids else context.products


def record(fact: ProductFact, context: Context) -> str:
    """All words of a product's record."""
    fields = (fact.name, fact.raw_name, fact.category, fact.department, fact.brand)
    return " \n".join([*filter(None, fields), context.product_records.get(fact.product_id, "")])


def differences(message: Message) -> list[str]:
    """Where the rendered text is not its template with the slots filled (a value may begin with a capital letter)."""
    if set(message.parts) != set(message.rendered):
        odd = sorted(set(message.parts) ^ set(message.rendered))
        return [f"the parts {shown(odd)} stand in the template or in the rendered message only"]
    return [
        problem
        for part, template in message.parts.items()
        if (problem := _difference(part, template, message.rendered[part], message.slots))
    ]


def _difference(part: str, template: str, text: str, slots: dict[str, str]) -> str:
    at = written = 0
    for match in SLOT.finditer(template):
        value = slots.get(match.group(1))
        if value is None:
            return f"slot {shown([match.group()])} in `{part}` has no value"
        choices = {template[written : match.start()] + form for form in (value, value[:1].upper() + value[1:])}
        fitting = next((choice for choice in choices if text.startswith(choice, at)), None)
        if fitting is None:
            return f"`{part}` reads {shown([text[at : at + 40]])} where its template and slots give {shown(choices)}"
        at, written = at + len(fitting), match.end()
    if text[at:] != template[written:]:
        return f"`{part}` ends with {shown([text[at:]])}, not with its template's words"
    return ""


def wrong_values(message: Message, context: Context) -> list[str]:
    """What the slots say that plan and catalogue do not."""
    used = {name for text in message.parts.values() for name in SLOT.findall(text)}
    return [
        problem
        for name in sorted(used & set(message.slots) & set(_CHECKS))
        if (problem := _CHECKS[name](message.slots[name], message, context))
    ]


def _major(amount_minor: float, currency: str) -> Decimal:
    return Decimal(str(amount_minor)).scaleb(-minor_digits(currency)).normalize()


def _offer(value: str, _message: Message, context: Context) -> str:
    offer = context.offer
    if offer.type == "none":
        return f"the slot {{offer}} says {shown([value])} but the plan has no offer"
    stated = set(decimals(value))
    minimum = {_major(offer.minimum_order_minor, context.currency)} if offer.minimum_order_minor else set()
    depth = Decimal(str(offer.value))
    tenths = {(100 - depth) / 10, 100 - depth} if "折" in value else {depth}
    owed = {
        "percent": tenths,
        "amount": {_major(offer.value, context.currency)},
    }.get(offer.type, set())
    free = {Decimal(1), Decimal(2)} if offer.type == "bogo" else set()
    if stated - owed - minimum - free:
        return f"the slot {{offer}} says {shown([value])}, which is not the plan's offer `{offer.offer_id}`"
    if owed and not stated & owed:
        return f"the slot {{offer}} says {shown([value])} without the plan's figure ({offer.value:g})"
    return ""


def _price(value: str, message: Message, context: Context) -> str:
    prices = {
        _major(fact.price_minor, fact.currency)
        for fact in products_of(message, context)
        if fact.price_minor is not None
    }
    stated = decimals(value)
    if not stated or any(number not in prices for number in stated):
        return (
            f"the slot {{price}} says {shown([value])}, which is not the catalogue's price of a product of this message"
        )
    return ""


def _expiry(value: str, _message: Message, context: Context) -> str:
    end: date = context.window.end
    numbers = {int(number) for number in decimals(value)}
    months = {MONTHS.index(month) + 1 for month in MONTHS for word in tokens(value) if _names(word, month)}
    right = numbers <= {end.day, end.month, end.year, end.year % 100} and end.day in numbers and months <= {end.month}
    if right and (months or end.month in numbers):
        return ""
    return f"the slot {{expiry}} says {shown([value])}, but the offer ends on {end.isoformat()}"


def _names(word: str, month: str) -> bool:
    return (
        word == month or (len(word) >= 3 and word.isalpha() and month.startswith(word)) or word == "sept" == month[:4]
    )


def _code(value: str, _message: Message, context: Context) -> str:
    return "" if value in context.allowed_codes else f"the code {shown([value])} is not one of the plan's codes"


def _brand(value: str, _message: Message, context: Context) -> str:
    sender = context.sender
    known = {clauses(name) for name in (sender.brand, sender.legal_name, sender.sms_signature) if name}
    return (
        "" if clauses(value) in known else f"the slot {{brand}} says {shown([value])}, the sender is {sender.brand!r}"
    )


def _address(value: str, _message: Message, context: Context) -> str:
    same = clauses(value) == clauses(context.sender.postal_address or "")
    return "" if same else f"the postal address {shown([value])} is not the sender's"


def _first_name(value: str, _message: Message, _context: Context) -> str:
    return f"the first name {shown([value])} holds a digit" if digits(value) else ""


def _product(value: str, message: Message, context: Context) -> str:
    if any(_covers(record(fact, context), value) for fact in products_of(message, context)):
        return ""
    return f"{shown([value])} is no product that this message was planned for"


def _category(value: str, message: Message, context: Context) -> str:
    from tools.catalog.names import display_category

    names = [name for fact in products_of(message, context) for name in (fact.category, fact.department) if name]
    if any(_covers(f"{name} {display_category(name)} and", value) for name in names):
        return ""
    return f"the category {shown([value])} is no category of this message's products"


def _covers(text: str, words: str) -> bool:
    """Every word and number of `words` stands in `text`; Chinese words as part of it."""
    known = set(tokens(text))
    return all(
        word in known or (has_han(word) and any(word in longer for longer in known)) for word in tokens(words)
    ) and bool(tokens(words))


_CHECKS: dict[str, Callable[[str, Message, Context], str]] = {
    "offer": _offer,
    "price": _price,
    "expiry": _expiry,
    "code": _code,
    "brand": _brand,
    "postal_address": _address,
    "first_name": _first_name,
    "product": _product,
    "product_2": _product,
    "category": _category,
}
