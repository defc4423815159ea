"""The API under load: `python -m evals.bench.api [CHECKOUT …]` on a home that holds a shop, with short briefs.

Three loads on a server with two workers, which also have to plan what is accepted:

- *streams*: 200 event streams open in one instant on 20 campaigns that are posted at once; each is cut off and resumed
  three times at random. Time to the first event; whether any event was lost, doubled or out of order.
- *sustained*: briefs arrive at ten times the rate at which the workers plan, for some seconds. How many are accepted,
  whether each refusal says when to come back, and what accepting costs then against an idle server.
- *burst*: ten times what the queue holds, in one instant.

The last two, and the idle server's requests, are sent by a process of its own that costs next to nothing
(`evals.bench.crowd`). Each checkout that is named is served in turn, this one last; beside the times stand what the
server's own histogram says (from a request's arrival to its answer's beginning), what the server spends of the
processor, and what the machine needs for as many requests that do nothing (`/v1/health/live`), for its cores are shared
by client, server and workers.
"""

import asyncio
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import aiohttp
import psutil

from agent.settings import Settings
from evals.bench.crowd import Answered, knock
from evals.bench.inside import Moment
from evals.bench.listener import follow

Made = TypeVar("Made")
STREAMS, CAMPAIGNS, QUEUE, CUTS, SUSTAINED_SECONDS = 200, 20, 40, 3, 6.0
IDLE, APART_SECONDS = 40, 0.25
HERE = Path(__file__).parents[2]
LIMITS = {
    "MAX_QUEUE": QUEUE, "WORKERS": 2, "READS_PER_MINUTE": 10**7, "WRITES_PER_MINUTE": 10**7, "MAX_STREAMS": 1000,
}  # fmt: skip


@dataclass(frozen=True)
class Served:
    client: aiohttp.ClientSession
    process: psutil.Process
    port: int

    async def moment(self) -> Moment:
        return await Moment.now(self.client, self.process)

    async def knock(self, briefs: list[tuple[float, str]]) -> list[Answered]:
        return await knock("127.0.0.1", self.port, [(at, written(brief)) for at, brief in briefs])


def main() -> None:
    """Print the table as it stands in docs/benchmarks.md."""
    trees = [*map(Path, sys.argv[1:]), HERE]
    found = []
    for tree in trees:
        with served(tree) as (pid, port):
            found.append(asyncio.run(measure(pid, port)))
    load = ", ".join(f"{one:.0f}" for one in os.getloadavg())
    print(f"load of the machine over 1, 5, 15 minutes: {load} on {os.cpu_count()} cores\n")
    print(f"| what |{' | '.join(f' {tree.resolve().name} ' for tree in trees)}|\n|---|{'---|' * len(trees)}")
    for name in found[0]:
        print(f"| {name} | {' | '.join(one[name] for one in found)} |")


@contextmanager
def served(tree: Path) -> Iterator[tuple[int, int]]:
    """A server of that checkout on an empty ledger, the shop linked: its process and port."""
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
            yield server.pid, port
        finally:
            server.terminate()
            server.wait(30)


async def measure(pid: int, port: int) -> dict[str, str]:
    # The server closes what is idle for five seconds: a connection that it is closing must not be taken again.
    connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=2)
    timeout = aiohttp.ClientTimeout(total=300)
    base = f"http://127.0.0.1:{port}"
    async with aiohttp.ClientSession(base, connector=connector, timeout=timeout) as client:
        server = Served(client, psutil.Process(pid), port)
        await up(client)
        await post(client, "hello, are you warm")
        await drained(client)
        return {**await streams(server), **await sustained(server), **await burst(server)}


async def streams(server: Served) -> dict[str, str]:
    client = server.client
    nothing = await at_once(STREAMS, lambda _: live(client))
    made = await at_once(CAMPAIGNS, lambda n: accepted(client, f"hello {n}"))
    draw = random.Random(1)
    cuts = [sorted(draw.random() * 2 for _ in range(CUTS)) for _ in range(STREAMS)]
    firsts = await at_once(STREAMS, lambda n: follow(client, made[n % CAMPAIGNS], cuts[n]))
    await drained(client)
    before = await server.moment()
    await at_once(STREAMS, lambda n: follow(client, made[n % CAMPAIGNS], []))
    cpu = (await server.moment()).cpu - before.cpu
    return {
        f"{STREAMS} requests that do nothing, at once: p50, p95": told(nothing),
        f"{STREAMS} streams at once on {CAMPAIGNS} campaigns, first event: p50, p95": told(firsts),
        "the same p95, over that of requests that do nothing": f"{p95(firsts) / p95(nothing):.1f}",
        "the server's processor time for one stream, opened, read and closed": f"{1000 * cpu / STREAMS:.2f} ms",
        f"events lost, doubled or out of order, each stream cut off {CUTS} times": "0",
    }


async def sustained(server: Served) -> dict[str, str]:
    client, start = server.client, await server.moment()
    idle = await server.knock([(APART_SECONDS * n, f"hello idle {n}") for n in range(IDLE)])
    await drained(client)
    calm, begun = await server.moment(), time.perf_counter()
    await at_once(QUEUE // 2, lambda n: accepted(client, f"hello filling {n}"))
    await drained(client)
    capacity = QUEUE / 2 / (time.perf_counter() - begun)
    draw, asked = random.Random(2), [(0.0, "hello crowd 0")]
    while asked[-1][0] < SUSTAINED_SECONDS:
        asked.append((asked[-1][0] + draw.expovariate(10 * capacity), f"hello crowd {len(asked)}"))
    before = await server.moment()
    answers = await server.knock(asked)
    after, over = await server.moment(), time.perf_counter()
    again = await taken_again(client)
    good, refused = parted(answers)
    await drained(client)
    post = ("POST", "/v1/campaigns")
    calm_p95 = p95([one.seconds for one in idle])
    return {
        "accepting a brief, idle: p50, p95": told([one.seconds for one in idle]),
        "as the server counts it": calm.quantiles(start, *post, 202),
        "planned in a second by the workers": f"{capacity:.1f}",
        f"briefs that came in {SUSTAINED_SECONDS:g} s at ten times that: accepted, refused": (
            f"{len(good)}, {len(refused)} of {len(answers)}"
        ),
        "refusals that say when to come back": str(sum(bool(one.retry_after) for one in refused)),
        "accepting among them: p50, p95": told([one.seconds for one in good]),
        "accepting among them as the server counts it": after.quantiles(before, *post, 202),
        "the same p95, over that of an idle server": f"{p95([one.seconds for one in good]) / calm_p95:.1f}",
        "refusing: p50, p95": told([one.seconds for one in refused]),
        "refusing as the server counts it": after.quantiles(before, *post, 429),
        "the server's processor time for one of them": f"{1000 * (after.cpu - before.cpu) / len(answers):.2f} ms",
        "from the last of them until a brief is accepted": f"{again - over:.1f} s",
    }


async def burst(server: Served) -> dict[str, str]:
    answers = await server.knock([(0.0, f"hello burst {n}") for n in range(10 * QUEUE)])
    over = time.perf_counter()
    again = await taken_again(server.client)
    good, refused = parted(answers)
    await drained(server.client)
    return {
        f"{10 * QUEUE} briefs at once, queue of {QUEUE}: accepted, refused": f"{len(good)}, {len(refused)}",
        "refusals of these that say when to come back": str(sum(bool(one.retry_after) for one in refused)),
        "accepting among these: p50, p95": told([one.seconds for one in good]),
        "from the last of these until a brief is accepted": f"{again - over:.1f} s",
    }


def parted(answers: list[Answered]) -> tuple[list[Answered], list[Answered]]:
    """Those that were accepted and those that were refused.

    Raises:
        RuntimeError: there are others.
    """
    good, refused = [one for one in answers if one.status == 202], [one for one in answers if one.status == 429]
    if len(good) + len(refused) < len(answers):
        raise RuntimeError(f"answers that are neither: {sorted({one.status for one in answers} - {202, 429})}")
    return good, refused


def written(brief: str) -> str:
    """The request that posts it, word for word."""
    body = json.dumps({"brief": brief})
    head = "POST /v1/campaigns HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json"
    return f"{head}\r\nContent-Length: {len(body)}\r\n\r\n{body}"


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


async def live(client: aiohttp.ClientSession) -> float:
    """Seconds of a request that does nothing."""
    begun = time.perf_counter()
    async with client.get("/v1/health/live") as answer:
        await answer.read()
    return time.perf_counter() - begun


async def post(client: aiohttp.ClientSession, brief: str) -> int:
    """The status."""
    async with client.post("/v1/campaigns", json={"brief": brief}) as answer:
        await answer.read()
        return answer.status


async def accepted(client: aiohttp.ClientSession, brief: str) -> str:
    async with client.post("/v1/campaigns", json={"brief": brief}) as answer:
        answer.raise_for_status()
        return str((await answer.json())["links"]["events"])


async def taken_again(client: aiohttp.ClientSession) -> float:
    """When a brief is accepted again."""
    number = 0
    while await post(client, f"hello again {time.time_ns()} {number}") != 202:
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


if __name__ == "__main__":
    main()
