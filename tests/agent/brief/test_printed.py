"""Sums, windows, discounts and limits, printed in the ways in which people go around them, are read back."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.briefs import read_all
from tests.agent.brief.reading import TODAY, read

twenty = settings(max_examples=20, deadline=None)

SUMS = (
    "Budget was cut from ${other} to ${mine}.",
    "Budget: ${mine} (was ${other}).",
    "Approved budget: ${mine}. Asked for: ${other}.",
    "Budget is down to ${mine} from ${other}.",
    "The budget was going to be ${other} but finance trimmed it to ${mine}.",
    "The May campaign had a budget of ${other}. This one has ${mine}.",
    "Budget ${mine}; target revenue ${other}.",
    "Budget: ${mine}. The agency fee of ${other} is invoiced separately.",
    "\nLena: how much can we spend?\nOtto: ${mine}",
)
SUMS_ZH = (
    "预算由{other}元调整为{mine}元",
    "申请了{other}元，批了{mine}元预算",
    "去年花了{other}元，今年{mine}元",
    "预算{mine}元，目标销售额{other}元",
    "花费不超过{mine}元",
    "\n小李：预算呢？\n我：{mine}元",
)


@twenty
@given(st.sampled_from(SUMS), st.integers(1_001, 9_999), st.integers(10_000, 90_000))
def test_the_sum_that_holds_is_the_budget(style: str, mine: int, other: int) -> None:
    text = "Email pet owners from Dec 1 to Dec 14 with 10% off. " + style.format(mine=f"{mine:,}", other=f"{other:,}")
    budget = read(text).fields.budget
    assert budget is not None
    assert (budget.amount_minor, budget.currency) == (mine * 100, "USD"), text


@twenty
@given(st.sampled_from(SUMS_ZH), st.integers(1_001, 9_999), st.integers(10_000, 90_000))
def test_the_sum_that_holds_is_the_budget_in_chinese(style: str, mine: int, other: int) -> None:
    text = "给买过茶的用户发邮件，12月1日到12月14日，九折。" + style.format(mine=mine, other=other)
    budget = read(text, currency="CNY", market="CN").fields.budget
    assert budget is not None
    assert (budget.amount_minor, budget.currency) == (mine * 100, "CNY"), text


def _windows(start: date, end: date, days: int) -> tuple[str, ...]:
    return (
        f"Start: [ {start:%m/%d/%Y} ]   End: [ {end:%m/%d/%Y} ]",
        f"From: {start}\nTo: {end}",
        f"{start}\t{end}",
        f"Up on {start:%B} {start.day}, {start.year}, down on {end:%B} {end.day}, {end.year}.",
        f"It starts on {start:%B} {start.day}, {start.year} and lasts {days} days.",
        f"{start:%b} {start.day}, {start.year}, 00:00 - {end:%b} {end.day}, {end.year}, 23:59",
        f"No earlier than {start:%b} {start.day}, {start.year}, no later than {end:%b} {end.day}, {end.year}.",
        f"{start.year}年{start.month}月{start.day}日0点-{end.year}年{end.month}月{end.day}日24点",
        f"从{start.year}年{start.month}月{start.day}日起做{days}天",
        f"{start.day} {start:%b} '{start:%y} - {end.day} {end:%b} '{end:%y}",
    )


@twenty
@given(st.integers(1, 600), st.integers(2, 60), st.integers(0, 9))
def test_a_window_is_read_back(ahead: int, days: int, style: int) -> None:
    start = date(2026, 11, 24) + timedelta(ahead)
    end = start + timedelta(days - 1)
    text = f"Email pet owners with 10% off, budget $2,000. {_windows(start, end, days)[style]}"
    fields = read(text, today=date(2026, 11, 24)).fields
    assert (fields.start, fields.end) == (start, end), text


OTHER_DAYS = (
    "I'm on holiday from Dec 20 to Jan 4, so ask Tom. Campaign Dec 1-14.",
    "Campaign dates moved from Nov 28-Dec 11 to Dec 1-14.",
    "Last year's ran Nov 20 - Dec 5. This one: Dec 1-14.",
    "我12月20日到30日休假，活动时间12月1日到14日",
)


@pytest.mark.parametrize("text", OTHER_DAYS)
def test_days_of_absence_and_days_that_were_moved_are_no_window(text: str) -> None:
    fields = read(f"Email pet owners with 10% off, budget $2,000. {text}").fields
    assert (fields.start, fields.end) == (date(2017, 12, 1), date(2017, 12, 14))


def test_a_weekend_is_not_the_end_of_its_month() -> None:
    fields = read("Email pet owners, $2,000, the weekend of Dec 9").fields
    assert (fields.start, fields.end) == (date(2017, 12, 9), date(2017, 12, 10))


@twenty
@given(
    st.sampled_from(
        (
            "{other}% off? No, {mine}% max.",
            "{other}% off would be too much; {mine}% max.",
            "{mine}% off at most, not the usual {other}%.",
            "Sales are down (-{other}%). No discount deeper than {mine}%.",
            "Deepest discount: {mine}%",
            "Discount (max): {mine}%",
            "最大折扣{mine}%",
        )
    ),
    st.integers(1, 20),
    st.integers(21, 60),
)
def test_the_discount_that_holds_is_the_limit(style: str, mine: int, other: int) -> None:
    text = f"Email coffee buyers, budget $2,000, Dec 1 to Dec 14. {style.format(mine=mine, other=other)}"
    assert read(text).fields.max_discount_pct == mine, text


NOTHING_OFF = (
    "We won't be giving any discounts.",
    "Discounts are off the table.",
    "I'd rather not discount.",
    "there won't be a discount",
    "不带任何优惠",
    "不提供折扣",
)


@pytest.mark.parametrize("text", NOTHING_OFF)
def test_no_discount_is_none(text: str) -> None:
    fields = read(f"Email coffee buyers, budget $2,000, Dec 1 to Dec 14. {text}").fields
    assert (fields.max_discount_pct, fields.offer_types) == (0, ("none",))


def _asked_of_sending(text: str) -> dict[str, Any]:
    return read_all(read(f"Email and SMS to coffee buyers, budget $2,000, Dec 1 to Dec 14, 10% off. {text}"))


CAPS = ("contact each customer at most {n} times", "{n}x max per person", "触达不超过{n}次", "每人 max {n} 条")
HOLDOUTS = ("with {n}% of people held out", "We need a control group ({n}%).", "{n}%的人不发，做对照")


@twenty
@given(st.sampled_from(CAPS), st.integers(1, 9))
def test_a_limit_of_contacts_is_read_back(style: str, n: int) -> None:
    assert _asked_of_sending(style.format(n=n)).get("frequency_cap") == n


@twenty
@given(st.sampled_from(HOLDOUTS), st.integers(1, 50))
def test_a_holdout_is_read_back(style: str, n: int) -> None:
    assert _asked_of_sending(style.format(n=n)).get("holdout_pct") == n


@pytest.mark.parametrize("text", ["No texts between 9pm and 9am.", "晚上10点后不发短信", "免打扰：晚9点到早9点"])
def test_quiet_hours_rule_no_channel_out(text: str) -> None:
    found = _asked_of_sending(text)
    assert found["channels"] == ["email", "sms"]
    assert "channels_excluded" not in found
    assert found["quiet_hours"]


def test_an_offer_that_names_orders_is_no_condition() -> None:
    brief = read("Email coffee buyers, budget $2,000, Dec 1 to Dec 14. $5 off orders over $40.", today=TODAY)
    assert [condition.text for condition in brief.fields.audience] == ["coffee buyers"]
    assert brief.fields.offer_types == ("amount",)
