"""Prices and urgency: former prices, deadlines, and what must stand behind them."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from tools.compliance.finding import Finding, failed, message_rule, passed, shown, skipped
from tools.compliance.han import han_hits
from tools.compliance.message import Context, Message
from tools.compliance.numbers import decimals
from tools.compliance.params import Params
from tools.compliance.phrases import found_words, hits
from tools.compliance.slots import products_of
from tools.compliance.text import joined, tokens
from tools.money import minor_digits

_MONEY = frozenset("$€£¥￥")


def _before_amounts(text: str, words: Iterable[str]) -> Iterator[str]:
    """Words that stand right before an amount of money ("was $5", "now only $3"), unless it is "$5 off"."""
    found = tokens(text)
    for hit in hits(text, words):
        sign = hit.end + (found[hit.end : hit.end + 1] == ("us",))
        if found[sign : sign + 1] and found[sign] in _MONEY and found[sign + 2 : sign + 3] != ("off",):
            yield " ".join(found[hit.start : sign + 2])


def _before_figures(text: str, words: Iterable[str]) -> Iterator[str]:
    """Words that stand right before a share or an amount: "up to 30%", "up to $5"."""
    found = tokens(text)
    for hit in hits(text, words):
        after = found[hit.end : hit.end + 2]
        if len(after) == 2 and (after[0] in _MONEY or after[1] in ("%", "percent")):
            yield " ".join(found[hit.start : hit.end + 2])


def reductions(message: Message, params: Params) -> list[str]:
    """Words by which a text says that a price was higher before."""
    text = joined(message.rendered)
    return [
        *found_words(text, params.words("words"), params.words("unless")),
        *_before_amounts(text, params.words("before_amount")),
        *han_hits(text, params.words("words_zh"), params.words("unless_zh")),
    ]


def _savings(message: Message, params: Params) -> list[str]:
    """ "Save" with an amount or a share after it."""
    text = joined(message.rendered)
    found = tokens(text)
    return [
        " ".join(found[hit.start : hit.end + 3])
        for hit in hits(text, params.words("savings"))
        if any(word in _MONEY or word == "%" for word in found[hit.end : hit.end + 4])
    ]


@message_rule("US-PR-01")
def former_price(message: Message, context: Context, params: Params) -> Finding:
    """A former price was really charged; a saving is the plan's own offer."""
    found = reductions(message, params)
    if context.offer.type not in ("percent", "amount"):
        found += _savings(message, params)
    if not found:
        return skipped("The text compares with no former price.")
    if not context.price_history_known:
        return failed(
            f"{shown(found)} compares with a former price, and the price history does not show that it was charged: "
            "take the words out, or bring the price history."
        )
    return passed(f"{shown(found)}: the former price is in the price history.")


@message_rule("US-PR-02")
def urgency(message: Message, context: Context, params: Params) -> Finding:
    """ "Ends", "last chance" need an end in the plan, "while it lasts" a stock; "factory price" its proof."""
    text = joined(message.rendered)
    unless = params.words("unless")
    deadline = found_words(text, params.words("deadline"), unless) + han_hits(
        text, params.words("deadline_zh"), params.words("unless_zh")
    )
    scarce = found_words(text, params.words("scarce"), unless) + han_hits(text, params.words("scarce_zh"))
    factory = found_words(text, params.words("factory"), unless) + han_hits(text, params.words("factory_zh"))
    if factory and not context.factory_price_evidence:
        return failed(f"{shown(factory)} needs proof that it is one: take the words out.")
    states_end = "{expiry}" in joined(message.parts)
    if (deadline or states_end) and context.window.end < context.today:
        return failed(f"The offer ended on {context.window.end.isoformat()}, before today: set a new end.")
    if deadline and not states_end:
        return failed(f"{shown(deadline)} presses without saying until when: say the day with {{expiry}}.")
    stocks = [fact.stock for fact in products_of(message, context)]
    if scarce and (not stocks or any(stock is None for stock in stocks)):
        return failed(f"{shown(scarce)} needs a known stock of each product: take the words out.")
    if scarce and not any(stock is not None and stock <= params.number("low_stock") for stock in stocks):
        return failed(f"{shown(scarce)} says that little is left, and the stock says otherwise: take the words out.")
    if not (deadline or scarce or factory or states_end):
        return skipped("The text presses nobody.")
    return passed("What presses has its bound in the plan.")


@message_rule("CN-PR-01")
def original_price(message: Message, context: Context, params: Params) -> Finding:
    """原价 is the lowest price of the seven days before, with a receipt; a product never sold has none."""
    text = joined(message.rendered)
    original = han_hits(text, params.words("original_zh"), params.words("unless_zh")) + found_words(
        text, params.words("original_en")
    )
    discount = han_hits(text, params.words("discount_zh"), params.words("unless_zh"))
    if not original and not discount:
        return skipped("The text speaks of no original price and no discount.")
    unsold = [fact.name for fact in products_of(message, context) if fact.product_id in context.never_sold]
    if unsold:
        return failed(f"{shown(unsold)} was never sold, so {shown(original + discount)} may not be said of it.")
    if original and not context.price_history_known:
        return failed(
            f"{shown(original)} must be the lowest price of the seven days before: take it out, or bring the history."
        )
    return passed("Every product was sold before, at the price that the discount is taken from.")


@message_rule("EU-PR-01")
def lowest_prior_price(message: Message, context: Context, params: Params) -> Finding:
    """A reduced price is shown with the lowest price of the 30 days before. A coupon of one's own is no such price."""
    found = reductions(message, params)
    if not found:
        return skipped("The text announces no reduced price.")
    stated = set(decimals(joined(message.rendered)))
    for fact in products_of(message, context):
        prior = context.lowest_prior_price_minor.get(fact.product_id)
        if prior is not None and Decimal(prior).scaleb(-minor_digits(context.currency)) in stated:
            return passed(f"The lowest price of the 30 days before is shown for {shown([fact.name])}.")
    return failed(f"{shown(found)} announces a reduction: show the lowest price of the 30 days before, or take it out.")


@message_rule("UK-PR-01")
def from_and_up_to(message: Message, _context: Context, params: Params) -> Finding:
    """ "From" and "up to" before an amount need a fair share of items at that price."""
    text = joined(message.rendered)
    found = [*_before_amounts(text, params.words("from_words")), *found_words(text, params.words("up_to"))]
    found += _before_figures(text, params.words("before_figure"))
    found += han_hits(text, params.words("up_to_zh"))
    if not found:
        return skipped("The text has no “from” or “up to” price.")
    return failed(
        f"{shown(found)} needs {params.number('least_share'):.0%} of the items at that price, which the plan does not "
        "know: name one product and its price instead."
    )
