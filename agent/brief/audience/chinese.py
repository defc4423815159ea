"""Chinese conditions on the customer: 60天未购买, 买过咖啡但没买过茶, 消费满500元, 养猫的用户, 老客, 新客."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from agent.brief import numbers
from agent.brief.audience.chinese_counts import Counts
from agent.brief.audience.chinese_times import scope_of, zh_patterns, zh_words
from agent.brief.audience.types import Found, unresolved
from agent.brief.days import Reader
from agent.brief.money import Till
from agent.brief.page import Page, Span, span
from tools.segments.filter import (
    AllOf,
    Attribute,
    Bought,
    Contacted,
    Everyone,
    Measure,
    Not,
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
            found = _trimmed(page, make(match)) if match[0].strip() else None
            if found is not None and not any(found.where.touches(other) for other in taken):
                taken.append(found.where)
                yield found
        left = left.without(taken) if taken else left


def _trimmed(page: Page, found: Found | None) -> Found | None:
    """Without the joining word at its end ("买过啤酒或者"), which belongs to what follows."""
    tail = JOIN.search(page.norm, found.where.start, found.where.end) if found else None
    return replace(found, where=Span(found.where.start, tail.start())) if found and tail else found


class _Chinese(Counts):
    """Reads a match of one pattern; the methods are named after the patterns."""

    def _lapsed(self, match: re.Match[str]) -> Found | None:
        """买过牛奶但这个月没买: of the same goods; 没下单 is of any."""
        same = BOUGHT_BEFORE.search(self.page.before(span(match), 16))
        goods = (
            (same[1] or same[2])
            if same and not match["obj"] and re.search(r"(?:购?买|回购|复购)[过了]?的?", match[0])
            else None
        )
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

    def _neither(self, match: re.Match[str]) -> Found:
        """既没买过啤酒也没买过白酒."""
        both = scope_of(match["no"]).terms + scope_of(match["nor"]).terms
        return Found(span(match), Not(of=Bought(scope=Scope(terms=both))))

    def _stopped(self, match: re.Match[str]) -> Found | None:
        """不再买尿布: since when is asked for, unless it stands before it."""
        scope = scope_of(match["obj"])
        dated = self._stale(match, match["obj"])
        return dated or (Found(span(match), Bought(scope=scope), noun=True, vague="stopped") if scope.terms else None)

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

    def _coupon(self, match: re.Match[str]) -> Found:
        note = f"“{match[0]}”读作：在以往活动中至少用过一张优惠券。"
        meant = Measure(measure="coupon_redemptions", op="ge", value=1)
        return Found(span(match), meant, noun=not re.match(r"用|使用|领|核销", match[0]), note=note)

    def _contacted(self, match: re.Match[str]) -> Found:
        channel = {"短信": "sms", "短讯": "sms", "简讯": "sms", "邮件": "email", "推送": "push"}.get(
            match["ch"] or match["ch2"] or ""
        )
        outcome = "sent" if not match["ch2"] else "clicked" if "点" in match[0] else "opened"
        meant = Contacted(channel=channel, within=self._within(match), outcome=outcome)
        if match["neg"] or match["neg2"]:
            return Found(span(match), Not(of=meant), turned=True)
        return Found(span(match), meant)

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
        lately = LATELY.search(self.page.before(span(match), 4))
        if lately and scope.terms:
            where = Span(match.start() - len(lately[0]), match.end())
            return Found(where, Bought(scope=scope), vague="recent")
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


JOIN = re.compile(r"(?<=.)(?:或者?|以及|和|与|及)$")
NOT_THINGS = re.compile(
    r"预算|活动|频|开通|渠道|新|每|位|个|多少|本|该|类似|潜在|[做次日月号年天元折发送从到给不以]|优惠|回馈|触达|短信|邮件|目标"
    r"|价值|客单|消费|活跃|忠[诚实]|沉[睡默]|流失|休眠|优质|核心|头部|[高低]频"
)
BOUGHT_BEFORE = re.compile(
    r"(?:买过([一-鿿]{1,8}?)(?:的)?,?(?:但是?|却|不过|可是|而)"
    r"|(?:以前|之前|曾经?|原来|过去|一直)(?:常|经常|一直|总|都|有)*买过?([一-鿿]{1,8}?)(?:的)?,?(?:但是?|却|不过|可是|而)?)$"
)
NO_GOODS = re.compile(r"关注|喜欢|热爱|注重|追求|投诉|退货|退款|咨询|浏览|收藏|加购|点击|打开|参加|参与|访问")
"""Verbs of something else than buying, after 或 or 和 ("买过酸奶或关注健康的")."""
LATELY = re.compile(r"(?:最近|近期|近来|刚刚|新近)(?:都|有|才)?$")
"""最近买过水果: how lately is asked for."""
NAMED_DAY = re.compile(
    r"(?:去年)?(?:双十[一二]|双1[12]|618|国庆|春节|中秋|元旦|五一|端午|圣诞|黑五|年货节|大促)(?:期间|时)?$"
)
"""A day of a year that is not said: "双十一买过家电"."""
PLACE = re.compile(
    r"(?:住在?|来自|位于)?(?:北京|上海|广州|深圳|杭州|成都|重庆|武汉|南京|西安|苏州|天津|[一二]线城市|华东|华南|华北)"
)
"""Places joined by 和 are alternatives."""
