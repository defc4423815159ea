"""English conditions on numbers of a customer: spent, orders, rank, tenure, coupons used."""

import re
from functools import cache

from agent.brief import durations, numbers
from agent.brief.audience import objects, spans
from agent.brief.audience.types import Found, unresolved
from agent.brief.days import Reader
from agent.brief.money import Till, amounts
from agent.brief.page import Page, span
from agent.brief.patterns import Patterns, patterns
from tools.money import to_minor
from tools.segments.filter import AllOf, Bought, Filter, Measure, Op, Ranked, Within

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


BUYS = re.compile(r"\b(?:bought|purchases?)\b")
CURRENCY = re.compile(r"[^\d\s.,'+]")
"""In an amount of goods ("bought $50 of meat"): "bought 3" counts pieces."""


def english() -> Patterns:
    return patterns(
        "behaviour", past=spans.pattern(), past_two=spans.pattern("u"), count=numbers.COUNT, object=objects.OBJECT
    )


@cache
def part(key: str) -> re.Pattern[str]:
    return re.compile(english().text(f"_{key}"))


class Measures:
    """Reads a match of one measure."""

    def __init__(self, page: Page, reader: Reader, till: Till) -> None:
        self.page, self.reader, self.till = page, reader, till

    def _past(self, match: re.Match[str]) -> spans.Past | None:
        return spans.read(match, self.reader, self.page.norm) or spans.read(match, self.reader, self.page.norm, "u")

    def _spent(self, match: re.Match[str]) -> Found | None:
        amount = self._minor(match["money"])
        if (
            amount is None
            or (BUYS.search(match[0]) and not (match["obj"] and CURRENCY.search(match["money"])))
            or not self._of_people(match)
        ):
            return None
        scope = objects.scope_of(match["obj"])
        if match["perunit"] in ("order", "basket", "visit", "purchase", "shop"):
            op = _op(match["cmp"], match["plus"])
            return Found(span(match), Measure(measure="average_order_minor", op=op, value=amount), measure="value")
        within = self._within(match)
        if match["money2"] and match["cmp"] == "between":
            upper = self._minor(match["money2"])
            if upper is None:
                return None
            both = (
                Measure(measure="spend_minor", op="ge", value=amount, scope=scope, within=within),
                Measure(measure="spend_minor", op="le", value=upper, scope=scope, within=within),
            )
            return Found(span(match), AllOf(of=both), measure="value")
        op = _op(match["cmp"], match["plus"])
        return Found(
            span(match),
            Measure(measure="spend_minor", op=op, value=amount, scope=scope, within=within),
            measure="value",
        )

    def _spenders_on(self, match: re.Match[str]) -> Found | None:
        """ "High spenders on meat ($300+ in 6 months)"; without the amount it is asked for."""
        scope = objects.scope_of(match["obj"])
        amount = self._minor(match["money"]) if match["money"] else None
        if not scope.terms:
            return None
        if amount is None:
            return Found(span(match), Bought(scope=scope), noun=True, vague="value")
        past = self._past(match)
        within, op = past.within() if past else None, _op(match["cmp"], match["plus"])
        least = Measure(measure="spend_minor", op=op, value=amount, scope=scope, within=within)
        return Found(span(match), least, measure="value")

    def _of_people(self, match: re.Match[str]) -> bool:
        """ "Spend up to $5k on this" is the budget; "customers who spent over $200" is the audience."""
        if re.match(
            r"(?:a )?(?:total |lifetime |annual |yearly )?(?:spend|spending|revenue|sales|value)\b", match[0].strip()
        ):
            if match["cmp"] in (">", ">=", "≥", "<", "<="):
                return True
            if re.match(r"(?:a )?(?:total |whole )?(?:lifetime|all-time|cumulative|ltv|clv)\b", match[0].strip()):
                return True
            return bool(
                re.search(
                    r"(?:who|whose|that|customers?|people|shoppers?|buyers?|members?|households?|with|\()\s(?:have |"
                    r"has |a |an |lifetime |total |annual )*$",
                    self.page.before(span(match), 30),
                )
                or re.search(
                    r"\b(?:who|people|customers|shoppers|those|anyone)\b.*\band\s$", self.page.before(span(match), 120)
                )
            )
        return not re.search(
            r"\b(?:we|i|us|company|campaign)\s(?:have |had |only |already |just )*$", self.page.before(span(match), 24)
        )

    def _within(self, match: re.Match[str]) -> Within | None:
        if match["per"]:
            return Within(days={"month": 30, "year": 365, "week": 7}[match["perunit"]])
        past = self._past(match)
        return past.within() if past else None

    def _minor(self, words: str) -> int | None:
        for amount in amounts(Page.of(words), self.till):
            return to_minor(str(amount.major), amount.currency or self.till.shop)
        return None

    def _basket(self, match: re.Match[str]) -> Found | None:
        amount = self._minor(match["money"])
        if amount is None or not (match["cmp"] or match["plus"]):
            return None
        op = _op(match["cmp"], match["plus"])
        past = self._past(match)
        within = past.within() if past else None
        least = Measure(measure="average_order_minor", op=op, value=amount, within=within)
        return Found(span(match), least, measure="value")

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
        once = count == 1 and ever and not match["more"]
        op = "eq" if match["more"] in ("exactly", "only", "just") or once else _op(match["more"], match["plus"])
        if match["more"] in ("up to", "at most", "no more than") and "times" in match[0]:
            return None
        return Found(span(match), Measure(measure="orders", op=op, value=count, within=within), measure="frequency")

    def _orders_between(self, match: re.Match[str]) -> Found | None:
        """ "1-3 orders in the past year"."""
        low, high, past = numbers.whole(match["n"]), numbers.whole(match["n2"]), self._past(match)
        if (
            not low
            or not high
            or low >= high
            or not re.search(
                r"[(]$|\b(?:with|placed|made|had|have)\s?$|^(?:with|placed|made|had|have|who)",
                self.page.before(span(match), 8) or match[0],
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

    def _days_since(self, match: re.Match[str]) -> Found | None:
        count = numbers.whole(match["dur"])
        if not count:
            return None
        op: Op = "le" if _op(match["cmp"], match["plus"]) in ("le", "lt") else "ge"
        return Found(span(match), Measure(measure="recency_days", op=op, value=count), measure="recency")

    def _ranked(self, match: re.Match[str]) -> Found | None:
        parts = {
            "decile": 0.1,
            "tenth": 0.1,
            "quintile": 0.2,
            "fifth": 0.2,
            "quartile": 0.25,
            "quarter": 0.25,
            "third": 1 / 3,
            "half": 0.5,
        }
        share = (
            parts[match["decile"]]
            if match["decile"]
            else float(match["share"] or match["share2"] or match["share3"]) / 100
        )
        end = match["end"] or match["end3"] or match["end4"] or "top"
        by = match["by2"] or match["by3"] or match["by4"] or match["by"] or "spend"
        past = self._past(match)
        if not 0 < share <= 1:
            return None
        measure = (
            "average_order_minor"
            if re.search(r"aov|basket|order (?:value|size)", by)
            else "orders"
            if re.search("order|frequency", by)
            else "spend_minor"
        )
        meant = Ranked(
            measure=measure,
            end="bottom" if end.startswith(("bottom", "lowest")) else "top",
            share=share,
            within=past.within() if past else None,
        )
        note = (
            None
            if match["by2"] or match["by3"] or match["by4"] or "spend" in match[0]
            else f"“{self.page.said(span(match))}” is ranked by spend."
        )
        return Found(span(match), meant, noun=True, note=note, measure="value")

    def _top_count(self, match: re.Match[str]) -> Found | None:
        """ "Our top 200 customers": a share is what can be ranked, so it is asked for."""
        if not re.search(r"\d", match[0]):
            return None
        return Found(span(match), unresolved(self.page.said(span(match))), noun=True, vague="value")

    def _joined(self, match: re.Match[str]) -> Found | None:
        past = self._past(match)
        if past is None or (past.since and past.until is None and past.since > self.reader.today):
            return None
        today = self.reader.today
        if (match["cmp"] and part("more").match(match["cmp"])) or (
            match[0].rstrip(")").endswith("ago") and not (match["cmp"] and part("less").match(match["cmp"]))
        ):
            return Found(span(match), Measure(measure="tenure_days", op="ge", value=past.age(today)), measure="newness")
        if past.since and past.until and past.until < today:
            both = (
                Measure(measure="tenure_days", op="le", value=(today - past.since).days),
                Measure(measure="tenure_days", op="ge", value=(today - past.until).days),
            )
            return Found(span(match), AllOf(of=both), measure="newness")
        return Found(span(match), Measure(measure="tenure_days", op="le", value=past.age(today)), measure="newness")

    def _tenure(self, match: re.Match[str]) -> Found | None:

        length = durations.days(match["dur"])
        if length is None or (match[0].startswith(("customers", "member")) and not match["cmp"]):
            return None  # "email all customers for two weeks" is how long it runs
        less = match["cmp"] and part("less").fullmatch(match["cmp"])
        return Found(
            span(match), Measure(measure="tenure_days", op="le" if less else "ge", value=length), measure="newness"
        )

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
            op=_op(match["more"] or match["more2"], match["plus"] or match["plus2"]),
            value=count,
            within=past.within() if past else None,
        )
        return Found(span(match), least)


def _op(words: str | None, plus: str | None) -> Op:
    """ "Over 200" is more than; "200+", "at least 200" and a bare "200" are at least."""
    text = (words or "").strip()
    if plus and "fewer" in plus:
        return "le"
    if text in STRICT:
        return STRICT[text]  # type: ignore[return-value]
    return "le" if text and part("less").fullmatch(text) else "ge"
