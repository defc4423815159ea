"""What the API asks of the ledger, in both databases."""

from datetime import date
from pathlib import Path

import pytest

from agent.brief.read import read_brief
from agent.campaign import Campaign
from agent.ledger import approvals, campaigns, events, jobs, requests
from agent.ledger.ledger import Ledger
from agent.ledger.tables import JobRow
from tests.agent.ledger.conftest import Clock
from tools.failure import ToolFailure


def campaign(number: int, version: int = 1) -> Campaign:
    today = date(2017, 11, 24)
    return Campaign(
        campaign_id=f"c-20171124-{number:010x}",
        status="draft",
        today=today,
        created_at=Clock().now,
        version=version,
        brief=read_brief(f"hello {number}", today=today),
    )


def test_campaigns_are_listed_newest_first_page_by_page(ledger: Ledger, clock: Clock) -> None:
    for number in range(5):
        with ledger.write() as session:
            campaigns.settle(session, campaign(number), Path("/x"), clock())
        if number % 2:
            clock.forward(seconds=1)
    seen: list[str] = []
    with ledger.read() as session:
        while rows := campaigns.page(session, 2, seen[-1] if seen else None):
            seen += [row.campaign_id for row, version in rows if version is not None and version.number == 1]
    assert seen == [campaign(number).campaign_id for number in (4, 3, 2, 1, 0)]


def test_a_changed_plan_is_a_new_version_and_voids_the_approval(ledger: Ledger, clock: Clock) -> None:
    first, second = campaign(1), campaign(1, version=2)
    with ledger.write() as session:
        assert campaigns.settle(session, first, Path("/x"), clock()) == "draft"
        approvals.grant(session, first.campaign_id, first.plan_sha(), "Ann", {}, clock())
        campaigns.move(campaigns.known(session, first.campaign_id), "approved", clock())
    with ledger.write() as session:
        assert campaigns.settle(session, first, Path("/x"), clock()) == "approved"
        assert campaigns.settle(session, second, Path("/x"), clock()) == "draft"
        assert approvals.standing(session, first.campaign_id) is None
    with ledger.read() as session:
        kinds = [event.kind for event in events.after(session, first.campaign_id, 0)]
        assert kinds == ["planned", "approved", "approval_voided", "planned"]
        assert events.behind(session, {first.campaign_id: 3, "c-20171124-ffffffffff": 0}) == [first.campaign_id]
        assert events.behind(session, {first.campaign_id: 4}) == []


def test_a_key_is_answered_once(ledger: Ledger, clock: Clock) -> None:
    with ledger.write() as session:
        assert requests.answered(session, "me", "k", "a" * 64) is None
        requests.remember(session, "me", "k", "a" * 64, 202, {"x": "é"}, clock())
    with ledger.write() as session:
        kept = requests.answered(session, "me", "k", "a" * 64)
        assert kept is not None
        assert (kept.status, kept.body) == (202, {"x": "é"})
        assert requests.answered(session, "you", "k", "b" * 64) is None
        with pytest.raises(ToolFailure, match="another request"):
            requests.answered(session, "me", "k", "b" * 64)
    with ledger.write() as session, pytest.raises(ToolFailure, match="at this moment"):
        requests.remember(session, "me", "k", "b" * 64, 202, {}, clock())


def test_a_dead_workers_job_is_free_at_once(ledger: Ledger, clock: Clock) -> None:
    with ledger.write() as session:
        campaigns.settle(session, campaign(1), Path("/x"), clock())
        jobs.enqueue(session, campaign(1).campaign_id, "plan", {}, clock())
        assert jobs.claim(session, "w1", clock()) is not None
    with ledger.write() as session:
        jobs.release(session, "w1", clock())
        again = jobs.claim(session, "w2", clock())
        assert again is not None
        assert jobs.counts(session) == {"running": 1}
    with ledger.read() as session:
        assert session.query(JobRow).one().worker == "w2"
