"""Connectors: an approved campaign brought into a sending system over its API. A person starts the sending there.

`plan` touches nothing outside: it is the dry run, and what the CLI does unless it is told to go. `run` may be called
again after any crash, timeout or refusal: what was accepted stays accepted, once, and what was not is sent again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from tools.launch.connectors.journal import Journal
from tools.launch.exporters.people import Person
from tools.launch.exporters.types import ExportInput

Progress = Callable[[str, int, int | None], None]


@dataclass(frozen=True)
class Group:
    """A list of the target: everybody who gets the same copy."""

    name: str
    people: tuple[Person, ...]


@dataclass(frozen=True)
class Handover:
    """What a run would do, and for whom it would not."""

    campaign_id: str
    target: str
    groups: tuple[Group, ...]
    left_out: tuple[tuple[str, str], ...]
    """(customer_id, reason)."""

    @property
    def size(self) -> int:
        return sum(len(group.people) for group in self.groups)


@dataclass
class Outcome:
    """How many people the target took, by what it had to do; and whom it did not take."""

    created: int = 0
    updated: int = 0
    already: int = 0
    """There before, with nothing to change: an earlier run, or one that was accepted without an answer."""
    left_alone: list[tuple[str, str]] = field(default_factory=list)
    """(customer_id, reason): on the target's block list, or signed off there. Never changed by us."""
    rejected: list[tuple[str, str]] = field(default_factory=list)
    """(customer_id, what the target said)."""
    requests: int = 0
    retries: int = 0

    @property
    def taken(self) -> int:
        return self.created + self.updated + self.already


class Connector(Protocol):
    """One sending system."""

    name: str

    def plan(self, data: ExportInput) -> Handover:
        """What would be done. Raises ToolFailure `nothing_to_export`."""

    def run(self, handover: Handover, journal: Journal, progress: Progress) -> Outcome:
        """Do it, and read back that everybody is there, once.

        Raises:
            ToolFailure: `connector_unreachable`, `connector_refused`, `connector_incomplete`; run it again to go on.
        """
