"""Limits one by one: list them, take one away, change its number. The names are those of the rows and of the plan."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from tools.budget.cells.problem import Limits

SINGLE = {"budget": "budget_minor", "min_cell": "min_cell", "min_reach": "min_reach", "min_spend": "min_spend_minor",
          "max_offers_per_segment": "max_offers_per_segment"}  # fmt: skip
KEYED = {"channel_capacity": "channel_capacity", "channel_budget": "channel_budget_minor",
         "max_share_offer": "max_share_offer", "min_channel_spend": "min_channel_spend_minor",
         "max_segments_per_offer": "max_segments_per_offer"}  # fmt: skip
MONEY = ("budget", "min_spend", "channel_budget", "min_channel_spend")
LOWER = ("min_cell", "min_reach", "min_spend", "min_channel_spend")
"""Limits that a smaller number loosens."""
PERCENT = 100


@dataclass(frozen=True)
class Limit:
    """One limit. `value` in its own unit (minor units, customers, offers, a fraction); None where it has no number."""

    name: str
    value: float | None

    @property
    def kind(self) -> str:
        return self.name.partition(":")[0]

    @property
    def key(self) -> str:
        return self.name.partition(":")[2]

    @property
    def is_money(self) -> bool:
        return self.kind in MONEY

    @property
    def is_lower(self) -> bool:
        return self.kind in LOWER


def list_limits(limits: Limits) -> tuple[Limit, ...]:
    """Every limit that is set, the budget first."""
    found = [
        Limit(name, getattr(limits, field)) for name, field in SINGLE.items() if getattr(limits, field) is not None
    ]
    found = [item for item in found if item.name != "min_cell" or limits.min_cell > 1]
    for kind, field in KEYED.items():
        found += [Limit(f"{kind}:{key}", value) for key, value in sorted(getattr(limits, field).items())]
    found += [Limit(f"required_channel:{c}", None) for c in sorted(limits.required_channels)]
    found += [Limit(f"exclusive_offers:{a}|{b}", None) for a, b in limits.exclusive_offers]
    return tuple(found)


def without(limits: Limits, limit: Limit, no_budget_minor: int) -> Limits:
    """The limits less one; a budget is taken away by making it as large as anything can cost."""
    if limit.kind == "budget":
        return replace(limits, budget_minor=no_budget_minor)
    if limit.kind == "min_cell":
        return replace(limits, min_cell=0)
    if limit.kind in SINGLE:
        return _set(limits, SINGLE[limit.kind], None)
    if limit.kind == "required_channel":
        return replace(limits, required_channels=limits.required_channels - {limit.key})
    if limit.kind == "exclusive_offers":
        pair = tuple(limit.key.split("|"))
        return replace(limits, exclusive_offers=tuple(p for p in limits.exclusive_offers if p != pair))
    field = KEYED[limit.kind]
    return _set(limits, field, {k: v for k, v in getattr(limits, field).items() if k != limit.key})


def with_value(limits: Limits, limit: Limit, value: int) -> Limits:
    """The limits with another number for one. Shares are given in per cent here."""
    if limit.kind in SINGLE:
        return _set(limits, SINGLE[limit.kind], value)
    field = KEYED[limit.kind]
    number = value / PERCENT if limit.kind == "max_share_offer" else value
    return _set(limits, field, {**getattr(limits, field), limit.key: number})


def _set(limits: Limits, field: str, value: object) -> Limits:
    changes: dict[str, Any] = {field: value}
    return replace(limits, **changes)
