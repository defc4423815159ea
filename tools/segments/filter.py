"""The typed filter language: who is meant, as data that can be shown, compiled, and never widened.

A filter is a tree of conditions. It is written in the shop's own values once it is *resolved*: `terms` hold the
brief's words ("pet", "dog food") until `tools.segments.resolve` has found the departments, categories, types, brands
or products they name. Compiling a filter that still holds terms raises: the audience fails closed (promise 2).

All conditions are read as of a day D (`today`): only what happened before the first moment of D is seen.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from tools.vocabulary import Model

Op = Literal["lt", "le", "eq", "ge", "gt"]


class Scope(Model):
    """Which order lines count. Lists are alternatives (or); an empty scope is every line.

    `terms` are words not yet resolved against the shop. Values are the shop's own, exactly as stored.
    """

    terms: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    product_types: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    product_ids: tuple[str, ...] = ()

    @property
    def is_everything(self) -> bool:
        return not any(self.model_dump().values())


class Within(Model):
    """A span of time: the last `days` days before today, or from `since` to `until` (both counted, either open)."""

    days: int | None = Field(default=None, ge=1)
    since: date | None = None
    until: date | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Within:
        if (self.days is None) == (self.since is None and self.until is None):
            raise ValueError("a span is either `days` or `since`/`until`")
        return self


class Everyone(Model):
    """Every customer of the shop."""

    kind: Literal["everyone"] = "everyone"


class Bought(Model):
    """Has at least `min_orders` orders with a line in `scope`, within `within` (ever, if null)."""

    kind: Literal["bought"] = "bought"
    scope: Scope = Scope()
    within: Within | None = None
    min_orders: int = Field(default=1, ge=1)


class Measure(Model):
    """A number of the customer compared with `value`.

    Units: recency_days and tenure_days in days (customers without any order in scope have no recency: they never
    match; recency counts the whole days before today without one, so `ge 60` is "none within the last 60 days");
    orders in orders; spend_minor, average_order_minor in minor units; discount_share a fraction of spend before
    discounts; coupon_redemptions in redemptions of past campaigns.
    """

    kind: Literal["measure"] = "measure"
    measure: Literal[
        "recency_days",
        "orders",
        "spend_minor",
        "average_order_minor",
        "tenure_days",
        "discount_share",
        "coupon_redemptions",
    ]
    op: Op
    value: float
    scope: Scope = Scope()
    within: Within | None = None


class Ranked(Model):
    """The top or bottom `share` (a fraction) of all customers who have any order in scope, by a measure."""

    kind: Literal["ranked"] = "ranked"
    measure: Literal["spend_minor", "orders", "average_order_minor", "discount_share", "coupon_redemptions"]
    end: Literal["top", "bottom"] = "top"
    share: float = Field(gt=0, le=1)
    scope: Scope = Scope()
    within: Within | None = None


class Attribute(Model):
    """A column of the customers table. A missing value never matches, negated or not.

    `column` is null and `term` holds the brief's words until resolved ("families with kids" → kids_count in 1, 2, 3+).
    """

    kind: Literal["attribute"] = "attribute"
    term: str | None = None
    column: str | None = None
    values: tuple[str, ...] = ()
    """Alternatives, as stored; for a numeric column use `op` and `number`."""
    op: Op | None = None
    number: float | None = None


class Contacted(Model):
    """Was in a past campaign (`contacts`), with an outcome if given."""

    kind: Literal["contacted"] = "contacted"
    campaign_id: str | None = None
    channel: str | None = None
    """As stored in `contacts`: a past channel may be one that we do not send (`mail`)."""
    within: Within | None = None
    outcome: Literal["sent", "opened", "clicked", "redeemed", "converted"] = "sent"


class AllOf(Model):
    kind: Literal["all"] = "all"
    of: tuple[Filter, ...] = Field(min_length=1)


class AnyOf(Model):
    kind: Literal["any"] = "any"
    of: tuple[Filter, ...] = Field(min_length=1)


class Not(Model):
    kind: Literal["not"] = "not"
    of: Filter


Filter = Annotated[
    Everyone | Bought | Measure | Ranked | Attribute | Contacted | AllOf | AnyOf | Not, Field(discriminator="kind")
]
AllOf.model_rebuild()
AnyOf.model_rebuild()
Not.model_rebuild()
