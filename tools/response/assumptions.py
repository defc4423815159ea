"""The assumptions file: schema and loading. Every figure has a range, a basis and a source."""

from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError, model_validator

from tools.failure import ToolFailure
from tools.response.types import Source
from tools.vocabulary import Basis, Channel, Goal, Interval, Language, Model

SHIPPED = Path(__file__).with_name("assumptions.yaml")
OWN_NAME = "assumptions.yaml"


class Assumed(Model):
    """A figure with its range and where it comes from."""

    estimate: float
    low: float
    high: float
    basis: Basis
    source: str
    verified: bool

    @model_validator(mode="after")
    def _ordered(self) -> "Assumed":
        if not self.low <= self.estimate <= self.high:
            raise ValueError(f"needs low <= estimate <= high, got {self.low}, {self.estimate}, {self.high}")
        return self

    @property
    def interval(self) -> Interval:
        return Interval(estimate=self.estimate, low=self.low, high=self.high)

    def as_source(self, what: str) -> Source:
        return Source(basis=self.basis, text=f"{what}: {self.source}", verified=self.verified)


class FollowOn(Model):
    days: dict[Goal, Annotated[int, Field(ge=0, le=365)]]
    share: Assumed


class SendingCost(Model):
    """Minor units for one message (SMS: one segment), by currency."""

    email: dict[str, float]
    sms: dict[str, float]
    push: dict[str, float]
    basis: Basis
    source: str
    verified: bool

    def micro(self, channel: Channel, currency: str) -> int:
        """Millionths of a minor unit for one message.

        Raises:
            ToolFailure: `no_sending_cost` where the file has none for the currency.
        """
        table: dict[str, float] = getattr(self, channel)
        if currency not in table:
            raise ToolFailure(
                "no_sending_cost",
                f"The assumptions have no sending cost for {channel} in {currency} (they have {', '.join(table)}): "
                f"add one to `{OWN_NAME}` in BRIEFSMITH_HOME.",
                channel=channel,
                currency=currency,
            )
        return round(table[currency] * 1_000_000)


class Assumptions(Model):
    version: int
    contact_effect: dict[Channel, Assumed]
    effect_days: int = Field(ge=1)
    discount_response: Assumed
    redemption_anyway: Assumed
    margin_rate: Assumed
    follow_on: FollowOn
    sending_cost: SendingCost
    sms_segments: dict[Language, Annotated[int, Field(ge=1, le=10)]]
    """Segments that a text message is planned and costed with; the copy has to keep to it."""
    default_cap_pct: float = Field(ge=0, le=100)
    ladder_pct: tuple[float, ...]
    max_rungs: int = Field(ge=1)


@cache
def load_assumptions(home: Path | None = None) -> Assumptions:
    """The shop's own file in `home`, else the shipped one.

    Raises:
        ToolFailure: `bad_assumptions`, naming the file and the key, where it does not validate.
    """
    import yaml

    path = home / OWN_NAME if home is not None and (home / OWN_NAME).is_file() else SHIPPED
    try:
        return Assumptions.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (ValidationError, yaml.YAMLError) as error:
        first = error.errors()[0] if isinstance(error, ValidationError) else None
        where = f"`{'.'.join(str(p) for p in first['loc'])}`: {first['msg']}" if first else str(error)
        raise ToolFailure(
            "bad_assumptions", f"{path} does not hold valid assumptions: {where}", file=str(path)
        ) from error
