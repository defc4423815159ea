"""The worker: takes jobs from the ledger and carries them out, one at a time: `python -m agent.worker`.

It may be killed at any moment. Its lease runs out, another worker takes the job up, and the repeat is the same
campaign: the id comes from the brief, the folder is written whole, and every record in the ledger is made once.
"""

from __future__ import annotations

import os
import secrets
import signal
import sys
import threading
import time
from contextlib import suppress
from copy import copy
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agent import sofar
from agent.deps import Deps, unseen
from agent.errors import TYPE_BASE, PlanError, problem_of
from agent.ledger import jobs
from agent.ledger.campaigns import known
from agent.ledger.events import append
from agent.ledger.tables import JobRow
from agent.shelf import read
from agent.telemetry import Fact, span, start
from tools.failure import ToolFailure

if TYPE_CHECKING:
    from agent.ledger.ledger import Ledger
    from agent.workspace import Workspace

IDLE_SECONDS = 0.2
GIVES_WAY = 5
"""Planning takes all that is left of the processors, and answering goes first."""
RENEWALS = 4
"""How often a lease is renewed before it would run out."""


def worker_name() -> str:
    """One of its own for each worker that ever runs."""
    return f"worker-{secrets.token_hex(8)}"


@dataclass(frozen=True)
class Outcome:
    """How a job went: what went wrong, if anything did, and what was replied to a turn."""

    problem: dict[str, Any] | None = None
    reply: dict[str, Any] | None = None


@dataclass
class Worker:
    """Works on the jobs of one ledger."""

    deps: Deps
    name: str = field(default_factory=worker_name)

    def __post_init__(self) -> None:
        self.ledger: Ledger = self.deps.ledger
        # Its own: progress and ledger change with each job, and whoever made the deps may go on using them.
        self.deps = copy(self.deps)

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set; a job that has begun is finished first."""
        self.warm()
        while not stop.is_set():
            if not self.work_once():
                stop.wait(IDLE_SECONDS)

    def warm(self) -> None:
        """Load what a plan needs before a job is held: to be killed while loading costs no job an attempt."""
        from agent.conversation import chat
        from agent.plan import understand
        from agent.planner import loop

        _ = chat, loop
        with suppress(ToolFailure):  # no shop yet: a job will say so
            understand("hello", self.deps, self.deps.today())

    def work_once(self) -> bool:
        """Take one job and carry it out. False: there was none."""
        with self.ledger.write(lazy=True) as session:
            job = jobs.claim(session, self.name, self.ledger.now())
        if job is None:
            return False
        if job.attempts > jobs.ATTEMPTS:
            title, detail = "Crashed", f"the work was cut off {jobs.ATTEMPTS} times and is not tried again"
            self._finish(job, Outcome(problem={"type": TYPE_BASE + "crashed", "title": title, "detail": detail}))
            return True
        stop = threading.Event()
        renewing = threading.Thread(target=self._renew, args=(job.job_id, stop), daemon=True)
        renewing.start()
        facts: dict[str, Fact] = {"briefsmith.job": job.kind, "briefsmith.attempt": job.attempts}
        try:
            with span(f"job {job.kind}", facts, job.payload.get("trace")) as made:
                outcome = self._carry_out(job)
                made.set_attribute("briefsmith.failed", outcome.problem is not None)
        finally:
            stop.set()
            renewing.join()
        self._finish(job, outcome)
        return True

    def _carry_out(self, job: JobRow) -> Outcome:
        self.deps = self.deps.current()
        self.deps.ledger = self._books(job)
        telling = _Telling(self, job)
        self.deps.progress, self.deps.watch = telling.step, telling.seen if job.kind == "plan" else unseen
        try:
            return self._revise(job) if job.kind == "revise" else self._plan(job)
        except PlanError as error:
            return Outcome(problem=error.problem.model_dump(mode="json"))
        except ToolFailure as failure:
            return Outcome(problem=problem_of(failure).model_dump(mode="json"))

    def _books(self, job: JobRow) -> Ledger:
        """A plan that a power cut undid is planned again, and who posts meanwhile waits for no sync of ours."""
        return self.ledger.again() if job.kind == "plan" else self.ledger

    def _plan(self, job: JobRow) -> Outcome:
        from agent.plan import plan

        asked = job.payload
        today = date.fromisoformat(asked["today"])
        plan(asked["brief"], self.deps, today=today, planner=asked["planner"], writer=asked["writer"])
        return Outcome()

    def _revise(self, job: JobRow) -> Outcome:
        """Say one turn to the campaign, or put a person's own words in it, if it still is the plan that was shown."""
        from agent.conversation.chat import Chat
        from agent.conversation.memory import memory
        from agent.editing import NewWords, put_words
        from agent.ledger.tables import CampaignRow

        with self.ledger.read() as session:
            folder = Path(session.get_one(CampaignRow, job.campaign_id).folder)
        campaign = read(folder, job.campaign_id).campaign
        base = job.payload["plan_sha"]
        if campaign.plan_sha() != base:
            if job.attempts > 1 and campaign.revises == base:
                # It was carried out, and the worker was cut off before it could say so.
                return Outcome(reply={"kind": "revised", "version": campaign.version, "lines": []})
            raise ToolFailure("sha_mismatch", f"`{job.campaign_id}` has changed since this was said; look at it again")
        if "words" in job.payload:
            reply = put_words(campaign, folder, self.deps, NewWords.model_validate(job.payload["words"]))
        else:
            settings = self.deps.settings
            with memory(settings.home, settings.database_url) as saver:
                reply = Chat(self.deps, folder, campaign, saver).say(job.payload["text"])
        said = reply.model_dump(mode="json", exclude={"campaign_id"}, exclude_defaults=True)
        if reply.private:
            # Rows about customers are shown on the command line, and kept in no record.
            said |= {"lines": [], "figures": []}
        return Outcome(reply=said)

    def _renew(self, job_id: int, stop: threading.Event) -> None:
        while not stop.wait(jobs.LEASE.total_seconds() / RENEWALS):
            with self.ledger.write(lazy=True) as session:
                if not jobs.renew(session, job_id, self.name, self.ledger.now()):
                    return

    def _finish(self, job: JobRow, outcome: Outcome) -> None:
        """In one transaction: the job is finished and the events told, if this worker still holds it."""
        at = self.ledger.now()
        with self._books(job).write() as session:
            mine = jobs.held(session, job.job_id, self.name)
            if mine is None:
                return
            row = known(session, job.campaign_id)
            jobs.finish(mine, at, outcome.problem)
            if outcome.reply is not None:
                append(session, job.campaign_id, "replied", outcome.reply, at)
            if outcome.problem is None:
                append(session, job.campaign_id, "finished", {"status": row.status}, at)
            else:
                append(session, job.campaign_id, "failed", {"problem": outcome.problem}, at)
        sofar.snapshot(self.deps.settings.home, job.campaign_id, job.job_id).unlink(missing_ok=True)


@dataclass
class _Telling:
    """Tells each step once, as an event of the campaign, with the parts that are known by then."""

    worker: Worker
    job: JobRow
    told: set[str] = field(default_factory=set)
    parts: tuple[str, ...] = ()

    def seen(self, work: Workspace) -> None:
        home = self.worker.deps.settings.home
        self.parts = sofar.keep(work, sofar.snapshot(home, self.job.campaign_id, self.job.job_id))

    def step(self, label: str, done: int, total: int | None) -> None:
        if label in self.told:
            return
        self.told.add(label)
        ledger, job = self.worker.ledger, self.job
        with ledger.write(lazy=True) as session:
            if jobs.held(session, job.job_id, self.worker.name) is not None:
                known(session, job.campaign_id)
                step = {"step": label, "done": done, "of": total, "known": list(self.parts)}
                append(session, job.campaign_id, "step", step, ledger.now())


def main() -> None:
    """Work until a signal says stop, or whoever keeps this process is gone (arguments: its name, the keeper's pid)."""
    from agent.settings import Settings

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    os.nice(GIVES_WAY)
    name, keeper = (sys.argv[1], int(sys.argv[2])) if len(sys.argv) > 2 else (worker_name(), os.getppid())

    def watch() -> None:
        while os.getppid() == keeper:
            time.sleep(0.5)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
    settings = Settings()
    telemetry = start(settings, "briefsmith-worker")
    Worker(Deps(settings=settings), name).run(stop)
    if telemetry is not None:
        telemetry.shutdown()


if __name__ == "__main__":
    main()
