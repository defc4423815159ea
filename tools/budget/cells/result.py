"""What solving over cells returns."""

from dataclasses import dataclass

from tools.budget.types import AllocationPart
from tools.vocabulary import Channel


@dataclass(frozen=True)
class GroupAllocation:
    """So many customers of a group get this channel and offer. Who of them is alike; the others get no contact."""

    segment_id: str
    reach: frozenset[Channel]
    channel: Channel
    offer_id: str
    customers: int


@dataclass(frozen=True)
class PlanAllocation:
    """The part of the campaign, and the allocation by group that the audience is assigned from."""

    part: AllocationPart
    groups: tuple[GroupAllocation, ...]
