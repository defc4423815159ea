"""The forecast: what one contact brings and costs, per segment × channel × offer.

For a customer of a segment who would buy anyway with probability p₀, contacted by channel c with an offer of depth d:

    p₁     = logit⁻¹(logit p₀ + ρ_c · s · exp(ε d))      ρ_c contact effect, s share of the effect's days in the window
    orders = p₁ − p₀                                      incremental orders per customer
    give   = (p₀ u + orders) · D                          u share of anyway-buyers who use the offer, D cost per order
    value  = orders · (a + φ F) · m − give − send         a order, F follow-on spend, φ share counted, m margin rate
    cost   = send + give                                  what the budget pays for

p₀, a and F are the shop's own past, p₀ by a trained model where one fits (observational); ε, u, φ, m come from the
assumptions file, and so does ρ unless the shop's own randomised campaigns have measured it. A cell's basis is the
weakest of these, so none is called uplift (promise 5): only the source of a measured ρ is. Money in minor units;
`*_micro` in millionths of one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tools.response.assumptions import Assumptions
from tools.response.rates import BaseRates
from tools.response.types import ForecastCell, Offer, Source
from tools.vocabulary import Basis, Channel, Goal, Interval

MICRO = 1_000_000
_WEAKEST: tuple[Basis, ...] = ("assumed", "observational", "randomised")


@dataclass(frozen=True)
class ChannelEffect:
    """What contact by a channel, without an offer, was measured to change, as a shift in log odds over `days`.

    It comes from a trained `Uplift`, whose own `source` says what it rests on.
    """

    shift: Interval
    days: int
    source: Source


@dataclass(frozen=True)
class SegmentFacts:
    """What the forecast needs to know of a segment: its base rates and, by channel, its reachable campaign arm."""

    segment_id: str
    rates: BaseRates
    reachable: Mapping[Channel, int]
    effects: Mapping[Channel, ChannelEffect] = field(default_factory=dict)
    """Measured effects of channels; the others have those of the assumptions."""
    effects_unused: str = ""
    """Why a trained model of effects was not used."""


@dataclass(frozen=True)
class Economics:
    """Per-customer figures of one cell, in millionths of a minor unit: what the budget is solved on."""

    segment_id: str
    channel: Channel
    offer_id: str
    value_micro: int
    cost_micro: int


@dataclass(frozen=True)
class Forecast:
    cells: tuple[ForecastCell, ...]
    economics: tuple[Economics, ...]


@dataclass(frozen=True)
class ForecastRequest:
    goal: Goal
    days: int
    currency: str
    segments: Sequence[SegmentFacts]
    channels: Sequence[Channel]
    offers: Sequence[Offer]
    sms_segments: int
    """Segments that one text message is costed with."""
    margin_rate: float | None = None
    """The promoted products' own gross margin, where the shop brings costs; else the assumption."""
    redemption_anyway: Interval | None = None
    """The shop's own redemption rate on these channels, where it has enough past contacts; else the assumption."""


def shifted(rate: float, log_odds: float) -> float:
    """`rate` moved by `log_odds` on the logistic scale; fractions."""
    rate = min(max(rate, 1e-9), 1 - 1e-9)
    return 1 / (1 + math.exp(-(math.log(rate / (1 - rate)) + log_odds)))


def forecast(request: ForecastRequest, assumptions: Assumptions) -> Forecast:
    """Every cell of segments × channels × offers whose channel reaches somebody."""
    cells: list[ForecastCell] = []
    economics: list[Economics] = []
    for segment in request.segments:
        for channel in request.channels:
            customers = segment.reachable.get(channel, 0)
            if customers == 0:
                continue
            for offer in request.offers:
                one = _per_customer(segment, channel, offer, request, assumptions)
                economics.append(one.economics(segment.segment_id, channel, offer.offer_id))
                cells.append(one.cell(segment.segment_id, channel, offer.offer_id, customers))
    return Forecast(cells=tuple(cells), economics=tuple(economics))


@dataclass(frozen=True)
class _PerCustomer:
    """Expected figures of one contact: rates as fractions, money in minor units."""

    buy_anyway: Interval
    response: Interval
    orders: Interval
    value: float
    send_micro: int
    give: float
    sources: tuple[Source, ...]

    @property
    def cost_micro(self) -> int:
        return self.send_micro + math.ceil(self.give * MICRO)

    def economics(self, segment_id: str, channel: Channel, offer_id: str) -> Economics:
        return Economics(segment_id, channel, offer_id, math.floor(self.value * MICRO), self.cost_micro)

    def cell(self, segment_id: str, channel: Channel, offer_id: str, customers: int) -> ForecastCell:
        sending = -(-customers * self.send_micro // MICRO)
        cost = -(-customers * self.cost_micro // MICRO)
        scaled = Interval(
            estimate=self.orders.estimate * customers,
            low=self.orders.low * customers,
            high=self.orders.high * customers,
            level=self.orders.level,
        )
        return ForecastCell(
            segment_id=segment_id,
            channel=channel,
            offer_id=offer_id,
            customers=customers,
            buy_anyway_rate=self.buy_anyway,
            response_rate=self.response,
            incremental_orders=scaled.estimate,
            incremental_orders_interval=scaled,
            incremental_margin_minor=math.floor(self.value * customers),
            sending_cost_minor=sending,
            discount_cost_minor=cost - sending,
            cost_minor=cost,
            basis=min((s.basis for s in self.sources), key=_WEAKEST.index),
            sources=self.sources,
        )


def _per_customer(
    segment: SegmentFacts, channel: Channel, offer: Offer, request: ForecastRequest, a: Assumptions
) -> _PerCustomer:
    rates, depth = segment.rates, offer.discount_pct / 100
    measured = segment.effects.get(channel)
    effect = measured.shift if measured else a.contact_effect[channel].interval
    share = min(1.0, request.days / (measured.days if measured else a.effect_days))
    p0 = rates.buy_anyway

    def rise(rate: float, rho: float, elasticity: float) -> float:
        return shifted(rate, rho * share * math.exp(elasticity * depth)) - rate

    orders = rise(p0.estimate, effect.estimate, a.discount_response.estimate)
    low = rise(p0.low, effect.low, a.discount_response.low)
    high = rise(p0.high, effect.high, a.discount_response.high)
    orders_interval = Interval(estimate=orders, low=min(low, orders), high=max(high, orders), level=p0.level)
    used = request.redemption_anyway.estimate if request.redemption_anyway else a.redemption_anyway.estimate
    per_order = offer.cost_model.amount_minor or rates.order_minor * offer.cost_model.rate
    give = (p0.estimate * used + orders) * per_order
    margin = a.margin_rate.estimate if request.margin_rate is None else request.margin_rate
    send_micro = a.sending_cost.micro(channel, request.currency) * (request.sms_segments if channel == "sms" else 1)
    worth = rates.order_minor + a.follow_on.share.estimate * rates.follow_on_minor
    return _PerCustomer(
        buy_anyway=p0,
        response=Interval(
            estimate=p0.estimate + orders,
            low=min(p0.low + orders_interval.low, p0.estimate + orders),
            high=min(1.0, max(p0.high + orders_interval.high, p0.estimate + orders)),
            level=p0.level,
        ),
        orders=orders_interval,
        value=orders * worth * margin - give - send_micro / MICRO,
        send_micro=send_micro,
        give=give,
        sources=_sources(segment, channel, offer, request, a),
    )


def _sources(
    segment: SegmentFacts, channel: Channel, offer: Offer, request: ForecastRequest, a: Assumptions
) -> tuple[Source, ...]:
    rates = segment.rates
    follow_days = a.follow_on.days[request.goal]
    what = "the order value" if rates.model else "who would buy anyway, the order value"
    past = (
        f"{what} and the spend of the {follow_days} days after: customers who matched "
        f"the same conditions on {rates.days} past days ({rates.customer_days:,} customer-days) in the shop's orders"
    )
    if rates.unused:
        past = f"{past}; the trained model was not used: {rates.unused}"
    sources = [
        *([Source(basis="observational", text=f"who would buy anyway: {rates.model}")] if rates.model else ()),
        Source(basis="observational", text=past),
        _effect_source(segment, channel, a),
        Source(basis=a.sending_cost.basis, text=f"sending cost: {a.sending_cost.source}", verified=False),
        a.follow_on.share.as_source("share of the later spend that is counted"),
    ]
    if request.margin_rate is None:
        sources.append(a.margin_rate.as_source("margin rate"))
    if offer.discount_pct > 0:
        sources.append(a.discount_response.as_source("what the discount adds"))
        if request.redemption_anyway is None:
            sources.append(a.redemption_anyway.as_source("who uses the offer though they would have bought anyway"))
        else:
            sources.append(Source(basis="observational", text="redemptions of the shop's own past contacts"))
    return tuple(sources)


def _effect_source(segment: SegmentFacts, channel: Channel, a: Assumptions) -> Source:
    measured = segment.effects.get(channel)
    if measured is not None:
        return measured.source
    assumed = a.contact_effect[channel].as_source(f"what {channel} adds")
    if not segment.effects_unused:
        return assumed
    return assumed.model_copy(
        update={"text": f"{assumed.text}; what was trained is not used: {segment.effects_unused}"}
    )
