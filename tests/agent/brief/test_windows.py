"""Windows of days in every supported style."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.agent.brief.reading import TODAY, asked, few, read

WRITTEN = {
    "Dec 1–14": ("2017-12-01", "2017-12-14"),
    "Dec 1 to 14": ("2017-12-01", "2017-12-14"),
    "1-14 December": ("2017-12-01", "2017-12-14"),
    "12/1-12/14": ("2017-12-01", "2017-12-14"),
    "2017-12-01 to 2017-12-14": ("2017-12-01", "2017-12-14"),
    "2017-12-01/2017-12-14": ("2017-12-01", "2017-12-14"),
    "December 1st through 14th": ("2017-12-01", "2017-12-14"),
    "Mon Dec 4 - Fri Dec 8": ("2017-12-04", "2017-12-08"),
    "Dec 20 - Jan 5": ("2017-12-20", "2018-01-05"),
    "Feb 1-7 2018": ("2018-02-01", "2018-02-07"),
    "from tomorrow until the 15th": ("2017-11-25", "2017-12-15"),
    "next two weeks": ("2017-11-24", "2017-12-07"),
    "next week": ("2017-11-27", "2017-12-03"),
    "first week of February": ("2018-02-01", "2018-02-07"),
    "the last two weeks of January": ("2018-01-18", "2018-01-31"),
    "the week of Dec 4": ("2017-12-04", "2017-12-10"),
    "Black Friday weekend": ("2017-11-24", "2017-11-26"),
    "starting Dec 1 for two weeks": ("2017-12-01", "2017-12-14"),
    "two weeks from Dec 4": ("2017-12-04", "2017-12-17"),
    "launch on Dec 4, ends on Dec 20": ("2017-12-04", "2017-12-20"),
    "in January": ("2018-01-01", "2018-01-31"),
    "Q1 2018": ("2018-01-01", "2018-03-31"),
    "tomorrow only": ("2017-11-25", "2017-11-25"),
    "12月1日至14日": ("2017-12-01", "2017-12-14"),
    "12月1号到12月14号": ("2017-12-01", "2017-12-14"),
    "12.1-12.14": ("2017-12-01", "2017-12-14"),
    "从明天到15号": ("2017-11-25", "2017-12-15"),
    "下周一到周五": ("2017-11-27", "2017-12-01"),
    "未来两周": ("2017-11-24", "2017-12-07"),
    "12月上旬": ("2017-12-01", "2017-12-10"),
    "2月第一周": ("2018-02-01", "2018-02-07"),
    "春节那周": ("2018-02-12", "2018-02-18"),
    "双12当天": ("2017-12-12", "2017-12-12"),
    "国庆假期": ("2018-10-01", "2018-10-07"),
    "1月1号开始到月底": ("2018-01-01", "2018-01-31"),
}


@pytest.mark.parametrize("text", WRITTEN)
def test_a_window_is_read(text: str) -> None:
    fields = read(f"Email pet owners, $5k, {text}, 10% off").fields
    assert (str(fields.start), str(fields.end)) == WRITTEN[text]


@pytest.mark.parametrize(
    ("market", "start", "end"), [("US", "2017-12-05", "2017-12-09"), ("UK", "2018-05-12", "2018-09-12")]
)
def test_the_market_says_whether_the_month_comes_first(market: str, start: str, end: str) -> None:
    fields = read("Email pet owners, 12/5 to 12/9", market=market).fields
    assert (str(fields.start), str(fields.end)) == (start, end)


def printed(start: date, end: date, style: int) -> str:
    return (
        f"{start:%Y-%m-%d} to {end:%Y-%m-%d}",
        f"{start:%b} {start.day}, {start.year} - {end:%b} {end.day}, {end.year}",
        f"from {start.day} {start:%B} {start.year} until {end.day} {end:%B} {end.year}",
        f"between {start:%B} {start.day} {start.year} and {end:%B} {end.day} {end.year}",
        f"{start.month}/{start.day}/{start.year} - {end.month}/{end.day}/{end.year}",
        f"{start.year}年{start.month}月{start.day}日至{end.year}年{end.month}月{end.day}日",
        f"{start.year}/{start.month:02}/{start.day:02}-{end.year}/{end.month:02}/{end.day:02}",
        f"starting {start:%B} {start.day}, {start.year} for {(end - start).days + 1} days",
    )[style]


@few
@given(ahead=st.integers(0, 900), length=st.integers(1, 60), style=st.integers(0, 7))
def test_any_window_with_years_is_read_back_exactly(ahead: int, length: int, style: int) -> None:
    start = TODAY + timedelta(ahead)
    end = start + timedelta(length)
    fields = read(f"Email pet owners, $5k, {printed(start, end, style)}").fields
    assert (fields.start, fields.end) == (start, end), printed(start, end, style)


def yearless(start: date, end: date, style: int) -> str:
    return (
        f"{start:%b} {start.day} – {end:%b} {end.day}",
        f"{start.day} {start:%B} to {end.day} {end:%B}",
        f"{start.month}/{start.day}-{end.month}/{end.day}",
        f"{start.month}月{start.day}日到{end.month}月{end.day}日",
        f"from {start:%B} {start.day} through {end:%B} {end.day}",
    )[style]


@few
@given(ahead=st.integers(0, 240), length=st.integers(1, 60), style=st.integers(0, 4))
def test_any_window_without_a_year_is_the_next_that_is_not_past(ahead: int, length: int, style: int) -> None:
    start = TODAY + timedelta(ahead)
    end = start + timedelta(length)
    fields = read(f"Email pet owners, $5k, {yearless(start, end, style)}").fields
    assert (fields.start, fields.end) == (start, end), yearless(start, end, style)


ASKED = {
    "over": "Oct 1-14, 2017",
    "over, with no year": "Nov 1-14",
    "begun": "Nov 20-30",
    "reversed": "from Dec 20 to Dec 10",
    "either order": "5/6 to 7/8",
    "no such day": "Feb 30 to Mar 2",
    "no end": "from Dec 1",
    "no start": "until Dec 15",
    "no date": "early December",
    "only a length": "for two weeks",
    "nothing": "soon",
    "a holiday of unknown length": "双11期间",
}


@pytest.mark.parametrize("case", ASKED)
def test_a_window_that_is_not_clear_or_not_possible_is_asked_about(case: str) -> None:
    brief = read(f"Email pet owners, $5k, {ASKED[case]}", market=None)
    assert {"start", "end"} & asked(brief)
    assert brief.status == "needs_input"


NO_WINDOWS = {
    "a deadline of the planner": "Please send me the draft by Friday.",
    "a theme": "It is for our Christmas gifts range.",
    "the audience's own time": "They bought in October.",
    "a code's last day": "Codes expire on December 31.",
}


@pytest.mark.parametrize("case", NO_WINDOWS)
def test_a_day_that_is_not_the_campaigns_is_not_taken(case: str) -> None:
    fields = read(f"Email pet owners, $5k, Dec 4-8. {NO_WINDOWS[case]}").fields
    assert (fields.start, fields.end) == (date(2017, 12, 4), date(2017, 12, 8))


def dotted(start: date, end: date, style: int) -> str:
    return (
        f"{start.day}.{start.month}. bis {end.day}.{end.month}.",
        f"{start:%d.%m.}–{end:%d.%m.}",
        f"{start:%d.%m.} bis {end:%d.%m.}",
        f"Start: {start:%b} {start.day}, {start.year}. End: {end:%b} {end.day}, {end.year}.",
        f"{start:%d.%m.%Y} to {end:%d.%m.%Y}",
        f"{start:%Y%m%d}-{end:%Y%m%d}",
        f"launch {start.day} {start:%B} {start.year}, last day {end.day} {end:%B} {end.year}",
    )[style]


@few
@given(ahead=st.integers(0, 150), length=st.integers(1, 60), style=st.integers(0, 6))
def test_any_window_in_dots_or_with_its_ends_apart_is_read_back_exactly(ahead: int, length: int, style: int) -> None:
    start = TODAY + timedelta(ahead)
    end = start + timedelta(length)
    fields = read(f"Email pet owners, $5k, {dotted(start, end, style)}").fields
    assert (fields.start, fields.end) == (start, end), dotted(start, end, style)


@pytest.mark.parametrize(
    "text",
    ["A ratio of 3/4.", "Rated 4.5 stars.", "Open 24/7.", "Size 5/6.", "Our 10th birthday.", "Ref 12/14/77.",
     "The 2nd email is shorter.", "Our Christmas tea.", "Founded on May 3, 2009.", "Call 415-555-0199."],
)  # fmt: skip
def test_other_numbers_are_no_days(text: str) -> None:
    fields = read(f"Email pet owners, $5k. {text}").fields
    assert (fields.start, fields.end) == (None, None)
