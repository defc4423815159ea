"""Turn: SQLite has one writer and lets who waits for it sleep ever longer; here writers of all processes stand in line.

A lock of the kernel's on a file beside the database: whoever waits is woken the moment the writer is done, and a
process that is killed lets go of it. SQLite's own lock still holds whoever does not come by this way.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Turn:
    """One writer at a time, of all threads and processes that use this file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._threads = threading.Lock()
        self._file: tuple[int, int] | None = None

    @contextmanager
    def taken(self) -> Iterator[None]:
        with self._threads:
            file = self._opened()
            fcntl.flock(file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.flock(file, fcntl.LOCK_UN)

    def _opened(self) -> int:
        """This process's own: one that was inherited by a fork would be its parent's lock."""
        if self._file is None or self._file[0] != os.getpid():
            self._file = (os.getpid(), os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        return self._file[1]

    def close(self) -> None:
        if self._file is not None and self._file[0] == os.getpid():
            os.close(self._file[1])
            self._file = None
