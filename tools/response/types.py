"""Offers and the forecast: what a contact is expected to bring and to cost, and what that rests on."""

from pydantic import Field

from tools.vocabulary import Basis, Channel, Interval, Model, OfferType


class Source(Model):
    """Where a figure comes from. `verified` is false for what was noted from memory or is a judgement."""

    basis: Basis
    text: str
    verified: bool = True


class CostModel(Model):
    """What an offer costs when it is redeemed, per redeeming order, in words and numbers."""

    kind: str
    """share_of_promoted_sales · fixed_per_order · none"""
    rate: float = Field(default=0, ge=0, le=1)
    """Fraction of the promoted products' sales given away."""
    amount_minor: int = Field(default=0, ge=0)
    text: str


class Offer(Model):
    """`value`: per cent off for `percent` (10 = 10 % off), minor units for `amount`, else 0.

    `discount_pct` is the effective depth in per cent, for every type: it is what `max_discount_pct` bounds.
    """

    offer_id: str
    type: OfferType
    value: float = Field(ge=0)
    minimum_order_minor: int = Field(default=0, ge=0)
    discount_pct: float = Field(ge=0, le=100)
    cost_model: CostModel


class ForecastCell(Model):
    """One segment × channel × offer, if all `customers` of it were contacted so.

    Sign convention: `incremental_margin_minor` is margin gained against no contact, after the discount and the
    sending cost; negative where contacting loses money. `cost_minor` = sending + expected discount cost, including
    the discount of those who would have bought anyway; it is what the budget pays for.
    """

    segment_id: str
    channel: Channel
    offer_id: str
    customers: int = Field(ge=0)
    buy_anyway_rate: Interval
    """Share who would buy in the window without any contact."""
    response_rate: Interval
    """Share expected to buy in the window when contacted so."""
    incremental_orders: float
    incremental_orders_interval: Interval
    incremental_margin_minor: int
    sending_cost_minor: int = Field(ge=0)
    discount_cost_minor: int = Field(ge=0)
    cost_minor: int = Field(ge=0)
    basis: Basis
    """The weakest basis of the figures that it is made of."""
    sources: tuple[Source, ...]
