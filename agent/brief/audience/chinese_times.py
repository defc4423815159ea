"""What the Chinese readers share: the patterns, spans of time (近90天, 半年以上, 上个月) and "no order since"."""

import re
from datetime import date, timedelta
from functools import cache
from typing import Any

from agent.brief import durations
from agent.brief.audience.types import Found
from agent.brief.days import Reader
from agent.brief.lexicon import alternatives, lexicon
from agent.brief.money import Till
from agent.brief.named_days import add_months, month_end
from agent.brief.page import Page, span
from agent.brief.patterns import Patterns, patterns
from tools.segments.filter import AllOf, Bought, Filter, Measure, Not, Scope, Within


@cache
def zh_words() -> dict[str, Any]:
    zh: dict[str, Any] = lexicon("audience")["zh"]
    return zh


@cache
def zh_patterns() -> Patterns:
    zh = zh_words()
    return patterns(
        "chinese",
        pets="|".join(zh["pets"]),
        product_heads="|".join(zh["product_heads"]),
        vague="|".join(alternatives(forms) for forms in zh["vague"].values()),
        **{name: alternatives(zh[name]) for name in ("once", "coupon", "everyone", "existing", "attributes")},
    )


def scope_of(words: str | None) -> Scope:
    if not words:
        return Scope()
    parts = (
        re.sub(r"^(?:过|了|我们的?|任何)|(?:类|品类|产品|商品|的)+$", "", part)
        for part in re.split(r"\s?(?:或者?|和|、|及|/|\sor\s|\sand\s)\s?", words)
    )
    return Scope(
        terms=tuple(dict.fromkeys(part for part in parts if part and part not in ("东西", "商品", "任何", "单")))
    )


class Times:
    """Reads the span of time of a match."""

    def __init__(self, page: Page, reader: Reader, till: Till) -> None:
        self.page, self.reader, self.till = page, reader, till

    def _length(self, match: re.Match[str]) -> tuple[int | None, int | None]:
        """(days, second end of a range)."""
        group = match.groupdict()
        words, low = group.get("n") or group.get("n2"), group.get("low") or group.get("low2")
        if not words:
            return None, None
        high = durations.days(re.sub(r"[\s多]", "", words).replace("日", "天"))
        if high is None:
            return None, None
        if low:
            unit = re.search(zh_patterns().text("_unit"), words)
            first = durations.days(low + (unit[0].replace("日", "天") if unit else "天"))
            return (first, high) if first and first < high else (high, None)
        return high, None

    def _within(self, match: re.Match[str]) -> Within | None:
        length, _ = self._length(match)
        if length:
            return Within(days=length)
        since, until = self._calendar(match)
        return Within(since=since, until=until) if since else None

    def _calendar(self, match: re.Match[str]) -> tuple[date | None, date | None]:
        group, today = match.groupdict(), self.reader.today
        rel = (group.get("rel") or "").replace("上个月", "上月").replace("上个星期", "上周").replace("上星期", "上周")
        if rel == "今年":
            return date(today.year, 1, 1), None
        if rel == "去年":
            return date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)
        if rel == "上月":
            first = add_months(today, -1)
            return first, month_end(first.year, first.month)
        if rel in ("本月", "这个月"):
            return add_months(today, 0), None
        if rel in ("上周", "本周"):
            monday = today - timedelta(today.weekday() + (7 if rel == "上周" else 0))
            return monday, monday + timedelta(6) if rel == "上周" else None
        if group.get("month"):
            return _months(group["month"], today)
        if group.get("since"):
            said = re.match(r"(?:(20\d\d)年)?(\d{1,2})月", group["since"])
            if said:
                month = int(said[2])
                return date(int(said[1]) if said[1] else today.year - (month > today.month), month, 1), None
        return None, None

    def _stale(self, match: re.Match[str], words: str | None) -> Found | None:
        length, upper = self._length(match)
        if length is None:
            since, _ = self._calendar(match)
            length = (self.reader.today - since).days if since else None
        if not length:
            return None
        scope = scope_of(words)
        meant: Filter = Measure(measure="recency_days", op="ge", value=length, scope=scope)
        if upper:
            meant = AllOf(of=(meant, Measure(measure="recency_days", op="le", value=upper, scope=scope)))
        note = (
            f"读作：以前买过{'或'.join(scope.terms)}，但至少 {length} 天没有再买；从未买过的人不在其中。"
            if scope.terms
            else None
        )
        return Found(
            span(match), meant, Not(of=Bought(scope=scope, within=Within(days=length))), note=note, measure="recency"
        )


def _months(words: str, today: date) -> tuple[date | None, date | None]:
    """去年2月, 3月到5月: their first and last day; without a year the last one that has begun."""
    said = re.match(
        r"(?P<year>去年|今年|前年|20\d\d年)?的?(?P<first>\d{1,2})月份?(?:(?:到|至|-)(?P<last>\d{1,2}))?", words
    )
    if not said:
        return None, None
    first, last = int(said["first"]), int(said["last"] or said["first"])
    back = {"今年": 0, "去年": 1, "前年": 2}.get(said["year"] or "", 1 if first > today.month else 0)
    year = int(said["year"][:4]) if said["year"] and said["year"][0] == "2" else today.year - back
    until = month_end(year + (last < first), last)
    return date(year, first, 1), until if until < today else None
