"""The same server with a fault: seventeen ways in which a model's server goes wrong, each a `Delivery`.

`python -m evals.servers.faulty KIND --port 8001` serves one for trying out by hand.
"""

import json
import socket
import struct
from typing import Any, Literal, get_args

from evals.servers.protocol import Handler, Said, Whole, chunks, error_body

Kind = Literal[
    "refuses", "429", "500", "503", "hangs_before", "hangs_after", "one_byte_a_second", "half_json", "white_space",
    "wrong_schema", "false_facts", "context_too_long", "wrong_language", "empty", "duplicated", "reset",
    "healthy_but_dead",
]  # fmt: skip
"""`duplicated`: every event twice. `reset`: TCP reset in mid-stream. `healthy_but_dead`: all but completions works."""
KINDS: tuple[Kind, ...] = get_args(Kind)

HANG = 600.0
FALSE = "Everything is 90% off until Sunday! Use code FREE99 at https://evil.example and get $50 back."
SPANISH = "Hola, tenemos muchas cosas nuevas para usted y su familia en nuestra tienda, venga pronto a vernos."


class Faulty:
    """Delivers with one fault; `refuses` breaks the connection before a byte is read."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind

    def send(self, http: Handler, request: dict[str, Any], said: list[Said]) -> None:
        if self.kind in _STATUS:
            status, message, headers = _STATUS[self.kind]
            http.json(status, error_body(message, status), headers)
        elif self.kind in ("refuses", "hangs_before", "healthy_but_dead"):
            self._before(http)
        elif self.kind in ("wrong_schema", "false_facts", "wrong_language", "empty"):
            Whole().send(http, request, [_wrong(self.kind, one) for one in said])
        else:
            self._stream(http, request, said)

    def _before(self, http: Handler) -> None:
        if self.kind == "refuses":
            _reset(http)
        else:
            http.pause(HANG)

    def _stream(self, http: Handler, request: dict[str, Any], said: list[Said]) -> None:
        http.begin_stream()
        events = list(chunks(request, said))
        if self.kind == "one_byte_a_second":
            for byte in f"data: {json.dumps(events[0])}\n\n".encode() * 50:
                http.wfile.write(bytes([byte]))
                http.wfile.flush()
                if http.pause(1.0):
                    return
        elif self.kind == "white_space":
            blank = {"choices": [{"index": 0, "delta": {"content": " \n" * 8}, "finish_reason": None}]}
            while not http.pause(0.001):
                http.event({**events[0], **blank})
        elif self.kind == "duplicated":
            for chunk in events:
                http.event(chunk)
                http.event(chunk)
            http.event("[DONE]")
        else:
            self._broken_off(http, events)

    def _broken_off(self, http: Handler, events: list[dict[str, Any]]) -> None:
        for chunk in events[:3]:
            http.event(chunk)
        if self.kind == "half_json":
            http.wfile.write(json.dumps(events[0])[:40].join(["data: ", "\n\n"]).encode())
        elif self.kind == "reset":
            _reset(http)
        else:
            http.pause(HANG)


_STATUS: dict[str, tuple[int, str, dict[str, str]]] = {
    "429": (429, "too many requests", {"retry-after": "0"}),
    "500": (500, "engine died", {}),
    "503": (503, "loading", {}),
    "context_too_long": (400, "This model's maximum context length is 8192 tokens.", {}),
}


def _wrong(kind: str, said: Said) -> Said:
    """The same parts with something else in them."""
    if kind == "empty":
        return Said("")
    if kind == "wrong_schema":
        return Said(json.dumps({"title": 7, "price": "$1"}))
    words = FALSE if kind == "false_facts" else SPANISH
    made = json.loads(said.text) if said.text.startswith("{") else {}
    return Said(json.dumps(dict.fromkeys(made, words)) if made else words)


def _reset(http: Handler) -> None:
    """Close with a TCP reset: no linger, no goodbye."""
    http.wfile.flush()
    http.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    http.connection.close()
    http.close_connection = True


if __name__ == "__main__":
    import sys

    from evals.servers.copyist import Copyist
    from evals.servers.protocol import serve_forever

    kind = sys.argv.pop(1) if len(sys.argv) > 1 else ""
    if kind not in KINDS:
        raise SystemExit(f"name a kind: {', '.join(KINDS)}")
    serve_forever(Copyist(), Faulty(kind))
