"""The forecast's formula on hand-solved cases, the ladder within the cap, rates against a known truth."""

import math
from datetime import date, timedelta

import numpy as np
import pytest

from tools.clock import Window
from tools.failure import ToolFailure
from tools.response.assumptions import load_assumptions
from tools.response.forecast import ForecastRequest, SegmentFacts, forecast, shifted
from tools.response.offers import NO_OFFER, offer_ladder
from tools.response.rates import BaseRates, base_rates, rate_interval
from tools.segments.backtest import Past, past_days
from tools.vocabulary import Interval, OfferType

A = load_assumptions()
RATES = BaseRates(
    buy_anyway=Interval(estimate=0.2, low=0.15, high=0.25),
    order_minor=3000,
    follow_on_minor=4000,
    customer_days=500,
    days=8,
)


def request(**change: object) -> ForecastRequest:
    values: dict[str, object] = {
        "goal": "win_back",
        "days": 14,
        "currency": "USD",
        "segments": [SegmentFacts("s1", RATES, {"email": 100})],
        "channels": ["email", "sms"],
        "offers": [NO_OFFER],
        "sms_segments": 1,
    }
    return ForecastRequest(**{**values, **change})  # type: ignore[arg-type]


def ladder(types: tuple[OfferType, ...] = (), cap: float | None = 15) -> list[float]:
    made = offer_ladder(types, cap, average_order_minor=3000, currency="USD", assumptions=A)
    return [offer.discount_pct for offer in made]


def test_one_cell_solved_by_hand() -> None:
    """p₀ = 0.2, log odds −1.3863; e-mail adds 0.15 → p₁ = 1 / (1 + e^1.2363) = 0.22508, so 2.508 orders of 100.

    An order is worth (30.00 + 0.25 × 40.00) × 0.25 = $10.00; 2.508 × 10.00 − 100 × $0.001 = $24.98.
    """
    (cell,) = forecast(request(), A).cells
    assert cell.incremental_orders == pytest.approx(2.508, abs=0.001)
    assert cell.incremental_margin_minor == pytest.approx(2498, abs=1)
    assert (cell.sending_cost_minor, cell.discount_cost_minor, cell.cost_minor) == (10, 0, 10)


def test_a_discount_is_paid_to_those_who_would_have_bought_anyway() -> None:
    """15 % off: e^(2.62 × 0.15) = 1.4815 times the effect; 30 % of the anyway-buyers use it, at $4.50 an order."""
    offers = offer_ladder(("percent",), 15, average_order_minor=3000, currency="USD", assumptions=A)
    cell = forecast(request(offers=[offers[-1]]), A).cells[0]
    orders = shifted(0.2, 0.15 * math.exp(2.62 * 0.15)) - 0.2
    assert cell.discount_cost_minor == pytest.approx(100 * (0.2 * 0.3 + orders) * 450, abs=2)


def test_nothing_here_is_randomised_and_the_weakest_basis_is_said() -> None:
    assert {cell.basis for cell in forecast(request(), A).cells} == {"assumed"}


def test_a_channel_that_reaches_nobody_has_no_cell() -> None:
    assert {cell.channel for cell in forecast(request(), A).cells} == {"email"}


def test_a_short_window_earns_its_share_of_the_effect() -> None:
    week = forecast(request(days=7), A).cells[0].incremental_orders
    fortnight = forecast(request(days=14), A).cells[0].incremental_orders
    month = forecast(request(days=28), A).cells[0].incremental_orders
    assert week == pytest.approx(fortnight / 2, rel=0.03)
    assert month == fortnight


@pytest.mark.parametrize(
    ("types", "cap", "depths"),
    [
        ((), 15, [0, 5, 10, 15]),
        ((), 12.5, [0, 5, 10, 12.5]),
        ((), 0, [0]),
        ((), None, [0, 5, 10]),
        (("percent",), 3, [3]),
        (("none",), 50, [0]),
        (("percent",), 0, [0]),
    ],
)
def test_the_ladder_keeps_to_the_cap(types: tuple[OfferType, ...], cap: float | None, depths: list[float]) -> None:
    assert ladder(types, cap) == depths


def test_amounts_are_never_deeper_than_the_cap() -> None:
    for average in (900, 2371, 3000, 12_345, 250_000):
        for offer in offer_ladder(("amount",), 15, average_order_minor=average, currency="USD", assumptions=A):
            assert offer.discount_pct <= 15
            assert offer.value * 100 / offer.minimum_order_minor == pytest.approx(offer.discount_pct)


def test_what_cannot_be_costed_is_said() -> None:
    with pytest.raises(ToolFailure, match="delivery price"):
        ladder(("free_delivery",))


def test_no_cost_in_the_currency_names_the_file() -> None:
    with pytest.raises(ToolFailure, match=r"assumptions\.yaml"):
        forecast(request(currency="BRL"), A)


def test_the_interval_covers_a_known_truth_where_the_binomial_one_fails() -> None:
    """Days differ (rates ~ Beta with mean 0.3): the plain interval covers far below 90 %, ours close to it."""
    rng = np.random.default_rng(1)
    ours = plain = 0
    for _ in range(400):
        rates = rng.beta(30, 70, size=8)
        pasts = [
            Past(date(2017, 1, 1) + timedelta(days=i), 400, int(rng.binomial(400, r)), 0, 0, 0, 0)
            for i, r in enumerate(rates)
        ]
        found = rate_interval(pasts, 0.3)
        ours += found.low <= 0.3 <= found.high
        half = 1.645 * math.sqrt(found.estimate * (1 - found.estimate) / 3200)
        plain += abs(found.estimate - 0.3) <= half
    assert ours / 400 > 0.83
    assert plain / 400 < 0.60


def test_a_small_segment_leans_on_the_audience() -> None:
    everyone = [Past(date(2017, 6, 1), 1000, 200, 220, 660_000, 0, 0)]
    few = [Past(date(2017, 6, 1), 2, 2, 2, 6000, 0, 0)]
    assert base_rates(few, everyone, 2500).buy_anyway.estimate == pytest.approx(0.27, abs=0.02)
    assert base_rates(few, everyone, 2500).order_minor == 2500


def test_past_days_see_nothing_of_the_future() -> None:
    window = Window(start=date(2017, 12, 1), end=date(2017, 12, 14))
    days = past_days(
        today=date(2017, 11, 24),
        window=window,
        follow_on_days=90,
        first=date(2017, 1, 1),
        last=date(2018, 1, 1),
        most=8,
    )
    assert days
    assert max(days) + timedelta(days=7 + 14 + 90) <= date(2017, 11, 24)
    assert min(days) >= date(2017, 1, 1) + timedelta(days=90)
