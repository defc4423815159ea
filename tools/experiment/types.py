"""The test, designed before launch: the `experiment` part of a campaign."""

from typing import Literal

from pydantic import Field

from tools.vocabulary import Interval, Model


class Arm(Model):
    name: str
    """`holdout` is never contacted; `campaign` is."""
    customers: int = Field(ge=0)


class Assignment(Model):
    method: str = "sha256(salt:customer_id), ranked within segment"
    salt: str


class ExperimentPart(Model):
    unit: Literal["customer"] = "customer"
    arms: tuple[Arm, ...]
    assignment: Assignment
    metric: str
    """What the readout will compare ("share of customers with an order in the window")."""
    baseline: Interval
    """The metric without contact, a fraction."""
    mde: float | None
    """Smallest detectable absolute difference, a fraction; null where nothing could be detected."""
    expected_effect: float | None
    """The difference that the forecast expects, a fraction, to hold against `mde`."""
    power: float
    alpha: float
    days: int
    measurable: bool
    note: str
