"""Windows and days that are said by another day, in both languages."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.agent.brief.reading import few, read

TODAY = date(2026, 11, 24)
"""A Tuesday."""
BESIDE = {
    "the two weeks before Christmas": ("2026-12-11", "2026-12-24"),
    "two weeks before Christmas": ("2026-12-11", "2026-12-24"),
    "the 10 days leading up to Christmas": ("2026-12-15", "2026-12-24"),
    "the three days after Christmas": ("2026-12-26", "2026-12-28"),
    "ten days up to and including Valentine's Day": ("2027-02-05", "2027-02-14"),
    "7 days ending Dec 20": ("2026-12-14", "2026-12-20"),
    "for ten days, ends Dec 20": ("2026-12-11", "2026-12-20"),
    "the weekend before Christmas": ("2026-12-19", "2026-12-20"),
    "the weekend after Christmas": ("2026-12-26", "2026-12-27"),
    "the day before Christmas": ("2026-12-24", "2026-12-24"),
    "from a week before Valentine's Day until the day itself": ("2027-02-07", "2027-02-14"),
    "starts three days before Valentine's Day and ends on the day": ("2027-02-11", "2027-02-14"),
    "two weeks starting the week of December 7": ("2026-12-07", "2026-12-20"),
    "starting the week of Dec 7, for three weeks": ("2026-12-07", "2026-12-27"),
    "the first Monday of January through that Friday": ("2027-01-04", "2027-01-08"),
    "next Monday to the following Sunday": ("2026-11-30", "2026-12-06"),
    "between 7 and 20 December": ("2026-12-07", "2026-12-20"),
    "the fortnight from 7 December": ("2026-12-07", "2026-12-20"),
    "day one is December 7, and December 20 is the last": ("2026-12-07", "2026-12-20"),
    "week of Dec 7 and the week after": ("2026-12-07", "2026-12-20"),
    "the first full week of December": ("2026-12-07", "2026-12-13"),
    "the second and third week of December": ("2026-12-08", "2026-12-21"),
    "January, first half": ("2027-01-01", "2027-01-15"),
    "end of January: 25th to 31st": ("2027-01-25", "2027-01-31"),
    "Dec 7th, 8th and 9th": ("2026-12-07", "2026-12-09"),
    "on the 7th, 8th and 9th of December": ("2026-12-07", "2026-12-09"),
    "Saturday the 12th and Sunday the 13th of December": ("2026-12-12", "2026-12-13"),
    "from the 27th until New Year's Eve": ("2026-12-27", "2026-12-31"),
    "12-07-2026 to 12-20-2026": ("2026-12-07", "2026-12-20"),
    "圣诞前两周": ("2026-12-11", "2026-12-24"),
    "圣诞节前的两周": ("2026-12-11", "2026-12-24"),
    "圣诞后一周": ("2026-12-26", "2027-01-01"),
    "12月7日前不发，12月20日后不发": ("2026-12-07", "2026-12-20"),
    "12月7号是第一天，20号是最后一天": ("2026-12-07", "2026-12-20"),
    "12月7日、8日、9日三天": ("2026-12-07", "2026-12-09"),
    "12月7号发第一封，12月14号提醒，12月20号最后一封": ("2026-12-07", "2026-12-20"),
    "12月7号那一周和下一周": ("2026-12-07", "2026-12-20"),
    "本周内": ("2026-11-24", "2026-11-29"),
    "元旦前一天": ("2026-12-31", "2026-12-31"),
    "元旦前三天开始，元旦当天结束": ("2026-12-29", "2027-01-01"),
    "圣诞节提前十天开始，到当天结束": ("2026-12-15", "2026-12-25"),
    "从圣诞前一周到元旦": ("2026-12-18", "2027-01-01"),
    "双12前后各三天": ("2026-12-09", "2026-12-15"),
    "从12月7日那周开始，连续两周": ("2026-12-07", "2026-12-20"),
    "the final week before New Year": ("2026-12-25", "2026-12-31"),
    "the last ten days of the year": ("2026-12-22", "2026-12-31"),
    "a 48-hour sale starting Dec 5": ("2026-12-05", "2026-12-06"),
    "first send Dec 7, last send Dec 13": ("2026-12-07", "2026-12-13"),
    "首发12月7日，末次发送12月13日": ("2026-12-07", "2026-12-13"),
    "月底三天": ("2026-11-28", "2026-11-30"),
    "下月前十天": ("2026-12-01", "2026-12-10"),
    "明年一月": ("2027-01-01", "2027-01-31"),
    "除夕到初六": ("2027-02-05", "2027-02-11"),
    "元旦三天假期": ("2027-01-01", "2027-01-03"),
    "黑五周末": ("2026-11-27", "2026-11-29"),
    "截至12月20日的两周": ("2026-12-07", "2026-12-20"),
}


@pytest.mark.parametrize("text", BESIDE)
def test_a_window_beside_a_day_is_read(text: str) -> None:
    chinese = any("一" <= char <= "鿿" for char in text)
    brief = "买过咖啡的客户，邮件，预算5000元，{}，九折" if chinese else "Email pet owners, $5k, {}, 10% off"
    fields = read(brief.format(text), today=TODAY).fields
    assert (str(fields.start), str(fields.end)) == BESIDE[text]


def beside(day: date, count: int, style: int) -> tuple[str, date, date]:
    """Words, and the window that they mean."""
    named = f"{day:%B} {day.day}, {day.year}"
    zh = f"{day.year}年{day.month}月{day.day}日"
    before, after = day - timedelta(count), day + timedelta(count)
    return (
        (f"the {count} days before {named}", before, day - timedelta(1)),
        (f"in the {count} days leading up to {named}", before, day - timedelta(1)),
        (f"{count} days ending {named}", day - timedelta(count - 1), day),
        (f"for the {count} days after {named}", day + timedelta(1), after),
        (f"from {count} days before {named} to {named}", before, day),
        (f"{zh}前{count}天", before, day - timedelta(1)),
        (f"{zh}后的{count}天", day + timedelta(1), after),
        (f"{zh}提前{count}天开始，到当天结束", before, day),
        (f"{zh}前后各{count}天", before, after),
    )[style]


@few
@given(ahead=st.integers(60, 400), count=st.integers(2, 40), style=st.integers(0, 8))
def test_any_window_beside_a_day_is_read_back_exactly(ahead: int, count: int, style: int) -> None:
    words, start, end = beside(TODAY + timedelta(ahead), count, style)
    fields = read(f"Email pet owners, $5k, {words}", today=TODAY).fields
    assert (fields.start, fields.end) == (start, end), words


@pytest.mark.parametrize(
    "text", ["Need it two weeks before Christmas please", "the week after payday", "send 3 weeks before"]
)
def test_a_distance_that_is_no_window_is_asked_about(text: str) -> None:
    brief = read(f"Email pet owners, $5k, {text}", today=TODAY)
    assert (brief.fields.start, brief.fields.end) == (None, None)
    assert any(question.field == "start" for question in brief.questions)
