"""Which replica a request goes to: the healthy one with the fewest in flight; a sick one is ejected, then tried."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tools.failure import ToolFailure

FAILURES = 3
"""Failures in a row that eject a replica; a stream that fell silent does so at once."""


@dataclass
class Replica:
    """One server. Closed: in use. Open until `ejected_until`: gets nothing. Then half-open: one request tries it."""

    base_url: str
    in_flight: int = 0
    failures: int = 0
    ejected_until: float = 0.0
    trial: bool = False

    def open_for(self, now: float) -> bool:
        """Whether it takes a request now."""
        if self.ejected_until == 0.0:
            return True
        return now >= self.ejected_until and not self.trial


@dataclass
class Replicas:
    """All replicas of a model; knows nothing of HTTP."""

    replicas: Sequence[Replica]
    eject_seconds: float
    clock: Callable[[], float] = time.monotonic

    def pick(self) -> Replica:
        """The replica of the next request, counted as in flight.

        Raises:
            ToolFailure: `llm_unavailable` where all are ejected.
        """
        now = self.clock()
        ready = [replica for replica in self.replicas if replica.open_for(now)]
        if not ready:
            raise ToolFailure("llm_unavailable", "Every server of the model is ejected after failures.")
        chosen = min(ready, key=lambda replica: (replica.ejected_until > 0, replica.in_flight))
        chosen.in_flight += 1
        chosen.trial = chosen.ejected_until > 0
        return chosen

    def succeeded(self, replica: Replica) -> None:
        self._returned(replica)
        replica.failures, replica.ejected_until = 0, 0.0

    def failed(self, replica: Replica, *, silent: bool = False) -> None:
        """A failure that is the server's; `silent`: its stream stopped."""
        half_open = replica.ejected_until > 0
        self._returned(replica)
        replica.failures += 1
        if silent or half_open or replica.failures >= FAILURES:
            replica.ejected_until = self.clock() + self.eject_seconds

    def refused(self, replica: Replica) -> None:
        """The request was at fault (400), or was given up: it says nothing about the server."""
        self._returned(replica)

    def _returned(self, replica: Replica) -> None:
        replica.in_flight -= 1
        replica.trial = False
