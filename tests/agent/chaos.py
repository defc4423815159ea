"""What the chaos test kills, and how it knows when: a server with its workers, exporters, a look at the ledger."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

PORT = 18_741
BASE = f"http://127.0.0.1:{PORT}"
LOOK_SECONDS = 0.005
UNLIMITED = dict.fromkeys(("WRITES_PER_MINUTE", "READS_PER_MINUTE", "MAX_QUEUE"), "1000000")
BRIEFSMITH = str(Path(sys.executable).with_name("briefsmith"))


@dataclass(frozen=True)
class Books:
    """The ledger, read beside those who write it."""

    home: Path

    def ask(self, query: str, *values: object) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(f"file:{self.home / 'ledger.sqlite'}?mode=ro", uri=True, timeout=30)) as ledger:
            return list(ledger.execute(query, values))

    def running(self) -> dict[str, int]:
        """Worker → how often the job that it holds was begun."""
        rows = self.ask("SELECT worker, attempts FROM jobs WHERE state = 'running'")
        return {str(worker): int(str(attempts)) for worker, attempts in rows}

    def begun(self, campaign_id: str, format_name: str) -> bool:
        key = f"export:{campaign_id}:%:{format_name}"
        return bool(self.ask("SELECT 1 FROM outbox WHERE key LIKE ? AND state = 'begun'", key))

    def unfinished(self) -> int:
        return int(str(self.ask("SELECT count(*) FROM jobs WHERE state IN ('queued', 'running')")[0][0]))


def until(found: Callable[[], object], seconds: float, what: str) -> None:
    end = time.monotonic() + seconds
    while not found():
        if time.monotonic() > end:
            raise AssertionError(f"{what}: not within {seconds:g} seconds")
        time.sleep(LOOK_SECONDS)


class Served:
    """`briefsmith serve` with two workers, started again whenever it is found dead."""

    def __init__(self, home: Path) -> None:
        settings = {"HOME": str(home), "WORKERS": "2", **UNLIMITED}
        self.environment = {**os.environ, **{f"BRIEFSMITH_{name}": value for name, value in settings.items()}}
        self._log = home / "server.log"
        self._process: subprocess.Popen[bytes] | None = None

    def up(self) -> None:
        for _ in range(3000):
            if self._process is None or self._process.poll() is not None:
                with self._log.open("ab") as log:
                    command = [BRIEFSMITH, "serve", "--port", str(PORT)]
                    self._process = subprocess.Popen(
                        command, env=self.environment, stdout=subprocess.DEVNULL, stderr=log
                    )
            with suppress(httpx.HTTPError):
                if httpx.get(f"{BASE}/v1/health/live", timeout=10).status_code == 200:
                    return
            time.sleep(0.1)
        raise AssertionError("the server does not come up")

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def workers(self) -> Iterator[tuple[str, int]]:
        """Name and process of each, by the kernel's own list of the server's children."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children")
        with suppress(OSError):
            for pid in map(int, children.read_text(encoding="ascii").split()):
                with suppress(OSError):
                    words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
                    yield from ((word.decode(), pid) for word in words if word.startswith(b"worker-"))

    def down(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(60)


def kill(pid: int) -> bool:
    """Whether it was there to be killed."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True
