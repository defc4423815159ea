"""Turn: SQLite has one writer and lets who waits for it sleep ever longer; here writers of all processes stand in line.

A lock of the kernel's on a file beside the database: a process that is killed lets go of it. Nobody waits for ever:
a writer that is stopped in mid-transaction (a debugger, a disk that hangs) must not hang all others. The kernel knows
no such lock with a limit, so it is asked for again and again, the less often the less it matters how soon.
SQLite's own lock still holds whoever does not come by this way.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.failure import ToolFailure

WAIT_SECONDS = 30.0
"""How long a writer waits for the others before it gives up."""
AGAIN_SECONDS, PATIENT_SECONDS = 0.0005, 0.003
"""Between two tries: of who has somebody waiting for an answer, and of who has not, who so goes second."""
LATER_SECONDS = 5


class Turn:
    """One writer at a time, of all threads and processes that use this file."""

    def __init__(self, path: Path, seconds: float = WAIT_SECONDS) -> None:
        self._path, self._seconds = path, seconds
        self._threads = threading.Lock()
        self._file: tuple[int, int] | None = None

    @contextmanager
    def taken(self, *, patient: bool = False) -> Iterator[None]:
        """The turn, until the end of the block.

        Raises:
            ToolFailure: `ledger_busy` where it did not come in time; nothing was done.
        """
        until = time.monotonic() + self._seconds
        if not self._threads.acquire(timeout=self._seconds):
            raise self._busy()
        try:
            file = self._opened()
            while not _locked(file):
                if time.monotonic() >= until:
                    raise self._busy()
                time.sleep(PATIENT_SECONDS if patient else AGAIN_SECONDS)
            try:
                yield
            finally:
                fcntl.flock(file, fcntl.LOCK_UN)
        finally:
            self._threads.release()

    def _busy(self) -> ToolFailure:
        message = f"others have been writing to the ledger for {self._seconds:g} seconds; nothing was done, try again"
        return ToolFailure("ledger_busy", message, retry_after=LATER_SECONDS)

    def _opened(self) -> int:
        """This process's own: one that was inherited by a fork would be its parent's lock."""
        if self._file is None or self._file[0] != os.getpid():
            self._file = (os.getpid(), os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        return self._file[1]

    def close(self) -> None:
        if self._file is not None and self._file[0] == os.getpid():
            os.close(self._file[1])
            self._file = None


def _locked(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
