"""Newcomers entered many at once are as those entered one by one; whoever is not new is left to be looked at alone."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from agent.ledger import campaigns, events, jobs, requests
from agent.ledger.intake import Newcomer, take_in
from agent.ledger.ledger import Ledger
from agent.ledger.tables import CampaignRow, EventRow, JobRow, RequestRow
from tests.agent.ledger.conftest import Clock

ASKED = {"brief": "hello", "today": "2017-11-24", "planner": None, "writer": None}


def newcomer(number: int, key: str | None = None) -> Newcomer:
    name = f"c-20171124-{number:010x}"
    return Newcomer(name, f"/x/{name}", ASKED, "key:a", key, "0" * 64, 202, {"campaign_id": name})


def rows(ledger: Ledger) -> list[dict[str, Any]]:
    """All that the ledger holds but what is random or counted."""
    with ledger.read() as session:
        found = [row for table in (CampaignRow, JobRow, EventRow, RequestRow) for row in session.query(table)]
        return [
            {name: value for name, value in vars(row).items() if name not in ("_sa_instance_state", "secret")}
            for row in found
        ]


def test_they_leave_what_each_alone_would(ledger: Ledger, clock: Clock) -> None:
    with ledger.write() as session:
        assert take_in(session, [newcomer(1, "k"), newcomer(2)], 10, clock()) == {0, 1}
    at_once = rows(ledger)
    with ledger.write() as session:
        for table in (RequestRow, EventRow, JobRow, CampaignRow):
            session.query(table).delete()
    with ledger.write() as session:
        for one in (newcomer(1, "k"), newcomer(2)):
            campaigns.enter(session, one.campaign_id, Path(one.folder), clock())
            jobs.enqueue(session, one.campaign_id, "plan", ASKED, clock())
            events.append(session, one.campaign_id, "accepted", {"job": "plan"}, clock())
        requests.remember(session, "key:a", "k", "0" * 64, 202, {"campaign_id": newcomer(1).campaign_id}, clock())
    counted = ("job_id", "event_id")
    plain = [
        [{name: value for name, value in row.items() if name not in counted} for row in some]
        for some in (at_once, rows(ledger))
    ]
    assert plain[0] == plain[1]


def test_who_is_known_or_used_the_key_or_comes_twice_is_left(ledger: Ledger, clock: Clock) -> None:
    with ledger.write() as session:
        assert take_in(session, [newcomer(1, "k")], 10, clock()) == {0}
    came = [newcomer(1), newcomer(2, "k"), newcomer(3, "l"), newcomer(3), newcomer(4, "l"), newcomer(5)]
    with ledger.write() as session:
        assert take_in(session, came, 10, clock()) == {2, 5}


def test_the_queue_has_an_end(ledger: Ledger, clock: Clock) -> None:
    with ledger.write() as session:
        assert take_in(session, [newcomer(1), newcomer(2)], 3, clock()) == {0, 1}
    with ledger.write() as session:
        assert take_in(session, [newcomer(3), newcomer(4)], 3, clock()) == {0}
    with ledger.write() as session:
        assert take_in(session, [newcomer(5)], 3, clock()) == set()


def test_one_that_was_entered_in_between_leaves_all_to_be_looked_at_alone(
    ledger: Ledger, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two servers on one PostgreSQL: the other's row is not seen by the look and stands in the way of the entry."""
    if ledger.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has one writer at a time")
    came, meanwhile = [newcomer(1), newcomer(2)], list[bool]()

    def other(*_: object) -> None:
        if not meanwhile:
            meanwhile.append(True)
            with ledger.write() as session:
                campaigns.enter(session, came[0].campaign_id, Path("/x"), clock())

    with ledger.write() as session:
        event.listen(session, "after_transaction_create", other)
        assert take_in(session, came, 10, clock()) == set()
    with ledger.read() as session:
        assert session.query(CampaignRow).count() == 1
