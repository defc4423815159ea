"""Who is slow, or never comes to an end, holds up nobody else: real sockets, a real server."""

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest
import uvicorn

from agent.api.batch import LONGEST
from agent.ledger.turn import Turn
from tests.agent.api.conftest import House
from tests.agent.ledger.test_turn import HOLDS

HEAD = "POST /v1/campaigns HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n"


@contextmanager
def served(api: House) -> Iterator[int]:
    """The application on a port of its own, in a thread."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(api.client.app, log_config=None, lifespan="on"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(20)


def inside(api: House) -> int:
    return int(api.client.app.state.api.room.inside)  # type: ignore[attr-defined]


def test_bodies_that_never_come_crowd_out_nobody(make_house: Callable[..., House]) -> None:
    """As many as one transaction takes, and more: each sends half a body and waits."""
    api = make_house(body_seconds=1.5, max_queue=1000)
    with served(api) as port, ExitStack() as open_:
        slow = [open_.enter_context(socket.create_connection(("127.0.0.1", port), 20)) for _ in range(LONGEST + 16)]
        for one in slow:
            one.sendall(HEAD.encode() + b'{"brief": ')
        post = f"http://127.0.0.1:{port}/v1/campaigns"
        answers = [httpx.post(post, json={"brief": f"hello {n}"}) for n in range(5)]
        assert [answer.status_code for answer in answers] == [202] * 5, answers[0].text
        assert inside(api) == 0, "what is not there holds no place"
        slow[0].sendall(b'"hello 9"}')
        assert slow[0].recv(200).startswith(b"HTTP/1.1 202 "), "slow is not too slow"
        for one in slow[1:]:
            head, _, body = one.recv(4000).partition(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 408 ")
            assert json.loads(body)["detail"] == "the body did not arrive within 1.5 seconds"
    assert inside(api) == 0


def test_a_writer_that_does_not_end_is_a_503_and_then_none(api: House, tmp_path: Path) -> None:
    """Another process holds the ledger's turn: who asks hears so, nothing is half done, and reading goes on."""
    ledger = api.deps.ledger
    file = Path(f"{ledger.engine.url.database}-turn")
    ledger.__dict__["_turn"] = Turn(file, seconds=0.2)
    command = [sys.executable, "-c", HOLDS, str(file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"holding\n"
        busy = api.client.post("/v1/campaigns", json={"brief": "hello"})
        assert (busy.status_code, busy.headers["retry-after"]) == (503, "5")
        assert busy.json()["type"].endswith("/ledger-busy")
        assert api.client.get("/v1/campaigns").json()["campaigns"] == []
        holder.kill()
    assert api.client.post("/v1/campaigns", json={"brief": "hello"}).status_code == 202
    assert len(api.client.get("/v1/campaigns").json()["campaigns"]) == 1


def test_bodies_that_are_not_whole_are_bounded_together(api: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.api.strict.MOST_HELD", 100_000)
    with served(api) as port, ExitStack() as open_:
        head = HEAD.replace("Length: 20", "Length: 60000").encode()
        first, second = (open_.enter_context(socket.create_connection(("127.0.0.1", port), 20)) for _ in range(2))
        first.sendall(head + b" " * 59_999)
        time.sleep(0.2)
        second.sendall(head + b" " * 59_999)
        assert second.recv(200).startswith(b"HTTP/1.1 429 ")
        first.sendall(b" ")
        assert first.recv(200).startswith(b"HTTP/1.1 400 "), "who came first is read to the end"
        assert httpx.post(f"http://127.0.0.1:{port}/v1/campaigns", json={"brief": "x"}).status_code == 202
