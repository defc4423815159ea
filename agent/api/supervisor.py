"""Keeps the worker processes alive: one that ends is started again, more slowly the more often it ends unused.

One that had taken a job before it ended is started again at once: a job that ends its workers is failed after some.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import sys
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool

from agent.worker import worker_name

if TYPE_CHECKING:
    from agent.ledger.ledger import Ledger

SLOWEST_SECONDS = 30.0
STEADY_SECONDS = 60.0
"""A worker that lived this long is started again at once too."""


class Supervisor:
    """`count` children of `python -m agent.worker`, with this process's environment."""

    def __init__(self, count: int, ledger: Ledger) -> None:
        self.count, self._ledger = count, ledger
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
            name = worker_name()
            command = (sys.executable, "-m", "agent.worker", name, str(os.getpid()))
            process = await asyncio.create_subprocess_exec(*command)
            self.alive += 1
            try:
                code = await process.wait()
            except asyncio.CancelledError:
                await _end(process)
                raise
            finally:
                self.alive -= 1
            worked = await run_in_threadpool(self._release, name)
            logging.getLogger("briefsmith").error("worker ended", extra={"facts": {"exit": code, "worked": worked}})
            wait = 0.0 if worked or loop.time() - begun > STEADY_SECONDS else min(SLOWEST_SECONDS, 2 * wait + 0.5)
            await asyncio.sleep(wait)

    def _release(self, worker: str) -> bool:
        """Let go of what it held. Whether it ever took a job."""
        from agent.ledger.jobs import release, worked

        with self._ledger.write(lazy=True) as session:
            release(session, worker, self._ledger.now())
            return worked(session, worker)


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
