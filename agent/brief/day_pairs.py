"""What one of two days says of the other: the order of day and month, the month, the year."""

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
