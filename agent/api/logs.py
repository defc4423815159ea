"""One JSON line a request: what was asked for by its template, never a body, a query, an address or a name."""

from __future__ import annotations

import json
import logging
import secrets
import time
import traceback
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from agent.telemetry import span

if TYPE_CHECKING:
    from opentelemetry.trace import Span
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from agent.api.metrics import Metrics

LOGGER = "briefsmith"
REQUEST_ID = "briefsmith.request_id"
"""Where the scope of a request holds its id."""
HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
)
"""Set on each answer that does not set them itself."""


class JsonLines(logging.Formatter):
    """`time`, `level`, `event`, the facts of the record, and the kind and places of an exception (no values)."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            **getattr(record, "facts", {}),
        }
        if record.exc_info and record.exc_info[0] is not None:
            line["exception"] = record.exc_info[0].__name__
            frames = traceback.extract_tb(record.exc_info[2])
            line["stack"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        return json.dumps(line, ensure_ascii=False, default=str)


class Watched:
    """ASGI middleware: an id for each request, a line in the log, a count in the metrics, the common headers."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app, self.metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id, began, answer = secrets.token_hex(8), time.perf_counter(), {"status": 500, "ms": 0.0}

        scope[REQUEST_ID] = request_id

        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer["status"], answer["ms"] = message["status"], 1000 * (time.perf_counter() - began)
                there = {name.lower() for name, _ in message.get("headers", ())}
                common = [(name, value) for name, value in HEADERS if name not in there]
                message["headers"] = [*message.get("headers", ()), *common, (b"x-request-id", request_id.encode())]
            await send(message)

        try:
            with span(_method(scope), {"http.request.method": _method(scope)}) as made:
                await self.app(scope, receive, watched)
                _describe(made, scope, int(answer["status"]))
        finally:
            route = _route(scope)
            facts = {"request_id": request_id, "method": _method(scope), "route": route, **answer}
            self.metrics.answered(_method(scope), route, int(answer["status"]), answer["ms"] / 1000)
            logging.getLogger(LOGGER).info("request", extra={"facts": facts})


def _route(scope: Scope) -> str:
    return str(getattr(scope.get("route"), "path", "none"))


def _describe(made: Span, scope: Scope, status: int) -> None:
    """By the route's template: a path may hold a campaign, a query anything."""
    made.update_name(f"{_method(scope)} {_route(scope)}")
    made.set_attributes({"http.route": _route(scope), "http.response.status_code": status})


def _method(scope: Scope) -> str:
    """A method is a label of the metrics: what a client makes up must not make new ones."""
    known = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
    return scope["method"] if scope["method"] in known else "OTHER"
