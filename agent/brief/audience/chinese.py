"""Chinese conditions on the customer: 60天未购买, 买过咖啡但没买过茶, 消费满500元, 养猫的用户, 老客, 新客."""

import re
from collections.abc import Callable, Iterator

from agent.brief import durations, numbers
from agent.brief.audience.chinese_times import Times, scope_of, zh_patterns, zh_words
from agent.brief.audience.types import Found, unresolved
from agent.brief.days import Reader
from agent.brief.money import Till, amounts
from agent.brief.page import Page, Span, span
from tools.money import to_minor
from tools.segments.filter import (
    AllOf,
    Attribute,
    Bought,
    Contacted,
    Everyone,
    Measure,
    Not,
    Op,
    Ranked,
    Scope,
)


def chinese(page: Page, reader: Reader, till: Till) -> Iterator[Found]:
    """Every Chinese condition on `page`, an earlier pattern's words taken from the later ones."""
    if not re.search(r"[一-鿿]", page.norm):
        return
    maker = _Chinese(page, reader, till)
    left = page
    for name, pattern in zh_patterns().items():
        make: Callable[[re.Match[str]], Found | None] = getattr(maker, f"_{name}")
        taken: list[Span] = []
        for match in left.find(pattern):
            found = make(match) if match[0].strip() else None
            if found is not None and not any(found.where.touches(other) for other in taken):
                taken.append(found.where)
                yield found
        left = left.without(taken) if taken else left


class _Chinese(Times):
    """Reads a match of one pattern; the methods are named after the patterns."""

    def _lapsed(self, match: re.Match[str]) -> Found | None:
        """买过牛奶但这个月没买: of the same goods; 没下单 is of any."""
        same = BOUGHT_BEFORE.search(self.page.before(span(match), 16))
        goods = same[1] if same and not match["obj"] and re.search(r"(?:购?买|回购|复购)[过了]?的?", match[0]) else None
        return self._stale(match, match["obj"] or goods)

    def _lapsed_after(self, match: re.Match[str]) -> Found | None:
        return self._stale(match, match["obj"])

    def _lapsed_since(self, match: re.Match[str]) -> Found | None:
        """去年双十一之后没再买: a day that no pattern reads is asked about."""
        return Found(span(match), unresolved(self.page.said(span(match))), vague="unclear")

    def _asleep(self, match: re.Match[str]) -> Found | None:
        return self._stale(match, None)

    def _last(self, match: re.Match[str]) -> Found | None:
        return self._stale(match, None)

    def _but_not(self, match: re.Match[str]) -> Found:
        if re.match(r"用?(?:过)?(?:优惠)?券", match["no"]):
            unused = Measure(measure="coupon_redemptions", op="eq", value=0)
            return Found(span(match), AllOf(of=(Bought(scope=scope_of(match["yes"])), unused)))
        return Found(
            span(match), AllOf(of=(Bought(scope=scope_of(match["yes"])), Not(of=Bought(scope=scope_of(match["no"])))))
        )

    def _never(self, match: re.Match[str]) -> Found | None:
        """从未下单; 没下单 alone says no time: it is asked for, with the day that stands before it."""
        if not match["obj"] and not match[0].startswith("从"):
            if re.search(r"(?:注册|入会|加入|关注)[一-鿿\d,、]{0,10}$", self.page.before(span(match), 18)):
                return Found(span(match), Measure(measure="orders", op="eq", value=0), measure="frequency")
            before = re.search(r"(?:(?![但却])[一-鿿\d]){1,8}$", self.page.before(span(match), 8))
            where = Span(match.start() - (len(before[0]) if before else 0), match.end())
            return Found(where, unresolved(self.page.said(where)), vague="unclear" if before else "recency")
        if not match["obj"]:
            return Found(span(match), Measure(measure="orders", op="eq", value=0), measure="frequency")
        return Found(span(match), Not(of=Bought(scope=scope_of(match["obj"]))))

    def _once(self, match: re.Match[str]) -> Found:
        once = Measure(measure="orders", op="eq", value=1, within=self._within(match))
        return Found(span(match), once, noun=True, measure="frequency")

    def _bought_when(self, match: re.Match[str]) -> Found | None:
        within = self._within(match)
        count = numbers.whole(match["min"] or match["min2"] or match["min3"] or "") or 1
        if within is None:
            return None
        if match["obj"] and NO_GOODS.search(match["obj"]):
            return Found(span(match), unresolved(self.page.said(span(match))), vague="unclear")
        return Found(
            span(match),
            Bought(scope=scope_of(match["obj"]), within=within, min_orders=count),
            measure=None if match["obj"] else "recency",
        )

    def _spent(self, match: re.Match[str]) -> Found | None:
        if re.search(r"预算$|我们$", self.page.before(span(match), 6)):
            return None
        amount = next(iter(amounts(Page.of(match["money"]), self.till)), None)
        if amount is None or not (match["cmp"] or match["tail"]):
            return None
        minor = to_minor(str(amount.major), amount.currency or self.till.shop)
        measure = "average_order_minor" if match["what"] in ("客单价", "平均订单") else "spend_minor"
        op = _op(match["cmp"], match["tail"])
        return Found(
            span(match), Measure(measure=measure, op=op, value=minor, within=self._within(match)), measure="value"
        )

    def _orders(self, match: re.Match[str]) -> Found | None:
        count = numbers.whole(match["count"])
        if count is None or re.search(r"每人|最多|每位|每个|再", self.page.before(span(match), 8)):
            return None
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
        share = float(match["share"] or match["share2"] or match["share3"]) / 100
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

    def _coupon(self, match: re.Match[str]) -> Found:
        note = f"“{match[0]}”读作：在以往活动中至少用过一张优惠券。"
        meant = Measure(measure="coupon_redemptions", op="ge", value=1)
        return Found(span(match), meant, noun=not re.match(r"用|使用|领|核销", match[0]), note=note)

    def _contacted(self, match: re.Match[str]) -> Found:
        channel = {"短信": "sms", "短讯": "sms", "简讯": "sms", "邮件": "email", "推送": "push"}.get(
            match["ch"] or match["ch2"] or ""
        )
        outcome = "sent" if not match["ch2"] else "clicked" if "点" in match[0] else "opened"
        return Found(span(match), Contacted(channel=channel, within=self._within(match), outcome=outcome))

    def _everyone(self, match: re.Match[str]) -> Found:
        return Found(span(match), Everyone())

    def _pet(self, match: re.Match[str]) -> Found:
        what = re.search(r"宠物|猫|狗", match[0])
        return Found(span(match), Bought(scope=Scope(terms=(what[0] if what else "宠物",))), noun=True)

    def _trait(self, match: re.Match[str]) -> Found:
        term = re.sub(r"的(?:客户|用户|顾客|会员|消费者|人群|人)?$", "", match[0]) or match[0]
        negative = re.match(r"没有?(?P<what>.+)", term)
        if negative and not re.search("孩", term):
            return Found(span(match), Not(of=Attribute(term=negative["what"])))
        return Found(span(match), Attribute(term=term), noun=PLACE.match(term) is not None)

    def _existing(self, match: re.Match[str]) -> Found:
        before = re.search(r"(?:^|[,。;、!:¶\s])([一-鿿]{2,6})$", self.page.before(span(match), 8))
        goods = self._stripped(before[1]) if before else None
        if before and goods:  # 咖啡老客
            return Found(Span(match.start() - len(goods), match.end()), Bought(scope=scope_of(goods)), noun=True)
        return Found(span(match), Bought(), noun=True, measure="existing")

    def _bought(self, match: re.Match[str]) -> Found | None:
        scope = scope_of(match["obj"] or match["liked"] or match["fronted"])
        if NAMED_DAY.search(self.page.before(span(match), 8)):
            said = NAMED_DAY.search(self.page.before(span(match), 8))
            where = Span(match.start() - len(said[0] if said else ""), match.end())
            return Found(where, unresolved(self.page.said(where)), vague="unclear")
        if match["obj"] and NO_GOODS.search(match["obj"]):
            return Found(span(match), unresolved(self.page.said(span(match))), vague="unclear")
        if match["fronted"]:
            return Found(span(match), Bought(scope=scope))
        if not scope.terms or (
            not match[0].startswith(("买过", "购买过", "下单过", "订购过")) and "的" not in match[0]
        ):
            return None
        return Found(span(match), Bought(scope=scope))

    def _vague(self, match: re.Match[str]) -> Found | None:
        if re.match(r"(?:度|率|优质服务)", self.page.after(span(match), 4)) or (
            "活跃" in match[0] and re.search(r"(?:轻松|语气|风格)$", self.page.before(span(match), 4))
        ):
            return None
        zh = zh_words()["vague"]
        kind = next(kind for kind, forms in zh.items() if re.search("|".join(forms), match[0]))
        if kind in ("value", "frequency") and not re.search(r"客|用户|会员|消费者|人群|vip|家庭|粉丝|买家", match[0]):
            return None
        if (
            kind == "recency"
            and match[0] in ("流失", "沉睡", "休眠", "沉默")
            and not re.search(r"(?:召回|挽回|唤醒)", self.page.before(span(match), 3))
        ):
            return None
        return Found(span(match), unresolved(match[0]), noun=True, vague=kind)

    @staticmethod
    def _stripped(words: str) -> str | None:
        """The goods that are left of the words before a group once its verbs are taken off; null where none are."""
        strip = re.compile("^(?:" + "|".join(sorted(zh_words()["strip"], key=len, reverse=True)) + ")+")
        cut = re.sub("(?:的|类|产品|品类)+$", "", strip.sub("", words))
        return cut if cut and not NOT_THINGS.search(cut) else None

    def _group(self, match: re.Match[str]) -> Found | None:
        things = match["things"]
        cut = self._stripped(things)
        if cut is None:
            return None
        start = match.start("things") + things.find(cut)
        return Found(Span(start, match.end()), Bought(scope=scope_of(cut)), noun=True)


NOT_THINGS = re.compile(
    r"预算|活动|渠道|新|每|位|个|多少|本|该|类似|潜在|[做次日月号年天元折发送从到给不以]|优惠|回馈|触达|短信|邮件|目标"
    r"|价值|客单|消费|活跃|忠[诚实]|沉[睡默]|流失|休眠|优质|核心|头部|[高低]频"
)
BOUGHT_BEFORE = re.compile(r"买过([一-鿿]{1,8}?)(?:的)?,?(?:但是?|却|不过|可是|而)$")
NO_GOODS = re.compile(r"关注|喜欢|热爱|注重|追求|投诉|退货|退款|咨询|浏览|收藏|加购|点击|打开|参加|参与|访问")
"""Verbs of something else than buying, after 或 or 和 ("买过酸奶或关注健康的")."""
NAMED_DAY = re.compile(
    r"(?:去年)?(?:双十[一二]|双1[12]|618|国庆|春节|中秋|元旦|五一|端午|圣诞|黑五|年货节|大促)(?:期间|时)?$"
)
"""A day of a year that is not said: "双十一买过家电"."""
PLACE = re.compile(
    r"(?:住在?|来自|位于)?(?:北京|上海|广州|深圳|杭州|成都|重庆|武汉|南京|西安|苏州|天津|[一二]线城市|华东|华南|华北)"
)
"""Places joined by 和 are alternatives."""


def _op(cmp: str | None, tail: str | None) -> Op:
    if tail in ("以下", "以内"):
        return "le"
    if cmp in ("超过", "大于", "高于", "多于", ">"):
        return "gt"
    if cmp in ("低于", "少于", "小于", "不到", "不满", "<"):
        return "lt"
    return "le" if cmp in ("不超过", "≤", "<=") else "ge"
