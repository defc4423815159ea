"""Room: how many briefs may come in, by a look at the queue every few milliseconds while briefs come."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool

from agent.api.batch import LONGEST

if TYPE_CHECKING:
    from agent.ledger.ledger import Ledger

LOOK_SECONDS, REST_SECONDS = 0.02, 0.1
"""Between two looks at the queue, and between two looks whether there is anything to look for."""
QUIET_SECONDS = 1.0
"""When no brief has come for so long, nobody looks."""
SECOND_LOOKS = 10
"""A second: briefs that are looked at in full though the queue is full."""


@dataclass
class Room:
    """How many more briefs may come in, by what was last seen of the queue and who has come since."""

    ledger: Ledger
    most: int
    clock: Callable[[], float] = time.monotonic
    inside: int = 0
    """Briefs that are being accepted."""
    left: int = field(init=False)
    _came: float = 0.0
    _since: int = 0
    _looks: float = SECOND_LOOKS
    _looks_at: float = 0.0

    def __post_init__(self) -> None:
        self.left = self.most

    @property
    def crowded(self) -> bool:
        """As many are being accepted as one transaction takes."""
        return self.inside >= LONGEST

    def takes(self) -> bool:
        """Whether one more may come in, who is counted then."""
        self._came = self.clock()
        if self.crowded or not (self.left > 0 or self._second_look()):
            return False
        self.left -= 1
        self._since += 1
        return True

    def _second_look(self) -> bool:
        self._looks = min(SECOND_LOOKS, self._looks + SECOND_LOOKS * (self._came - self._looks_at))
        self._looks_at = self._came
        if self._looks < 1:
            return False
        self._looks -= 1
        return True

    async def run(self) -> None:
        """Look at the queue while briefs come, until cancelled."""
        while True:
            if self.clock() - self._came < QUIET_SECONDS:
                await self.look()
                await asyncio.sleep(LOOK_SECONDS)
            else:
                self.left = self.most
                await asyncio.sleep(REST_SECONDS)

    async def look(self) -> None:
        """Who is inside is not in the queue yet, or is counted twice for a moment."""
        begun, self._since = self.inside, 0
        try:
            waiting = await run_in_threadpool(self._waiting)
        except SQLAlchemyError:
            waiting = 0  # who comes in hears of it from the ledger itself
        self.left = self.most - waiting - begun - self._since

    def _waiting(self) -> int:
        from agent.ledger.jobs import waiting

        with self.ledger.look() as connection:
            return waiting(connection)
