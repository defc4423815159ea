"""Writers stand in line, across threads and processes, and the dead do not hold up the line."""

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sqlalchemy import text

from agent.ledger.ledger import Ledger
from agent.ledger.turn import Turn

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


def test_a_writer_that_is_killed_lets_go(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDS, str(tmp_path / "turn")]
    holder = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"holding\n"
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
    holder.communicate()


def test_a_lazy_transaction_asks_for_no_sync_and_the_next_does(ledger: Ledger) -> None:
    setting = "PRAGMA synchronous" if ledger.engine.dialect.name == "sqlite" else "SHOW synchronous_commit"
    found = []
    for lazy in (True, False, True):
        with ledger.write(lazy=lazy) as session:
            found.append(str(session.scalar(text(setting))))
    assert found == (["1", "2", "1"] if ledger.engine.dialect.name == "sqlite" else ["off", "on", "off"])
