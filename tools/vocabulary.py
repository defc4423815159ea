"""The words the contract fixes, and the base of every model that is written to disk.

One thing has one name here, in the code, in `campaign.json`, on the page and in the docs.
"""

from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

Goal = Literal[
    "win_back", "retain", "second_order", "upsell", "cross_sell", "launch", "clear_stock", "acquire", "awareness"
]
Channel = Literal["email", "sms", "push", "search", "social", "wechat"]
OfferType = Literal["percent", "amount", "free_delivery", "bogo", "none"]
Language = Literal["en", "zh"]
Market = Literal["US", "CN", "EU", "UK", "XX"]
"""`XX` is a market that is not known: the strictest union of the rules applies."""
Basis = Literal["randomised", "observational", "assumed"]
"""What an estimate rests on. Only `randomised` may be called uplift (promise 5)."""

GOALS: tuple[Goal, ...] = get_args(Goal)
CHANNELS: tuple[Channel, ...] = get_args(Channel)
OFFER_TYPES: tuple[OfferType, ...] = get_args(OfferType)
LANGUAGES: tuple[Language, ...] = get_args(Language)
ADDRESSED: tuple[Channel, ...] = ("email", "sms", "push")
"""Channels that reach one known customer with that customer's consent; the others are bought audiences."""


class Model(BaseModel):
    """Base of every part of a campaign: frozen, no unknown keys, no NaN or infinity."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Interval(Model):
    """An estimate with its uncertainty. `level` is the nominal coverage of [low, high], a fraction."""

    estimate: float
    low: float
    high: float
    level: float = Field(default=0.9, gt=0, lt=1)

    @model_validator(mode="after")
    def _ordered(self) -> "Interval":
        if not self.low <= self.estimate <= self.high:
            raise ValueError(f"an interval needs low <= estimate <= high, got {self.low}, {self.estimate}, {self.high}")
        return self


class Money(Model):
    """An amount in integer minor units (cents, fen) of an ISO 4217 currency."""

    amount_minor: int
    currency: str = Field(pattern=r"^[A-Z]{3}$")
