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


class PlannedLook(Model):
    """A day on which the test may be read; at an earlier look it stops only where |z| reaches the boundary."""

    day: int = Field(ge=1)
    """Days of the window that are over."""
    information: float = Field(gt=0, le=1)
    boundary_z: float = Field(gt=0)


class SpendTest(Model):
    """Smallest detectable difference in revenue per customer (minor units), by what their like spent before."""

    mde_minor: int = Field(ge=0)
    mde_cuped_minor: int = Field(ge=0)
    """With what was spent before taken out (CUPED), as the readout does."""
    variance_kept: float = Field(ge=0)
    """CUPED's variance over the plain one, a fraction."""
    customer_windows: int = Field(ge=1)
    """Past customers × windows that it rests on."""


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
    looks: tuple[PlannedLook, ...] = ()
    """When it may be read, the last at the end; empty: at the end alone."""
    spend: SpendTest | None = None
    """Null where the shop's history does not say."""
    weeks_needed: float | None = None
    """Weeks of campaigns like this one until the expected effect shows; null where none is expected."""
