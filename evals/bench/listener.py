"""A listener to a campaign's events who is cut off and comes back, and counts what they heard."""

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass, field

import aiohttp


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
