"""The budget: the total in the brief's own currency. A split by channel is summed, a daily amount is multiplied."""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from agent.brief.channels import Mention
from agent.brief.fields import Question
from agent.brief.money import LARGEST, Amount, Till, amounts
from agent.brief.page import Page, Span
from agent.brief.patterns import Patterns, patterns
from agent.brief.reading import Reading
from tools.money import format_money, to_minor
from tools.vocabulary import Money

MAX_GAP = 34
LEAST_BARE = 100
"""A number below this without a currency or a scale is asked about."""


@cache
def _patterns() -> Patterns:
    return patterns("budget")


@dataclass(frozen=True)
class _Said:
    amount: Amount
    named: bool
    labelled: bool
    channel: Mention | None = None
    called: bool = False
    """The word budget stands right before it."""
    alone: bool = False
    """It is a clause of its own ("…, $20,000, email …")."""


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
    said = [s for a in amounts(page, till) if (s := _candidate(page, a, label, channels))]
    firm = any(s.labelled or s.called for s in said)
    best = [s for s in said if s.labelled or s.called or s.alone or s.channel or (s.named and not firm)] or said
    unknown = next(iter(page.find(_patterns()["unknown"])), None)
    if not best:
        return _missing(page, Span(*unknown.span()) if unknown else None)
    split = [s for s in best if s.channel]
    whole = [s for s in best if not s.channel] or [s for s in said if not s.channel and s.named]
    if len(split) > 1 or (split and not whole):
        return _split(page, till, chinese, split, whole, shop_currency)
    return _whole(page, till, chinese, [s.amount for s in whole], shop_currency, days)


def _candidate(page: Page, amount: Amount, label: tuple[Span, ...], channels: tuple[Mention, ...]) -> _Said | None:
    """The amount as a budget; null where the words around it say that it is something else."""
    found = _patterns()
    before, after = page.before(amount.where, 60), page.after(amount.where, 40)
    labelled = any(zone.holds(amount.where) for zone in label)
    if found["other_after"].match(after) or (amount.currency is None and found["unit_after"].match(after)):
        return None
    clause = page.clause_of(amount.where)
    close = page.norm[max(clause.start, amount.where.start - MAX_GAP) : amount.where.start]
    named = bool(
        found["named"].search(close) or found["named"].match(after.lstrip(" a")) or found["named_after"].match(after)
    )
    other = found["other_before"].search(before) and not (named and found["limit_before"].search(before))
    if other and not labelled and not (amount.scaled and found["now_before"].search(before)):
        return None
    channel = _channel_of(page, amount, channels)
    if amount.currency is None and not labelled and not _bare_counts(page, amount, named, channel, close):
        return None
    called = bool(found["budget_before"].search(close))
    return _Said(amount, named, labelled, channel, called, _alone(page, amount))


def _bare_counts(page: Page, amount: Amount, named: bool, channel: Mention | None, close: str) -> bool:
    """A number without a currency is money after a word of budgets, or as "20k" alone or beside a channel."""
    found = _patterns()
    if not amount.scaled:
        return bool(found["budget_before"].search(close) or found["budget_after"].match(page.after(amount.where)))
    return bool(named or channel) or _alone(page, amount)


def _alone(page: Page, amount: Amount) -> bool:
    """The amount is a clause of its own, but for "about" and the like."""
    clause = page.clause_of(amount.where)
    own = page.norm[amount.where.start : amount.where.end].strip()
    near = page.norm[clause.start : clause.end].strip(" .~!") if clause.holds(amount.where) else ""
    return _patterns()["about"].sub("", near).strip() == own


def _channel_of(page: Page, amount: Amount, channels: tuple[Mention, ...]) -> Mention | None:
    """The channel that an amount is for: "$2k email", "$2k for SMS", "email: $2k", "短信2万"."""
    where = amount.where
    for mention in channels:
        if mention.negated:
            continue
        if mention.where.start >= where.end and _patterns()["for_channel"].fullmatch(
            page.norm, where.end, mention.where.start
        ):
            return mention
        if mention.where.end <= where.start and _patterns()["of_channel"].fullmatch(
            page.norm, mention.where.end, where.start
        ):
            return mention
    return None


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
    return "CNY" if chinese else shop_currency or till.dollar


def _whole(
    page: Page, till: Till, chinese: bool, found: list[Amount], shop_currency: str | None, days: int | None
) -> Reading[Money]:
    values = {(a.major, a.upper) for a in found}
    first = found[0]
    spans = tuple(a.where for a in found if (a.major, a.upper) == (first.major, first.upper))
    quote = page.said(first.where)
    if len(values) > 1:
        options = tuple(dict.fromkeys(page.said(a.where) for a in found))
        return Reading(
            None,
            (),
            (
                Question(
                    field="budget",
                    question=f"Several budgets are given ({', '.join(options)}): which is the total?",
                    quote=quote,
                    options=options,
                ),
            ),
            taken=tuple(a.where for a in found),
        )
    if first.upper is not None and first.upper != first.major:
        return Reading(
            None,
            (),
            (
                Question(
                    field="budget",
                    question=f"“{quote}” is a range: what is the most that may be spent?",
                    quote=quote,
                    options=(f"{first.major:f}", f"{first.upper:f}"),
                ),
            ),
            taken=spans,
        )
    if first.currency is None and not first.scaled and first.major < LEAST_BARE:
        return Reading(
            None,
            (),
            (
                Question(
                    field="budget", question=f"“{quote}” of what: how much may the campaign cost in total?", quote=quote
                ),
            ),
            taken=spans,
        )
    if first.negative or first.major < Decimal("0.01") or first.major > LARGEST:
        return Reading(
            None,
            (),
            (
                Question(
                    field="budget",
                    question=f"“{quote}” cannot be a budget: what may the campaign cost in total?",
                    quote=quote,
                ),
            ),
            taken=spans,
        )
    code = _currency(first, till, chinese, shop_currency)
    unnamed = f"The brief names no currency: “{quote}” is read as {code}."
    daily = _patterns()["daily"].match(page.after(first.where)) or _patterns()["daily_before"].search(
        page.before(first.where)
    )
    if daily:
        return _per_day(page, first, code, daily.group(0), days, spans)
    money = Money(amount_minor=to_minor(str(first.major), code), currency=code)
    return Reading(money, spans, _foreign(page, money, first, shop_currency), () if first.currency else (unnamed,))


def _per_day(
    page: Page, amount: Amount, code: str, words: str, days: int | None, spans: tuple[Span, ...]
) -> Reading[Money]:
    size = 7 if re.search("week|周", words) else 30 if re.search("month|月", words) else 1
    quote = page.said(amount.where)
    if days is None or days % size:
        return Reading(
            None,
            (),
            (
                Question(
                    field="budget",
                    question=f"“{quote}{words.rstrip()}” is not a total: what may the campaign cost in all?",
                    quote=quote,
                ),
            ),
            taken=spans,
        )
    money = Money(amount_minor=to_minor(str(amount.major * (days // size)), code), currency=code)
    note = (
        f"The budget is a rate (“{quote}”, “{words.strip()}”), times {days // size}: "
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
    page: Page, till: Till, chinese: bool, split: list[_Said], whole: list[_Said], shop_currency: str | None
) -> Reading[Money]:
    codes = {_currency(s.amount, till, chinese, shop_currency) for s in split}
    spans = tuple(s.amount.where for s in split)
    if len(codes) > 1:
        return Reading(
            None,
            (),
            (
                Question(
                    field="budget",
                    question=(
                        f"The split is in several currencies ({', '.join(sorted(codes))}): what is the total, in one?"
                    ),
                    quote=page.said(spans[0]),
                ),
            ),
        )
    code = codes.pop()
    total = sum((s.amount.major for s in split), Decimal(0))
    totals = {s.amount.major for s in whole}
    if totals and totals != {total}:
        stated = page.said(whole[0].amount.where)
        return Reading(
            None,
            (),
            (
                Question(
                    field="budget",
                    quote=stated,
                    options=(stated, f"{total:f} {code}"),
                    question=(
                        f"The amounts by channel add up to {total:f} {code}, and the total is given as “{stated}”: "
                        "which holds?"
                    ),
                ),
            ),
            taken=spans,
        )
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
