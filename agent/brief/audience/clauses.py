"""English clauses on what people bought, whatever the order of their parts.

A clause is a verb, perhaps negated, and its parts in any order: what, how often, when ("ordered coffee from us at least
twice since June", "haven't bought in 60 days"). It may turn on itself ("… but not tea"). A clause of which a part is
left unread is not read here at all.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache

from agent.brief import numbers
from agent.brief.audience import objects, spans
from agent.brief.audience.types import Found
from agent.brief.days import Reader
from agent.brief.lexicon import alternatives, lexicon
from agent.brief.page import Page, Span
from agent.brief.patterns import Patterns, patterns
from tools.segments.filter import AllOf, Bought, Filter, Measure, Not, Op, Scope, Within

OPS: dict[str, Op] = {
    "more than": "gt",
    "over": "gt",
    "above": "gt",
    ">": "gt",
    "<": "lt",
    "less than": "lt",
    "under": "lt",
    "fewer than": "lt",
}
AFTERWARDS = re.compile(r"\s?(?:since(?: then)?|after(?: that)?|afterwards|again)(?=\s?(?:$|[.,;:!?)¶]))")
"""After "but not": since the time that the clause itself names."""
BARE = re.compile(rf"\s(?:{numbers.COUNT})[\s+-]")
AT_MOST = ("at most", "no more than", "not more than", "up to", "max", "max.", "<=", "≤")


@cache
def clause_patterns() -> Patterns:
    return patterns(
        "clauses",
        past=spans.pattern(),
        count=numbers.COUNT,
        object=objects.OBJECT,
        heads=alternatives(lexicon("audience")["heads"]),
    )


@dataclass(frozen=True)
class Clause:
    """What was read from the verb to `end`. `count` is (op, n) of orders; `ever`: "before", "already"."""

    end: int
    negated: bool = False
    goods: str | None = None
    count: tuple[Op, int] | None = None
    upto: int | None = None
    past: spans.Past | None = None
    unit: str | None = None
    ever: bool = False
    whole: bool = True
    """Nothing that belongs to it is left unread."""
    never: bool = False
    """"Never", not merely "not": of all time."""

    @property
    def within(self) -> Within | None:
        return self.past.within() if self.past else None

    @property
    def scope(self) -> Scope:
        return objects.scope_of(self.goods)


class Clauses:
    """Reads the clauses of `norm`, which is `page.norm` with its days as tokens (`days.tokenised`)."""

    def __init__(self, page: Page, norm: str, reader: Reader) -> None:
        self.page, self.norm, self.reader = page, norm, reader

    def __iter__(self) -> Iterator[tuple[Span, Clause, Clause | None]]:
        """(span, clause, what it turns on). The unit of "in the past 90 days" holds for a later "in the past 30"."""
        unit, end = None, 0
        for match in clause_patterns()["verb"].finditer(self.norm):
            if match.start() < end or not self._of_people(match):
                continue
            never = re.search(r"never|yet", match["neg"] or "") is not None
            start = Clause(match.end(), negated=match["neg"] is not None, unit=unit, never=never)
            clause = self._parts(start, goods=match["goods"] is not None)
            if (clause.end == match.end() and not self._bare(clause)) or self._unread(clause.end):
                continue
            turned = self._turn(clause) if not clause.negated else None
            unit, end = clause.unit, (turned or clause).end
            yield Span(match.start(), end), clause, turned

    def _of_people(self, match: re.Match[str]) -> bool:
        """Customers do it: "we ordered", "buy 2 get 1", "the order" are none of theirs."""
        before = self.norm[max(0, match.start() - 40) : match.start()]
        if match["who"] == "that" and not match["aux"] and not match["neg"]:
            return bool(clause_patterns()["who_before"].search(before))
        if match["who"] or match["neg"]:
            return not re.search(r"(?:\bwe|\bi|\bus|\byou|\bplease|¶|[.!?]\s|^)\s?$", before) or not re.match(
                r"(?:do not|don't|dont|never|not)\s", match[0]
            )
        if clause_patterns()["who_before"].search(before):
            return match["aux"] is not None or bool(re.search(r"(?:ed|ing|bought|up|on|for|had|made)$", match["verb"]))
        if not re.search(r"(?:ed|bought|made|up|for)$", match["verb"]):
            return False
        return not clause_patterns()["not_ours"].search(before)

    def _parts(self, clause: Clause, *, goods: bool) -> Clause:
        """`clause` with every part that follows it, each taken at most once."""
        while True:
            more = self._when(clause) or self._often(clause) or self._filled(clause) or self._goods(clause, goods)
            if more is None:
                return clause
            clause = more

    def _match(self, key: str, at: int) -> re.Match[str] | None:
        return clause_patterns()[key].match(self.norm, at)

    def _when(self, clause: Clause) -> Clause | None:
        if clause.past:
            return None
        match = self._match("time", clause.end)
        past = spans.read(match, self.reader, self.page.norm) if match else None
        if match and past and not clause.negated and BARE.match(match[0]):
            return None  # "once a month", "three months ago": a rate or a day, no span
        if match and past:
            past = past if clause.negated else past.ended(self.reader.today)
            unit = re.search(r"(day|week|month|year)s?", match[0])
            return replace(clause, end=match.end(), past=past, unit=unit[1] if unit else clause.unit)
        short = self._match("rest_of_unit", clause.end)
        if short and clause.unit:
            count = numbers.whole(short["n"])
            size = {"day": 1, "week": 7, "month": 30, "year": 365}[clause.unit]
            return replace(clause, end=short.end(), past=spans.Past(days=count * size)) if count else None
        return None

    def _often(self, clause: Clause) -> Clause | None:
        if clause.count:
            return None
        single = self._match("single", clause.end)
        if single:
            return replace(clause, end=single.end(), count=("eq", 1))
        between = self._match("between", clause.end)
        if between:
            low, high = numbers.whole(between["n"]), numbers.whole(between["n2"])
            return replace(clause, end=between.end(), count=("ge", low), upto=high) if low and high else None
        word = self._match("word", clause.end)
        if word:
            return replace(clause, end=word.end(), count=self._word(word))
        match = self._match("count", clause.end)
        count = numbers.whole(match["n"]) if match else None
        if match is None or count is None:
            return None
        more = match["plus"] or match["late"]
        return replace(clause, end=match.end(), count=(_op(match["cmp"], more), count))

    def _word(self, match: re.Match[str]) -> tuple[Op, int]:
        """ "Once" alone is exactly once, "twice" at least twice, as it is said of customers."""
        count = {"once": 1, "twice": 2, "thrice": 3}[match["word"]]
        if match["cmp"] is None and not match["plus"]:
            return ("eq" if count == 1 else "ge", count)
        return _op(match["cmp"], match["plus"]), count

    def _filled(self, clause: Clause) -> Clause | None:
        ever = self._match("before", clause.end)
        if ever:
            return replace(clause, end=ever.end(), ever=True)
        match = (
            self._match("order", clause.end) or self._match("filler", clause.end) or self._match("often", clause.end)
        )
        if match is None:
            return None
        return replace(clause, end=match.end(), negated=clause.negated or match[0].strip() == "nothing")

    def _goods(self, clause: Clause, goods: bool) -> Clause | None:
        """What was bought; "no wine", "neither wine nor beer" negate the clause."""
        if clause.goods or not goods or self._unread(clause.end):
            return None
        none = self._match("no_goods", clause.end)
        at = none.end() - 1 if none else clause.end
        match = self._match("goods", at)
        if match is None or not objects.terms(match["obj"])[0]:
            return None
        end, words = match.end(), match["obj"]
        more = re.compile(rf"\snor\s(?:any\s)?(?P<obj>{objects.OBJECT})").match(self.norm, end) if none else None
        if more:
            end, words = more.end(), f"{words} or {more['obj']}"
        return replace(clause, end=end, goods=words, negated=clause.negated or none is not None)

    def _bare(self, clause: Clause) -> bool:
        """ "Never ordered", and no more."""
        return clause.never and re.compile(r"\s?(?:$|[,.;:!?)¶])").match(self.norm, clause.end) is not None

    def _unread(self, at: int) -> bool:
        return self._match("unread", at) is not None

    def _turn(self, clause: Clause) -> Clause | None:
        """ "… but not tea (in the last month)": goods, or a time, that the same people did not buy, or not in."""
        match = self._match("turn", clause.end)
        if match is None:
            return None
        nothing = re.search(r"(?:nothing|no orders?|no purchases?|none)$", match[0]) is not None
        since = AFTERWARDS.match(self.norm, match.end())
        if since:
            last = clause.past.until if clause.past else None
            after = spans.Past(since=last + timedelta(1)) if last else None
            return Clause(since.end(), negated=True, goods=clause.goods, past=after, whole=after is not None)
        never = "never" in match[0]
        start = Clause(match.end(), negated=True, unit=clause.unit, never=never)
        turned = self._parts(start, goods=not nothing)
        said = turned.goods or ""
        if nothing and turned.end == match.end():
            return replace(turned, whole=False)
        if turned.end == match.end() or clause_patterns()["not_goods"].match(said):
            return None
        if self._unread(turned.end):
            return replace(turned, whole=False)
        if not turned.goods and not turned.past:
            return None
        return turned if turned.goods or nothing else replace(turned, goods=clause.goods)


def _op(words: str | None, more: str | None) -> Op:
    if more:
        return "le" if "fewer" in more else "ge"
    said = (words or "").strip()
    if said in ("exactly", "only", "just", "all of"):
        return "eq"
    if said in AT_MOST:
        return "le"
    return OPS.get(said, "ge")


def filter_of(clause: Clause, turned: Clause | None) -> Filter | None:
    """The condition that a clause states; null where it states none, or one that has no form (not twice)."""
    meant = _positive(clause)
    if meant is None or turned is None:
        return meant
    within = turned.within or (None if turned.past or turned.never else clause.within)
    if turned.past and clause.past is None and turned.goods != clause.goods:
        meant = _positive(replace(clause, past=turned.past)) or meant
    return AllOf(of=(meant, Not(of=Bought(scope=turned.scope, within=within))))


def _positive(clause: Clause) -> Filter | None:
    terms, every = objects.terms(clause.goods or "")
    if clause.count is None:
        if not terms:
            return Bought(within=clause.within) if clause.past or clause.ever else None
        if every:
            return AllOf(of=tuple(Bought(scope=Scope(terms=(term,)), within=clause.within) for term in terms))
        return Bought(scope=Scope(terms=terms), within=clause.within)
    op, count = clause.count
    if terms and op in ("ge", "gt") and clause.upto is None:
        return Bought(scope=Scope(terms=terms), within=clause.within, min_orders=count + (op == "gt"))
    least = Measure(measure="orders", op=op, value=count, scope=Scope(terms=terms), within=clause.within)
    if clause.upto is None:
        return least
    most = Measure(measure="orders", op="le", value=clause.upto, scope=Scope(terms=terms), within=clause.within)
    return AllOf(of=(least, most))


def kind_of(clause: Clause) -> str | None:
    """The measure that a clause gives the number of (`Found.measure`)."""
    if clause.count:
        return "frequency"
    if clause.goods:
        return None
    return "recency" if clause.past else "existing"


__all__ = ["Clause", "Clauses", "Found", "clause_patterns", "filter_of", "kind_of"]
