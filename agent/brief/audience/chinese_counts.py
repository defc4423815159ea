"""Chinese conditions on numbers of a customer: 消费满500元, 下单3次以上, 用过5张券, 消费前10%, 近30天注册."""

import re

from agent.brief import durations, numbers
from agent.brief.audience.chinese_times import Times, scope_of
from agent.brief.audience.types import Found, unresolved
from agent.brief.money import amounts
from agent.brief.page import Page, Span, span
from tools.money import to_minor
from tools.segments.filter import AllOf, Bought, Measure, Op, Ranked

AVERAGE = re.compile("客单价|平均|每单|单均|笔单价")
RATE = re.compile(r"每(?:个)?(?:月|周|星期|年|季度?)(?:都|平均|大约|会)*$")
"""每月下单一次: how often, which no measure of the shop says."""


class Counts(Times):
    """Reads a match of one number."""

    def _spent(self, match: re.Match[str]) -> Found | None:
        if re.search(r"预算$|我们$", self.page.before(span(match), 6)):
            return None
        minor, upper = self._minor(match["money"]), self._minor(match["money2"] or "")
        if minor is None or not (match["cmp"] or match["tail"] or upper):
            return None
        least = Measure(
            measure="average_order_minor" if AVERAGE.match(match["what"]) else "spend_minor",
            op="ge" if upper else _op(match["cmp"], match["tail"]),
            value=minor,
            scope=scope_of(match["on"]),
            within=self._within(match),
        )
        if upper is None:
            return Found(span(match), least, measure="value")
        most = least.model_copy(update={"op": "le", "value": upper})
        return Found(span(match), AllOf(of=(least, most)), measure="value")

    def _minor(self, words: str) -> int | None:
        amount = next(iter(amounts(Page.of(words), self.till)), None)
        return to_minor(str(amount.major), amount.currency or self.till.shop) if amount else None

    def _top_count(self, match: re.Match[str]) -> Found:
        """消费最高的200个客户: a share is what can be ranked, so it is asked for."""
        return Found(span(match), unresolved(self.page.said(span(match))), noun=True, vague="value")

    def _repeat(self, match: re.Match[str]) -> Found:
        return Found(span(match), Measure(measure="orders", op="ge", value=2), noun=True, measure="frequency")

    def _orders(self, match: re.Match[str]) -> Found | None:
        count = numbers.whole(match["count"])
        if count is None or re.search(r"每人|最多|每位|每个|再", self.page.before(span(match), 8)):
            return None
        rate = RATE.search(self.page.before(span(match), 6))
        if rate:
            where = Span(match.start() - len(rate[0]), match.end())
            return Found(where, unresolved(self.page.said(where)), vague="unclear")
        low = numbers.whole(match["least"] or "")
        if low and low < count:
            within = self._within(match)
            both = (
                Measure(measure="orders", op="ge", value=low, within=within),
                Measure(measure="orders", op="le", value=count, within=within),
            )
            return Found(span(match), AllOf(of=both), measure="frequency")
        op = _op(match["cmp"] or match["cmp1"], match["tail"])
        scope, within = scope_of(match["goods"]), self._within(match)
        if scope.terms and op in ("ge", "gt"):
            bought = Bought(scope=scope, within=within, min_orders=count + (op == "gt"))
            return Found(span(match), bought, measure="frequency")
        least = Measure(measure="orders", op=op, value=count, scope=scope, within=within)
        return Found(span(match), least, measure="frequency")

    def _coupon_times(self, match: re.Match[str]) -> Found | None:
        count = numbers.whole(match["count"] or match["count2"] or "")
        if not count:
            return None
        least = Measure(
            measure="coupon_redemptions",
            op=_op(match["cmp"] or match["cmp2"], match["tail"] or match["tail2"]),
            value=count,
            within=self._within(match),
        )
        return Found(span(match), least)

    def _orders_bare(self, match: re.Match[str]) -> Found | None:
        """近一年 3 单以上."""
        least = Measure(
            measure="orders",
            op=_op(match["cmp2"], match["tail2"]),
            value=int(match["count2"] or match["count3"]),
            within=self._within(match),
        )
        return Found(span(match), least, measure="frequency")

    def _ranked(self, match: re.Match[str]) -> Found | None:
        share = (numbers.whole(match["share4"] or match["share"] or match["share2"] or match["share3"]) or 0) / 100
        low = match["end"] == "后" or (match["end2"] or "")[-1:] in ("低", "少", "底")
        if not 0 < share <= 1:
            return None
        measure = "orders" if "订单" in match[0] else "average_order_minor" if "客单价" in match[0] else "spend_minor"
        return Found(
            span(match),
            Ranked(measure=measure, end="bottom" if low else "top", share=share, within=self._within(match)),
            noun=True,
            measure="value",
        )

    def _joined(self, match: re.Match[str]) -> Found | None:
        if match["since_n"]:
            length = durations.days(match["since_n"])
            long = match["cmp"] in ("超过", "满") or "以上" in match[0]
            tenure = Measure(measure="tenure_days", op="ge" if long else "le", value=length or 0)
            return Found(span(match), tenure, measure="newness") if length else None
        length, _ = self._length(match)
        if length is None:
            return self._joined_in(match)
        least = Measure(measure="tenure_days", op="le", value=length)
        return Found(span(match), least, measure="newness") if length else None

    def _joined_in(self, match: re.Match[str]) -> Found | None:
        """上个月注册: between its first and its last day."""
        since, until = self._calendar(match)
        if since is None:
            return None
        first = Measure(measure="tenure_days", op="le", value=(self.reader.today - since).days)
        if until is None or until >= self.reader.today:
            return Found(span(match), first, measure="newness")
        last = Measure(measure="tenure_days", op="ge", value=(self.reader.today - until).days)
        return Found(span(match), AllOf(of=(first, last)), measure="newness")


def _op(cmp: str | None, tail: str | None) -> Op:
    if tail in ("以下", "以内"):
        return "le"
    if cmp in ("超过", "大于", "高于", "多于", ">"):
        return "gt"
    if cmp in ("低于", "少于", "小于", "不到", "不满", "不足", "<"):
        return "lt"
    return "le" if cmp in ("不超过", "≤", "<=") else "ge"
