"""Slots: their values for one request, and the filling of them, for one message or a million (promise 4)."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import repeat

from tools.catalog.types import ProductFact
from tools.copywriter import words
from tools.copywriter.quarantine import sayable
from tools.copywriter.sms import gsm_text
from tools.copywriter.types import SLOTS, CopyRequest
from tools.failure import ToolFailure

_SLOT = re.compile(r"\{([a-z0-9_]+)\}")
_SENTENCE_START = re.compile(r"(?:^|[.!?…]['\")]?\s+|\n)$")
_CAPITALISED = ("product", "product_2", "category", "offer")


def slot_values(
    request: CopyRequest, *, first_name: str | None, products: Sequence[ProductFact] | None = None
) -> dict[str, str]:
    """Slot → words, for the slots that this request can fill; a slot without a fact behind it is left out.

    Args:
        request: the unit of copy; its offer, window, sender, code and language word the values.
        first_name: null or no name gives the nameless greeting.
        products: the first fills `product`, `category` and `price`, the second `product_2`; null takes the request's.

    Raises:
        ToolFailure: `bad_slot_value` for a value that holds a brace, or control characters.
    """
    # A name that is none (a price, an address, a sentence in it) is not said: the message speaks of the next product.
    chosen = [fact for fact in (request.products if products is None else products) if sayable(fact.name)]
    short = request.channel in words.SHORT
    values = {
        "first_name": words.first_name_words(first_name, request.language),
        "brand": words.brand_words(request),
        "expiry": words.expiry_words(
            request.window.end, request.language, short=request.channel in ("sms", "search", "social")
        ),
        "shop_url": words.link_words(request.sender.website or "", request.channel),
        "unsubscribe_url": request.sender.unsubscribe_url or "",
        "postal_address": " ".join((request.sender.postal_address or "").split()),
    }
    values |= _product_values(request, chosen)
    if request.offer.type != "none":
        values["offer"] = words.offer_words(request.offer, request.currency, request.language, short=short)
        values["code"] = request.code
    if request.channel == "sms" and request.language == "en":
        values = {slot: gsm_text(value) for slot, value in values.items()}
    filled = {slot: value for slot, value in values.items() if value}
    for slot, value in filled.items():
        _check_value(slot, value)
    return filled


def _product_values(request: CopyRequest, products: Sequence[ProductFact]) -> dict[str, str]:
    values = {
        slot: words.product_words(
            fact.name, fact.brand, request.channel, request.language, cleaned=fact.raw_name != fact.name
        )
        for slot, fact in zip(("product", "product_2"), products, strict=False)
    }
    if values.get("product_2") == values.get("product"):
        values.pop("product_2", None)
    if products:
        first = products[0]
        if sayable(first.category or ""):
            values["category"] = words.category_words(first.category or "", request.language)
        if first.price_minor is not None:
            values["price"] = words.price_words(first.price_minor, first.currency, request.language)
    return values


def _check_value(slot: str, value: str) -> None:
    if "{" in value or "}" in value:
        raise ToolFailure(
            "bad_slot_value",
            f"The value of `{slot}` holds a brace, which could name another slot: {value!r}.",
            slot=slot,
        )
    if any(ord(char) < 32 for char in value):
        raise ToolFailure("bad_slot_value", f"The value of `{slot}` holds a control character: {value!r}.", slot=slot)


Piece = tuple[bool, str, bool]
"""(is a slot, its name or the literal, stands at the start of a sentence)."""


@lru_cache(maxsize=4096)
def compiled(text: str) -> tuple[Piece, ...]:
    """A part as literals and slots, in order.

    Raises:
        ToolFailure: `unknown_slot` for a slot that there is not.
    """
    pieces: list[Piece] = []
    at = 0
    for match in _SLOT.finditer(text):
        if match.group(1) not in SLOTS:
            raise ToolFailure("unknown_slot", f"There is no slot `{match.group(0)}`; known are {', '.join(SLOTS)}.")
        if match.start() > at:
            pieces.append((False, text[at : match.start()], False))
        starts = match.group(1) in _CAPITALISED and bool(_SENTENCE_START.search(text[: match.start()]))
        pieces.append((True, match.group(1), starts))
        at = match.end()
    if at < len(text):
        pieces.append((False, text[at:], False))
    return tuple(pieces)


def slots_of(parts: Mapping[str, str]) -> set[str]:
    return {name for text in parts.values() for is_slot, name, _ in compiled(text) if is_slot}


def _capital(value: str) -> str:
    return value[:1].upper() + value[1:]


def render(parts: Mapping[str, str], values: Mapping[str, str]) -> dict[str, str]:
    """The parts with their slots filled; a product, category or offer that begins a sentence gets a capital letter.

    Raises:
        ToolFailure: `unknown_slot`, or `unfilled_slot` where `values` lacks one.
    """
    missing = slots_of(parts) - set(values)
    if missing:
        raise _unfilled(missing)
    return {part: _render_text(text, values) for part, text in parts.items()}


def _render_text(text: str, values: Mapping[str, str]) -> str:
    return "".join(
        (_capital(values[name]) if starts else values[name]) if is_slot else name
        for is_slot, name, starts in compiled(text)
    )


def _unfilled(missing: set[str]) -> ToolFailure:
    names = ", ".join(f"`{{{name}}}`" for name in sorted(missing))
    return ToolFailure("unfilled_slot", f"Nothing is known to fill {names} with.", slots=sorted(missing))


def render_many(
    parts: Mapping[str, str], columns: Mapping[str, Sequence[str]], constants: Mapping[str, str] | None = None
) -> dict[str, list[str]]:
    """The same copy for many customers at once.

    Args:
        parts: part → text with slots.
        columns: slot → one value a customer, all of one length n (checked for braces and control characters).
        constants: slot → the value that all customers share (`slot_values` of the request).

    Returns:
        Part → n rendered texts, in the order of the columns.

    Raises:
        ToolFailure: `unfilled_slot`, `unknown_slot`, `bad_slot_value`; `ValueError` on columns of unequal length.
    """
    lengths = {len(column) for column in columns.values()}
    if len(lengths) != 1:
        raise ValueError(f"columns must be of one length, got {sorted(lengths)}")
    constants = {k: v for k, v in (constants or {}).items() if k not in columns}
    missing = slots_of(parts) - set(columns) - set(constants)
    if missing:
        raise _unfilled(missing)
    for slot, column in columns.items():
        _check_value(slot, "".join(column))
    size = lengths.pop()
    return {part: _render_column(text, columns, constants, size) for part, text in parts.items()}


def _render_column(
    text: str, columns: Mapping[str, Sequence[str]], constants: Mapping[str, str], size: int
) -> list[str]:
    streams: list[list[str] | str] = []
    for is_slot, name, starts in compiled(text):
        if is_slot and name in columns:
            streams.append([_capital(value) for value in columns[name]] if starts else list(columns[name]))
            continue
        literal = (_capital(constants[name]) if starts else constants[name]) if is_slot else name
        if streams and isinstance(streams[-1], str):
            streams[-1] += literal
        else:
            streams.append(literal)
    if all(isinstance(stream, str) for stream in streams):
        return ["".join(str(stream) for stream in streams)] * size
    return list(map("".join, zip(*(repeat(s, size) if isinstance(s, str) else s for s in streams), strict=True)))


def digits_outside_slots(parts: Mapping[str, str]) -> dict[str, str]:
    """Part → the digits that it holds outside its slots; empty where promise 4 holds (also ①, ², ½, full width)."""
    found = {}
    for part, text in parts.items():
        digits = "".join(c for c in _SLOT.sub("", text) if c.isdigit() or (c.isnumeric() and not c.isalpha()))
        if digits:
            found[part] = digits
    return found
