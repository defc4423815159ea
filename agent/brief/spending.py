"""Which amounts of a page the campaign may spend, by the words around each.

An amount is taken only where something says so: a word of budgets beside it, a frame ("we've got …"), or nothing around
it but words that fit a budget. A price, a goal, what customers spend or another year's cost is passed over; what is
neither is asked about.
"""

import re
from bisect import bisect_left
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

from agent.brief.channels import Mention
from agent.brief.lexicon import LEFT, alternatives, lexicon
from agent.brief.money import Amount, Till, amounts
from agent.brief.page import MASK, Page, Span, span
from agent.brief.patterns import Patterns, patterns

LEAST_BARE = 100
"""A number below this without a currency or a scale is no budget by itself."""
MOST_BARE = 1_000_000
"""A bare number above this is a reference or a telephone number rather than a budget."""
PLAUSIBLE = 500
"""From here an amount between other words is more likely a budget than the price of a thing."""
HEADING = 3
"""Words from which what stands before a colon is a sentence and no heading."""
LEAST_SCALED = 1_000
"""From here a sum under "(万元)" is written out."""
GAP = 40
"""Characters at most between an amount and its channel."""
CALLED, ALONE, FITTING = 3, 2, 1
"""How firmly an amount is the budget: said to be; a clause of its own; among words that fit."""


def words() -> Patterns:
    return patterns("budget")


@dataclass(frozen=True)
class Spending:
    amount: Amount
    rank: int
    channel: Mention | None = None


@dataclass(frozen=True)
class Spendings:
    said: tuple[Spending, ...]
    unsure: tuple[Amount, ...]
    """Amounts that may be the budget, and that nothing says are."""
    likely: tuple[Amount, ...] = ()
    """Those of them that are large, not doubted, and not the first word of a thing ("a $500 hamper")."""
    bare: tuple[Amount, ...] = ()
    """Numbers without a currency that are clauses of their own ("push, Feb 9 to 13, 3200")."""


def spendings(page: Page, till: Till, label: tuple[Span, ...], channels: tuple[Mention, ...]) -> Spendings:
    """The amounts to spend, in order. `label`: spans under "Budget:"; `channels`: mentions, for a split by channel."""
    found = [_settled(page, a) for a in amounts(page, till)]
    linked = _linked(page, found, channels)
    money = tuple(a.where for a in found)
    said, unsure = [], []
    for amount in found:
        rank = _rank(page, amount, money, any(z.holds(amount.where) for z in label), amount.where in linked)
        if rank:
            said.append(Spending(amount, rank, linked.get(amount.where)))
        elif rank is None:
            unsure.append(amount)
    likely = tuple(a for a in unsure if _likely(page, a))
    bare = tuple(a for a in found if _bare(page, a))
    return Spendings(tuple(_own_ones(page, said)), tuple(unsure), likely, bare)


def _settled(page: Page, amount: Amount) -> Amount:
    """The sum that holds of "cut from $5,000 to $2,000", and one under a heading that counts in thousands."""
    before, after = page.norm[max(0, amount.where.start - 60) : amount.where.start], page.after(amount.where, 8)
    if amount.upper is not None and words()["moved_before"].search(before):
        return replace(amount, major=amount.upper, upper=None)
    if amount.scaled or amount.major >= LEAST_SCALED:
        return amount
    if words()["ten_thousands_before"].search(before) or words()["ten_thousands_after"].match(after):
        return replace(amount, major=amount.major * 10_000, currency=amount.currency or "CNY", scaled=True)
    if words()["thousands_before"].search(before):
        return replace(amount, major=amount.major * 1_000, scaled=True)
    return amount


MOVED_TO = re.compile(
    rf"{LEFT}(?:down|up|over|cut|trimmed|reduced|lowered|raised|changed) to\s(?:only |just )?$"
    r"|(?:降|砍|减|加|涨|提|调|改)[高低少]?[到至为成]了?\s?$"
)
"""Before the sum that a talk ends with: what was said earlier no longer holds."""
DENIED = re.compile(rf"{LEFT}not\s(?:the\s|a\s)?$|不是\s?$")


def _own_ones(page: Page, said: list[Spending]) -> list[Spending]:
    """Without what was asked for, what was before and what is a part, where another sum is called the budget."""
    first = next((s.amount for s in said if s.rank == CALLED), None)
    rest = [s.amount.major for s in said if s.amount is not first]
    if first is not None and len(rest) > 1 and sum(rest) == first.major:
        return [s for s in said if s.amount is first]
    said = [s for s in said if not _part(page, s.amount, said)]
    moved = [s for s in said if MOVED_TO.search(page.before(s.amount.where, 24))]
    if moved and moved[-1] is said[-1]:
        return [moved[-1]]
    said = [s for s in said if not words()["never_was"].search(page.before(s.amount.where, 60))]
    denied = [s for s in said if DENIED.search(page.before(s.amount.where, 16))]
    gone = [s for s in said if words()["former_after"].match(page.after(s.amount.where, 48))]
    said = [s for s in said if s not in (*denied, *gone)] or said
    own = [s for s in said if not _former(page, s.amount)]
    return own if any(s.rank == CALLED for s in own) else said


def _part(page: Page, amount: Amount, said: list[Spending]) -> bool:
    """ "$4,500, of which $1,500 for SMS": a part of the larger sum before it."""
    before = page.norm[max(0, amount.where.start - 24) : amount.where.start]
    whole = any(s.amount.major > amount.major and s.amount.where < amount.where for s in said)
    return whole and words()["of_which"].search(before) is not None


def _former(page: Page, amount: Amount) -> bool:
    before, after = page.before(amount.where, 60), page.after(amount.where, 48)
    return bool(
        words()["former_before"].search(before)
        or words()["former_after"].match(after)
        or words()["part_before"].search(before)
        or words()["part_after"].match(after)
        or words()["other_words"].search(_own(page, amount.where, ()))
    )


def _bare(page: Page, amount: Amount) -> bool:
    """A whole number that fills its clause, large enough for a budget and not written like a year."""
    clause = page.clause_of(amount.where)
    text = page.norm[clause.start : clause.end].strip()
    return (
        amount.currency is None
        and LEAST_BARE <= amount.major <= MOST_BARE
        and amount.upper is None
        and text == page.norm[amount.where.start : amount.where.end].strip()
        and re.fullmatch(r"\d{3,7}|\d{1,3}(?:,\d{3})+", text) is not None
        and not re.fullmatch(r"20\d\d|19\d\d", text)
    )


def _likely(page: Page, amount: Amount) -> bool:
    before, after = page.before(amount.where, 80), page.after(amount.where, 40)
    called = words()["called_before"].search(before) or words()["called_after"].match(after)
    thing = re.match(r"\s([a-z-]+)", after)
    return bool(
        (amount.scaled or amount.major >= PLAUSIBLE)
        and not called
        and not words()["doubted_after"].match(after)
        and not (thing and not _fits(thing[1]))
    )


def _rank(page: Page, amount: Amount, money: tuple[Span, ...], labelled: bool, linked: bool) -> int | None:
    """How firmly it is the budget; 0 where it is something else, null where nothing tells."""
    before, after = page.before(amount.where, 80), page.after(amount.where, 40)
    bare = amount.currency is None
    if words()["other_after"].match(after) or (bare and words()["unit_after"].match(after)):
        return 0
    own = words()["aside"].sub(" ", _own(page, amount.where, money))
    if labelled or _called(page, amount, before, after):
        doubted = words()["doubted_after"].match(after) or (not labelled and words()["past_words"].search(own))
        return None if doubted else CALLED
    big = amount.scaled or amount.major >= PLAUSIBLE
    if big and (words()["settled_before"].search(before) or words()["settled_after"].match(after)):
        return CALLED
    heading = _heading(page, amount.where)
    other = words()["other_words"].search(f"{own} {heading}") or (MASK in heading and not big)
    if other or words()["offer"].search(before + MASK + after):
        return 0
    if linked and (not bare or amount.scaled or amount.major >= LEAST_BARE):
        return FITTING
    fits = _fits(own) and _fits(heading)
    if fits and not words()["about"].sub("", own.strip(" .~!")).strip():
        whole_units = amount.major == amount.major.to_integral_value() or big
        return (ALONE if whole_units else None) if not bare or amount.scaled else 0
    framed = big and (words()["frame_before"].search(before) or words()["frame_after"].match(after))
    if framed and (not bare or words()["bare_after"].match(after)):
        return FITTING
    if words()["people_words"].search(own):
        return 0
    if fits and amount.major >= LEAST_BARE and (not bare or amount.scaled):
        return FITTING
    return None if big and not bare else 0


def _called(page: Page, amount: Amount, before: str, after: str) -> bool:
    """A word of budgets stands beside it, or in the question of the line before that it answers."""
    if words()["called_before"].search(before) or words()["called_after"].match(after):
        return True
    start = amount.where.start
    return words()["asked_before"].search(page.norm, max(0, start - 80), start) is not None


def _own(page: Page, where: Span, money: tuple[Span, ...]) -> str:
    """The words of its clause without amounts, no farther than a word that begins another thought."""
    clause = page.clause_of(where)
    if not clause.holds(where):
        return ""
    letters = list(page.norm[clause.start : clause.end])
    for one in money[bisect_left(money, Span(clause.start, 0)) :]:
        if not clause.holds(one):
            break
        letters[one.start - clause.start : one.end - clause.start] = " " * (one.end - one.start)
    left, right = "".join(letters[: where.start - clause.start]), "".join(letters[where.end - clause.start :])
    return words()["turn"].split(left)[-1] + " " + words()["turn"].split(right)[0]


def _heading(page: Page, where: Span) -> str:
    """What stands before the colon, the bar of a table or the bracket that the amount's clause begins with."""
    start = page.clause_of(where).start
    found = words()["heading"].search(page.norm, max(0, start - 60), start)
    return found["said"] if found and found["said"].count(" ") < HEADING else ""


@cache
def _channel_words() -> re.Pattern[str]:
    names = lexicon("channels")
    return re.compile(alternatives(f for kind in ("clear", "listed") for forms in names[kind].values() for f in forms))


def _fits(text: str) -> bool:
    """Nothing is left of `text` without the words that may stand around a budget."""
    left = words()["filler"].sub(" ", _channel_words().sub(" ", text))
    return not re.search(r"[a-z0-9一-鿿]", left)


def _linked(page: Page, found: list[Amount], channels: tuple[Mention, ...]) -> dict[Span, Mention]:
    """The channel that each amount is for: "$2k email, $1k SMS", "email: $2k, SMS: $1k", "短信2万"."""
    mentions = [m for m in channels if not m.negated]
    known = [m.where for m in mentions]
    for channel, forms in lexicon("channels")["listed"].items():
        for match in page.find(re.compile(alternatives(forms))):
            if not any(span(match).touches(one) for one in known):
                mentions.append(Mention(channel, span(match)))
    mentions.sort(key=lambda m: m.where)
    right = _side(page, found, mentions, "for_channel", after=True)
    left = _side(page, found, mentions, "of_channel", after=False)
    first, second = (left, right) if len(left) >= len(right) else (right, left)
    out = dict(first)
    for where, mention in second.items():
        if where not in out and mention not in out.values():
            out[where] = mention
    sure = [where for where, mention in out.items() if mention.where in known]
    return out if len(out) > 1 and sure else {w: m for w, m in out.items() if w in sure}


def _side(page: Page, found: list[Amount], mentions: list[Mention], key: str, *, after: bool) -> dict[Span, Mention]:
    """Amounts with a channel right after (or before) them, only words of assignment between."""
    out = {}
    for amount in found:
        where = amount.where
        for mention in _near(mentions, where, after=after):
            gap = (where.end, mention.where.start) if after else (mention.where.end, where.start)
            if gap[0] <= gap[1] <= gap[0] + GAP and words()[key].fullmatch(page.norm, *gap):
                out[where] = mention
                break
    return out


def _near(mentions: list[Mention], where: Span, *, after: bool) -> list[Mention]:
    """The mentions next to `where`, of `mentions` in order."""
    index = bisect_left(mentions, where, key=lambda m: m.where)
    return mentions[index : index + 2] if after else mentions[max(0, index - 2) : index][::-1]


def either(page: Page, said: tuple[Spending, ...], unsure: tuple[Amount, ...]) -> tuple[Amount, Amount] | None:
    """ "$5k or maybe $8k": two amounts of which one is meant."""
    found = sorted((*(s.amount for s in said), *unsure), key=lambda a: a.where)
    for first, second in pairwise(found):
        if words()["either"].fullmatch(page.norm, first.where.end, second.where.start):
            return first, second
    return None
