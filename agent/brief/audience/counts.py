"""English conditions on how often: orders, once only, came back or not, coupons used."""

import re
from functools import cache

from agent.brief import durations, numbers
from agent.brief.audience import objects, spans
from agent.brief.audience.types import Found, unresolved
from agent.brief.days import Reader
from agent.brief.money import Till
from agent.brief.page import Page, Span, span
from agent.brief.patterns import Patterns, patterns
from tools.segments.filter import AllOf, Bought, Filter, Measure, Op, Within

STRICT = {
    "more than": "gt",
    "over": "gt",
    "above": "gt",
    "greater than": "gt",
    "exceeding": "gt",
    "in excess of": "gt",
    "north of": "gt",
    "exceeds": "gt",
    "exceed": "gt",
    "exceeded": "gt",
    "is above": "gt",
    "is over": "gt",
    "tops": "gt",
    "older than": "gt",
    ">": "gt",
    "less than": "lt",
    "under": "lt",
    "below": "lt",
    "fewer than": "lt",
    "<": "lt",
}


SIGNS: dict[str, Op] = {">": "gt", ">=": "ge", "≥": "ge", "<": "lt", "<=": "le", "≤": "le", "=": "eq"}
ZH_BEFORE = re.compile(r"(?:过去|最近|近)\s?(?P<dur>\d{1,3}\s?(?:天|周|个月|年)|半年)(?:内|里)?的?\s?$")


def english() -> Patterns:
    return patterns(
        "behaviour", past=spans.pattern(), past_two=spans.pattern("u"), count=numbers.COUNT, object=objects.OBJECT
    )


@cache
def part(key: str) -> re.Pattern[str]:
    return re.compile(english().text(f"_{key}"))


class Counts:
    """Reads a match of one count."""

    def __init__(self, page: Page, reader: Reader, till: Till) -> None:
        self.page, self.reader, self.till = page, reader, till

    def _past(self, match: re.Match[str]) -> spans.Past | None:
        return spans.read(match, self.reader, self.page.norm) or spans.read(match, self.reader, self.page.norm, "u")

    def _orders(self, match: re.Match[str]) -> Found | None:
        past = self._past(match)
        within = past.within() if past else None
        if match["word"]:
            op: Op = "ge" if match["word"] == "twice" else "eq"
            return Found(
                span(match),
                Measure(measure="orders", op=op, value=2 if "twice" in match["word"] else 1, within=within),
                measure="frequency",
            )
        count = numbers.whole(match["n"])
        ever = re.search(r"\s(?:ever|so far|in total|to their name)$", match[0]) is not None
        if count is None or not (
            match["more"]
            or match["plus"]
            or ever
            or re.match(r"who|that|with|ordered|bought|placed|made|have|had", match[0])
        ):
            return None
        once = count == 1 and (ever or past is None) and not (match["more"] or match["plus"])
        op = "eq" if match["more"] in ("exactly", "only", "just") or once else op_of(match["more"], match["plus"])
        if match["more"] in ("up to", "at most", "no more than") and "times" in match[0]:
            return None
        return Found(span(match), Measure(measure="orders", op=op, value=count, within=within), measure="frequency")

    def _order_count(self, match: re.Match[str]) -> Found | None:
        """ "Orders >= 5", with the time before it where it is Chinese ("过去12个月 orders ≥ 5")."""
        count, past = numbers.whole(match["n"]), self._past(match)
        before = ZH_BEFORE.search(self.page.before(span(match), 16)) if past is None else None
        length = durations.days(re.sub(r"\s", "", before["dur"])) if before else None
        if count is None:
            return None
        op: Op = SIGNS[match["more"]]
        within = Within(days=length) if length else past.within() if past else None
        where = Span(match.start() - (len(before[0]) if before and length else 0), match.end())
        return Found(where, Measure(measure="orders", op=op, value=count, within=within), measure="frequency")

    def _no_coupon(self, match: re.Match[str]) -> Found:
        past = self._past(match)
        none = Measure(measure="coupon_redemptions", op="eq", value=0, within=past.within() if past else None)
        return Found(span(match), none, turned=True)

    def _orders_between(self, match: re.Match[str]) -> Found | None:
        """ "1-3 orders in the past year"."""
        low, high, past = numbers.whole(match["n"]), numbers.whole(match["n2"]), self._past(match)
        if (
            not low
            or not high
            or low >= high
            or not (
                re.search(r"[(]$|\b(?:with|placed|made|had|have)\s?$", self.page.before(span(match), 8))
                or re.match(r"(?:with|placed|made|had|have|who)", match[0])
            )
        ):
            return None
        within = past.within() if past else None
        both = (
            Measure(measure="orders", op="ge", value=low, within=within),
            Measure(measure="orders", op="le", value=high, within=within),
        )
        return Found(span(match), AllOf(of=both), measure="frequency")

    def _one_time(self, match: re.Match[str]) -> Found:
        """Exactly one order; "from the last 60 days" says when it was."""
        once: Filter = Measure(measure="orders", op="eq", value=1)
        past = self._past(match)
        if past:
            once = AllOf(of=(once, Measure(measure="tenure_days", op="le", value=past.age(self.reader.today))))
        return Found(span(match), once, noun=True, measure="frequency")

    def _unreturned(self, match: re.Match[str]) -> Found | None:
        """Bought once, where their first order is spoken of, or never where they joined; else for how long is asked."""
        if match["any"]:
            joined = re.search(r"\b(?:joined|signed up|registered|subscribed|sign-?ups?)\b", self.page.norm)
            none = Measure(measure="orders", op="eq", value=0)
            return Found(span(match), none, measure="frequency") if joined else None
        if re.search(r"\bfirst\s(?:order|purchase|buy|time)|\bjoined\b|\b(?:bought|ordered) once", self.page.norm):
            return Found(span(match), Measure(measure="orders", op="eq", value=1), measure="frequency")
        return Found(span(match), unresolved(self.page.said(span(match))), vague="recency")

    def _repeat(self, match: re.Match[str]) -> Found | None:
        if re.search(r"\b(?:into|become|becoming|as)\s(?:our\s|a\s)?$", self.page.before(span(match), 16)):
            return None  # what they are to become
        count = int(match["times"] or 2)
        scope = objects.scope_of(match["obj"])
        if scope.terms:
            return Found(span(match), Bought(scope=scope, min_orders=count), noun=True, measure="frequency")
        return Found(span(match), Measure(measure="orders", op="ge", value=count), noun=True, measure="frequency")

    def _coupon_when(self, match: re.Match[str]) -> Found | None:
        past = self._past(match)
        if past is None:
            return None
        return Found(span(match), Measure(measure="coupon_redemptions", op="ge", value=1, within=past.within()))

    def _coupon_times(self, match: re.Match[str]) -> Found | None:
        count = 2 if match["word"] else numbers.whole(match["n"] or match["n_2"])
        past = self._past(match)
        if not count:
            return None
        least = Measure(
            measure="coupon_redemptions",
            op=op_of(match["more"] or match["more2"], match["plus"] or match["plus2"]),
            value=count,
            within=past.within() if past else None,
        )
        return Found(span(match), least)


def op_of(words: str | None, plus: str | None) -> Op:
    """ "Over 200" is more than; "200+", "at least 200" and a bare "200" are at least."""
    text = (words or "").strip()
    if plus and "fewer" in plus:
        return "le"
    if text in STRICT:
        return STRICT[text]  # type: ignore[return-value]
    return "le" if text and part("less").fullmatch(text) else "ge"
