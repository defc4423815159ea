"""Random `kill -9` of server and workers under load: nothing accepted is lost, nothing is done twice.

`BRIEFSMITH_CHAOS` says how many kills (100 where it is not set).
"""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from agent.ledger.engine import open_engine
from agent.ledger.tables import CampaignRow, EventRow, JobRow, VersionRow

KILLS = int(os.environ.get("BRIEFSMITH_CHAOS", "100"))
PORT = 18_741
BASE = f"http://127.0.0.1:{PORT}"


class Served:
    """`briefsmith serve` with two workers, started again whenever it is found dead."""

    def __init__(self, home: Path) -> None:
        self._environment = {
            **os.environ,
            "BRIEFSMITH_HOME": str(home),
            "BRIEFSMITH_WORKERS": "2",
            "BRIEFSMITH_WRITES_PER_MINUTE": "1000000",
            "BRIEFSMITH_READS_PER_MINUTE": "1000000",
            "BRIEFSMITH_MAX_QUEUE": "1000000",
        }
        self._log = home / "server.log"
        self._process: subprocess.Popen[bytes] | None = None

    def up(self) -> None:
        for _ in range(600):
            if self._process is None or self._process.poll() is not None:
                command = [str(Path(sys.executable).with_name("briefsmith")), "serve", "--port", str(PORT)]
                with self._log.open("ab") as log:
                    self._process = subprocess.Popen(
                        command, env=self._environment, stdout=subprocess.DEVNULL, stderr=log
                    )
            try:
                if httpx.get(f"{BASE}/v1/health/live", timeout=2).status_code == 200:
                    return
            except httpx.HTTPError:
                time.sleep(0.1)
        raise AssertionError("the server does not come up")

    def victims(self) -> list[int]:
        """The server and its workers, by the kernel's own list of its children."""
        if self._process is None:
            return []
        server = self._process.pid
        children = Path(f"/proc/{server}/task/{server}/children")
        return [server, *map(int, children.read_text(encoding="ascii").split())] if children.exists() else [server]

    def down(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(30)


def accepted(client: httpx.Client, number: int) -> str | None:
    """The campaign's id once it was accepted; null where the answer did not come."""
    try:
        answer = client.post(
            f"{BASE}/v1/campaigns", json={"brief": f"hello {number}"}, headers={"Idempotency-Key": f"k{number}"}
        )
    except httpx.HTTPError:
        return None
    assert answer.status_code == 202, answer.text
    return str(answer.json()["campaign_id"])


def kill_one(server: Served, draw: random.Random) -> None:
    victims = server.victims()
    # The server one time in five: its start is slow, and the workers are where the work is.
    victim = victims[0] if draw.random() < 0.2 or len(victims) == 1 else draw.choice(victims[1:])
    try:
        os.kill(victim, signal.SIGKILL)
    except ProcessLookupError:
        return


@pytest.mark.slow
def test_nothing_accepted_is_lost_or_doubled(planning_home: Path, tmp_path: Path) -> None:
    for name in ("shop", "index", "cache"):
        if (planning_home / name).exists():
            (tmp_path / name).symlink_to(planning_home / name)
    draw, server, wanted, number = random.Random(7), Served(tmp_path), set[str](), 0
    with httpx.Client(timeout=30) as client:
        for _ in range(KILLS):
            server.up()
            for _ in range(draw.randint(1, 4)):
                number += 1
                while (made := accepted(client, number)) is None:
                    server.up()
                wanted.add(made)
            time.sleep(draw.random() * 0.8)
            kill_one(server, draw)
        server.up()
        for campaign_id in wanted:
            settled(client, campaign_id)
    server.down()
    check(tmp_path, wanted)


def settled(client: httpx.Client, campaign_id: str) -> None:
    for _ in range(900):
        if client.get(f"{BASE}/v1/campaigns/{campaign_id}").json()["status"] == "needs_input":
            return
        time.sleep(0.1)
    raise AssertionError(f"{campaign_id} was accepted and is not planned")


def check(home: Path, wanted: set[str]) -> None:
    """Each accepted campaign is there, was planned once, has one job that is done, and events without a gap."""
    from sqlalchemy.orm import Session

    with Session(open_engine(home)) as session:
        assert {row.campaign_id for row in session.query(CampaignRow)} == wanted
        assert {job.state for job in session.query(JobRow)} == {"done"}
        assert session.query(JobRow).count() == session.query(VersionRow).count() == len(wanted)
        for campaign_id in wanted:
            events = session.query(EventRow).filter_by(campaign_id=campaign_id).order_by(EventRow.seq).all()
            assert [event.seq for event in events] == list(range(1, len(events) + 1))
            kinds = [event.kind for event in events]
            assert [kinds.count(kind) for kind in ("accepted", "planned", "finished")] == [1, 1, 1]
