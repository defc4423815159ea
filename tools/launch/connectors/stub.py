"""A server that speaks as much of listmonk's API as the connector needs, keeps its promises, and breaks as told.

`python -m tools.launch.connectors.stub --port 9000` for trying a hand-over by hand; the tests drive the same. It holds
what listmonk holds: addresses are unique (409), lists are not (a repeated request makes a second one), credentials are
checked. Faults are drawn by a seed: refusals before (429 with `Retry-After`, 503), and answers that never come although
the request was carried out (the connection closes, or stalls beyond the client's patience).
"""

from __future__ import annotations

import base64
import json
import random
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

MOST_BYTES = 1 << 20


@dataclass(frozen=True)
class Faults:
    """Shares of requests, 0 to 1."""

    refused: float = 0
    """429 with `Retry-After: 1`, or 503; nothing was done."""
    unanswered: float = 0
    """Done, and the connection closes without an answer."""
    stalled: float = 0
    """Done, and the answer comes after `stall_s`."""
    stall_s: float = 0.5
    seed: int = 0


@dataclass
class State:
    """What the server holds. `unavailable_after`: from that many requests on it refuses everything, null for never."""

    lists: list[dict[str, Any]] = field(default_factory=list)
    subscribers: dict[str, dict[str, Any]] = field(default_factory=dict)
    unavailable_after: int | None = None
    requests: int = 0


Answer = tuple[int, dict[str, Any]]
USER, TOKEN = "briefsmith", "stub-token"


class StubServer(ThreadingHTTPServer):
    """Listens on loopback; `state` is open to tests."""

    daemon_threads = True

    def __init__(self, port: int = 0, faults: Faults | None = None) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.faults = faults or Faults()
        self.state = State()
        self.lock = threading.Lock()
        self.rng = random.Random(self.faults.seed)  # noqa: S311  faults, not secrets

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def draw(self) -> str:
        """What happens to the next request: `refused`, `unanswered`, `stalled` or nothing."""
        self.state.requests += 1
        after = self.state.unavailable_after
        if after is not None and self.state.requests > after:
            return "refused"
        at = self.rng.random()
        for name in ("refused", "unanswered", "stalled"):
            at -= float(getattr(self.faults, name))
            if at < 0:
                return name
        return ""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: StubServer

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_PUT(self) -> None:
        self._serve()

    def do_PATCH(self) -> None:
        self._serve()

    def log_message(self, format: str, *args: object) -> None:
        """Silent: addresses of customers stand in the requests."""

    def _serve(self) -> None:
        body = self._body()
        with self.server.lock:
            fate = self.server.draw()
            if fate == "refused":
                self._answer(429 if self.server.rng.random() < 0.5 else 503, {"message": "too many requests"})
                return
            answer = self._route(body)
        if fate == "unanswered":
            self.close_connection = True
            return
        if fate == "stalled":
            time.sleep(self.server.faults.stall_s)
        self._answer(*answer)

    def _body(self) -> dict[str, Any] | None:
        size = int(self.headers.get("Content-Length", 0))
        raw = self.rfile.read(min(size, MOST_BYTES + 1))
        try:
            body = json.loads(raw) if raw else {}
        except ValueError:
            return None
        return body if isinstance(body, dict) and size <= MOST_BYTES else None

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        raw = json.dumps(body).encode()
        try:
            self.send_response(status)
            if status == 429:
                self.send_header("Retry-After", "1")
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)
        except ConnectionError:  # the client lost patience
            self.close_connection = True

    def _route(self, body: dict[str, Any] | None) -> Answer:
        wanted = base64.b64encode(f"{USER}:{TOKEN}".encode()).decode()
        if self.headers.get("Authorization") != f"Basic {wanted}":
            return 403, {"message": "invalid API credentials"}
        if body is None:
            return 400, {"message": "invalid JSON, or too much of it"}
        split = urlsplit(self.path)
        query = {key: values[0] for key, values in parse_qs(split.query).items()}
        for method, pattern, handler in ROUTES:
            match = re.fullmatch(pattern, split.path)
            if method == self.command and match:
                return handler(self.server.state, query, body, *match.groups())
        return 404, {"message": "not found"}


def _lists(state: State, query: dict[str, str], _body: dict[str, Any]) -> Answer:
    found = [one for one in state.lists if "tag" not in query or query["tag"] in one["tags"]]
    return 200, {"data": {"results": found, "total": len(found)}}


def _add_list(state: State, _query: dict[str, str], body: dict[str, Any]) -> Answer:
    made = {"id": len(state.lists) + 1, "name": body["name"], "type": body["type"], "tags": body.get("tags", [])}
    state.lists.append(made)
    return 200, {"data": made}


def _subscribers(state: State, query: dict[str, str], _body: dict[str, Any]) -> Answer:
    found = list(state.subscribers.values())
    if "list_id" in query:
        found = [one for one in found if any(entry["id"] == int(query["list_id"]) for entry in one["lists"])]
    if "query" in query:
        match = re.fullmatch(r"subscribers\.email = '((?:[^']|'')*)'", query["query"])
        if match is None:
            return 400, {"message": "error preparing the query"}
        address = match.group(1).replace("''", "'")
        found = [one for one in found if one["email"] == address]
    size = int(query.get("per_page", 20))
    at = (int(query.get("page", 1)) - 1) * size
    return 200, {"data": {"results": found[at : at + size], "total": len(found)}}


def _add_subscriber(state: State, _query: dict[str, str], body: dict[str, Any]) -> Answer:
    address = str(body["email"]).lower()
    if address in state.subscribers:
        return 409, {"message": "E-mail already exists."}
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", address) or len(address) > 1000 or not body.get("name"):
        return 400, {"message": "Invalid email."}
    status = "confirmed" if body.get("preconfirm_subscriptions") else "unconfirmed"
    made = {
        "id": len(state.subscribers) + 1,
        "email": address,
        "name": body["name"],
        "status": body["status"],
        "attribs": body.get("attribs", {}),
        "lists": [{"id": one, "subscription_status": status} for one in body.get("lists", [])],
    }
    state.subscribers[address] = made
    return 200, {"data": made}


def _patch_subscriber(state: State, _query: dict[str, str], body: dict[str, Any], subscriber_id: str) -> Answer:
    for one in state.subscribers.values():
        if one["id"] == int(subscriber_id):
            one["attribs"] = {**one["attribs"], **body.get("attribs", {})}
            return 200, {"data": one}
    return 400, {"message": "Subscriber not found."}


def _change_lists(state: State, _query: dict[str, str], body: dict[str, Any]) -> Answer:
    for one in state.subscribers.values():
        if one["id"] in body["ids"] and body["action"] == "add":
            for target in body["target_list_ids"]:
                one["lists"] = [entry for entry in one["lists"] if entry["id"] != target]
                one["lists"].append({"id": target, "subscription_status": body["status"]})
    return 200, {"data": True}


ROUTES: tuple[tuple[str, str, Callable[..., Answer]], ...] = (
    ("GET", "/api/lists", _lists),
    ("POST", "/api/lists", _add_list),
    ("GET", "/api/subscribers", _subscribers),
    ("POST", "/api/subscribers", _add_subscriber),
    ("PATCH", r"/api/subscribers/(\d+)", _patch_subscriber),
    ("PUT", "/api/subscribers/lists", _change_lists),
)


def main() -> None:
    import argparse
    import sys

    parser = argparse.ArgumentParser(description="A stand-in for listmonk's API, on loopback.")
    parser.add_argument("--port", type=int, default=9000)
    for name in ("refused", "unanswered"):
        parser.add_argument(f"--{name}", type=float, default=0.0)
    asked = parser.parse_args()
    with StubServer(asked.port, Faults(refused=asked.refused, unanswered=asked.unanswered)) as server:
        sys.stderr.write(f"{server.url}, user {USER}, token {TOKEN}\n")
        server.serve_forever()


if __name__ == "__main__":
    main()
