"""Discounts: caps, offers, 折, amounts, none at all."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.agent.brief.reading import asked, few, read, values

WRITTEN: dict[str, tuple[float | None, list[str]]] = {
    "never above 15% off": (15, []),
    "max 20 percent": (20, []),
    "no more than a fifth off": (20, []),
    "15% tops": (15, []),
    "10 percent is the most we can do": (10, []),
    "discounts may not exceed 8%": (8, []),
    "20% off as the ceiling": (20, []),
    "up to 30% off": (30, []),
    "10% off": (10, ["percent"]),
    "half price": (50, ["percent"]),
    "10-15% off": (15, ["percent"]),
    "a 10% voucher": (10, ["percent"]),
    "no discounts": (0, ["none"]),
    "don't discount anything": (0, ["none"]),
    "no discount, but free shipping": (0, ["free_delivery"]),
    "$5 off": (None, ["amount"]),
    "up to $5 off": (None, ["amount"]),
    "free shipping": (None, ["free_delivery"]),
    "buy one get one free": (None, ["bogo"]),
    "3 for 2": (None, ["bogo"]),
    "10% off or free delivery": (10, ["percent", "free_delivery"]),
    "打8折": (20, ["percent"]),
    "八五折": (15, ["percent"]),
    "8.5折": (15, ["percent"]),
    "85折": (15, ["percent"]),
    "最多打8折": (20, []),
    "折扣不低于8折": (20, []),
    "8折封顶": (20, []),
    "半价": (50, ["percent"]),
    "满200减30": (None, ["amount"]),
    "立减20元": (None, ["amount"]),
    "包邮": (None, ["free_delivery"]),
    "买一送一": (None, ["bogo"]),
    "第二件半价": (None, ["bogo"]),
    "不打折": (0, ["none"]),
}


@pytest.mark.parametrize("text", WRITTEN)
def test_a_discount_is_read(text: str) -> None:
    found = values(f"Email pet owners, $5k, Dec 1-14, {text}.")
    assert (found.get("max_discount_pct"), found.get("offer_types", [])) == WRITTEN[text]


@few
@given(
    pct=st.integers(1, 99),
    style=st.sampled_from(
        [
            "{}% off",
            "{} percent off",
            "a discount of {}%",
            "max {}%",
            "never more than {} % off",
            "at most {}%",
            "最多优惠{}%",
        ]
    ),
)
def test_any_percentage_is_read_back_exactly(pct: int, style: str) -> None:
    assert values(f"Email pet owners, $5k, Dec 1-14, {style.format(pct)}.")["max_discount_pct"] == pct


@few
@given(left=st.integers(11, 99), style=st.sampled_from(["全场{}折", "打{}折", "最多{}折", "不低于{}折"]))
def test_any_zhe_is_read_back_as_per_cent_off(left: int, style: str) -> None:
    shown = f"{left // 10}" if left % 10 == 0 else f"{left / 10:g}" if left % 2 else f"{left}"
    found = values(f"给宠物主发邮件，预算5000元，12月1日-14日，{style.format(shown)}。", currency="CNY")
    assert found["max_discount_pct"] == 100 - left


CONTRADICTIONS = {
    "none and some": "No discounts. Give them 10% off.",
    "none and some in Chinese": "不打折，全场8折",
    "deeper than the cap": "Never more than 10% off. Give them 20% off.",
    "two caps": "Max 10% off. At most 20% off.",
    "more than the price": "150% off",
}


@pytest.mark.parametrize("case", CONTRADICTIONS)
def test_a_contradiction_is_reported_and_neither_side_is_taken(case: str) -> None:
    brief = read(f"Email pet owners, $5k, Dec 1-14. {CONTRADICTIONS[case]}")
    assert brief.fields.max_discount_pct is None
    assert "max_discount_pct" in asked(brief)


OTHER_PERCENTAGES: dict[str, dict[str, Any]] = {
    "10% holdout": {"holdout_pct": 10.0},
    "keep 15% of them as a control group": {"holdout_pct": 15.0},
    "留10%做对照组": {"holdout_pct": 10.0},
    "no holdout": {"holdout_pct": 0.0},
    "our open rate is 20%": {},
    "top 20% spenders": {},
}


@pytest.mark.parametrize("text", OTHER_PERCENTAGES)
def test_a_percentage_of_something_else_is_no_discount(text: str) -> None:
    found = values(f"Email pet owners, $5k, Dec 1-14. {text}.")
    assert "max_discount_pct" not in found
    assert {key: found[key] for key in found if key == "holdout_pct"} == OTHER_PERCENTAGES[text]


def test_a_holdout_of_everybody_is_asked_about() -> None:
    brief = read("Email pet owners, $5k, Dec 1-14, 100% holdout")
    assert brief.fields.holdout_pct is None
    assert "holdout_pct" in asked(brief)


CAPS = (
    "max {}% off", "{}% tops", "never more than {} percent off", "{}%, not a point more", "Discount cap: {}",
    "max discount {}", "nobody should get more than {}% off", "{} percent is the absolute max", "折扣上限{}%",
)  # fmt: skip


@few
@given(pct=st.integers(1, 99), style=st.sampled_from(CAPS))
def test_any_cap_is_read_back_exactly(pct: int, style: str) -> None:
    found = values(f"Email pet owners, $5k, Dec 1-14. {style.format(pct)}.")
    assert (found.get("max_discount_pct"), found.get("offer_types")) == (pct, None), style.format(pct)


@pytest.mark.parametrize(
    "text",
    ["Unsubscribes must stay below 0.5%.", "Bounce rate under 2%.", "Lift revenue 10%.", "Aim for a CTR of 3 %.",
     "They usually wait for 25% off.", "Last year 25% off worked.", "A quarter-pound sample.", "70% dark chocolate."],
)  # fmt: skip
def test_another_share_is_no_discount(text: str) -> None:
    found = values(f"Email pet owners, $5k, Dec 1-14. {text}")
    assert "max_discount_pct" not in found
