"""The brief's quiet hours as the hours in which messages may go out."""

import re

from tools.launch.windows import SEND_HOURS

_HOUR = (
    r"(?P<{0}p>晚上?|夜里?|夜间|凌晨|早上?|上午|中午|下午)?\s?(?P<{0}>\d{{1,2}})(?P<{0}m>:[0-5]\d|点半?)?"
    r"\s?(?P<{0}h>am|pm|a\.m\.|p\.m\.|o'clock)?"
)
_TO = r"\s?(?:-|–|—|~|～|to|and|until|till|到|至)\s?(?:次日|第二天|翌日)?"
_SPAN = re.compile(_HOUR.format("a") + _TO + _HOUR.format("b"))
_AFTER = re.compile(r"\b(?:after|past|later than)\s" + _HOUR.format("a"))
_BEFORE = re.compile(r"\b(?:before|earlier than)\s" + _HOUR.format("b"))
_AFTER_ZH = re.compile(_HOUR.format("a") + r"\s?(?:之|以)?后")
_BEFORE_ZH = re.compile(_HOUR.format("b") + r"\s?(?:之|以)?前")
_NIGHT = re.compile(r"\bat night\b|\bovernight\b|\bnight-?time\b|\blate-?night\b|夜间|夜里|晚上|深夜|半夜|凌晨")
_DAYS = re.compile(r"weekend|sunday|saturday|周末|星期|周[一二三四五六日天]")
_ONLY = re.compile(r"\bonly\b|只(?:在|能)|仅(?:在|限)")


def send_hours(quiet: str | None) -> tuple[int, int] | None:
    """First hour of sending and the hour before which it ends, inside `SEND_HOURS`; without quiet hours those.

    Null where nothing is left of the day, or the words give no hour ("not at weekends"): the caller says so.
    """
    first, last = SEND_HOURS
    if quiet is None:
        return SEND_HOURS
    text = quiet.lower()
    span = _SPAN.search(text)
    if span:
        a, b = _hour(span, "a", up=False), _hour(span, "b", up=True)
        if a is None or b is None:
            return None
        if _ONLY.search(text):
            return _within(a, b)
        return _outside(a, b)
    after, before = _AFTER.search(text) or _AFTER_ZH.search(text), _BEFORE.search(text) or _BEFORE_ZH.search(text)
    if not after and not before:
        return SEND_HOURS if _NIGHT.search(text) and not _DAYS.search(text) else None
    from_hour = _hour(before, "b", up=True) if before else first
    to_hour = _hour(after, "a", up=False) if after else last
    return None if from_hour is None or to_hour is None else _within(from_hour, to_hour)


def _within(a: int, b: int) -> tuple[int, int] | None:
    first, last = max(SEND_HOURS[0], a), min(SEND_HOURS[1], b)
    return (first, last) if first < last else None


def _outside(a: int, b: int) -> tuple[int, int] | None:
    """Hours that a quiet span from `a` to `b` leaves: over midnight, or the longer side of the day."""
    if a > b:
        return _within(b, a)
    sides = [side for side in (_within(0, a), _within(b, 24)) if side]
    return max(sides, key=lambda side: side[1] - side[0], default=None)


def _hour(match: re.Match[str], name: str, *, up: bool) -> int | None:
    """The hour on a 24-hour clock, a broken one rounded to the side that is quieter; null where there is none."""
    hour, half = int(match[name]), (match[name + "h"] or "").replace(".", "")
    part, minutes = match[name + "p"] or "", match[name + "m"] or ""
    late = half == "pm" or part.startswith(("下午", "晚")) or (part.startswith("夜") and hour >= 6)
    if half == "am" and hour == 12:
        hour = 0
    elif late and hour < 12:
        hour += 12
    if up and (minutes.endswith("半") or minutes[1:].strip("0")) and minutes != "点":
        hour += 1
    return hour if 0 <= hour <= 24 else None
