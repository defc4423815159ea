"""The structured brief: what she said, in the contract's words, with the words it came from."""

from datetime import date
from typing import Literal

from pydantic import Field

from tools.segments.filter import Filter
from tools.vocabulary import Channel, Goal, Language, Model, Money, OfferType

BriefStatus = Literal["ok", "needs_input", "refused", "not_a_brief"]


class AudienceCondition(Model):
    """One condition on who is meant. Conditions of `audience` are joined by *and*; of `exclude` by *or*.

    `filter` may hold unresolved `terms`: `read` needs no index. `plan` resolves them against the shop.
    """

    text: str
    """The brief's own words."""
    filter: Filter


class ProductFocus(Model):
    text: str


class BriefFields(Model):
    """What the brief states. Null or empty where it states nothing; the default then stands in the plan and in
    `Brief.evidence`, not here."""

    goal: Goal | None = None
    audience: tuple[AudienceCondition, ...] = ()
    exclude: tuple[AudienceCondition, ...] = ()
    products: tuple[ProductFocus, ...] = ()
    budget: Money | None = None
    start: date | None = None
    end: date | None = None
    channels: tuple[Channel, ...] = ()
    channels_excluded: tuple[Channel, ...] = ()
    max_discount_pct: float | None = Field(default=None, ge=0, le=100)
    offer_types: tuple[OfferType, ...] = ()
    tone: str | None = None
    copy_language: Language | None = None
    kpi: str | None = None
    holdout_pct: float | None = Field(default=None, ge=0, lt=100)
    frequency_cap: int | None = Field(default=None, ge=1)
    """Most contacts per customer in the campaign's window."""


class Quote(Model):
    """Characters `start`..`end` (end excluded) of the brief's text, which read `quote`.

    With `turn`, of the words of that turn of the conversation instead (`Campaign.turns`, counted from 1).
    """

    quote: str
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    turn: int | None = Field(default=None, ge=1, exclude_if=lambda turn: turn is None)


class Default(Model):
    default: str
    """The reason and the value that the plan takes instead ("not stated: 10 % of each segment is held out")."""


class Question(Model):
    """Something that is missing or contradicts itself, and matters."""

    field: str
    question: str
    quote: str | None = None
    """The words concerned."""
    options: tuple[str, ...] = ()
    blocking: bool = True


class Brief(Model):
    text: str
    status: BriefStatus
    fields: BriefFields
    evidence: dict[str, Quote | Default | tuple[Quote, ...]]
    """Field → the words it came from, or why it is a default. Every field of `fields` has an entry."""
    questions: tuple[Question, ...] = ()
    notes: tuple[str, ...] = ()
    """Suspicious text, figures that were not taken, what was left alone: plain sentences."""
    must_include: tuple[str, ...] = ()
    """Words that the copy must hold, as quoted in the brief."""
    must_avoid: tuple[str, ...] = ()
    """Words that the copy must not hold, as quoted in the brief."""
    quiet_hours: str | None = None
    """When nothing is to be sent, in the brief's own words."""
