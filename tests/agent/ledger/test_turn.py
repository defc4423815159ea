"""Writers stand in line, across threads and processes, and the dead do not hold up the line."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text

from agent.ledger.ledger import Ledger
from agent.ledger.turn import LATER_SECONDS, Turn
from tools.failure import ToolFailure

HOLDS = """
import sys
from pathlib import Path
from agent.ledger.turn import Turn
with Turn(Path(sys.argv[1])).taken():
    print("holding", flush=True)
    sys.stdin.read()
"""


def test_one_at_a_time(tmp_path: Path) -> None:
    inside, most = [0], [0]
    turns = [Turn(tmp_path / "turn") for _ in range(2)]  # as two processes would have

    def write(number: int) -> None:
        with turns[number % 2].taken():
            inside[0] += 1
            most[0] = max(most[0], inside[0])
            threading.Event().wait(0.001)
            inside[0] -= 1

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(40)))
    assert most == [1]


@pytest.fixture
def holder(tmp_path: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """Another process whose turn it is, for as long as it lives."""
    command = [sys.executable, "-c", HOLDS, str(tmp_path / "turn")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"holding\n"
        yield process
        process.kill()


def test_a_writer_that_is_killed_lets_go(tmp_path: Path, holder: "subprocess.Popen[bytes]") -> None:
    taken = threading.Event()

    def take() -> None:
        with Turn(tmp_path / "turn").taken():
            taken.set()

    waiting = threading.Thread(target=take)
    waiting.start()
    assert not taken.wait(0.1)
    holder.kill()
    waiting.join(10)
    assert taken.is_set()


@pytest.mark.parametrize("patient", [True, False])
def test_nobody_waits_for_ever(tmp_path: Path, holder: "subprocess.Popen[bytes]", patient: bool) -> None:
    """A writer that is stopped, not dead: others hear of it, and are served once it has gone."""
    os.kill(holder.pid, signal.SIGSTOP)
    turn, entered = Turn(tmp_path / "turn", seconds=0.1), []
    with pytest.raises(ToolFailure, match=r"for 0\.1 seconds; nothing was done") as busy, turn.taken(patient=patient):
        entered.append("while it was another's")
    assert (busy.value.code, busy.value.detail["retry_after"]) == ("ledger_busy", LATER_SECONDS)
    assert not entered
    holder.kill()
    holder.wait()
    with turn.taken(patient=patient):
        entered.append("in turn")
    assert entered == ["in turn"]


def test_threads_of_one_process_do_not_wait_for_ever_either(tmp_path: Path) -> None:
    turn = Turn(tmp_path / "turn", seconds=0.1)
    with turn.taken(), ThreadPoolExecutor(1) as pool:
        failed = pool.submit(lambda: turn.taken().__enter__()).exception()
    assert isinstance(failed, ToolFailure)
    with turn.taken():
        pass


def test_a_lazy_transaction_asks_for_no_sync_and_the_next_does(ledger: Ledger) -> None:
    setting = "PRAGMA synchronous" if ledger.engine.dialect.name == "sqlite" else "SHOW synchronous_commit"
    found = []
    for lazy in (True, False, True):
        with ledger.write(lazy=lazy) as session:
            found.append(str(session.scalar(text(setting))))
    assert found == (["1", "2", "1"] if ledger.engine.dialect.name == "sqlite" else ["off", "on", "off"])
