"""At the gate: a full queue refuses cheaply, tells nobody more than they may know, and is full no longer than it is."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from agent.api.batch import LONGEST
from agent.api.limits import RateLimits
from agent.api.room import SECOND_LOOKS, Room
from agent.deps import utc_now
from agent.ledger import campaigns, jobs
from agent.ledger.engine import open_engine
from agent.ledger.ledger import Ledger
from agent.ledger.tables import JobRow
from tests.agent.api.conftest import House
from tools.failure import ToolFailure


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    made = Ledger(open_engine(tmp_path), utc_now)
    yield made
    made.close()


def queued(ledger: Ledger, number: int) -> None:
    with ledger.write() as session:
        name = f"c-20171124-{number:010x}"
        campaigns.enter(session, name, Path("/x"), ledger.now())
        jobs.enqueue(session, name, "plan", {}, ledger.now())


def test_there_is_room_for_what_the_queue_lacks(ledger: Ledger) -> None:
    room = Room(ledger, 5, Clock())
    for number in range(3):
        queued(ledger, number)
    room.inside = 1
    asyncio.run(room.look())
    assert room.left == 1


def test_who_comes_during_a_look_is_counted_too(ledger: Ledger) -> None:
    room = Room(ledger, 5, Clock())

    async def both() -> None:
        looking = asyncio.create_task(room.look())
        await asyncio.sleep(0)
        assert room.takes()
        await looking

    asyncio.run(both())
    assert room.left == 4


def test_a_full_queue_lets_some_of_each_second_have_a_second_look(ledger: Ledger) -> None:
    clock = Clock()
    room = Room(ledger, 2, clock)
    assert [room.takes() for _ in range(100)].count(True) == 2 + SECOND_LOOKS
    clock.now += 0.5
    assert [room.takes() for _ in range(100)].count(True) == SECOND_LOOKS / 2


def test_no_more_come_in_at_once_than_one_transaction_takes(ledger: Ledger) -> None:
    room = Room(ledger, 10**6, Clock(), inside=LONGEST)
    assert not room.takes()
    room.inside -= 1
    assert room.takes()


def test_who_comes_after_a_crowd_finds_every_free_place(ledger: Ledger) -> None:
    """Those that were refused a moment ago do not make them fewer: once 6 of 400 came in where 40 had room."""
    clock = Clock()
    room = Room(ledger, 40, clock)
    while room.takes():
        pass
    asyncio.run(room.look())  # the workers have taken them all
    taken = 0
    while room.left and room.takes():
        room.inside += 1
        taken += 1
    assert taken == 40


def fill(api: House, most: int) -> None:
    for n in range(most):
        posted = api.client.post("/v1/campaigns", json={"brief": f"hello {n}"}, headers=api.headers)
        assert posted.status_code == 202


def test_refusals_are_counted_and_are_all_alike(make_house: Callable[..., House]) -> None:
    api = make_house(max_queue=2)
    fill(api, 2)
    answers = [api.client.post("/v1/campaigns", json={"brief": f"more {n}"}) for n in range(40)]
    assert {answer.status_code for answer in answers} == {429}
    assert len({answer.text for answer in answers}) == 1, "with a second look or without"
    assert {answer.headers["retry-after"] for answer in answers} == {"5"}
    assert all(len(answer.headers["x-request-id"]) == 16 for answer in answers)
    counted = 'briefsmith_http_requests_total{method="POST",route="/v1/campaigns",status="429"} 40.0'
    assert counted in api.client.get("/metrics").text


def test_what_was_accepted_is_answered_though_the_queue_is_full(make_house: Callable[..., House]) -> None:
    api = make_house(max_queue=1)
    ask = {"json": {"brief": "hello"}, "headers": {"Idempotency-Key": "k"}}
    first = api.client.post("/v1/campaigns", **ask)  # type: ignore[arg-type]
    assert api.client.post("/v1/campaigns", json={"brief": "more"}).status_code == 429
    again = api.client.post("/v1/campaigns", **ask)  # type: ignore[arg-type]
    assert (again.status_code, again.json()) == (202, first.json())
    assert again.headers["idempotency-replayed"] == "true"
    assert api.client.post("/v1/campaigns", json={"brief": "hello"}).status_code == 202, "the campaign is known"


def test_a_stranger_does_not_hear_that_the_queue_is_full(make_house: Callable[..., House]) -> None:
    api = make_house(max_queue=1)
    api.key("approver")
    fill(api, 1)
    planner = api.key("planner")
    refused = [api.client.post("/v1/campaigns", json={"brief": "x"}, headers=planner) for _ in range(30)]
    assert {answer.status_code for answer in refused} == {429}
    wrong = {"Authorization": "Bearer bs_000000000000_" + "x" * 43}
    other = {**planner, "Origin": "https://elsewhere.example"}
    for headers, status in ((wrong, 401), ({}, 401), (api.key("viewer"), 403), (other, 403)):
        assert api.client.post("/v1/campaigns", json={"brief": "x"}, headers=headers).status_code == status


def test_a_key_that_is_revoked_accepts_nothing_more(api: House) -> None:
    """The gate remembers who may post; it never lets anybody in."""
    from agent.ledger import keys

    planner = api.key("planner")
    assert api.client.post("/v1/campaigns", json={"brief": "one"}, headers=planner).status_code == 202
    with api.deps.ledger.write() as session:
        keys.revoke(session, "The planner", utc_now())
    assert api.client.post("/v1/campaigns", json={"brief": "two"}, headers=planner).status_code == 401


def test_the_same_brief_many_times_at_once_is_one_campaign_with_one_job(api: House) -> None:
    def post(n: int) -> tuple[int, str]:
        head = {"Idempotency-Key": f"k{n % 8}"} if n % 2 else {}
        answer = api.client.post("/v1/campaigns", json={"brief": f"hello {n % 4}"}, headers=head)
        return answer.status_code, str(answer.json()["campaign_id"])

    with ThreadPoolExecutor(24) as pool:
        answers = list(pool.map(post, range(24)))
    assert {status for status, _ in answers} == {202}
    made = {campaign_id for _, campaign_id in answers}
    with api.deps.ledger.read() as session:
        assert sorted(job.campaign_id for job in session.query(JobRow)) == sorted(made)
    assert len(made) == 4


def test_a_rate_is_counted_over_a_moving_minute() -> None:
    clock = Clock()
    limits = RateLimits({"read": 2, "write": 1, "refused": 1}, clock)
    limits.hit("read", "ann")
    clock.now += 40
    limits.hit("read", "ann")
    limits.hit("read", "bob")
    limits.hit("write", "ann")
    with pytest.raises(ToolFailure) as refused:
        limits.hit("read", "ann")
    assert refused.value.detail["retry_after"] == 20
    clock.now += 20
    limits.hit("read", "ann")
    with pytest.raises(ToolFailure):
        limits.check("read", "ann")


def test_who_has_not_come_for_a_minute_is_forgotten() -> None:
    """Addresses can be made up without end."""
    import sys

    clock = Clock()
    limits = RateLimits({"read": 9, "write": 9, "refused": 9}, clock)
    for number in range(1000):
        limits.hit("refused", f"2001:db8::{number:x}")
    before = sys.getsizeof(limits._hits)
    clock.now += 61
    limits.hit("refused", "2001:db8::1")
    assert len(limits._hits) == 1 < before
