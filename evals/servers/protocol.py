"""vLLM's OpenAI protocol over real HTTP on loopback: models, health, tokenize, chat completions, streamed or whole.

What the answers say is a `Mind`'s business, how they are sent a `Delivery`'s; both ship with the project, so that
anybody can drive Briefsmith against them: `python -m evals.servers.obedient --port 8001`.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol

CONTEXT = 8192
CHUNK = 48
"""Characters of one stream event."""


@dataclass(frozen=True)
class Said:
    """One choice: text, or tool calls (name → arguments as JSON text)."""

    text: str = ""
    calls: tuple[tuple[str, str], ...] = ()


class Mind(Protocol):
    def answer(self, request: dict[str, Any]) -> list[Said]:
        """One `Said` a choice of the request."""
        ...


class Delivery(Protocol):
    def send(self, http: "Handler", request: dict[str, Any], said: list[Said]) -> None:
        """Send status, headers and body."""
        ...


@dataclass
class Server:
    """A running server. `requests` is what it was asked, as JSON, in order."""

    mind: Mind
    delivery: Delivery
    model: str = "test-model"
    port: int = 0
    requests: list[dict[str, Any]] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"


class Handler(BaseHTTPRequestHandler):
    """HTTP/1.1 with the connection closed after each answer."""

    protocol_version = "HTTP/1.1"
    fake: Server

    def do_GET(self) -> None:
        if self.path == "/health":
            self.json(200, {})
        elif self.path == "/v1/models":
            card = {
                "id": self.fake.model,
                "object": "model",
                "owned_by": "vllm",
                "max_model_len": CONTEXT,
                "created": 0,
            }
            self.json(200, {"object": "list", "data": [card]})
        else:
            self.json(404, error_body("no such path", 404))

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if self.path == "/tokenize":
            self.json(200, {"count": usage(body, [])["prompt_tokens"], "max_model_len": CONTEXT})
            return
        self.fake.requests.append(body)
        if self.path == "/v1/chat/completions":
            self.fake.delivery.send(self, body, self.fake.mind.answer(body))
        else:
            self.json(404, error_body("no such path", 404))

    def json(self, status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"content-type": "application/json", "connection": "close", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
        self.close_connection = True

    def begin_stream(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream; charset=utf-8")
        self.send_header("connection", "close")
        self.end_headers()
        self.close_connection = True

    def event(self, data: dict[str, Any] | str) -> None:
        text = data if isinstance(data, str) else json.dumps(data)
        self.wfile.write(f"data: {text}\n\n".encode())
        self.wfile.flush()

    def pause(self, seconds: float) -> bool:
        """Wait; true where the server is being closed meanwhile."""
        return self.fake.closing.wait(seconds)

    def handle(self) -> None:
        """A client that has gone away is nothing to report."""
        try:
            super().handle()
        except (ConnectionError, ValueError):
            self.close_connection = True

    def finish(self) -> None:
        try:
            super().finish()
        except (ConnectionError, ValueError):
            self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is printed: a test server's log is its `requests`."""


class Whole:
    """The healthy delivery: a stream as vLLM sends it, or one body."""

    def send(self, http: Handler, request: dict[str, Any], said: list[Said]) -> None:
        if not request.get("stream"):
            http.json(200, whole_body(request, said))
            return
        http.begin_stream()
        for chunk in chunks(request, said):
            http.event(chunk)
        http.event("[DONE]")


def error_body(message: str, code: int) -> dict[str, Any]:
    return {"error": {"message": message, "type": "BadRequestError", "param": None, "code": code}}


def usage(request: dict[str, Any], said: list[Said]) -> dict[str, int]:
    """Four characters a token, about what an English vocabulary does."""
    prompt = len(json.dumps(request["messages"])) // 4 + 1
    completion = sum(len(one.text) + sum(len(arguments) for _, arguments in one.calls) for one in said) // 4 + 1
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}


def chunks(request: dict[str, Any], said: list[Said]) -> Iterator[dict[str, Any]]:
    """The events of a stream: roles, pieces of each choice in turn, finish reasons, usage."""
    head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 0, "model": request["model"]}

    def event(index: int, delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
        return {**head, "choices": [{"index": index, "delta": delta, "finish_reason": finish}]}

    for index, one in enumerate(said):
        yield event(index, {"role": "assistant", "content": ""})
        for at in range(0, len(one.text), CHUNK):
            yield event(index, {"content": one.text[at : at + CHUNK]})
        for at, (name, arguments) in enumerate(one.calls):
            function = {"name": name, "arguments": arguments}
            yield event(
                index, {"tool_calls": [{"index": at, "id": f"call-{at}", "type": "function", "function": function}]}
            )
        yield event(index, {}, "tool_calls" if one.calls else "stop")
    if (request.get("stream_options") or {}).get("include_usage"):
        yield {**head, "choices": [], "usage": usage(request, said)}


def whole_body(request: dict[str, Any], said: list[Said]) -> dict[str, Any]:
    choices = [
        {
            "index": index,
            "message": {
                "role": "assistant",
                "content": one.text or None,
                "tool_calls": [
                    {"id": f"call-{at}", "type": "function", "function": {"name": name, "arguments": arguments}}
                    for at, (name, arguments) in enumerate(one.calls)
                ],
            },
            "finish_reason": "tool_calls" if one.calls else "stop",
        }
        for index, one in enumerate(said)
    ]
    head = {"id": "chatcmpl-1", "object": "chat.completion", "created": 0, "model": request["model"]}
    return {**head, "choices": choices, "usage": usage(request, said)}


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that break off are what these servers are for; anything else is raised where it is seen."""
        import sys

        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def serving(mind: Mind, delivery: Delivery | None = None, port: int = 0) -> Iterator[Server]:
    """A server on loopback for as long as the block runs; `port` 0 takes a free one."""
    fake = Server(mind, delivery or Whole())
    http = _Http(("127.0.0.1", port), type("BoundHandler", (Handler,), {"fake": fake}))
    fake.port = http.server_address[1]
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        fake.closing.set()
        http.shutdown()
        http.server_close()
        thread.join()


def serve_forever(mind: Mind, delivery: Delivery | None = None) -> None:
    """For the command line of a test server: until it is interrupted."""
    import argparse

    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=8001)
    with serving(mind, delivery, parser.parse_args().port) as fake:
        print(f"BRIEFSMITH_LLM_BASE_URL={fake.url} BRIEFSMITH_LLM_MODEL={fake.model}", flush=True)  # noqa: T201
        try:
            fake.closing.wait()
        except KeyboardInterrupt:
            return
