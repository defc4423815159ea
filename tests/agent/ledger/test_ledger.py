"""The ledger in both databases: its schema, and what each of its tables promises."""

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from agent.ledger import approvals, campaigns, events, jobs, keys, outbox
from agent.ledger.engine import HEAD, alembic_config, open_engine
from agent.ledger.ledger import Ledger
from agent.ledger.tables import ApiKeyRow, ApprovalRow, Base, Moment, OutboxRow
from tests.agent.ledger.conftest import Clock
from tools.failure import ToolFailure

ID = "c-20171124-0123456789"
OTHER = "c-20171124-9876543210"


@pytest.fixture
def entered(ledger: Ledger, clock: Clock) -> Ledger:
    with ledger.write() as session:
        campaigns.enter(session, ID, Path("/somewhere"), clock(), "draft")
    return ledger


def test_the_migrations_make_the_tables_as_they_are_declared(ledger: Ledger) -> None:
    with ledger.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    assert ScriptDirectory.from_config(alembic_config()).get_current_head() == HEAD


def test_opening_again_changes_nothing_and_a_newer_schema_is_refused(tmp_path: Path) -> None:
    first = open_engine(tmp_path)
    open_engine(tmp_path).dispose()
    with first.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(ToolFailure, match="newer Briefsmith") as failure:
        open_engine(tmp_path)
    assert failure.value.code == "ledger_schema"
    first.dispose()


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("mysql://u:secret@h/db", "bad_ledger_url"),
        ("not a url", "bad_ledger_url"),
        ("postgresql://u:secret@127.0.0.1:1/db", "ledger_away"),
    ],
)
def test_a_bad_url_is_said_without_its_password(tmp_path: Path, url: str, code: str) -> None:
    with pytest.raises(ToolFailure) as failure:
        open_engine(tmp_path, url)
    assert failure.value.code == code
    assert "secret" not in failure.value.message


def test_four_open_a_new_ledger_at_once(tmp_path: Path) -> None:
    found: list[str] = []

    def open_it() -> None:
        engine = open_engine(tmp_path)
        with engine.connect() as connection:
            found.append(str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar()))
        engine.dispose()

    threads = [threading.Thread(target=open_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [HEAD] * 4


def test_times_are_aware_and_in_utc(entered: Ledger) -> None:
    with entered.read() as session:
        assert campaigns.known(session, ID).created_at == datetime(2017, 11, 24, 9, tzinfo=UTC)
    with pytest.raises(ValueError, match="aware"):
        Moment().process_bind_param(datetime(2017, 1, 1), entered.engine.dialect)  # noqa: DTZ001  that is the point


def test_a_transaction_is_whole_or_not_there(entered: Ledger, clock: Clock) -> None:
    def fail() -> None:
        with entered.write() as session:
            events.append(session, ID, "planned", {}, clock())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with entered.read() as session:
        assert events.after(session, ID, 0) == []


def test_events_are_numbered_without_a_gap_by_many_writers(entered: Ledger, clock: Clock) -> None:
    def write() -> None:
        for _ in range(10):
            with entered.write() as session:
                campaigns.known(session, ID)
                events.append(session, ID, "step", {}, clock())

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with entered.read() as session:
        assert [event.seq for event in events.after(session, ID, 0)] == list(range(1, 41))
        assert [event.seq for event in events.after(session, ID, 38)] == [39, 40]


def test_two_approvers_at_once_one_is_first(entered: Ledger, clock: Clock) -> None:
    outcome: list[str] = []
    together = threading.Barrier(2)

    def approve(name: str) -> None:
        together.wait()
        try:
            with entered.write() as session:
                campaigns.known(session, ID)
                approvals.grant(session, ID, "a" * 64, name, {}, clock())
            outcome.append("approved")
        except ToolFailure as failure:
            outcome.append(failure.code)

    threads = [threading.Thread(target=approve, args=(name,)) for name in ("Ann", "Bo")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcome) == ["already_approved", "approved"]
    with entered.read() as session:
        assert session.query(ApprovalRow).count() == 1


def test_a_voided_approval_makes_room_for_the_next(entered: Ledger, clock: Clock) -> None:
    with entered.write() as session:
        approvals.grant(session, ID, "a" * 64, "Ann", {"x": "1"}, clock())
        approvals.void(session, ID, clock())
        approvals.grant(session, ID, "b" * 64, "Bo", {"x": "2"}, clock())
    with entered.read() as session:
        found = approvals.standing(session, ID)
        assert found is not None
        assert (found.approver, found.files) == ("Bo", {"x": "2"})
        assert [event.kind for event in events.after(session, ID, 0)] == ["approved", "approval_voided", "approved"]


@pytest.mark.parametrize(("status", "allowed"), [("approved", True), ("exported", False), ("measured", False)])
def test_a_status_follows_only_where_it_may(entered: Ledger, clock: Clock, status: str, allowed: bool) -> None:
    with entered.write() as session:
        row = campaigns.known(session, ID)
        if allowed:
            campaigns.move(row, "approved", clock())
            assert row.status == status
        else:
            with pytest.raises(ToolFailure, match="cannot become"):
                campaigns.move(row, "exported" if status == "exported" else "measured", clock())


def test_a_job_is_held_by_one_and_taken_up_again_when_its_worker_died(entered: Ledger, clock: Clock) -> None:
    with entered.write() as session:
        job_id = jobs.enqueue(session, ID, "plan", {"brief": "x"}, clock()).job_id
    with entered.write() as session:
        first = jobs.claim(session, "w1", clock())
        assert first is not None
        assert first.job_id == job_id
    with entered.write() as session:
        assert jobs.claim(session, "w2", clock()) is None
    clock.forward(seconds=10)
    with entered.write() as session:
        assert jobs.renew(session, job_id, "w1", clock())
    clock.forward(seconds=10)
    with entered.write() as session:
        assert jobs.claim(session, "w2", clock()) is None
    clock.forward(seconds=10)
    with entered.write() as session:
        again = jobs.claim(session, "w2", clock())
        assert again is not None
        assert (again.attempts, again.worker) == (2, "w2")
        assert not jobs.renew(session, job_id, "w1", clock())
        assert jobs.held(session, job_id, "w1") is None
        mine = jobs.held(session, job_id, "w2")
        assert mine is not None
        jobs.finish(mine, clock())
        assert jobs.waiting(session) == 0


def test_many_workers_take_each_job_once(entered: Ledger, clock: Clock) -> None:
    with entered.write() as session:
        wanted = [jobs.enqueue(session, ID, "plan", {}, clock()).job_id for _ in range(12)]
    taken: list[int] = []

    def work(name: str) -> None:
        while True:
            with entered.write() as session:
                job = jobs.claim(session, name, clock())
                if job is None:
                    return
                taken.append(job.job_id)

    threads = [threading.Thread(target=work, args=(f"w{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == wanted


def test_an_effect_is_recorded_once(ledger: Ledger, clock: Clock) -> None:
    with ledger.write() as session:
        assert outbox.begin(session, "export:x:csv", "export", clock()).state == "begun"
    with ledger.write() as session:
        assert outbox.begin(session, "export:x:csv", "export", clock()).state == "begun"
        assert outbox.done(session, "export:x:csv", {"n": 1}, clock())
        assert not outbox.done(session, "export:x:csv", {"n": 2}, clock())
    with ledger.read() as session:
        assert session.get_one(OutboxRow, "export:x:csv").result == {"n": 1}
        assert outbox.begun(session, "export:x:")
        assert not outbox.begun(session, "export:y:")


def test_a_key_is_found_until_it_is_revoked_and_is_not_in_the_database(ledger: Ledger, clock: Clock) -> None:
    with ledger.write() as session:
        assert not keys.any_live(session)
        new = keys.add(session, " Ann ", "approver", clock())
    with ledger.write() as session:
        row = keys.find(session, new.key)
        assert row is not None
        assert (row.name, row.role) == ("Ann", "approver")
        assert new.key.split("_", 2)[2] not in session.get_one(ApiKeyRow, row.key_id).secret_sha
        changed = new.key[:-1] + ("A" if new.key[-1] != "A" else "B")
        for wrong in (changed, "", "bs_", new.key + "x", new.key.upper(), "bs_\x00"):
            assert keys.find(session, wrong) is None
        with pytest.raises(ToolFailure, match="another name"):
            keys.add(session, "Ann", "viewer", clock())
        keys.revoke(session, "Ann", clock())
        assert keys.find(session, new.key) is None
        assert not keys.any_live(session)


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "x" * 101, "\x00"])
def test_a_key_needs_a_name_on_one_line(ledger: Ledger, clock: Clock, name: str) -> None:
    with ledger.write() as session, pytest.raises(ToolFailure, match="one line"):
        keys.add(session, name, "viewer", clock())


def test_what_is_not_there_is_said(ledger: Ledger, clock: Clock) -> None:
    with ledger.write() as session:
        with pytest.raises(ToolFailure, match="no campaign"):
            campaigns.known(session, OTHER)
        with pytest.raises(ToolFailure, match="no key"):
            keys.revoke(session, "nobody", clock())
