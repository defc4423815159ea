"""Is a server that brings nothing dead, or only slow? Its other streams tell, else one token that it is asked for."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tools.llm import faults
from tools.llm.replicas import Replica

_T = TypeVar("_T")


@dataclass(frozen=True)
class Watch:
    """Of one session's requests. `token` asks a replica for one token and says whether it was written in time."""

    seconds: float
    token: Callable[[Replica], Awaitable[bool]]
    clock: Callable[[], float] = time.monotonic
    _probes: dict[str, "asyncio.Task[bool]"] = field(default_factory=dict)

    async def over(self, replica: Replica, work: Coroutine[Any, Any, _T]) -> _T:
        """The result of `work`, which waits for `replica`.

        Raises:
            faults.Fault: `llm_silent`, where no stream of the replica brought an event for `seconds` and a probe
                brought no token either; `work` is cancelled then.
        """
        task = asyncio.ensure_future(work)
        try:
            while True:
                await asyncio.wait({task}, timeout=max(0.01, replica.heard + self.seconds - self.clock()))
                if task.done():
                    return task.result()
                quiet = self.clock() - replica.heard >= self.seconds
                if quiet and not await self._alive(replica) and not task.done():
                    raise faults.silence()
        finally:
            if not task.done():
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

    async def _alive(self, replica: Replica) -> bool:
        """Whether a probe brings a token, or a stream an event meanwhile; one probe for all that ask at once."""
        if replica.ejected_until > self.clock():
            return False
        before = replica.heard
        probe = self._probes.get(replica.base_url)
        if probe is None or probe.done():
            probe = self._probes[replica.base_url] = asyncio.ensure_future(self.token(replica))
        if await asyncio.shield(probe):
            replica.hear()
        return replica.heard > before
