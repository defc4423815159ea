"""The budget: the total in the brief's own currency. A split by channel is summed, a daily amount is multiplied."""

import re
from dataclasses import replace
from decimal import Decimal

from agent.brief.channels import Mention
from agent.brief.fields import Question
from agent.brief.money import LARGEST, Amount, Till
from agent.brief.page import Page, Span
from agent.brief.reading import Reading
from agent.brief.spending import ALONE, CALLED, LEAST_BARE, Spending, either, spendings, words
from tools.money import format_money, to_minor
from tools.vocabulary import Money


def read_budget(
    page: Page,
    till: Till,
    *,
    chinese: bool,
    shop_currency: str | None,
    days: int | None,
    label: tuple[Span, ...] = (),
    channels: tuple[Mention, ...] = (),
) -> Reading[Money]:
    """The stated total. `days`: length of the window, for an amount a day; `channels`: mentions, for a split."""
    found = spendings(page, till, label, channels)
    unknown = next(iter(page.find(words()["unknown"])), None)
    pair = either(page, found.said, found.unsure)
    if pair:
        return _several(page, list(pair))
    if not found.said:
        sums = {(a.major, a.upper, a.currency) for a in found.unsure}
        if channels and len(sums) == 1 and len(found.likely) == len(found.unsure) and unknown is None:
            return _only(page, _whole(page, till, chinese, list(found.unsure), shop_currency, days))
        if channels and len(found.bare) == 1 and not found.unsure and unknown is None:
            return _only(page, _whole(page, till, chinese, list(found.bare), shop_currency, days))
        if found.unsure and unknown is None:
            return _asked_whether(page, found.unsure[0])
        return _missing(page, Span(*unknown.span()) if unknown else None)
    split = [s for s in found.said if s.channel]
    whole = [s for s in found.said if not s.channel]
    if len(split) > 1 or (split and not whole):
        firm = [s for s in whole if s.rank >= ALONE]
        return _split(page, till, chinese, split, firm, shop_currency)
    return _whole(page, till, chinese, _firmest([*whole, *split]), shop_currency, days)


def _firmest(said: list[Spending]) -> list[Amount]:
    """What is called the budget, with what stands alone beside it (the two may contradict); else all."""
    called = [s.amount for s in said if s.rank == CALLED]
    beside = [s.amount for s in said if s.rank == ALONE and s.amount.major >= LEAST_BARE]
    return [*called, *beside] if called else [s.amount for s in said]


def _ask(question: str, quote: str, taken: tuple[Span, ...], options: tuple[str, ...] = ()) -> Reading[Money]:
    """No budget, and a question about the words that might be one."""
    asked = Question(field="budget", question=question, quote=quote, options=options)
    return Reading(None, (), (asked,), taken=taken)


def _several(page: Page, found: list[Amount]) -> Reading[Money]:
    options = tuple(dict.fromkeys(page.said(a.where) for a in found))
    text = f"Several budgets are given ({', '.join(options)}): which is the total?"
    return _ask(text, options[0], tuple(a.where for a in found), options)


def _only(page: Page, reading: Reading[Money]) -> Reading[Money]:
    """The one sum that a brief names and that nothing else claims is its budget: taken, said, and open to be denied."""
    if reading.value is None or reading.questions:
        return reading
    quote = page.said(reading.spans[0])
    text = f"“{quote}” is the only sum that could be the budget, and is taken as it: is it not?"
    asked = Question(field="budget", question=text, quote=quote, blocking=False)
    return replace(reading, questions=(asked,))


def _asked_whether(page: Page, amount: Amount) -> Reading[Money]:
    quote = page.said(amount.where)
    return _ask(f"Is “{quote}” what the campaign may cost in total, discounts included?", quote, (), (quote,))


def _missing(page: Page, unknown: Span | None) -> Reading[Money]:
    quote = page.said(unknown) if unknown else None
    text = (
        f"“{quote}”: what may the campaign cost in total?"
        if quote
        else "What may the campaign cost in total, discounts included?"
    )
    return Reading(None, (), (Question(field="budget", question=text, quote=quote),))


def _currency(amount: Amount, till: Till, chinese: bool, shop_currency: str | None) -> str:
    if amount.currency:
        return amount.currency
    return shop_currency or ("CNY" if chinese else till.dollar)


def _whole(
    page: Page, till: Till, chinese: bool, found: list[Amount], shop_currency: str | None, days: int | None
) -> Reading[Money]:
    first = found[0]
    spans = tuple(a.where for a in found if (a.major, a.upper) == (first.major, first.upper))
    if len({(a.major, a.upper) for a in found}) > 1:
        return _several(page, found)
    quote = page.said(first.where)
    unclear = _unclear(first, quote)
    if unclear:
        options = (f"{first.major:f}", f"{first.upper:f}") if first.upper not in (None, first.major) else ()
        return _ask(unclear, quote, spans, options)
    code = _currency(first, till, chinese, shop_currency)
    unnamed = f"The brief names no currency: “{quote}” is read as {code}."
    daily = words()["daily"].match(page.after(first.where)) or words()["daily_before"].search(page.before(first.where))
    if daily:
        return _per_day(page, first, code, daily.group(0), days, spans)
    money = Money(amount_minor=to_minor(str(first.major), code), currency=code)
    return Reading(money, spans, _foreign(page, money, first, shop_currency), () if first.currency else (unnamed,))


def _unclear(amount: Amount, quote: str) -> str | None:
    """What is to be asked about an amount that is no budget as it stands."""
    if amount.upper is not None and amount.upper != amount.major:
        return f"“{quote}” is a range: what is the most that may be spent?"
    if amount.currency is None and not amount.scaled and amount.major < LEAST_BARE:
        return f"“{quote}” of what: how much may the campaign cost in total?"
    if amount.negative or amount.major < Decimal("0.01") or amount.major > LARGEST:
        return f"“{quote}” cannot be a budget: what may the campaign cost in total?"
    return None


def _per_day(
    page: Page, amount: Amount, code: str, unit: str, days: int | None, spans: tuple[Span, ...]
) -> Reading[Money]:
    size = 7 if re.search("week|周", unit) else 30 if re.search("month|月", unit) else 1
    quote = page.said(amount.where)
    if days is None or days % size:
        return _ask(f"“{quote}{unit.rstrip()}” is not a total: what may the campaign cost in all?", quote, spans)
    money = Money(amount_minor=to_minor(str(amount.major * (days // size)), code), currency=code)
    note = (
        f"The budget is a rate (“{quote}”, “{unit.strip()}”), times {days // size}: "
        f"{format_money(money.amount_minor, code, trim=True)}."
    )
    return Reading(money, spans, (), (note,))


def _foreign(page: Page, money: Money, amount: Amount, shop_currency: str | None) -> tuple[Question, ...]:
    if shop_currency is None or money.currency == shop_currency:
        return ()
    return (
        Question(
            field="budget",
            quote=page.said(amount.where),
            question=(
                f"The budget is in {money.currency} and the shop sells in {shop_currency}; no rate is made up "
                f"here: what is it in {shop_currency}?"
            ),
        ),
    )


def _split(
    page: Page, till: Till, chinese: bool, split: list[Spending], whole: list[Spending], shop_currency: str | None
) -> Reading[Money]:
    codes = {_currency(s.amount, till, chinese, shop_currency) for s in split}
    spans = tuple(s.amount.where for s in split)
    if len(codes) > 1:
        names = ", ".join(sorted(codes))
        return _ask(
            f"The split is in several currencies ({names}): what is the total, in one?", page.said(spans[0]), ()
        )
    code = codes.pop()
    total = sum((s.amount.major for s in split), Decimal(0))
    totals = {s.amount.major for s in whole}
    if totals and totals != {total}:
        stated = page.said(whole[0].amount.where)
        question = (
            f"The amounts by channel add up to {total:f} {code}, and the total is given as “{stated}”: which holds?"
        )
        return _ask(question, stated, spans, (stated, f"{total:f} {code}"))
    if total <= 0 or total > LARGEST:
        return _missing(page, spans[0])
    money = Money(amount_minor=to_minor(str(total), code), currency=code)
    if totals:
        spans = tuple(s.amount.where for s in whole)
    note = (
        f"The budget is the sum of the amounts by channel: {format_money(money.amount_minor, code, trim=True)}."
        if not totals and len(split) > 1
        else ""
    )
    return Reading(money, spans, _foreign(page, money, split[0].amount, shop_currency), (note,) if note else ())
