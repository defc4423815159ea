"""Kills a process at a named point, then lets another go on: `python -m tests.agent.crash FOLDER HOME PLACE`.

Runs in a process of its own that has opened neither DuckDB nor a thread, so that each victim is a cheap fork of it.
Prints one JSON object: point → what was found after the second process had gone on.
"""

import importlib
import json
import os
import shutil
import signal
import sys
import traceback
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from agent.approval import approve
from agent.deps import Deps
from agent.export import MANIFEST, export
from agent.ledger import jobs
from agent.ledger.tables import ApprovalRow, CampaignRow, EventRow, JobRow, OutboxRow, VersionRow
from agent.settings import Settings
from agent.shelf import campaign_folder, read, sha256_of
from agent.worker import Worker

Step = Callable[[Path], object]
Point = tuple[str, str, str]
"""Module, function, and whether the process dies `before` or `after` it (the first time that it is called)."""
NOW = datetime(2017, 11, 24, 9, tzinfo=UTC)
LATER = NOW + 2 * jobs.LEASE

APPROVE: tuple[Point, ...] = (
    ("agent.approval", "record", "before"),
    ("agent.ledger.approvals", "grant", "after"),
    ("agent.approval", "record", "after"),
    ("agent.approval", "put_status", "before"),
    ("agent.approval", "put_status", "after"),
)
EXPORT: tuple[Point, ...] = (
    ("agent.export", "_begin", "before"),
    ("agent.export", "_begin", "after"),
    ("tools.launch.files", "_sync", "before"),
    ("tools.launch.files", "_sync", "after"),
    ("tools.launch.files", "write_folder", "after"),
    ("agent.export", "_record", "before"),
    ("agent.ledger.outbox", "done", "after"),
    ("agent.export", "_record", "after"),
    ("agent.export", "put_status", "after"),
)
WORK: tuple[Point, ...] = (
    ("agent.plan", "plan", "before"),
    ("agent.package", "write_package", "before"),
    ("agent.package", "write_package", "after"),
    ("agent.ledger.campaigns", "settle", "before"),
    ("agent.ledger.campaigns", "settle", "after"),
    ("agent.plan", "plan", "after"),
    ("agent.ledger.jobs", "finish", "before"),
    ("agent.ledger.jobs", "finish", "after"),
)

CHOSEN: tuple[Point, ...] = (
    ("agent.approval", "record", "after"),
    ("agent.export", "_begin", "after"),
    ("tools.launch.files", "write_folder", "after"),
    ("agent.ledger.outbox", "done", "after"),
    ("agent.export", "_record", "after"),
    ("agent.package", "write_package", "after"),
    ("agent.ledger.jobs", "finish", "before"),
)
"""Between what is written and what is recorded: tried by every run of the tests; the others by `make test-slow`."""
LOADED = (
    "pandas", "pyarrow.parquet", "ibis.backends.duckdb", "sqlalchemy.dialects.sqlite", "sqlalchemy.orm",
    "alembic.command", "agent.plan", "agent.package", "agent.brief.read", "agent.conversation.state", "agent.terms",
    "agent.ledger.campaigns", "tools.launch.exporters.registry", "sqlite3", "yaml", "fcntl",
)  # fmt: skip
"""Imported before the forks, so that no child pays for it."""


def deps_at(home: Path, now: datetime) -> Deps:
    return Deps(Settings(home=home, workers=0), lambda: now)


def only(home: Path) -> Path:
    """The folder of the one campaign."""
    return next(path for path in (home / "campaigns").iterdir() if not path.name.startswith("."))


def do_approve(home: Path) -> object:
    deps = deps_at(home, NOW)
    return approve(read(only(home), "it"), "Ann", deps.ledger)


def do_export(home: Path) -> object:
    deps = deps_at(home, NOW)
    return export(read(only(home), "it"), "csv", home / "out", deps, deps.ledger)


def do_work(home: Path) -> object:
    return Worker(deps_at(home, LATER if list(home.glob("died")) else NOW)).work_once()


def run(step: Step, home: Path, die: Point | None = None) -> int:
    """Carry out a step in a child: the signal that ended it, or its exit status."""
    pid = os.fork()
    if pid == 0:
        if die is not None:
            _arm(*die)
        status = 1
        try:
            step(home)
            status = 0
        finally:
            # Whatever was raised ends here: the child must not go on as if it were its parent.
            if status:
                traceback.print_exc()
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _arm(module: str, name: str, when: str) -> None:
    place = importlib.import_module(module)
    whole: Callable[..., Any] = getattr(place, name)

    def dying(*arguments: Any, **named: Any) -> Any:
        if when == "after":
            whole(*arguments, **named)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(place, name, dying)


def found(home: Path) -> dict[str, Any]:
    """What ledger and disk hold."""
    ledger = deps_at(home, NOW).ledger
    with ledger.read() as session:
        kinds = Counter(event.kind for event in session.query(EventRow))
        seqs = [event.seq for event in session.query(EventRow).order_by(EventRow.seq)]
        row = session.query(CampaignRow).one()
        facts = {
            "events": dict(kinds),
            "gapless": seqs == list(range(1, len(seqs) + 1)),
            "status": row.status,
            "file_status": read(Path(row.folder), "it").campaign.status,
            "versions": session.query(VersionRow).count(),
            "approvals": session.query(ApprovalRow).count(),
            "outbox": [effect.state for effect in session.query(OutboxRow)],
            "jobs": [(job.state, job.attempts) for job in session.query(JobRow)],
        }
    ledger.close()
    out = home / "out"
    if (out / MANIFEST).is_file():
        facts["files"] = {path.name: sha256_of(path) for path in sorted(out.iterdir()) if path.name != MANIFEST}
    return facts


def trial(place: Path, ready: Path, step: Step, die: Point | None) -> dict[str, Any]:
    """From a home as it was made ready: let the step die at the point, go on in another process: what is found."""
    shutil.rmtree(place)
    shutil.copytree(ready, place, symlinks=True)
    ended = run(step, place, die) if die is not None else -signal.SIGKILL
    (place / "died").touch()
    again = run(step, place)
    return {"died": ended == -signal.SIGKILL, "again": again, **found(place)}


def home(new: Path, shop: Path) -> None:
    new.mkdir()
    for name in ("shop", "index", "cache"):
        if (shop / name).exists():
            (new / name).symlink_to(shop / name)


def main() -> None:
    package, shop, place = (Path(argument) for argument in sys.argv[1:4])
    for name in LOADED:
        importlib.import_module(name)
    importlib.import_module("agent.brief.read").read_brief("hello", today=NOW.date())

    def drafted(new: Path) -> None:
        made = read(package, "package").campaign
        shutil.copytree(package, campaign_folder(new, made.campaign_id))

    results = {}
    for name, make, step, points in (
        ("approve", (drafted,), do_approve, APPROVE),
        ("export", (drafted, do_approve), do_export, EXPORT),
        ("work", (_accept,), do_work, WORK),
    ):
        home(place / name, shop)
        for each in make:
            run(each, place / name)
        ready = Path(shutil.copytree(place / name, place / f"{name}-ready", symlinks=True))
        results[name] = trial(place / name, ready, step, None)
        for point in points if sys.argv[4:] != ["chosen"] else set(points) & set(CHOSEN):
            results[f"{name}: {point[2]} {point[0]}.{point[1]}"] = trial(place / name, ready, step, point)
    sys.stdout.write(json.dumps(results))


def _accept(home: Path) -> object:
    """What POST /v1/campaigns does: campaign and job in one transaction."""
    from agent.ledger.campaigns import enter
    from agent.workspace import campaign_id

    deps = deps_at(home, NOW)
    asked = {"brief": "hello", "today": "2017-11-24", "planner": "playbook", "writer": "template"}
    made = campaign_id(asked["brief"], NOW.date(), deps)
    with deps.ledger.write() as session:
        enter(session, made, campaign_folder(home, made), NOW)
        return jobs.enqueue(session, made, "plan", asked, NOW).job_id


if __name__ == "__main__":
    main()
