"""Random `kill -9` of server, workers and exporters under load: nothing accepted is lost, nothing is done twice.

Each kill is timed by what the ledger says, not by the clock: a worker dies while it holds a job, the server while its
workers hold some and an approval or an export is asked of it, an exporter after it has begun. `BRIEFSMITH_CHAOS` says
how many kills (100 where it is not set), `BRIEFSMITH_CHAOS_SEED` repeats a run's draws.
"""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pandas as pd
import pytest

from agent.approval import misfits
from agent.ledger.engine import open_engine
from agent.ledger.tables import ApprovalRow, CampaignRow, EventRow, JobRow, OutboxRow, VersionRow
from agent.shelf import read
from tests.agent.chaos import BASE, BRIEFSMITH, Books, Served, kill, until
from tests.agent.launching import BRIEF

KILLS = int(os.environ.get("BRIEFSMITH_CHAOS", "100"))
SEED = int(os.environ.get("BRIEFSMITH_CHAOS_SEED") or random.SystemRandom().getrandbits(32))
VICTIMS = ("worker",) * 5 + ("server",) * 2 + ("exporter",) * 3
FORMATS = ("csv", "json", "klaviyo+codes", "listmonk", "coupons", "braze+codes")
CODED = BRIEF.replace("at most 15% off", "15% off").replace("email and SMS", "email only")
"""Its messages name a code, and have room for one of each customer's own."""
WHOLE = 12
"""One brief in so many is planned in full; the others end with a question."""
MOST_WHOLE = 12
SLOWEST_MS = (60, 60, 2000)
"""A kill comes within one of these after what it waited for: amid what is short, or further into a whole plan."""
MOST_DEATHS = 5
"""A job that takes its worker down ten times is failed, as it should be: here none is made to."""


@dataclass
class Chaos:
    """One run: what was posted, what was approved, what was asked to be exported, who was killed."""

    home: Path
    client: httpx.Client
    draw: random.Random = field(default_factory=lambda: random.Random(SEED))
    number: int = 0
    wanted: set[str] = field(default_factory=set)
    whole: set[str] = field(default_factory=set)
    approved: list[str] = field(default_factory=list)
    exported: set[tuple[str, str]] = field(default_factory=set)
    killed: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.server, self.books = Served(self.home), Books(self.home)

    def post(self) -> None:
        """A brief, until it is accepted: its answer may be lost on the way, its key makes it once."""
        self.number += 1
        whole = self.number % WHOLE == 1 and len(self.whole) < MOST_WHOLE
        brief = CODED.replace("$500", f"${500 + self.number}") if whole else f"hello {self.number}"
        head = {"Idempotency-Key": f"k{self.number}"}
        while True:
            self.server.up()
            try:
                answer = self.client.post(f"{BASE}/v1/campaigns", json={"brief": brief}, headers=head)
            except httpx.HTTPError:
                continue
            assert answer.status_code == 202, answer.text
            self.wanted.add(answer.json()["campaign_id"])
            if whole:
                self.whole.add(answer.json()["campaign_id"])
            return

    def approve_what_is_planned(self) -> None:
        for campaign_id in sorted(self.whole - set(self.approved)):
            shown = self.client.get(f"{BASE}/v1/campaigns/{campaign_id}")
            if shown.json()["status"] not in ("draft", "approved", "exported"):
                continue
            body = {"plan_sha": shown.headers["Plan-Sha"], "approver": "Ann"}
            head = {"Idempotency-Key": f"approve-{campaign_id}"}
            answer = self.client.post(f"{BASE}/v1/campaigns/{campaign_id}/approve", json=body, headers=head)
            assert answer.status_code == 200, answer.text
            self.approved.append(campaign_id)

    def wait_a_little(self) -> None:
        time.sleep(self.draw.uniform(0, self.draw.choice(SLOWEST_MS) / 1000))

    def kill_worker(self) -> None:
        """One that holds a job: briefs are posted until there is one."""
        while True:
            self.post()
            until(lambda: self.held() or not self.books.unfinished(), 120, "a worker takes a job")
            self.wait_a_little()
            held = self.held()
            if held and kill(self.draw.choice(held)):
                self.killed["worker with a job"] += 1
                return

    def held(self) -> list[int]:
        running = self.books.running()
        return [pid for name, pid in self.server.workers() if 1 <= running.get(name, 0) <= MOST_DEATHS]

    def kill_server(self) -> None:
        """While it is asked for something that must happen once."""
        self.post()
        if self.approved:
            asking = threading.Thread(target=self.ask_for_an_export, args=self.pair())
            asking.start()
            self.wait_a_little()
            kill(self.server.pid)
            asking.join()
        else:
            self.wait_a_little()
            kill(self.server.pid)
        self.killed["server"] += 1

    def ask_for_an_export(self, campaign_id: str, made: str) -> None:
        try:
            httpx.post(f"{BASE}/v1/campaigns/{campaign_id}/export", json={"format": made}, timeout=60)
        except httpx.HTTPError:
            return

    def pair(self) -> tuple[str, str]:
        one = self.draw.choice(self.approved), self.draw.choice(FORMATS)
        self.exported.add(one)
        return one

    def exporting(self, campaign_id: str, made: str) -> "subprocess.Popen[bytes]":
        out = self.home / "out" / f"{campaign_id}-{made}"
        command = [BRIEFSMITH, "export", campaign_id, "--to", made, "--out", str(out)]
        return subprocess.Popen(command, env=self.server.environment, stdout=subprocess.DEVNULL)

    def kill_exporter(self) -> None:
        """Once it has begun; one that was quicker has exported, which is as good a test of doing it once."""
        if not self.approved:
            self.kill_worker()
            return
        campaign_id, made = self.pair()
        process = self.exporting(campaign_id, made)
        until(lambda: process.poll() is not None or self.books.begun(campaign_id, made), 300, "an export begins")
        self.wait_a_little()
        kind = "exporter" if process.poll() is None and kill(process.pid) else "exporter that was done"
        assert process.wait() in (0, -signal.SIGKILL), (campaign_id, made)
        self.killed[kind] += 1

    def one(self) -> None:
        self.server.up()
        for _ in range(self.draw.randint(0, 2)):
            self.post()
        self.server.up()
        try:
            self.approve_what_is_planned()
        except httpx.HTTPError:
            self.server.up()
        {"worker": self.kill_worker, "server": self.kill_server, "exporter": self.kill_exporter}[
            self.draw.choice(VICTIMS)
        ]()

    def settle(self) -> None:
        """Let everything come to its end."""
        self.server.up()
        until(lambda: not self.books.unfinished(), 1800, "what was accepted is planned")
        self.approve_what_is_planned()
        for campaign_id, made in sorted(self.exported):
            assert self.exporting(campaign_id, made).wait() == 0, (campaign_id, made)


@pytest.fixture
def chaos(planning_home: Path, tmp_path: Path) -> Iterator[Chaos]:
    for name in ("shop", "index", "cache"):
        if (planning_home / name).exists():
            (tmp_path / name).symlink_to(planning_home / name)
    with httpx.Client(timeout=120) as client:
        made = Chaos(tmp_path, client)
        yield made
        made.server.down()


@pytest.mark.slow
def test_nothing_accepted_is_lost_or_doubled(chaos: Chaos) -> None:
    sys.stdout.write(f"BRIEFSMITH_CHAOS_SEED={SEED}\n")
    while chaos.killed.total() < KILLS:
        chaos.one()
    chaos.settle()
    found = f"{dict(chaos.killed)}: {len(chaos.wanted)} accepted, {len(chaos.approved)} approved, "
    sys.stdout.write(f"{found}{len(chaos.exported)} exports; BRIEFSMITH_CHAOS_SEED={SEED}\n")
    assert chaos.killed["worker with a job"] >= KILLS / 4
    check_plans(chaos)
    check_launches(chaos)


def check_plans(chaos: Chaos) -> None:
    """Each accepted campaign is there, was planned once, has one job that is done, and events without a gap."""
    from sqlalchemy.orm import Session

    with Session(open_engine(chaos.home)) as session:
        assert {row.campaign_id for row in session.query(CampaignRow)} == chaos.wanted
        assert {job.state for job in session.query(JobRow)} == {"done"}
        assert session.query(JobRow).count() == session.query(VersionRow).count() == len(chaos.wanted)
        for campaign_id in chaos.wanted:
            events = session.query(EventRow).filter_by(campaign_id=campaign_id).order_by(EventRow.seq).all()
            assert [event.seq for event in events] == list(range(1, len(events) + 1))
            kinds = [event.kind for event in events]
            assert [kinds.count(kind) for kind in ("accepted", "planned", "finished")] == [1, 1, 1]


def check_launches(chaos: Chaos) -> None:
    """One approval, one event an export, the plan's own spend, each customer and each code once, and the same codes."""
    from sqlalchemy.orm import Session

    with Session(open_engine(chaos.home)) as session:
        assert sorted(row.campaign_id for row in session.query(ApprovalRow)) == sorted(chaos.approved)
        assert [row.state for row in session.query(OutboxRow)] == ["done"] * len(chaos.exported)
        told = [(one.campaign_id, one.data["format"]) for one in session.query(EventRow).filter_by(kind="exported")]
        assert sorted(told) == sorted(chaos.exported)
    for campaign_id in chaos.approved:
        shelved = read(chaos.home / "campaigns" / campaign_id, campaign_id)
        assert misfits(shelved) == []
        allocation = shelved.campaign.allocation
        assert allocation is not None
        assert sum(cell.cost_minor for cell in allocation.cells) == allocation.spend_minor <= allocation.budget_minor
    for campaign_id, made in chaos.exported:
        check_files(chaos.home, campaign_id, made)


def check_files(home: Path, campaign_id: str, made: str) -> None:
    folders = [home / "out" / f"{campaign_id}-{made}", home / "exports" / campaign_id / made]
    for folder in (one for one in folders if one.exists()):
        for path in folder.glob("*.csv"):
            rows = pd.read_csv(path, dtype=str, keep_default_na=False)
            assert not rows.duplicated().any(), path
            for column in (name for name in map(str, rows) if made.endswith("codes") and name.endswith("_code")):
                assert rows[column].is_unique, (path, column)
    first, again = ({path.name: path.read_bytes() for path in folder.glob("*")} for folder in folders)
    if again:
        assert first == again, "the server's export and the command's are the same bytes"
