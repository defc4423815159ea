"""Bodies, before anything else reads them: small, in time, JSON by RFC 8259 and nothing looser.

Refused: NaN and infinities, numbers that overflow to them, integers of more than 18 digits, duplicate keys, lone
surrogates, NUL, a byte order mark, anything not UTF-8, deep nesting, any Content-Encoding (so no bomb is unpacked).
"""

from __future__ import annotations

import asyncio
import json
import math
import re
import time
from typing import TYPE_CHECKING, Any

from agent.api.problems import failure_response
from tools.failure import ToolFailure

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

DIGITS = 18
DEPTH = 32
MOST_HELD = 67_108_864
"""Bytes of all bodies together that are not whole yet: they are kept in memory until they are."""
FILE_SECONDS = 120.0
"""In which a file must be there."""
FILE_KINDS = {"text/csv": "csv", "application/vnd.apache.parquet": "parquet"}
"""Content-Type of a file that may be sent as it is → what its name ends with."""
FILE_PATH = re.compile(r"/v1/campaigns/[^/]+/readout")
"""Where files are taken; they go on as they come, and whoever takes them writes them to the disk."""


class StrictBody:
    """ASGI middleware: reads the body once, checks it, hands it on; a file is counted while it is handed on."""

    def __init__(self, app: ASGIApp, most_bytes: int, seconds: float, most_file_bytes: int = 0) -> None:
        self.app, self.most, self.seconds, self.most_file = app, most_bytes, seconds, most_file_bytes
        self._held = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD", "OPTIONS"):
            await self.app(scope, receive, send)
            return
        if _is_file(scope):
            await self.app(scope, _counted(receive, self.most_file), send)
            return
        try:
            async with asyncio.timeout(self.seconds):
                body = await self._read(scope, receive)
            _checked(scope, body)
        except TimeoutError:
            failure = ToolFailure("body_slow", f"the body did not arrive within {self.seconds:g} seconds")
            await failure_response(failure)(scope, receive, send)
            return
        except ToolFailure as failure:
            await failure_response(failure)(scope, receive, send)
            return
        given = False

        async def replay() -> Message:
            nonlocal given
            if given:
                return await receive()
            given = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self.app(scope, replay, send)

    async def _read(self, scope: Scope, receive: Receive) -> bytes:
        said = _header(scope, b"content-length")
        if said.isdigit() and len(said) < 20 and int(said) > self.most:
            raise _large(self.most)
        body = bytearray()
        try:
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise ToolFailure("body_slow", "the connection was closed before the body was there")
                piece = message.get("body", b"")
                body += piece
                self._held += len(piece)
                if len(body) > self.most:
                    raise _large(self.most)
                if not message.get("more_body", False):
                    return bytes(body)
                if self._held > MOST_HELD:
                    raise ToolFailure("too_many", "too many bodies come at once; try again in 1 second", retry_after=1)
        finally:
            self._held -= len(body)


def _large(most: int) -> ToolFailure:
    return ToolFailure("body_large", f"a body has at most {most:,} bytes")


def _kind(scope: Scope) -> str:
    return _header(scope, b"content-type").partition(";")[0].strip().lower()


def _is_file(scope: Scope) -> bool:
    plain = _header(scope, b"content-encoding").strip().lower() in ("", "identity")
    return plain and _kind(scope) in FILE_KINDS and FILE_PATH.fullmatch(scope["path"]) is not None


def _counted(receive: Receive, most: int) -> Receive:
    """The same messages, until they are too many bytes or too late: then a `ToolFailure` to whoever reads them."""
    begun, taken = time.monotonic(), 0

    async def counting() -> Message:
        nonlocal taken
        try:
            async with asyncio.timeout(begun + FILE_SECONDS - time.monotonic()):
                message = await receive()
        except TimeoutError as error:
            raise ToolFailure("body_slow", f"the file did not arrive within {FILE_SECONDS:g} seconds") from error
        taken += len(message.get("body", b""))
        if taken > most:
            raise _large(most)
        return message

    return counting


def _header(scope: Scope, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


def _checked(scope: Scope, body: bytes) -> None:
    encoding = _header(scope, b"content-encoding").strip().lower()
    if encoding not in ("", "identity"):
        raise ToolFailure("body_kind", "send the body as it is, without a Content-Encoding")
    if not body:
        return
    kind, _, parameters = _header(scope, b"content-type").partition(";")
    charset = parameters.lower().replace(" ", "").replace('"', "")
    if kind.strip().lower() != "application/json" or charset not in ("", "charset=utf-8"):
        files = f", or a file as {' or '.join(FILE_KINDS)}" if FILE_PATH.fullmatch(scope["path"]) else ""
        raise ToolFailure("body_kind", f"send JSON, with Content-Type: application/json{files}")
    parse(body)


def parse(body: bytes) -> Any:
    """The value of a JSON text.

    Raises:
        ToolFailure: `bad_json` with what is wrong with it.
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _bad(f"byte {error.start} is not UTF-8") from error
    if text.startswith("\ufeff"):
        raise _bad("it starts with a byte order mark")
    try:
        value = json.loads(
            text, object_pairs_hook=_object, parse_constant=_constant, parse_int=_integer, parse_float=_number
        )
        _walk(value, 0)
    except json.JSONDecodeError as error:
        raise _bad(f"{error.msg} at character {error.pos}") from error
    except RecursionError as error:
        raise _bad("it is nested too deeply") from error
    return value


def _bad(what: str) -> ToolFailure:
    return ToolFailure("bad_json", f"the body is not JSON that is taken here: {what}")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise _bad("a key stands twice in one object")
    return made


def _constant(name: str) -> Any:
    raise _bad(f"{name} is no JSON number")


def _integer(digits: str) -> int:
    if len(digits.lstrip("-")) > DIGITS:
        raise _bad(f"an integer has more than {DIGITS} digits")
    return int(digits)


def _number(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise _bad("a number is too large")
    return value


def _walk(value: Any, depth: int) -> None:
    """Every text must be text: no half of a surrogate pair, no NUL; and no deeper than `DEPTH`."""
    if depth > DEPTH:
        raise _bad("it is nested too deeply")
    if isinstance(value, str):
        if "\x00" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
            raise _bad("a text holds NUL or half of a surrogate pair")
    elif isinstance(value, dict):
        for key, item in value.items():
            _walk(key, depth + 1)
            _walk(item, depth + 1)
    elif isinstance(value, list):
        for item in value:
            _walk(item, depth + 1)
