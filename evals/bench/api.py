"""The API under load: `python -m evals.bench.api` on a home that holds a shop, with briefs whose planning is short.

200 event streams on 20 campaigns, each cut off and resumed at random, while two workers plan: time to the first event,
and whether any event was lost, doubled or out of order. Then ten times what the queue holds at once: how many are
accepted, whether each refusal says when to come back, and what waiting cost the accepted.
"""

import asyncio
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx

from agent.settings import Settings

STREAMS, CAMPAIGNS, QUEUE = 200, 20, 40


def main() -> None:
    """Print the table as it stands in docs/benchmarks.md."""
    shop = Settings().home
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        for name in ("shop", "index", "cache"):
            (home / name).symlink_to(shop / name)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        limits = {"MAX_QUEUE": QUEUE, "WORKERS": 2, "READS_PER_MINUTE": 10**7, "WRITES_PER_MINUTE": 10**7}
        settings = {f"BRIEFSMITH_{name}": str(value) for name, value in limits.items()}
        server = subprocess.Popen(
            [str(Path(sys.executable).with_name("briefsmith")), "serve", "--port", str(port)],
            env={**os.environ, **settings, "BRIEFSMITH_HOME": str(home)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            asyncio.run(measure(f"http://127.0.0.1:{port}"))
        finally:
            server.terminate()
            server.wait(30)


async def measure(base: str) -> None:
    limits = httpx.Limits(max_connections=1000, max_keepalive_connections=100)
    async with httpx.AsyncClient(base_url=base, timeout=120, limits=limits) as client:
        await up(client)
        idle = [await timed(client, f"hello idle {n}") for n in range(20)]
        await drained(client)
        made = await asyncio.gather(*(post(client, f"hello {n}") for n in range(CAMPAIGNS)))
        links = [answer.json()["links"]["events"] for answer in made]
        draw = random.Random(1)
        firsts = await asyncio.gather(
            *(follow(client, links[n % CAMPAIGNS], draw.random() * 0.5) for n in range(STREAMS))
        )
        await drained(client)
        crowd = await asyncio.gather(*(timed(client, f"hello crowd {n}") for n in range(10 * QUEUE)))
        begun = time.perf_counter()
        await drained(client)
        again = await timed(client, "hello after")
        recovery = time.perf_counter() - begun
    taken = [seconds for status, seconds, _ in crowd if status == 202]
    refused = [retry for status, _, retry in crowd if status == 429]
    print("| what | figure |\n|---|---|")
    print(f"| {STREAMS} streams on {CAMPAIGNS} campaigns: first event, p50, p95 | {told(list(firsts))} |")
    print("| events lost, doubled or out of order | 0 |")
    print(f"| accepting a brief, idle: p50, p95 | {told([seconds for _, seconds, _ in idle])} |")
    print(f"| {10 * QUEUE} briefs at once, queue of {QUEUE}: accepted, refused | {len(taken)}, {len(refused)} |")
    print(f"| refusals that say when to come back | {sum(bool(retry) for retry in refused)} |")
    print(f"| accepting among them: p50, p95 | {told(taken)} |")
    print(f"| until the queue is empty and a brief is accepted again | {recovery:.1f} s (status {again[0]}) |")


def told(seconds: list[float]) -> str:
    cuts = statistics.quantiles(seconds, n=20)
    return f"{1000 * statistics.median(seconds):.0f} ms, {1000 * cuts[18]:.0f} ms"


async def up(client: httpx.AsyncClient) -> None:
    for _ in range(600):
        try:
            if (await client.get("/v1/health/ready")).status_code == 200:
                return
        except httpx.HTTPError:
            await asyncio.sleep(0.1)
    raise RuntimeError("the server does not come up")


async def post(client: httpx.AsyncClient, brief: str) -> httpx.Response:
    answer = await client.post("/v1/campaigns", json={"brief": brief})
    answer.raise_for_status()
    return answer


async def timed(client: httpx.AsyncClient, brief: str) -> tuple[int, float, str | None]:
    begun = time.perf_counter()
    answer = await client.post("/v1/campaigns", json={"brief": brief})
    return answer.status_code, time.perf_counter() - begun, answer.headers.get("Retry-After")


async def drained(client: httpx.AsyncClient) -> None:
    while True:
        lines = (await client.get("/metrics")).text.splitlines()
        waiting = [
            line
            for line in lines
            if line.startswith(('briefsmith_jobs{state="queued', 'briefsmith_jobs{state="running'))
        ]
        if sum(float(line.rsplit(" ", 1)[1]) for line in waiting) == 0:
            return
        await asyncio.sleep(0.1)


async def follow(client: httpx.AsyncClient, link: str, patience: float) -> float:
    """Read until the campaign is finished, reconnecting once after `patience` seconds: seconds to the first event.

    Raises:
        RuntimeError: a number was left out, came twice, or came out of order.
    """
    begun, first, last, until = time.perf_counter(), 0.0, 0, time.perf_counter() + patience
    while True:
        async with client.stream("GET", link, headers={"Last-Event-ID": str(last)} if last else {}) as stream:
            async for line in stream.aiter_lines():
                first = first or (time.perf_counter() - begun if line.startswith("event:") else 0.0)
                if line.startswith("id: "):
                    if int(line[4:]) != last + 1:
                        raise RuntimeError(f"{link}: event {line[4:]} after {last}")
                    last += 1
                if line == "event: finished":
                    return first
                if time.perf_counter() > until and line == "":
                    until = float("inf")
                    break


if __name__ == "__main__":
    main()
