"""English conditions on what a customer bought, when, and no longer buys; with the measures, all that they did."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

from agent.brief import durations, numbers
from agent.brief.audience import objects, spans
from agent.brief.audience.clauses import Clauses, clause_patterns, filter_of, kind_of
from agent.brief.audience.counts import english, part
from agent.brief.audience.measures import Measures
from agent.brief.audience.types import Found, unresolved
from agent.brief.days import tokenised
from agent.brief.lexicon import lexicon
from agent.brief.page import Span, span
from tools.segments.filter import AllOf, Bought, Filter, Measure, Not, Scope, Within

TIME_AFTER = re.compile(
    r"\s(?:last|this|past|since|before|after|during|within|over the|in the (?:last|past)|back in)\s(?!them|us|we|"
    r"they|it|campaign|time around)[a-z0-9]+(?:\s[a-z0-9]+)?"
)
"""A time that no pattern has read, right after what was bought: without it the condition would be wider."""


COUNTS = ("bought_times", "orders", "bought_when", "not_bought")
"""Patterns after which a rate may follow ("twice a month")."""
RATE = re.compile(r"(?:once|twice|times)\s(?:or more\s)?(?:an?|per|each|every)\s\w+$")


class Behaviour(Measures):
    """Finds the conditions on a page. An earlier pattern takes its words; a later one does not see them."""

    def __iter__(self) -> Iterator[Found]:
        norm = tokenised(self.page.norm, after_side=True)
        taken: list[Span] = []
        for found in self._clauses(norm):
            taken.append(found.where)
            yield found
        for name, pattern in english().items():
            make: Callable[[re.Match[str]], Found | None] = getattr(self, f"_{name}")
            for match in pattern.finditer(norm):
                if any(span(match).touches(other) for other in taken) or not match[0].strip():
                    continue
                one = make(match)
                if one is not None and name in COUNTS:
                    one = self._whole(norm, match, one, taken)
                if one is not None:
                    taken.append(span(match))
                    yield one

    def _whole(self, norm: str, match: re.Match[str], one: Found, taken: list[Span]) -> Found:
        """`one`, unless it is a rate or words that belong to it follow: then its words, to be asked about."""
        late = clause_patterns()["unread_part"].match(norm, match.end())
        if not late and not RATE.search(match[0]):
            return one
        end = min([late.end() if late else match.end(), *(t.start for t in taken if t.start >= match.end())])
        where = Span(match.start(), end)
        return Found(where, unresolved(self.page.said(where)), vague="unclear")

    def _clauses(self, norm: str) -> Iterator[Found]:
        """Whole clauses, in whatever order their parts stand; what is no whole clause is left to the patterns."""
        for where, clause, turned in Clauses(self.page, norm, self.reader):
            if turned and not turned.whole:
                yield Found(where, unresolved(self.page.said(where)), vague="unclear")
            elif not clause.negated:
                meant = filter_of(clause, turned)
                if meant is not None:
                    stopped = turned is not None and turned.past is not None
                    yield Found(where, meant, measure="recency" if stopped else kind_of(clause))
            elif clause.past and clause.count is None:
                yield self._stale(where, clause.scope, clause.past)
            elif clause.count is None and clause.goods:
                yield Found(where, Not(of=Bought(scope=clause.scope)))
            elif clause.never:
                yield Found(where, Measure(measure="orders", op="eq", value=0), measure="frequency")

    def _stale(self, where: Span, scope: Scope, past: spans.Past) -> Found:
        """Last order (in scope) at least so long ago; who never bought has no recency and is left out.

        Excluded, the wider reading counts: no order (in scope) within that time, those who never bought among them.
        """
        age = past.age(self.reader.today)
        if past.until and past.since is None:
            age = (self.reader.today - past.until).days
        least = Measure(measure="recency_days", op="ge", value=max(1, age), scope=scope)
        meant: Filter = least
        if past.upto:
            meant = AllOf(of=(least, Measure(measure="recency_days", op="le", value=past.upto, scope=scope)))
        note = None
        if scope.terms:
            things = " or ".join(scope.terms)
            note = (
                f"Read as: bought {things} before, and last at least {age} days ago. Those who never bought "
                f"{things} are not among them; say “never bought {things}” if they are meant."
            )
        loose = Not(of=Bought(scope=scope, within=Within(days=max(1, age))))
        return Found(where, meant, loose, note=note, measure="recency")

    def _lapsed(self, match: re.Match[str]) -> Found | None:
        past = self._past(match)
        return self._stale(span(match), objects.scope_of(match["obj"]), past) if past else None

    def _no_order(self, match: re.Match[str]) -> Found | None:
        past = self._past(match)
        what = match["obj"] or match["what"] or match["thing"]
        return self._stale(span(match), objects.scope_of(what), past) if past else None

    def _inactive(self, match: re.Match[str]) -> Found | None:
        if match["dur2"]:
            length = durations.days(match["dur2"].replace("-", " "))
            return self._stale(span(match), Scope(), spans.Past(days=length)) if length else None
        past = self._past(match)
        return self._stale(span(match), Scope(), past) if past else None

    def _last_order(self, match: re.Match[str]) -> Found | None:
        past = self._past(match)
        if past is None:
            return None
        scope = objects.scope_of(match["obj"] or match["what"])
        recent = (match["cmp"] and part("less").fullmatch(match["cmp"])) or re.search(
            r"(?:within|in) the last|since", match[0]
        )
        if recent or (past.since and past.until):
            return Found(span(match), Bought(scope=scope, within=past.within()), measure="recency")
        return self._stale(span(match), scope, past)

    def _aside(self, match: re.Match[str]) -> Found | None:
        """ "Lapsed customers (60+ days)"."""

        length = durations.days(match["long"] or match["long2"] or match["new"])
        if match["new"]:
            return self._lately(match, length)
        if not length or not re.search(
            r"laps|inactiv|dormant|churn|lost|back|activate|engage|customers|shoppers|buyers|people|users",
            self.page.before(span(match), 48),
        ):
            return None
        return self._stale(span(match), Scope(), spans.Past(days=length))

    def _lately(self, match: re.Match[str], length: int | None) -> Found | None:
        """ "Recent buyers (last 14 days)", "new customers (last 30 days)"."""
        before = self.page.before(span(match), 32)
        if length is None or not re.search(r"recent|active|new|latest|fresh|current", before):
            return None
        if re.search(r"\bnew|fresh", before):
            return Found(span(match), Measure(measure="tenure_days", op="le", value=length), measure="newness")
        return Found(span(match), Bought(within=Within(days=length)), measure="recency")

    def _none_since(self, match: re.Match[str]) -> Found | None:
        """ "At least 3 orders in 2025 and none since March"."""
        past = self._past(match)
        return self._stale(span(match), Scope(), past) if past else None

    def _unheard(self, match: re.Match[str]) -> Found | None:
        past = self._past(match)
        return self._stale(span(match), Scope(), past) if past else None

    def _since_last(self, match: re.Match[str]) -> Found | None:

        length = durations.days(match["dur"].replace("-", " "))
        return self._stale(span(match), objects.scope_of(match["obj"]), spans.Past(days=length)) if length else None

    def _used_to(self, match: re.Match[str]) -> Found | None:
        """ "Used to buy baby food but haven't for 90 days"."""
        past, scope = self._past(match), objects.scope_of(match["obj"])
        return self._stale(span(match), scope, past) if past and scope.terms else None

    def _stopped(self, match: re.Match[str]) -> Found | None:
        scope = objects.scope_of(match["obj"] or match["obj2"] or match["obj3"])
        ago = durations.days(match["ago"]) if match["ago"] else None
        past = spans.Past(days=ago) if ago else self._past(match)
        if past:
            return self._stale(span(match), scope, past)
        if not scope.terms:
            return None
        return Found(span(match), Bought(scope=scope), noun=True, vague="stopped")

    def _never(self, match: re.Match[str]) -> Found | None:
        scope = objects.scope_of(match["obj"])
        if not scope.terms:
            return Found(span(match), Measure(measure="orders", op="eq", value=0), measure="frequency")
        return Found(span(match), Not(of=Bought(scope=scope)))

    def _not_bought(self, match: re.Match[str]) -> Found | None:
        scope = objects.scope_of(match["obj"])
        return Found(span(match), Not(of=Bought(scope=scope))) if scope.terms else None

    def _but_not(self, match: re.Match[str]) -> Found | None:
        yes, no = _bought(match["yes"], None), objects.scope_of(match["obj"])
        past = self._past(match)
        if yes is None or not no.terms:
            return None
        within = past.within() if past else None
        yes = _bought(match["yes"], within)
        return Found(span(match), AllOf(of=(yes, Not(of=Bought(scope=no, within=within))))) if yes else None

    def _bought_when(self, match: re.Match[str]) -> Found | None:
        past = self._past(match)
        if past is None:
            return Found(span(match), unresolved(self.page.said(span(match))))
        if re.search(r"(?:buyers|purchasers)\sfor\s", match[0]):
            return None  # "to vitamin buyers for four weeks" is how long it runs
        if match[0].startswith(("buyers", "purchasers")) and _names_goods(self.page.before(span(match), 24)):
            return None  # "cereal buyers in the last month": the group has its own reader, and its date
        within = past.ended(self.reader.today).within()
        meant = _bought(match["obj"], within) or Bought(within=within)
        return Found(span(match), meant, measure="recency" if not match["obj"] else None)

    def _but_not_when(self, match: re.Match[str]) -> Found | None:
        """ "Bought in the last year but not in the last 3 months"."""
        yes, no = spans.read(match, self.reader, self.page.norm), spans.read(match, self.reader, self.page.norm, "u")
        if yes is None or no is None:
            return Found(span(match), unresolved(self.page.said(span(match))))
        scope = objects.scope_of(match["obj"])
        bought = Bought(scope=scope, within=yes.within())
        return Found(
            span(match), AllOf(of=(bought, Not(of=Bought(scope=scope, within=no.within())))), measure="recency"
        )

    def _bought(self, match: re.Match[str]) -> Found | None:
        meant = _bought(match["obj"], None)
        late = TIME_AFTER.match(self.page.after(span(match), 32)) or clause_patterns()["unread_part"].match(
            self.page.after(span(match), 48)
        )
        if meant is not None and late:
            where = Span(match.start(), match.end() + late.end())
            return Found(where, unresolved(self.page.said(where)), vague="unclear")
        if re.match(rf"(?:{numbers.COUNT})\s", match["obj"]) and re.search(
            r"dollars|bucks|euros|pounds|grand", match["obj"]
        ):
            return None
        if meant is None or not re.match(
            r"who|that|which|those|people|anyone|customers|bought|purchased|have|has|already|ordered|tried", match[0]
        ):
            return None
        if match[0].startswith("whoever own") or (
            match[0].startswith("that")
            and not re.search(
                r"(?:customers?|people|shoppers?|those|anyone|buyers?|households?|families|members)\s$",
                self.page.before(span(match), 20),
            )
        ):
            return None
        return Found(span(match), meant)

    def _goods_orders(self, match: re.Match[str]) -> Found | None:
        """ "3+ wine orders this year"."""
        count = numbers.whole(match["n"] or "")
        scope = objects.scope_of(match["goods"])
        if not count or not scope.terms or match["more"] in ("up to", "at most", "no more than"):
            return None
        past = self._past(match)
        count += match["more"] in ("more than", "over", ">")
        meant = Bought(scope=scope, within=past.within() if past else None, min_orders=count)
        return Found(span(match), meant, measure="frequency")

    def _goods_buyers(self, match: re.Match[str]) -> Found | None:
        """ "Vitamin buyers of the last 60 days"."""
        past, scope = self._past(match), objects.scope_of(match["goods"])
        return Found(span(match), Bought(scope=scope, within=past.within())) if past and scope.terms else None

    def _started(self, match: re.Match[str]) -> Found | None:
        """ "Started buying diapers in the last 4 months": bought them then and never before."""
        past, scope = self._past(match), objects.scope_of(match["obj"])
        if past is None or not scope.terms:
            return None
        first = past.since or self.reader.today - timedelta(past.age(self.reader.today))
        before = Not(of=Bought(scope=scope, within=Within(until=first - timedelta(1))))
        return Found(span(match), AllOf(of=(Bought(scope=scope, within=past.within()), before)))

    def _buyers_of(self, match: re.Match[str]) -> Found | None:
        scope = objects.scope_of(match["obj"])
        return Found(span(match), Bought(scope=scope), noun=True) if scope.terms else None

    def _bought_times(self, match: re.Match[str]) -> Found | None:
        past = self._past(match)
        scope = objects.scope_of(match["obj"] or match["obj2"])
        count = {"twice": 2, "once": 1}.get(match["word"] or "") or numbers.whole(match["n"] or "")
        if not count or not scope.terms:
            return None
        count += match["more"] in ("more than", "over", ">") if match["n"] else 0
        return Found(span(match), Bought(scope=scope, within=past.within() if past else None, min_orders=count))


def _names_goods(before: str) -> bool:
    """The last word before "buyers" is no empty one ("all", "recent", "the")."""
    word = re.search(r"([a-z'-]+)\s$", before)
    plain = (*lexicon("audience")["empty"], "recent", "new", "loyal", "repeat", "active", "latest", "frequent", "big")
    return word is not None and word[1] not in plain


def _bought(words: str | None, within: Within | None) -> Filter | None:
    """Bought any of the things, or each of them where "and" joins them."""
    found, every = objects.terms(words or "")
    if not found:
        return None
    if every:
        return AllOf(of=tuple(Bought(scope=Scope(terms=(term,)), within=within) for term in found))
    return Bought(scope=Scope(terms=found), within=within)
