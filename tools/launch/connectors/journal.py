"""What a connector has already brought over: one JSON line a fact, appended; a line that a crash cut off is ignored.

The journal only saves requests. Should it be lost, a run finds out from the target itself.
"""

from __future__ import annotations

import fcntl
import json
import os
from pathlib import Path
from types import TracebackType
from typing import Self

from tools.failure import ToolFailure

_SYNC_EVERY = 200


class Journal:
    """Key → value, held open by one run at a time.

    Raises:
        ToolFailure: `push_running` on entering while another run holds it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._facts: dict[str, str] = {}
        self._pending = 0

    def __enter__(self) -> Self:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._file = self._path.open("a+b")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self._file.close()
            raise ToolFailure(
                "push_running", f"another run is bringing this campaign over (`{self._path}`): wait until it ends"
            ) from error
        self._file.seek(0)
        self._facts = {}
        whole = 0
        for line in self._file.read().splitlines(keepends=True):
            if not line.endswith(b"\n"):
                break
            key, value = json.loads(line)
            self._facts[key] = value
            whole += len(line)
        self._file.truncate(whole)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._sync()
        self._file.close()

    def get(self, key: str) -> str | None:
        return self._facts.get(key)

    def put(self, key: str, value: str) -> None:
        self._facts[key] = value
        self._file.write(json.dumps([key, value], ensure_ascii=False).encode() + b"\n")
        self._pending += 1
        if self._pending >= _SYNC_EVERY:
            self._sync()

    def forget(self, key: str) -> None:
        """Not so after all; the file keeps the history."""
        self.put(key, "")

    def _sync(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())
        self._pending = 0
