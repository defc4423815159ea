"""The problem over cells: groups of alike customers, options, limits. Frozen, and it validates itself.

    maximise   Σ_{g,o} v_o x_go                        v_o: incremental margin after costs of one customer
    subject to Σ_o x_go ≤ n_g                          each customer at most one option (no contact is always possible)
               x_go = 0 where the channel of o does not reach g
               Σ_{g,o} c_o x_go ≤ B, and the other limits
               x_go ∈ {0, 1, …, n_g}

Money of one customer is in millionths of a minor unit (`*_micro`), limits are in minor units (`*_minor`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TypeVar

from tools.failure import ToolFailure
from tools.vocabulary import CHANNELS, Channel

MICRO = 1_000_000
"""Millionths in one minor unit."""

_T = TypeVar("_T")


@dataclass(frozen=True)
class Group:
    """The customers of a segment that exactly these channels can reach."""

    segment_id: str
    reach: frozenset[Channel]
    customers: int


@dataclass(frozen=True)
class Option:
    """A channel and an offer for a segment's customers.

    `value_micro`: expected incremental margin of one customer after all costs, against no contact; may be negative.
    `cost_micro`: what one customer takes from the budget (sending and expected discount), >= 0.
    """

    segment_id: str
    channel: Channel
    offer_id: str
    value_micro: int
    cost_micro: int

    @property
    def key(self) -> tuple[str, Channel, str]:
        return self.segment_id, self.channel, self.offer_id


@dataclass(frozen=True)
class Limits:
    """What the plan must keep to. A limit that is absent (None, or no key) does not apply.

    Attributes:
        budget_minor: total spend, sending and expected discounts, at most this.
        channel_capacity: customers contacted in the channel, at most.
        channel_budget_minor: spend in the channel, at most.
        max_offers_per_segment: distinct offers used in any one segment, at most (every `offer_id` counts).
        min_cell: an option is used for nobody or for at least this many customers of the segment.
        min_reach: customers contacted in all, at least.
        max_share_offer: an offer goes to at most this fraction of the contacted customers.
        min_channel_spend_minor: a channel that is used at all spends at least this.
        min_spend_minor: total spend at least.
        required_channels: channels that must contact at least one customer.
        max_segments_per_offer: segments an offer may be used in, at most.
        exclusive_offers: pairs of offers of which one segment may get only one.
        currency: ISO 4217, for the sentences.
    """

    budget_minor: int
    channel_capacity: Mapping[Channel, int] = field(default_factory=dict)
    channel_budget_minor: Mapping[Channel, int] = field(default_factory=dict)
    max_offers_per_segment: int | None = None
    min_cell: int = 0
    min_reach: int | None = None
    max_share_offer: Mapping[str, float] = field(default_factory=dict)
    min_channel_spend_minor: Mapping[Channel, int] = field(default_factory=dict)
    min_spend_minor: int | None = None
    required_channels: frozenset[Channel] = frozenset()
    max_segments_per_offer: Mapping[str, int] = field(default_factory=dict)
    exclusive_offers: tuple[tuple[str, str], ...] = ()
    currency: str = "USD"

    def share(self, offer_id: str) -> Fraction:
        """The fraction as the exact rational a person meant (0.1 is one tenth)."""
        return Fraction(self.max_share_offer[offer_id]).limit_denominator(10_000)


@dataclass(frozen=True)
class CellProblem:
    """Groups, options and limits that fit together. Raises `ToolFailure("invalid_problem")` where they do not."""

    groups: tuple[Group, ...]
    options: tuple[Option, ...]
    limits: Limits

    def __post_init__(self) -> None:
        _no_duplicates("group", [(g.segment_id, g.reach) for g in self.groups])
        _no_duplicates("option", [o.key for o in self.options])
        for g in self.groups:
            _at_least(0, f"customers of segment {g.segment_id!r}", g.customers)
            for channel in g.reach:
                _known_channel(channel)
        for o in self.options:
            _integer(f"value of {o.key}", o.value_micro)
            _at_least(0, f"cost of {o.key}", o.cost_micro)
            _known_channel(o.channel)
        _check_limits(self.limits)

    def with_limits(self, **changes: object) -> "CellProblem":
        return replace(self, limits=replace(self.limits, **changes))  # type: ignore[arg-type]

    @property
    def customers(self) -> int:
        return sum(g.customers for g in self.groups)

    @property
    def reachable(self) -> int:
        """Customers with at least one option."""
        offered = {(o.segment_id, o.channel) for o in self.options}
        return sum(g.customers for g in self.groups if any((g.segment_id, c) in offered for c in g.reach))


def _check_limits(limits: Limits) -> None:
    _at_least(0, "budget", limits.budget_minor)
    _at_least(0, "smallest cell", limits.min_cell)
    for name in ("max_offers_per_segment", "min_reach", "min_spend_minor"):
        value = getattr(limits, name)
        if value is not None:
            _at_least(0, name, value)
    for name in ("channel_capacity", "channel_budget_minor", "min_channel_spend_minor", "max_segments_per_offer"):
        for key, value in getattr(limits, name).items():
            _at_least(0, f"{name} of {key!r}", value)
    for offer, share in limits.max_share_offer.items():
        if not 0 <= share <= 1:
            raise _invalid(f"The share of offer {offer!r} must be between 0 and 1, it is {share!r}.")
    for channel in (*limits.channel_capacity, *limits.channel_budget_minor, *limits.min_channel_spend_minor):
        _known_channel(channel)
    for channel in limits.required_channels:
        _known_channel(channel)


def _invalid(message: str) -> ToolFailure:
    return ToolFailure("invalid_problem", message)


def _integer(what: str, value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _invalid(f"The {what} must be a whole number, it is {value!r}.")


def _at_least(low: int, what: str, value: int) -> None:
    _integer(what, value)
    if value < low:
        raise _invalid(f"The {what} must be at least {low}, it is {value!r}.")


def _known_channel(channel: str) -> None:
    if channel not in CHANNELS:
        raise _invalid(f"{channel!r} is no channel; known are {', '.join(CHANNELS)}.")


def _no_duplicates(what: str, keys: list[_T]) -> None:
    seen: set[_T] = set()
    for key in keys:
        if key in seen:
            raise _invalid(f"The {what} {key!r} is given twice.")
        seen.add(key)
