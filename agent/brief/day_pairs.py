"""What one of two days says of the other: the order of day and month, the month, the year."""

import re

from agent.brief.days import Day


def settled(start: Day, end: Day) -> tuple[Day, Day] | None:
    """Two days in the order that one of them fixes: `1/12-14/12` is day first, `12/1-12/14` month first."""

    def turned(day: Day) -> Day:
        return Day(day=day.swapped[1], month=day.swapped[0], year=day.year) if day.swapped else day

    if bool(start.swapped) == bool(end.swapped):
        return None
    fixed, loose = (end, start) if start.swapped else (start, end)
    if loose.month == fixed.month:
        chosen = Day(day=loose.day, month=loose.month, year=loose.year)
    elif loose.swapped and loose.swapped[0] == fixed.month:
        chosen = turned(loose)
    else:
        return None
    return (chosen, fixed) if start.swapped else (fixed, chosen)


def given(day: Day, month: int | None, year: int | None) -> Day:
    """`day` with the month and year of the day beside it, where it says none of its own."""
    return Day(day=day.day, month=day.month or month, year=day.year or year)


def order_of(norm: str) -> bool | None:
    """Whether the text's own dates put the day first ("25/01/2027") or the month ("01/25"); null: they don't tell."""
    pairs = [
        (int(a), int(b)) for a, b in re.findall(r"(?<![\d/.$])(\d{1,2})/(\d{1,2})(?:/(?:20)?\d\d)?(?![\d/%])", norm)
    ]
    day_first = any(a > 12 >= b >= 1 and a <= 31 for a, b in pairs)
    month_first = any(b > 12 >= a >= 1 and b <= 31 for a, b in pairs)
    return None if day_first == month_first else day_first
