"""The gate: while the queue is full a brief is refused by its headers alone, so refusing takes no time from others.

Routing, reading and checking a brief, and asking the ledger, cost ten times what such a refusal does. How many wait is
known from a look at the ledger every few milliseconds while briefs come. It is a guess: the ledger has the last word,
in the transaction that accepts. So the gate only ever refuses, and only

- who was lately found to be somebody that may post: anybody else hears what they always hear;
- new briefs, mostly: some of each second's are looked at in full, and get the answer that they were given before.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import HTTPConnection

from agent.api.auth import BEARER, FORWARDED, RANK, identified
from agent.api.batch import at_once
from agent.api.problems import failure_response
from tools.failure import ToolFailure

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from agent.api.room import Room
    from agent.api.state import Api

KNOWN_SECONDS = 10.0
MOST_KNOWN = 1024
TOLD = (b"authorization", b"host", b"origin", *(name.encode() for name in FORWARDED))
"""The headers that say who calls."""
QUEUE_SECONDS = 5


def full(most: int) -> ToolFailure:
    message = f"{most} campaigns are waiting to be planned; try again later"
    return ToolFailure("queue_full", message, retry_after=QUEUE_SECONDS)


@dataclass
class Entry:
    """One brief on its way in. It takes a place once it is there whole: a body that never comes holds none."""

    room: Room
    messages: Receive
    inside: bool = False

    async def receive(self) -> Message:
        message = await self.messages()
        whole = message["type"] == "http.request" and not message.get("more_body", False)
        if whole and not self.inside:
            self.inside = True
            self.room.inside += 1
        return message

    def leave(self) -> None:
        if self.inside:
            self.room.inside -= 1


class Gate:
    """ASGI middleware before everything that reads a brief."""

    path = "/v1/campaigns"
    """What it stands before; it is the route of what it refuses."""

    def __init__(self, app: ASGIApp, api: Api) -> None:
        self.app, self.api, self.room = app, api, api.room
        self._known: dict[tuple[object, ...], float] = {}
        self._full, self._crowded = failure_response(full(self.room.most)), failure_response(at_once())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        posted = scope["type"] == "http" and scope["path"] == self.path and scope["method"] == "POST"
        if not posted or not await self._may_post(scope):
            await self.app(scope, receive, send)
            return
        if not self.room.takes():
            await self._refuse(scope, send)
            return
        entry = Entry(self.room, receive)
        try:
            await self.app(scope, entry.receive, send)
        finally:
            entry.leave()

    async def _refuse(self, scope: Scope, send: Send) -> None:
        answer = self._crowded if self.room.crowded else self._full
        scope["route"] = self
        await send({"type": "http.response.start", "status": answer.status_code, "headers": answer.raw_headers})
        await send({"type": "http.response.body", "body": answer.body})

    async def _may_post(self, scope: Scope) -> bool:
        """By the headers that say who calls. It is kept for some seconds: it opens nothing, it only may refuse."""
        address = scope["client"][0] if scope["client"] else ""
        told = (address, *(header for header in scope["headers"] if header[0] in TOLD))
        now = time.monotonic()
        if self._known.get(told, 0.0) > now:
            return True
        self._known.pop(told, None)
        connection = HTTPConnection(scope)
        given = await BEARER(connection)
        try:
            self.api.limits.check("refused", address)
            caller = await identified(connection, self.api, given.credentials if given else None)
        except (ToolFailure, SQLAlchemyError):
            return False
        if RANK[caller.role] < RANK["planner"]:
            return False
        while len(self._known) >= MOST_KNOWN:
            del self._known[next(iter(self._known))]
        self._known[told] = now + KNOWN_SECONDS
        return True
