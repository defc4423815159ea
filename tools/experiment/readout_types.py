"""What a campaign caused, as far as it can be told: the `readout` part of a campaign, and `readout.json`."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from tools.experiment.checks import SampleRatio
from tools.experiment.effects import Effect, Outcome
from tools.metrics.types import Metric, no_data
from tools.vocabulary import Model

SCHEMA_VERSION = 1


class ArmReadout(Model):
    """One arm as it was seen. Shares are fractions, money is in minor units of the campaign's currency."""

    arm: str
    role: Literal["treated", "control"]
    customers: int = Field(ge=0)
    """Everybody who was assigned, contacted or not."""
    sent: Metric
    """Of the customers."""
    delivered: Metric
    """Of those it was sent to."""
    opened: Metric
    """Of those it was delivered to."""
    clicked: Metric
    """CTR: of those it was delivered to."""
    redeemed: Metric
    """Of the customers."""
    visited: Metric = no_data("the results do not record `visited`")
    """Of the customers."""
    converted: Metric
    """CVR: customers with an order in the window, of the customers."""
    orders: int = Field(ge=0)
    order_value: Metric
    """AOV: minor units per order."""
    revenue_minor: int | None
    """Null where the results do not tell it."""
    revenue_per_customer: Metric
    discount_minor: int | None = Field(ge=0)
    survey: Metric
    """Mean answer of those who answered, on the survey's own scale; those who answer are not everybody."""


class EffectRow(Model):
    """One comparison: everybody, one arm or one segment, for one outcome."""

    scope: Literal["overall", "arm", "segment"]
    name: str
    """The arm or segment; empty for everybody."""
    outcome: Outcome
    effect: Effect
    total: Metric
    """The difference × the treated customers: orders for conversion, minor units for money."""


class Returns(Model):
    """What the money brought. `incremental_*` and `*_anyway` have data for randomised campaigns alone."""

    sending_minor: int | None
    """Cost of the messages sent; null where it is not known."""
    discount_minor: int | None
    """Discounts of those who redeemed, or, where that is not recorded, beyond the control's own; null: not recorded."""
    spend_minor: int | None
    """Both together, as far as they are known; null where the sending cost is not."""
    roas: Metric
    """All revenue of the treated over the spend: it counts what would have been bought anyway."""
    incremental_roas: Metric
    """Revenue that the campaign caused, over the spend."""
    incremental_net_minor: Metric
    """Margin that it caused, after discounts, less the sending cost; negative where it lost money."""
    incremental_return: Metric
    """That over the spend: 0 is break-even, 1 doubles the money."""
    discount_share_anyway: Metric
    """Share of the discounts that went to customers who would have bought anyway."""
    discount_anyway_minor: Metric
    margin_source: str
    """Where margins come from: the results file, or a rate and its source."""


class Look(Model):
    """A reading at or before the end by the plan's rule: intervals and tests hold whatever look this is."""

    look: int = Field(ge=1)
    looks: int = Field(ge=1)
    information: float = Field(gt=0, le=1)
    """Share of the window that was over."""
    boundary_z: float
    crossed: bool
    """Whether |z| of the conversion is at or above the boundary: the test may stop."""


class ReadoutPart(Model):
    schema_version: int = SCHEMA_VERSION
    campaign_id: str
    read_at: datetime
    start: date
    end: date
    """The window whose orders count, both days included."""
    source: str
    """Name of the results file, or `contacts`."""
    source_sha: str
    """SHA-256 of the results file, or the shop's content hash."""
    currency: str
    basis: Literal["randomised", "observational"]
    standing: str
    """How customers were assigned, or why the comparison is not randomised."""
    control: str | None
    """The arm that is compared with; null where there is none."""
    level: float
    """Of the intervals; those of arms and segments hold together at this level (Bonferroni)."""
    arms: tuple[ArmReadout, ...]
    sample_ratio: SampleRatio
    past_spend_gap: float | None
    """Treated less control in spend before the campaign, in standard deviations; null where it is not known."""
    effects: tuple[EffectRow, ...]
    returns: Returns
    look: Look | None = None
    notes: tuple[str, ...] = ()

    def effect(self, outcome: Outcome, scope: str = "overall", name: str = "") -> Effect | None:
        """The first row of that outcome and scope: the prespecified method comes first."""
        found = (row.effect for row in self.effects if (row.outcome, row.scope, row.name) == (outcome, scope, name))
        return next(found, None)
