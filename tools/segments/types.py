"""What the segments tool returns: the `audience` part of a campaign."""

from pydantic import Field

from tools.segments.filter import Filter
from tools.vocabulary import Model


class Candidate(Model):
    """One of the shop's own values that a phrase may mean."""

    level: str
    """department · category · product_type · brand · product · attribute"""
    value: str
    column: str | None = None
    score: float = Field(ge=0, le=1)
    customers: int | None = None


class Resolution(Model):
    """How words of the brief were resolved to the shop's own values; she can correct it."""

    phrase: str
    chosen: tuple[Candidate, ...]
    rejected: tuple[Candidate, ...] = ()
    """The next best, so that a wrong choice can be seen."""
    method: str
    """name · synonym · embedding"""
    clear: bool
    """False: nothing matched clearly, which is a question, never a wider audience."""


class FunnelStep(Model):
    step: str
    customers: int = Field(ge=0)


class Segment(Model):
    segment_id: str
    name: str
    """A name a marketer would use ("Lapsed regulars")."""
    filter: Filter
    size: int = Field(ge=0)
    """Customers after the whole funnel, holdout taken out."""
    profile: dict[str, float | int | str | None]
    """Medians and shares: recency_days, orders, spend_minor, average_order_minor, discount_share,
    top_categories (text), reachable_email …"""


class AudiencePart(Model):
    filter: Filter
    sql: str
    funnel: tuple[FunnelStep, ...]
    size: int = Field(ge=0)
    segments: tuple[Segment, ...]
    resolutions: tuple[Resolution, ...] = ()
    notes: tuple[str, ...] = ()
    """Other readings with their sizes, stale data, missing attributes: plain sentences."""
