"""Amounts of money in every supported style, and what an amount is for."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.brief import numbers
from agent.brief.money import Till, amounts
from agent.brief.page import Page
from tests.agent.brief.reading import asked, few, read
from tools.vocabulary import Money

WRITTEN = {
    "$20,000": (20_000, "USD"),
    "$20k": (20_000, "USD"),
    "20,000 USD": (20_000, "USD"),
    "£3.5k": (3_500, "GBP"),
    "EUR 12.500,00": (12_500, "EUR"),
    "₹2 lakh": (200_000, "INR"),
    "Rs. 2,00,000": (200_000, "INR"),
    "5万元": (50_000, "CNY"),
    "3万5千元": (35_000, "CNY"),
    "两万块": (20_000, "CNY"),
    "两万": (20_000, None),
    "5w": (50_000, None),
    "two thousand dollars": (2_000, "USD"),
    "twenty-five thousand bucks": (25_000, "USD"),
    "half a million dollars": (500_000, "USD"),
    "CHF 10'000": (10_000, "CHF"),
    "20 000 €": (20_000, "EUR"),
    "US$1.2m": (1_200_000, "USD"),
    "8 grand": (8_000, None),
    "1.2万美元": (12_000, "USD"),
}


@pytest.mark.parametrize("text", WRITTEN)
def test_an_amount_is_read_with_its_currency(text: str) -> None:
    (found,) = amounts(Page.of(text), Till.of("USD"))
    assert (int(found.major), found.currency) == WRITTEN[text]


def test_a_dollar_sign_is_the_shops_own_dollar() -> None:
    (found,) = amounts(Page.of("$500"), Till.of("CAD"))
    assert found.currency == "CAD"
    (found,) = amounts(Page.of("$500"), Till.of("GBP"))
    assert found.currency == "USD"


def english_style(amount: int, style: int) -> tuple[str, str]:
    return (
        (f"${amount:,}", "USD"), (f"${amount}", "USD"), (f"{amount:,} USD", "USD"), (f"£{amount:,}.00", "GBP"),
        (f"EUR {amount:,}".replace(",", "."), "EUR"), (f"{amount} dollars", "USD"), (f"{amount:,} euros", "EUR"),
        (f"US$ {amount:,}", "USD"), (f"€{amount:,}", "EUR"), (f"{amount:,}".replace(",", " ") + " €", "EUR"),
        (f"{amount}元", "CNY"), (f"¥{amount:,}", "CNY"), (f"人民币{amount}元", "CNY"),
    )[style]  # fmt: skip


@few
@given(amount=st.integers(1, 99_999_999), style=st.integers(0, 12))
def test_any_amount_is_read_back_exactly(amount: int, style: int) -> None:
    text, currency = english_style(amount, style)
    (found,) = amounts(Page.of(text), Till.of("USD"))
    assert found.money() == Money(amount_minor=amount * 100, currency=currency), text


@few
@given(amount=st.integers(100, 9_999_999), style=st.integers(0, 12))
def test_any_amount_is_read_back_as_the_budget(amount: int, style: int) -> None:
    text, currency = english_style(amount, style)
    brief = read(f"Email pet owners, Dec 1-14. Budget: {text}.", currency=currency)
    assert brief.fields.budget == Money(amount_minor=amount * 100, currency=currency), text


@few
@given(tenths=st.integers(1, 9_999), style=st.sampled_from(["${}k", "£{}k", "${} thousand", "{}万元", "{}千元"]))
def test_any_scaled_amount_is_read_back_exactly(tenths: int, style: str) -> None:
    number = f"{tenths / 10:g}"
    scale = 10_000 if "万" in style else 1_000
    (found,) = amounts(Page.of(style.format(number)), Till.of("USD"))
    assert found.major == Decimal(number) * scale


ZH = "零一二三四五六七八九"


def chinese(number: int) -> str:
    """Written as a person would, up to 99,999: 三万五千二百, 一万零三十, 十五."""
    text = ""
    for size, unit in ((10_000, "万"), (1_000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, size)
        if digit:
            text += ("" if (unit == "十" and digit == 1 and not text) else ZH[digit]) + unit
        elif text and number and not text.endswith("零"):
            text += "零"
    return text


@few
@given(number=st.integers(1, 99_999))
def test_any_chinese_numeral_is_read_back_exactly(number: int) -> None:
    assert numbers.chinese(chinese(number)) == number, chinese(number)


BUDGETS = {
    "a split by channel is summed": ("$2k email, $1k SMS, pet owners, Dec 1-14", 300_000),
    "a split in brackets": ("Pet owners, $8k (email), $4k (SMS), Dec 1-14", 1_200_000),
    "a split in Chinese": ("短信2万元，邮件1万元，宠物主，12月1日-14日", 3_000_000),
    "a total beside its own split": ("Budget $3k: $2k email, $1k SMS, pet owners, Dec 1-14", 300_000),
    "so much a day": ("Spend $500 a day on email to pet owners, Dec 1-10", 500_000),
    "a threshold is no budget": ("Email people who spent over $200 in the last year. $5k. Dec 1-14", 500_000),
    "a discount is no budget": ("Email pet owners $5 off. Budget $5k. Dec 1-14", 500_000),
    "an income is no budget": ("Email people with income over $100k. $5k. Dec 1-14", 500_000),
    "a target is no budget": ("Email pet owners, generate revenue of $90k. Budget $5k. Dec 1-14", 500_000),
    "last year's spend is no budget": ("Last year we spent $50k. Now $5k. Email pet owners Dec 1-14", 500_000),
    "a free delivery threshold": ("Email pet owners. $5k. Free delivery on orders over $50. Dec 1-14", 500_000),
}  # fmt: skip


@pytest.mark.parametrize("case", BUDGETS)
def test_the_budget_is_the_amount_that_may_be_spent(case: str) -> None:
    text, minor = BUDGETS[case]
    budget = read(text, currency="CNY" if "元" in text else "USD").fields.budget
    assert budget is not None
    assert budget.amount_minor == minor


ASKED = {
    "two budgets": "Budget $20k. Email pet owners, Dec 1-14. Total budget: $15k",
    "a split that does not add up": "Total $5k: $2k email, $1k SMS, pet owners, Dec 1-14",
    "a range": "Email pet owners, budget $10-15k, Dec 1-14",
    "a range in Chinese": "给宠物主发邮件，预算3到5万，12月1日-14日",
    "not decided": "Email pet owners, budget TBD, Dec 1-14",
    "nothing": "Email pet owners, $0, Dec 1-14",
    "negative": "Email pet owners, -$500, Dec 1-14",
    "too small to be meant": "Email pet owners, budget 3, Dec 1-14",
    "none given": "Email pet owners, Dec 1-14",
}


@pytest.mark.parametrize("case", ASKED)
def test_a_budget_that_is_not_clear_is_asked_for_and_not_taken(case: str) -> None:
    brief = read(ASKED[case])
    assert brief.fields.budget is None
    assert "budget" in asked(brief)
    assert brief.status == "needs_input"


def test_another_currency_than_the_shops_is_kept_and_asked_about() -> None:
    brief = read("Email pet owners, £5,000, Dec 1-14")
    assert brief.fields.budget == Money(amount_minor=500_000, currency="GBP")
    assert "budget" in asked(brief)


def test_a_fraction_of_a_cent_is_no_budget() -> None:
    brief = read("email tea drinkers Dec 1-14, budget 0.0001 dollars")
    assert brief.fields.budget is None
    assert "budget" in asked(brief)


@pytest.mark.parametrize(
    "words",
    ["Nobody upstairs will miss $2,950.", "The CFO promised me €2,950 over lunch.", "2,950 dollars it is."],
)
def test_the_only_sum_of_a_campaign_is_its_budget_and_may_be_denied(words: str) -> None:
    made = read(f"Email pet owners from Dec 1 to Dec 14, 10% off. {words}", currency="EUR" if "€" in words else "USD")
    assert made.fields.budget is not None
    assert made.fields.budget.amount_minor == 295_000
    assert not [q for q in made.questions if q.field == "budget" and q.blocking]


def test_a_sum_of_no_campaign_is_no_budget() -> None:
    assert read("Invoice #20931, 12/01/2026, $4,500.00 due in 14 days.").fields.budget is None


OTHER_SUMS = [
    "Push our $12 sampler box.", "The tea costs $18.", "Win a $500 hamper.", "Gift card: $15.", "AOV is $62.",
    "CPA max $11.", "Stock worth $90k must go.", "Goal: $90k sales.", "Spend $50, get $10 off.", "3 boxes for $20.",
    "Was $30, now $24.", "Free delivery when they spend $50.", "In 2015 our budget was $70,000.", "List size 40,000.",
    "PO 45000.", "The Q3 campaign burned through $70,000.", "Budget $5k is not confirmed.", "TV gets $30k separately.",
]  # fmt: skip


@pytest.mark.parametrize("text", OTHER_SUMS)
def test_another_sum_is_never_the_budget(text: str) -> None:
    assert read(f"Email pet owners Dec 1-14. {text}").fields.budget is None


SPOKEN = {
    "two and a half grand": 2_500, "twelve and a half thousand dollars": 12_500, "a couple of grand": 2_000,
    "one point five million dollars": 1_500_000, "fifteen hundred dollars": 1_500, "half a grand": 500,
}  # fmt: skip


@pytest.mark.parametrize("text", SPOKEN)
def test_an_amount_is_read_as_it_is_spoken(text: str) -> None:
    budget = read(f"Email pet owners Dec 1-14. We've got {text}.").fields.budget
    assert budget == Money(amount_minor=100 * SPOKEN[text], currency="USD")


FORMAL = str.maketrans("一二三四五六七八九十百千", "壹贰叁肆伍陆柒捌玖拾佰仟")


@few
@given(number=st.integers(100, 99_999))
def test_any_numeral_of_a_cheque_is_read_back_exactly(number: int) -> None:
    (found,) = amounts(Page.of(chinese(number).translate(FORMAL) + "元"), Till.of("CNY"))
    assert (int(found.major), found.currency) == (number, "CNY")


@few
@given(parts=st.lists(st.integers(1, 99), min_size=2, max_size=3), order=st.booleans())
def test_any_split_by_channel_is_summed(parts: list[int], order: bool) -> None:
    names = ("email", "SMS", "push notifications")
    said = [f"{name} ${n * 100:,}" if order else f"${n * 100:,} {name}" for name, n in zip(names, parts, strict=False)]
    budget = read(f"Pet owners, Dec 1-14. {', '.join(said)}.").fields.budget
    assert budget == Money(amount_minor=sum(parts) * 10_000, currency="USD"), said
