"""Which replica a request goes to, and how many at once: each server is given as much as it keeps up with.

Back-pressure is additive increase, multiplicative decrease (AIMD, Chiu and Jain 1989), with TCP's slow start: a server
begins with `START` requests in flight, gets one more for each answer that comes briskly (one more a round after its
first setback), and half as many when it says that it is busy or lets a deadline pass. What it has no room for waits
with us, where no deadline runs.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tools.failure import ToolFailure

FAILURES = 3
"""Failures in a row that eject a replica; one that fell silent is ejected at once."""
START = 2.0
"""Requests in flight at a server of which nothing is known."""
_PATIENCE = 3.0
"""A deadline is at least so many times what an answer has taken lately."""
_FORGETS = 0.3
"""Weight of the last answer in what an answer takes."""


@dataclass
class Replica:
    """One server. Closed: in use. Open until `ejected_until`: gets nothing. Then half-open: one request tries it."""

    base_url: str
    in_flight: int = 0
    limit: float = START
    """Most requests in flight, rounded down."""
    slow_start: bool = True
    failures: int = 0
    ejected_until: float = 0.0
    trial: bool = False
    heard: float = 0.0
    """When one of its streams last brought an event, or the first of them was sent."""
    halved: float = 0.0
    typical_seconds: float = 0.0
    """What an answer takes, lately; 0 before the first one."""
    clock: Callable[[], float] = time.monotonic

    def open_for(self, now: float) -> bool:
        """Whether it is healthy, or may be tried."""
        if self.ejected_until == 0.0:
            return True
        return now >= self.ejected_until and not self.trial

    def hear(self) -> None:
        """One of its streams has brought an event."""
        self.heard = self.clock()

    def deadline(self, call_seconds: float) -> float:
        """Seconds that a request may take there: a slow server that keeps answering is given more."""
        return max(call_seconds, _PATIENCE * self.typical_seconds)


@dataclass(frozen=True)
class Ticket:
    """A request in flight."""

    replica: Replica
    sent: float


@dataclass
class Replicas:
    """All replicas of a model; knows nothing of HTTP.

    `most` is the ceiling of a replica's requests in flight, `brisk_seconds` what an answer may take at most for its
    server to be given more.
    """

    replicas: Sequence[Replica]
    eject_seconds: float
    most: int = 64
    brisk_seconds: float = 30.0
    clock: Callable[[], float] = time.monotonic

    def pick(self) -> Ticket | None:
        """A place for the next request at the healthy replica with the fewest in flight; null where all are full.

        Raises:
            ToolFailure: `llm_unavailable` where all are ejected.
        """
        now = self.clock()
        ready = [replica for replica in self.replicas if replica.open_for(now)]
        if not ready:
            raise ToolFailure("llm_unavailable", "Every server of the model is ejected after failures.")
        free = [replica for replica in ready if replica.ejected_until > 0 or replica.in_flight < self._room(replica)]
        if not free:
            return None
        chosen = min(free, key=lambda replica: (replica.ejected_until > 0, replica.in_flight))
        if chosen.in_flight == 0:
            chosen.heard = now
        chosen.in_flight += 1
        chosen.trial = chosen.ejected_until > 0
        return Ticket(chosen, now)

    def _room(self, replica: Replica) -> int:
        return min(self.most, int(replica.limit))

    def succeeded(self, ticket: Ticket) -> None:
        replica, took = ticket.replica, self.clock() - ticket.sent
        was_full = replica.in_flight >= self._room(replica)
        self._returned(ticket)
        replica.failures, replica.ejected_until = 0, 0.0
        weight = _FORGETS if replica.typical_seconds else 1.0
        replica.typical_seconds += weight * (took - replica.typical_seconds)
        if was_full and took <= self.brisk_seconds:
            step = 1.0 if replica.slow_start else 1.0 / replica.limit
            replica.limit = min(float(self.most), replica.limit + step)

    def overloaded(self, ticket: Ticket) -> None:
        """It said that it is busy, or let a deadline pass: half as many from now on, once for those sent before.

        A server that cannot do with one request at a time has failed.
        """
        replica, alone = ticket.replica, ticket.replica.limit < 2
        if alone:
            self.failed(ticket)
            return
        self._returned(ticket)
        if ticket.sent >= replica.halved:
            replica.limit = max(1.0, replica.limit / 2)
            replica.slow_start, replica.halved = False, self.clock()

    def failed(self, ticket: Ticket, *, silent: bool = False) -> None:
        """A failure that is the server's; `silent`: none of its streams brings anything, nor does a probe."""
        replica = ticket.replica
        half_open = replica.ejected_until > 0
        self._returned(ticket)
        replica.failures += 1
        if silent or half_open or replica.failures >= FAILURES:
            replica.ejected_until = self.clock() + self.eject_seconds
            replica.limit, replica.slow_start = START, True

    def refused(self, ticket: Ticket) -> None:
        """The request was at fault (400), or was given up: it says nothing about the server."""
        self._returned(ticket)

    def _returned(self, ticket: Ticket) -> None:
        ticket.replica.in_flight -= 1
        ticket.replica.trial = False
