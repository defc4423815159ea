"""Briefs that are talks: answers under questions, sums and days that are put right, taken back or moved."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.agent.brief.reading import few, read
from tests.agent.brief.test_ways import TODAY, found, is_chinese

PLAIN = "Coffee buyers, email, Dec 8-21, 10% off. "
PLAIN_ZH = "买过咖啡的，邮件，12月8日到21日，九折。"
SUMS: dict[str, int | None] = {
    "Budget was going to be $5k but we only got $3.5k.": 3500,
    "We have 3.5k. No wait, 3k.": 3000,
    "$5,000, sorry, $4,000.": 4000,
    "NOT $10k, it's $8k.": 8000,
    "Total: $6,000 = $2,000 SMS + $4,000 email.": 6000,
    "The big spring thing can wait (that's the $60k one). $1,480 is left in the pot.": 1480,
    "$13,600 working media. Production ($2,400) is booked already and does not count.": 13600,
    "Spend $2.5k to make $50k.": 2500,
    "It may cost 2500 at the very most.": 2500,
    "We have $5,000 for two campaigns; half of it is for this one.": None,
    "We'd planned $10k; finance approved less.": None,
    "本来想投5000，后来只批了3500。": 3500,
    "预算三千。不对，是三千五。": 3500,
    "预算5万不变？降到4万2": 42000,
    "总预算6000：短信2000，邮件4000。": 6000,
}


@pytest.mark.parametrize("text", SUMS)
def test_the_sum_that_holds_is_read(text: str) -> None:
    zh = is_chinese(text)
    budget = found((PLAIN_ZH if zh else PLAIN) + text, zh).get("budget")
    assert (budget["amount_minor"] // 100 if budget else None) == SUMS[text]


@few
@given(first=st.integers(100, 9000), second=st.integers(100, 9000), style=st.integers(0, 4))
def test_a_sum_that_is_put_right_is_the_second(first: int, second: int, style: int) -> None:
    words = (
        f"Budget ${first}, no wait, ${second}.",
        f"Budget: {first} dollars. Sorry, {second} dollars.",
        f"Budget ${first} - scratch that, ${second}",
        f"预算{first}元，不对，是{second}元。",
        f"预算{first}元。说错了，{second}元。",
    )[style]
    budget = read(f"Email coffee buyers, Dec 8-21. {words}", currency=None).fields.budget
    assert budget is not None
    assert budget.amount_minor == 100 * second


DAYS = {
    "Dates moved: not Dec 1-14 but Dec 8-21.": ("2026-12-08", "2026-12-21"),
    "Originally Dec 1-14, now Dec 8-21.": ("2026-12-08", "2026-12-21"),
    "Dec 1-14, sorry, Dec 8-21.": ("2026-12-08", "2026-12-21"),
    "Can it be in January? Yes, 4th thru 17th.": ("2027-01-04", "2027-01-17"),
    "We would like to begin on 1 February 2027 and stop on 28 February 2027.": ("2027-02-01", "2027-02-28"),
    "Next month, on Dec 18 only.": ("2026-12-18", "2026-12-18"),
    "The second week of January, Mon the 11th to Sun the 17th.": ("2027-01-11", "2027-01-17"),
    "From the Monday after New Year for three weeks.": ("2027-01-04", "2027-01-24"),
    "It should start two weeks before February 14 and finish the day before.": ("2027-01-31", "2027-02-13"),
    "12月7号上，12月27号下。": ("2026-12-07", "2026-12-27"),
    "元宵节（2月20日）前三天到元宵节当天。": ("2027-02-17", "2027-02-20"),
    "时间从12月1-14日改到12月8-21日。": ("2026-12-08", "2026-12-21"),
}


@pytest.mark.parametrize("text", DAYS)
def test_the_days_that_hold_are_read(text: str) -> None:
    zh = is_chinese(text)
    values = found(("买过咖啡的，邮件，3500元，" if zh else "Coffee buyers, email, $2k. ") + text, zh)
    assert (values.get("start"), values.get("end")) == DAYS[text]


TALKS = {
    "quoted questions": "> budget?\n$2,100\n> channel?\nemail\n> when?\nDec 7 to Dec 20\n"
    "> offer?\nnone\n> who?\neveryone",
    "two people": "Sam: what's the budget for the tea thing?\nJo: 2.1k\nSam: channels?\nJo: email\nSam: dates\n"
    "Jo: dec 7-20\nSam: discount?\nJo: none\nSam: who?\nJo: everyone",
    "in Chinese": "阿明：预算多少？\n小李：2100\n阿明：什么时候？\n小李：12月7号到20号\n阿明：渠道？\n"
    "小李：邮件\n阿明：给折扣吗？\n"
    "小李：不给\n阿明：人群？\n小李：全部用户",
}


@pytest.mark.parametrize("talk", TALKS)
def test_answers_under_questions_are_read(talk: str) -> None:
    values = found(TALKS[talk], is_chinese(talk) or talk == "in Chinese")
    assert values["budget"]["amount_minor"] == 210_000
    assert (values["start"], values["end"]) == ("2026-12-07", "2026-12-20")
    assert values["channels"] == ["email"]
    assert values["max_discount_pct"] == 0


def test_only_channels_that_cannot_be_planned_are_asked_about() -> None:
    brief = read("Use fax and carrier pigeon. Everyone. $2,000, Dec 1-7, 5% off.", today=TODAY)
    assert any(question.field == "channels" and question.blocking for question in brief.questions)
