"""Named days of a year: fixed, by rule ("fourth Thursday"), Easter, and the Chinese lunar ones."""

import re
from calendar import monthrange
from datetime import date, timedelta
from functools import cache

from agent.brief.lexicon import alternatives, lexicon


@cache
def names() -> tuple[tuple[re.Pattern[str], str, str], ...]:
    """(pattern, kind, key) of every named day."""
    data = lexicon("days")
    rows = [(forms, "fixed", key) for key, forms in data["fixed"].items()]
    rows += [(rule["words"], "rule", key) for key, rule in data["rule"].items()]
    rows += [(forms, "easter", str(key)) for key, forms in data["easter"].items()]
    rows += [(rule["words"], "lunar", key) for key, rule in data["lunar"].items()]
    return tuple((re.compile(alternatives(forms)), kind, str(key)) for forms, kind, key in rows)


def name_pattern() -> str:
    """A regular expression of any named day."""
    return "(?:" + "|".join(pattern.pattern for pattern, _, _ in names()) + ")"


def named_day(words: str, year: int) -> date | None:
    """The day that `words` name in `year`; null where they name none (or the lunar table does not reach)."""
    for pattern, kind, key in names():
        if pattern.fullmatch(words):
            return _day(kind, key, year)
    return None


def _day(kind: str, key: str, year: int) -> date | None:
    if kind == "fixed":
        month, day = key.split("-")
        return date(year, int(month), int(day))
    if kind == "rule":
        rule = lexicon("days")["rule"][key]
        return nth_weekday(year, rule["month"], rule["weekday"], rule["position"]) + timedelta(rule.get("offset", 0))
    if kind == "easter":
        from dateutil.easter import easter

        return easter(year) + timedelta(int(key))
    return _lunar(key, year)


def nth_weekday(year: int, month: int, weekday: int, position: int) -> date:
    """The `position`-th `weekday` (0: Monday) of a month, or its last where there are fewer."""
    first = date(year, month, 1)
    day = 1 + (weekday - first.weekday()) % 7 + 7 * (position - 1)
    return date(year, month, day if day <= monthrange(year, month)[1] else day - 7)


@cache
def _lunar(key: str, year: int) -> date | None:
    rule = lexicon("days")["lunar"][key]
    if rule.get("qixi"):
        return next((day for day in lexicon("days")["qixi"] if day.year == year), None)
    from holidays import country_holidays

    if not 1950 <= year <= 2090:
        return None
    days = country_holidays("CN", years=year, language="en_US", observed=False)
    found = [day for day, name in days.items() if rule["holiday"] in name and "Eve" not in name]
    return min(found) + timedelta(rule["offset"]) if found else None


def month_end(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def add_months(day: date, months: int) -> date:
    """The first day of the month that lies `months` after `day`'s."""
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)
