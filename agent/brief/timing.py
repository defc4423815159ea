"""The window of the campaign among all the days that a brief names."""

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache

from agent.brief.days import Reader
from agent.brief.fields import Question
from agent.brief.lexicon import LEFT
from agent.brief.page import Page, Span
from agent.brief.patterns import Patterns, patterns
from agent.brief.ranges import Found
from agent.brief.reading import Reading
from agent.brief.windows import Windows


@cache
def _patterns() -> Patterns:
    return patterns("timing")


@dataclass(frozen=True)
class Timing:
    start: Reading[date]
    end: Reading[date]
    days: int | None = None


def read_timing(page: Page, reader: Reader, label: tuple[Span, ...] = ()) -> Timing:
    """First and last day. `label`: spans under "Dates:"."""
    found = [f for f in Windows(page, reader) if not _errand(page, f, label)]
    inside = [f for f in found if any(zone.holds(f.where) or zone.touches(f.where) for zone in label)]
    inside = inside if any(f.start or f.end or f.trouble for f in inside) else found
    usable = [f for f in inside if not (f.start and f.start == f.end and _theme(page, f))]
    if any(not f.loose and (f.start or f.end) for f in usable):
        usable = [f for f in usable if not f.loose]
    ranges = [f for f in usable if f.trouble or (f.start and f.end)]
    spread = [f for f in ranges if not (f.start and f.start == f.end) and f.trouble != "vague"]
    firm = spread or [f for f in ranges if f.trouble != "vague"]
    spread = [f for f in spread if not _narrowed(page, f, ranges)]
    firm = spread or [f for f in ranges if f.trouble != "vague"]
    ends = _ends(usable)
    if spread or (firm and not (ends.start.value and ends.end.value)):
        single = firm if spread else _with_ends(firm, usable)
        if isinstance(single, Timing):
            return single
        return _one(page, single, reader)
    if ends.start.value or ends.end.value:
        return _completed(page, ends, usable, reader)
    vague = [f for f in ranges if f.trouble == "vague"]
    return _asked(page, vague, [f for f in usable if f.length])


def _narrowed(page: Page, outer: Found, found: list[Found]) -> bool:
    """ "Next month, on Dec 18 only": the one day that is said holds."""
    return any(
        outer.start <= f.start <= outer.end
        and (ONLY_BEFORE.search(page.before(f.where, 16)) or ONLY_AFTER.match(page.after(f.where, 12)))
        for f in found
        if outer.start and outer.end and f.start and f.start == f.end
    )


ONLY_BEFORE = re.compile(rf"{LEFT}(?:just|only)(?: on)?\s$|(?:就|只|仅)(?:在|有|发)?\s?$")
ONLY_AFTER = re.compile(r"\s(?:only|alone)(?![a-z])|\s?(?:这)?一天")


def _errand(page: Page, found: Found, label: tuple[Span, ...]) -> bool:
    """A day on which somebody is to do something else ("send me the draft by Friday")."""
    if any(zone.touches(found.where) for zone in label) or found.length:
        return False
    if OWN.match(page.norm, found.where.start):
        return False
    before = page.before(found.where, 60)
    moved = before + page.norm[found.where.start :][: len("from ")]
    if _patterns()["absent_before"].search(before) or any(
        _patterns()["moved_before"].search(t) for t in (before, moved)
    ):
        return True
    after = page.after(found.where, 20)
    if _patterns()["absent_after"].match(after) or _patterns()["moved_after"].match(after):
        return True
    cut = max((m.end() for m in re.finditer(r"[,;:]\s|\sand\s", before)), default=0)
    near = before[cut:]
    spread = found.start and found.end and found.start != found.end
    told_after = _patterns()["errand_after"].match(page.after(found.where, 20))
    if told_after and not spread and not _patterns()["campaign"].search(near):
        return True
    errand = _patterns()["errand"].search(near)
    if not errand or (spread and not re.search(r"expire|valid|redeem|due|deadline", errand[0])):
        return False
    if SENDS.search(near) and not re.search(r"draft|review|approv|proof|test", near):
        return False
    return not re.search(
        rf"{LEFT}(?:campaign|e-?mails?|texts?|sms|push|messages?|it|offers?|promo|coupons?|newsletter) (?:\w+ "
        r")?(?:to |out |on |by |from |until |through )?$",
        near,
    ) or bool(re.search("expire|due|deadline|draft|review|approv", near))


OWN = re.compile(r"(?:begin|start|launch|kick|go(?:es|ing)? live|stop|finish|run)")
"""A window that says itself that it is one ("we would like to begin on 1 February")."""
SENDS = re.compile(
    rf"{LEFT}(?:send|get|give|need|want)(?:ing)?\s(?:out\s)?(?:an?\s|the\s|one\s|our\s|this\s)?(?:[a-z]+\s)?"
    r"(?:e-?mail|sms|text|push|newsletter|message|notification|blast|▒+)s?\s(?:to|for)\s"
)
"""To send customers a message is the campaign and no errand ("send an SMS to pet owners on Friday")."""


def _theme(page: Page, found: Found) -> bool:
    """ "Christmas gifts", "双11大促": a theme rather than a day, unless "on" stands before it."""
    said = page.norm[found.where.start : found.where.end]
    if re.match(r"on\s|\d|在", said) or re.search(r"\d", said.replace("11", "").replace("12", "").replace("618", "")):
        return False
    if re.match(
        r"(?:this|next|coming)?\s?(?:mon|tue|wed|thu|fri|sat|sun|today|tomorrow|tm|2m|周|星期|明|今|后天|即日)", said
    ):
        return False
    before, after = page.before(found.where, 20), page.after(found.where, 20)
    if _patterns()["theme_before"].search(before):
        return True
    return bool(_patterns()["theme"].match(after) or _patterns()["theme_noun"].match(after))


def _one(page: Page, ranges: list[Found], reader: Reader) -> Timing:
    """One window of several: the one that holds the others; two that do not fit are asked about."""
    plain = [f for f in ranges if f.start and f.end and f.trouble != "reversed"]
    plain = _in_their_month(plain)
    plain = [f for f in plain if f.trouble != "past"] or plain  # "by last winter I mean December 2025 …"
    exact = [f for f in plain if re.search(r"\d", page.norm[f.where.start : f.where.end])]
    plain = exact or plain  # "Dec 1-14, $4,000 for December": the days that are said hold
    chosen = next((f for f in ranges if f in plain), ranges[0])
    if plain and len({(f.start, f.end) for f in plain}) > 1:
        start, end = min(f.start for f in plain if f.start), max(f.end for f in plain if f.end)
        outer = next((f for f in plain if (f.start, f.end) == (start, end)), None)
        if outer is None:
            options = tuple(dict.fromkeys(f"{f.start} to {f.end}" for f in plain))
            question = Question(
                field="start",
                question=f"Several windows are given ({'; '.join(options)}): which is the campaign's?",
                quote=page.said(plain[1].where),
                options=options,
            )
            return Timing(Reading(None, questions=(question,), taken=tuple(f.where for f in plain)), Reading())
        chosen = outer
    elif plain:
        chosen = plain[0]
    questions = _trouble(page, chosen, reader)
    if chosen.start is None or chosen.end is None:
        return Timing(Reading(None, questions=questions, taken=(chosen.where,)), Reading())
    days = (chosen.end - chosen.start).days + 1 if chosen.end >= chosen.start else None
    return Timing(Reading(chosen.start, (chosen.where,), questions), Reading(chosen.end, (chosen.where,)), days)


def _in_their_month(found: list[Found]) -> list[Found]:
    """ "In January? Yes … 4th thru 17th": days without a month belong to the one month that is said."""
    months = [f for f in found if f.start and f.start.day == 1 and f.end and (f.end + timedelta(1)).day == 1]
    bare = [f for f in found if f.bare and f.start and f.end]
    if len({(f.start, f.end) for f in months}) != 1 or not bare:
        return found
    first, one = months[0].start, bare[0]
    if first is None or one.start is None or one.end is None or one.end.month != one.start.month:
        return found
    try:
        moved = replace(
            one,
            start=one.start.replace(year=first.year, month=first.month),
            end=one.end.replace(year=first.year, month=first.month),
        )
    except ValueError:
        return found
    return [moved]


def _trouble(page: Page, found: Found, reader: Reader) -> tuple[Question, ...]:
    quote = page.said(found.where)
    texts = {
        "reversed": f"“{quote}” ends before it starts: which are the first and the last day?",
        "past": f"“{quote}” is over (today is {reader.today}): when should the campaign run?",
        "begun": f"“{quote}” began before today ({reader.today}): should it start today?",
        "order": f"“{quote}” can be read as month/day or day/month: which days are meant?",
        "no_such_day": f"“{quote}” names a day that does not exist: which days are meant?",
        "just_over": f"“{quote}” is over this year: which days are meant?",
    }
    if found.trouble not in texts:
        return ()
    return (Question(field="start", question=texts[found.trouble], quote=quote, options=found.options),)


def _ends(found: list[Found]) -> Timing:
    """A first day and a last day that were said apart."""
    starts = [f for f in found if f.start and not f.end]
    ends = [f for f in found if f.end and not f.start]
    start = starts[0] if starts else None
    end = ends[-1] if ends else None
    return Timing(
        Reading(start.start if start else None, (start.where,) if start else ()),
        Reading(end.end if end else None, (end.where,) if end else ()),
    )


def _with_ends(single: list[Found], found: list[Found]) -> list[Found] | Timing:
    """A single day beside one end: "launch Dec 1, ends Dec 14"; "Dec 1 … until the 14th"."""
    day = next((f for f in single if f.start and f.start == f.end), None)
    ends = [f for f in found if f.end and not f.start]
    starts = [f for f in found if f.start and not f.end]
    if day and ends and day.start and ends[-1].end and ends[-1].end > day.start:
        return Timing(
            Reading(day.start, (day.where,)),
            Reading(ends[-1].end, (ends[-1].where,)),
            (ends[-1].end - day.start).days + 1,
        )
    lengths = [f.length for f in found if f.length]
    if day and lengths and day.start:
        last = day.start + timedelta(lengths[0] - 1)
        where = next(f.where for f in found if f.length)
        return Timing(Reading(day.start, (day.where,)), Reading(last, (where,)), lengths[0])
    if day and starts and starts[0].start and day.end and day.end > starts[0].start:
        return Timing(
            Reading(starts[0].start, (starts[0].where,)),
            Reading(day.end, (day.where,)),
            (day.end - starts[0].start).days + 1,
        )
    return single


def _completed(page: Page, ends: Timing, found: list[Found], reader: Reader) -> Timing:
    """Both ends; or one end with a length; or one end, the other asked for."""
    start, end = ends.start.value, ends.end.value
    length = next((f for f in found if f.length), None)
    if start and not end and length and length.length:
        return Timing(ends.start, Reading(start + timedelta(length.length - 1), (length.where,)), length.length)
    if end and not start and length and length.length:
        first = end - timedelta(length.length - 1)
        return Timing(Reading(first, (length.where,)), ends.end, length.length)
    questions = []
    if start and end and end < start:
        where = Span(ends.end.spans[0].start, ends.end.spans[0].end)
        questions.append(
            Question(
                field="end",
                question=(
                    f"The campaign would end on {end}, before it starts on {start}: which are the first and the "
                    "last day?"
                ),
                quote=page.said(where),
            )
        )
    for day, reading, field in ((start, ends.start, "start"), (end, ends.end, "end")):
        if day and day < reader.today:
            questions.append(
                Question(
                    field=field,
                    question=(
                        f"“{page.said(reading.spans[0])}” is over (today is {reader.today}): when should the "
                        "campaign run?"
                    ),
                    quote=page.said(reading.spans[0]),
                )
            )
    if start is None:
        questions.append(
            Question(
                field="start",
                question=f"On which day does it start? Only the end ({end}) is given.",
                options=(reader.today.isoformat(),),
            )
        )
    if end is None:
        questions.append(
            Question(field="end", question=f"On which day does it end? Only the start ({start}) is given.")
        )
    days = (end - start).days + 1 if start and end and end >= start else None
    return Timing(Reading(start, ends.start.spans, tuple(questions)), ends.end, days)


def _asked(page: Page, vague: list[Found], lengths: list[Found]) -> Timing:
    if lengths:
        quote = page.said(lengths[0].where)
        question = Question(field="start", question=f"“{quote}” is a length: on which day does it start?", quote=quote)
    elif vague:
        quote = page.said(vague[0].where)
        question = Question(
            field="start", question=f"“{quote}” is not a date: from which day to which day should it run?", quote=quote
        )
    else:
        question = Question(field="start", question="When should the campaign run: from which day to which day?")
    return Timing(Reading(None, questions=(question,), taken=tuple(f.where for f in vague)), Reading())
