"""How these tests read a brief: one today, one shop."""

from datetime import date
from typing import Any

from hypothesis import settings

from agent.brief.fields import Brief
from agent.brief.read import read_brief
from evals.briefs import read_values

few = settings(max_examples=40, deadline=None)
"""Examples a property, without a time limit: the first reading compiles the patterns."""
TODAY = date(2017, 11, 24)
SAMPLE = (
    "Win back pet owners who haven't bought for 60 days. $20,000, email and SMS, Dec 1–14, never above 15% off. "
    "Warm, a bit playful."
)


def read(text: str, today: date = TODAY, currency: str | None = "USD", market: str | None = "US") -> Brief:
    return read_brief(text, today=today, shop_currency=currency, shop_market=market)


def values(text: str, **how: Any) -> dict[str, Any]:
    """The stated fields, conditions in one line each (`evals.briefs.shown`)."""
    return read_values(read(text, **how).fields)


def asked(brief: Brief) -> set[str]:
    """Fields with a question that blocks."""
    return {question.field for question in brief.questions if question.blocking}
