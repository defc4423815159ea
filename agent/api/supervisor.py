"""Keeps the worker processes alive: one that ends is started again, more slowly the more often it ends."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys

SLOWEST_SECONDS = 30.0
STEADY_SECONDS = 60.0
"""A worker that lived this long is started again at once."""


class Supervisor:
    """`count` children of `python -m agent.worker`, with this process's environment."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.alive = 0

    async def run(self) -> None:
        """Keep them until cancelled; then let them finish or, after a moment, end them."""
        async with asyncio.TaskGroup() as group:
            for _ in range(self.count):
                group.create_task(self._keep())

    async def _keep(self) -> None:
        loop = asyncio.get_running_loop()
        wait = 0.0
        while True:
            begun = loop.time()
            process = await asyncio.create_subprocess_exec(sys.executable, "-m", "agent.worker")
            self.alive += 1
            try:
                code = await process.wait()
            except asyncio.CancelledError:
                await _end(process)
                raise
            finally:
                self.alive -= 1
            logging.getLogger("briefsmith").error("worker ended", extra={"facts": {"exit": code}})
            wait = 0.0 if loop.time() - begun > STEADY_SECONDS else min(SLOWEST_SECONDS, 2 * wait + 0.5)
            await asyncio.sleep(wait)


async def _end(process: asyncio.subprocess.Process) -> None:
    """The job in hand is safe either way: a lease that is not renewed is taken up by the next worker."""
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), 2)
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
