"""`kill -9` of the process that brings people over, at any request; whoever runs it again ends with everybody, once."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.tools.launch.connectors.test_listmonk import assert_exactly, connector, data, push, serving

pytestmark = pytest.mark.deep

RUN = """
import sys
from pathlib import Path
from tests.tools.launch.connectors.test_listmonk import data, silent
from tools.launch.connectors.http import Requests
from tools.launch.connectors.journal import Journal
from tools.launch.connectors.listmonk import Listmonk, listmonk_client
from tools.launch.connectors.stub import TOKEN, USER

with listmonk_client(sys.argv[1], USER, TOKEN) as client, Journal(Path(sys.argv[2])) as journal:
    listmonk = Listmonk(Requests(client))
    listmonk.run(listmonk.plan(data()), journal, silent)
"""
AT = [5, *(pytest.param(at, marks=pytest.mark.slow) for at in (1, 2, 3, 8, 20, 21, 22, 40, 57, 60))]


@pytest.mark.parametrize("at", AT)
def test_killed_and_run_again(tmp_path: Path, at: int) -> None:
    with serving() as server:
        command = [sys.executable, "-c", RUN, server.url, str(tmp_path / "listmonk.jsonl")]
        with subprocess.Popen(command, cwd=Path(__file__).parents[4]) as process:
            while server.state.requests < at and process.poll() is None:
                time.sleep(0.0005)
            process.kill()
        assert process.returncode in (-signal.SIGKILL, 0)
        with connector(server) as listmonk:
            outcome = push(listmonk, tmp_path)
            assert outcome.taken == 54
            assert_exactly(server, listmonk.plan(data()))
