"""English conditions on numbers of a customer: spent, orders, rank, tenure, coupons used."""

import re

from agent.brief import durations, numbers
from agent.brief.audience import objects
from agent.brief.audience.counts import Counts, op_of, part
from agent.brief.audience.types import Found, unresolved
from agent.brief.money import amounts
from agent.brief.page import Page, Span, span
from tools.money import to_minor
from tools.segments.filter import AllOf, Bought, Measure, Op, Ranked, Within

BUYS = re.compile(r"\b(?:bought|purchases?)\b")
CURRENCY = re.compile(r"[^\d\s.,'+]")
"""In an amount of goods ("bought $50 of meat"): "bought 3" counts pieces."""


class Measures(Counts):
    """Reads a match of one measure."""

    def _spent(self, match: re.Match[str]) -> Found | None:
        amount = self._minor(match["money"])
        if (
            amount is None
            or (match[0].startswith(("bought", "purchase")) and not match["obj"])
            or (BUYS.search(match[0]) and not CURRENCY.search(match["money"]))
            or not self._of_people(match)
        ):
            return None
        scope = objects.scope_of(match["obj"])
        if match["perunit"] in ("order", "basket", "visit", "purchase", "shop"):
            op = op_of(match["cmp"], match["plus"])
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
        op = op_of(match["cmp"], match["plus"])
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
        within, op = past.within() if past else None, op_of(match["cmp"], match["plus"])
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
        upper = self._minor(match["money2"] or "")
        if amount is None or not (match["cmp"] or match["plus"] or upper):
            return None
        op: Op = "ge" if upper else op_of(match["cmp"], match["plus"])
        past = self._past(match)
        within = past.within() if past else None
        if upper:
            low = Measure(measure="average_order_minor", op="ge", value=amount, within=within)
            high = Measure(measure="average_order_minor", op="le", value=upper, within=within)
            return Found(span(match), AllOf(of=(low, high)), measure="value")
        least = Measure(measure="average_order_minor", op=op, value=amount, within=within)
        return Found(span(match), least, measure="value")

    def _basket_each(self, match: re.Match[str]) -> Found | None:
        """ "Averaging $60 or more per order"."""
        amount = self._minor(match["money"])
        if amount is None:
            return None
        op = op_of(match["cmp"], match["plus"])
        return Found(span(match), Measure(measure="average_order_minor", op=op, value=amount), measure="value")

    def _spent_after(self, match: re.Match[str]) -> Found | None:
        """ "More than $400 in spend", "over $800 lifetime"."""
        amount, past = self._minor(match["money"]), self._past(match)
        if amount is None:
            return None
        lead = re.match(r"(?:or|and)\s", match[0])  # joins it to what stands before
        least = Measure(
            measure="spend_minor",
            op=op_of(match["cmp"], None),
            value=amount,
            within=past.within() if past else None,
        )
        return Found(Span(match.start() + (lead.end() if lead else 0), match.end()), least, measure="value")

    def _days_since(self, match: re.Match[str]) -> Found | None:
        count = numbers.whole(match["dur"])
        if not count:
            return None
        low = numbers.whole(match["low"] or "")
        if low and low < count:
            both = (
                Measure(measure="recency_days", op="ge", value=low),
                Measure(measure="recency_days", op="le", value=count),
            )
            return Found(span(match), AllOf(of=both), measure="recency")
        op: Op = "le" if op_of(match["cmp"], match["plus"]) in ("le", "lt") else "ge"
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
        by = match["by2"] or match["by3"] or match["by4"] or match["by5"] or match["by"] or "spend"
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
            if match["by2"] or match["by3"] or match["by4"] or match["by5"] or "spend" in match[0]
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
