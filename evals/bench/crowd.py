"""A crowd at the door: requests that were written beforehand, each sent at its instant whatever became of the others.

`python -m evals.bench.crowd HOST PORT` reads a JSON list of `[second, text of the request]` from its input and prints
one of `[status, seconds, seconds to wait]` (status 0: no answer). It is a process of its own, so that neither the
measuring client's work nor its waiting stands in the times, and knows just enough of HTTP to cost next to nothing.
"""

import asyncio
import json
import re
import sys
import time
from dataclasses import dataclass, field

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
RETRY = re.compile(rb"\r\nretry-after: *(\d+)", re.IGNORECASE)
IDLE_SECONDS = 2.0
"""The server closes what is idle for five seconds: a connection that it is closing must not be taken again."""


@dataclass(frozen=True)
class Answered:
    """`status` is 0 where the connection was closed without an answer."""

    status: int
    seconds: float
    retry_after: int | None


class Connection(asyncio.Protocol):
    """One request at a time; `used` is when the last answer was whole."""

    def __init__(self) -> None:
        self.used = 0.0
        self._got = bytearray()
        self._answer: asyncio.Future[bytes] | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._got += data
        end = self._got.find(b"\r\n\r\n")
        length = LENGTH.search(self._got, 0, end) if end >= 0 else None
        if length is not None and len(self._got) >= end + 4 + int(length[1]):
            self._end(bytes(self._got[:end]))

    def connection_lost(self, _error: Exception | None) -> None:
        self._transport = None
        self._end(b"")

    def _end(self, head: bytes) -> None:
        self._got.clear()
        self.used = time.perf_counter()
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(head)

    @property
    def fresh(self) -> bool:
        return self._transport is not None and time.perf_counter() - self.used < IDLE_SECONDS

    def ask(self, request: bytes) -> "asyncio.Future[bytes]":
        """The head of the answer, empty where there was none."""
        self._answer = asyncio.get_running_loop().create_future()
        if self._transport is None:
            self._answer.set_result(b"")
        else:
            self._transport.write(request)
        return self._answer

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()


@dataclass
class Crowd:
    """Connections are kept for whoever comes next; there are as many as requests wait for an answer."""

    host: str
    port: int
    idle: list[Connection] = field(default_factory=list)

    async def all(self, requests: list[tuple[float, bytes]]) -> list[Answered]:
        begun = time.perf_counter()
        tasks = []
        for at, request in requests:
            wait = begun + at - time.perf_counter()
            if wait > 0:
                await asyncio.sleep(wait)
            tasks.append(asyncio.create_task(self.one(request)))
        answers = await asyncio.gather(*tasks)
        for connection in self.idle:
            connection.close()
        return list(answers)

    async def one(self, request: bytes) -> Answered:
        begun = time.perf_counter()
        connection = await self._connection()
        head = await connection.ask(request)
        if not head:
            return Answered(0, time.perf_counter() - begun, None)
        self.idle.append(connection)
        retry = RETRY.search(head)
        return Answered(int(head[9:12]), connection.used - begun, int(retry[1]) if retry else None)

    async def _connection(self) -> Connection:
        while self.idle:
            last = self.idle.pop()
            if last.fresh:
                return last
            last.close()
        _, made = await asyncio.get_running_loop().create_connection(Connection, self.host, self.port)
        return made


async def knock(host: str, port: int, requests: list[tuple[float, str]]) -> list[Answered]:
    """Send them from a process of its own."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "evals.bench.crowd", host, str(port)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await process.communicate(json.dumps(requests).encode())
    if process.returncode != 0:
        raise RuntimeError(f"the crowd ended with {process.returncode}")
    return [Answered(*row) for row in json.loads(out)]


def main() -> None:
    requests = [(at, text.encode()) for at, text in json.load(sys.stdin)]
    answers = asyncio.run(Crowd(sys.argv[1], int(sys.argv[2])).all(requests))
    print(json.dumps([[one.status, one.seconds, one.retry_after] for one in answers]))


if __name__ == "__main__":
    main()
