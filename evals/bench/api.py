"""The API under load: `python -m evals.bench.api [CHECKOUT …]` on a home that holds a shop, with short briefs.

Three loads on a server with two workers, which also have to plan what is accepted:

- *streams*: 200 event streams open in one instant on 20 campaigns that are posted at once; each is cut off and resumed
  three times at random. Time to the first event; whether any event was lost, doubled or out of order.
- *sustained*: briefs arrive at ten times the rate at which the workers plan, for some seconds. How many are accepted,
  whether each refusal says when to come back, and what accepting costs then against an idle server.
- *burst*: ten times what the queue holds, in one instant.

Each checkout that is named is served in turn, this one last; beside each time stands what the machine itself needs for
as many requests that do nothing (`/v1/health/live`), for its two cores are shared by client, server and workers.
"""

import asyncio
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import aiohttp

from agent.settings import Settings

Made = TypeVar("Made")
STREAMS, CAMPAIGNS, QUEUE, CUTS, SUSTAINED_SECONDS = 200, 20, 40, 3, 6.0
HERE = Path(__file__).parents[2]
LIMITS = {
    "MAX_QUEUE": QUEUE, "WORKERS": 2, "READS_PER_MINUTE": 10**7, "WRITES_PER_MINUTE": 10**7, "MAX_STREAMS": 1000,
}  # fmt: skip


@dataclass(frozen=True)
class Answered:
    status: int
    seconds: float
    retry_after: str | None


def main() -> None:
    """Print the table as it stands in docs/benchmarks.md."""
    trees = [*map(Path, sys.argv[1:]), HERE]
    found = []
    for tree in trees:
        with served(tree) as base:
            found.append(asyncio.run(measure(base)))
    load = ", ".join(f"{one:.0f}" for one in os.getloadavg())
    print(f"load of the machine over 1, 5, 15 minutes: {load} on {os.cpu_count()} cores\n")
    print(f"| what |{' | '.join(f' {tree.resolve().name} ' for tree in trees)}|\n|---|{'---|' * len(trees)}")
    for name in found[0]:
        print(f"| {name} | {' | '.join(one[name] for one in found)} |")


@contextmanager
def served(tree: Path) -> Iterator[str]:
    """A server of that checkout on an empty ledger, the shop linked: its address."""
    import socket

    shop = Settings().home
    with tempfile.TemporaryDirectory() as folder, socket.socket() as free:
        for name in ("shop", "index", "cache"):
            (Path(folder) / name).symlink_to(shop / name)
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        settings = {f"BRIEFSMITH_{name}": str(value) for name, value in LIMITS.items()}
        server = subprocess.Popen(
            [sys.executable, "-c", "from agent.cli import main; main()", "serve", "--port", str(port)],
            cwd=tree,
            env={**os.environ, **settings, "BRIEFSMITH_HOME": folder, "PYTHONPATH": str(tree.resolve())},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(30)


async def measure(base: str) -> dict[str, str]:
    # The server closes what is idle for five seconds: a connection that it is closing must not be taken again.
    connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=2)
    timeout = aiohttp.ClientTimeout(total=300)
    async with aiohttp.ClientSession(base, connector=connector, timeout=timeout) as client:
        await up(client)
        await post(client, "hello, are you warm")
        await drained(client)
        return {**await streams(client), **await sustained(client), **await burst(client)}


async def streams(client: aiohttp.ClientSession) -> dict[str, str]:
    nothing = await at_once(STREAMS, lambda _: post(client, None))
    made = await at_once(CAMPAIGNS, lambda n: accepted(client, f"hello {n}"))
    draw = random.Random(1)
    cuts = [sorted(draw.random() * 2 for _ in range(CUTS)) for _ in range(STREAMS)]
    firsts = await at_once(STREAMS, lambda n: follow(client, made[n % CAMPAIGNS], cuts[n]))
    await drained(client)
    floor = [one.seconds for one in nothing]
    return {
        f"{STREAMS} requests that do nothing, at once: p50, p95": told(floor),
        f"{STREAMS} streams at once on {CAMPAIGNS} campaigns, first event: p50, p95": told(firsts),
        "the same p95, over that of requests that do nothing": f"{p95(firsts) / p95(floor):.1f}",
        f"events lost, doubled or out of order, each stream cut off {CUTS} times": "0",
    }


async def sustained(client: aiohttp.ClientSession) -> dict[str, str]:
    idle = []
    for n in range(20):
        idle.append(await post(client, f"hello idle {n}"))
        await drained(client)
    begun = time.perf_counter()
    for n in range(QUEUE // 2):
        await post(client, f"hello filling {n}")
    await drained(client)
    capacity = QUEUE / 2 / (time.perf_counter() - begun)
    draw, asked, until = random.Random(2), list[asyncio.Task[Answered]](), time.perf_counter() + SUSTAINED_SECONDS
    while time.perf_counter() < until:
        asked.append(asyncio.create_task(post(client, f"hello crowd {len(asked)}")))
        await asyncio.sleep(draw.expovariate(10 * capacity))
    answers = await asyncio.gather(*asked)
    over = time.perf_counter()
    again = await taken_again(client)
    good, refused = [one.seconds for one in answers if one.status == 202], [a for a in answers if a.status == 429]
    await drained(client)
    calm = [one.seconds for one in idle]
    return {
        "accepting a brief, idle: p50, p95": told(calm),
        "planned in a second by the workers": f"{capacity:.1f}",
        f"briefs that came in {SUSTAINED_SECONDS:g} s at ten times that: accepted, refused": (
            f"{len(good)}, {len(refused)} of {len(answers)}"
        ),
        "refusals that say when to come back": str(sum(bool(one.retry_after) for one in refused)),
        "accepting among them: p50, p95": told(good),
        "the same p95, over that of an idle server": f"{p95(good) / p95(calm):.1f}",
        "refusing: p50, p95": told([one.seconds for one in refused]),
        "from the last of them until a brief is accepted": f"{again - over:.1f} s",
    }


async def burst(client: aiohttp.ClientSession) -> dict[str, str]:
    answers = await at_once(10 * QUEUE, lambda n: post(client, f"hello burst {n}"))
    over = time.perf_counter()
    again = await taken_again(client)
    good, refused = [one.seconds for one in answers if one.status == 202], [a for a in answers if a.status == 429]
    await drained(client)
    return {
        f"{10 * QUEUE} briefs at once, queue of {QUEUE}: accepted, refused": f"{len(good)}, {len(refused)}",
        "refusals of these that say when to come back": str(sum(bool(one.retry_after) for one in refused)),
        "accepting among these: p50, p95": told(good),
        "from the last of these until a brief is accepted": f"{again - over:.1f} s",
    }


async def at_once(many: int, make: Callable[[int], Awaitable[Made]]) -> list[Made]:
    return list(await asyncio.gather(*(make(n) for n in range(many))))


def told(seconds: list[float]) -> str:
    return f"{1000 * statistics.median(seconds):.0f} ms, {1000 * p95(seconds):.0f} ms"


def p95(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=20)[18]


async def up(client: aiohttp.ClientSession) -> None:
    for _ in range(1200):
        with suppress(aiohttp.ClientError):
            async with client.get("/v1/health/ready") as answer:
                if answer.status == 200:
                    return
        await asyncio.sleep(0.1)
    raise RuntimeError(f"the server is not ready: is there a shop in {Settings().home}?")


async def post(client: aiohttp.ClientSession, brief: str | None) -> Answered:
    """A brief, or, where there is none, a request that does nothing."""
    begun = time.perf_counter()
    asked = client.post("/v1/campaigns", json={"brief": brief}) if brief else client.get("/v1/health/live")
    async with asked as answer:
        await answer.read()
        return Answered(answer.status, time.perf_counter() - begun, answer.headers.get("Retry-After"))


async def accepted(client: aiohttp.ClientSession, brief: str) -> str:
    async with client.post("/v1/campaigns", json={"brief": brief}) as answer:
        answer.raise_for_status()
        return str((await answer.json())["links"]["events"])


async def taken_again(client: aiohttp.ClientSession) -> float:
    """When a brief is accepted again."""
    number = 0
    while (await post(client, f"hello again {time.time_ns()} {number}")).status != 202:
        number += 1
        await asyncio.sleep(0.05)
    return time.perf_counter()


async def drained(client: aiohttp.ClientSession) -> None:
    while True:
        async with client.get("/metrics") as answer:
            lines = (await answer.text()).splitlines()
        jobs = [line for line in lines if line.startswith("briefsmith_jobs{")]
        if sum(float(line.rsplit(" ", 1)[1]) for line in jobs if "queued" in line or "running" in line) == 0:
            return
        await asyncio.sleep(0.02)


async def follow(client: aiohttp.ClientSession, link: str, cuts: list[float]) -> float:
    """Read until the campaign is finished, cut off and resumed after these seconds: seconds to the first event.

    Raises:
        RuntimeError: a number was left out, came twice, or came out of order.
    """
    begun, seen = time.perf_counter(), Seen(link)
    for cut in [*cuts, None]:
        async with client.get(link, headers={"Last-Event-ID": str(seen.last)} if seen.last else {}) as stream:
            left = None if cut is None else max(0.05, begun + cut - time.perf_counter())
            with suppress(TimeoutError):
                async with asyncio.timeout(left):
                    async for line in stream.content:
                        if seen.line(line.decode().rstrip("\r\n")):
                            return seen.first - begun
            stream.close()
    raise RuntimeError(f"{link} ended before the campaign was finished")


@dataclass
class Seen:
    """What a client has of a stream: an event counts once its blank line is there."""

    link: str
    last: int = 0
    first: float = 0.0
    fields: dict[str, str] = field(default_factory=dict)

    def line(self, text: str) -> bool:
        """Take a line; whether it ended the last event of the campaign."""
        name, _, value = text.partition(": ")
        if text:
            self.fields[name] = value
            return False
        event, self.fields = self.fields, {}
        if "id" not in event:
            return False
        self.first = self.first or time.perf_counter()
        if int(event["id"]) != self.last + 1:
            raise RuntimeError(f"{self.link}: event {event['id']} after {self.last}")
        self.last += 1
        return event["event"] == "finished"


if __name__ == "__main__":
    main()
