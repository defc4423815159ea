"""The same server, alive and slow: `at_once` requests at a time, `seconds` each, and nothing to those that wait.

What vLLM is on a machine that is too small for what it is asked. `python -m evals.servers.slow` serves one.
"""

import threading
from typing import Any

from evals.servers.protocol import Handler, Said, chunks


class Slow:
    """`most_waiting` is how many it had at once, those that it worked at counted."""

    def __init__(self, seconds: float = 5.0, at_once: int = 2) -> None:
        self.seconds = seconds
        self.most_waiting = 0
        self._waiting = 0
        self._engine = threading.Semaphore(at_once)
        self._count = threading.Lock()

    def send(self, http: Handler, request: dict[str, Any], said: list[Said]) -> None:
        self._came(1)
        try:
            with self._engine:
                self._written(http, request, said)
        finally:
            self._came(-1)

    def _written(self, http: Handler, request: dict[str, Any], said: list[Said]) -> None:
        http.begin_stream()
        events = list(chunks(request, said))
        for event in events:
            if http.pause(self.seconds / len(events)):
                return
            http.event(event)
        http.event("[DONE]")

    def _came(self, one: int) -> None:
        with self._count:
            self._waiting += one
            self.most_waiting = max(self.most_waiting, self._waiting)


if __name__ == "__main__":
    from evals.servers.copyist import Copyist
    from evals.servers.protocol import serve_forever

    serve_forever(Copyist(), Slow())
