"""Promise 4: every number in the copy comes from the plan or the catalogue, through a slot."""

from itertools import pairwise

from tools.compliance.finding import Finding, failed, message_rule, passed, shown, skipped
from tools.compliance.message import Context, Message
from tools.compliance.numbers import digits, has_percent, money_signs, without, worded
from tools.compliance.params import Params
from tools.compliance.slots import differences, wrong_values
from tools.compliance.text import bare, fold, joined

FIX = "Put a slot in its place, or take the words out."


@message_rule("price_facts")
def price_facts(message: Message, context: Context, params: Params) -> Finding:
    """No digit, amount, share, count or date outside a slot; the text is its template filled; each value is true."""
    allowed = (*params.words("allowed"), *context.allowed_numbers)
    own = without(bare(joined(message.parts)), allowed)
    problems = [*differences(message), *wrong_values(message, context)]
    if found := digits(own) or digits(fold(own)):
        problems.append(f"digits outside a slot: {shown(found)}")
    if found := worded(own, params):
        problems.append(f"amounts, counts or dates in words: {shown(found)}")
    if has_percent(own):
        problems.append("a per cent sign outside a slot")
    if signs := money_signs(own):
        problems.append(f"a currency sign outside a slot: {shown(sorted(signs))}")
    problems += _currency(message, context, params)
    if problems:
        return failed(f"{_sentence(problems)}. {FIX}")
    return passed("Every number comes from the plan or the catalogue.")


def _currency(message: Message, context: Context, params: Params) -> list[str]:
    """Signs of another currency than the shop's in what the recipient reads."""
    own = set(params.groups("signs").get(context.currency, ()))
    text = joined(message.rendered)
    foreign = money_signs(text) - own
    if context.currency != "CNY" and any(left.isdigit() and right == "元" for left, right in pairwise(text)):
        foreign.add("元")
    return [f"{shown(sorted(foreign))} is not a sign of {context.currency}"] if own and foreign else []


def _sentence(problems: list[str]) -> str:
    text = "; ".join(problems[:4]) + (f"; and {len(problems) - 4} more" if len(problems) > 4 else "")
    return text[:1].upper() + text[1:]


@message_rule("offer_cap")
def offer_cap(_message: Message, context: Context, params: Params) -> Finding:
    """The offer is never deeper than the brief allows."""
    cap = context.max_discount_pct
    if cap is None:
        return skipped("The brief sets no cap on discounts.")
    if context.offer.discount_pct > cap + params.number("tolerance_pct"):
        return failed(
            f"Offer `{context.offer.offer_id}` takes {context.offer.discount_pct:g} % off, "
            f"and the brief allows at most {cap:g} %: choose a smaller offer."
        )
    return passed(f"The offer takes {context.offer.discount_pct:g} % off, within the brief's {cap:g} %.")
