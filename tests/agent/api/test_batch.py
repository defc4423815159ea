"""What comes at once is written at once: each part alone, nobody answered before the commit, nothing lost."""

import asyncio
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from agent.api.answer import Answer
from agent.api.batch import Batches
from agent.api.hub import Hub
from agent.deps import utc_now
from agent.ledger import campaigns, events
from agent.ledger.engine import open_engine
from agent.ledger.ledger import Ledger
from agent.ledger.tables import CampaignRow
from tools.failure import ToolFailure


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    made = Ledger(open_engine(tmp_path), utc_now)
    yield made
    made.close()


def name(number: int) -> str:
    return f"c-20171124-{number:010x}"


def entering(ledger: Ledger, number: int) -> Callable[[Session], Answer]:
    def act(session: Session) -> Answer:
        campaigns.enter(session, name(number), Path("/x"), ledger.now())
        if number % 5 == 0:
            raise ToolFailure("queue_full", "no")
        return Answer(202, {"number": number}, {})

    return act


def test_many_at_once_are_few_transactions_and_each_stands_alone(ledger: Ledger) -> None:
    commits: list[object] = []
    event.listen(ledger.engine, "commit", commits.append)
    batches = Batches(ledger, 100)

    async def all_at_once() -> list[Answer | BaseException]:
        asked = (batches.write(entering(ledger, number)) for number in range(40))
        return list(await asyncio.gather(*asked, return_exceptions=True))

    answers = asyncio.run(all_at_once())
    for number, answer in enumerate(answers):
        if number % 5 == 0:
            assert isinstance(answer, ToolFailure)
        else:
            assert answer == Answer(202, {"number": number}, {})
    with ledger.read() as session:
        there = {row.campaign_id for row in session.query(CampaignRow)}
    assert there == {name(number) for number in range(40) if number % 5}
    assert len(commits) <= 2


def test_who_would_wait_too_long_is_told_to_come_back(ledger: Ledger) -> None:
    batches = Batches(ledger, 3)

    async def all_at_once() -> list[Answer | BaseException]:
        asked = (batches.write(entering(ledger, number)) for number in range(1, 5))
        return list(await asyncio.gather(*asked, return_exceptions=True))

    *taken, refused = asyncio.run(all_at_once())
    assert [isinstance(one, Answer) for one in taken] == [True] * 3
    assert isinstance(refused, ToolFailure)
    assert refused.detail["retry_after"] == 1


def test_our_own_bug_leaves_nobody_waiting(ledger: Ledger) -> None:
    batches = Batches(ledger, 9)

    def bug(session: Session) -> Answer:
        raise ZeroDivisionError

    async def both() -> list[Answer | BaseException]:
        asked = (batches.write(act) for act in (entering(ledger, 1), bug))
        answers = list(await asyncio.gather(*asked, return_exceptions=True))
        assert batches.writing is not None
        with pytest.raises(ZeroDivisionError):
            await batches.writing
        return answers

    assert [type(answer) for answer in asyncio.run(both())] == [RuntimeError, RuntimeError]
    assert asyncio.run(batches.write(entering(ledger, 2))) == Answer(202, {"number": 2}, {})
    with ledger.read() as session:
        assert [row.campaign_id for row in session.query(CampaignRow)] == [name(2)]


async def listen(hub: Hub, campaign_id: str, most: int, draw: random.Random) -> list[int]:
    """Hear so many events, with the stream cut off after some of the batches."""
    heard: list[int] = []
    while len(heard) < most:
        source = hub.follow(campaign_id, await hub.open(campaign_id), len(heard), 60)
        async for frames in source:
            heard += [int(line[4:]) for line in frames.decode().splitlines() if line.startswith("id: ")]
            if len(heard) >= most or draw.random() < 0.4:
                break
        await source.aclose()
    return heard


def test_streams_that_come_and_go_hear_each_event_once_and_in_order(ledger: Ledger) -> None:
    """30 listeners on 3 campaigns, cut off at random, while another connection writes."""
    most, draw = 25, random.Random(3)
    with ledger.write() as session:
        for number in range(3):
            campaigns.enter(session, name(number), Path("/x"), ledger.now())

    def write() -> None:
        for step in range(most):
            for number in range(3):
                with ledger.write() as session:
                    campaigns.known(session, name(number))
                    events.append(session, name(number), "step", {"step": step}, ledger.now())

    async def all_of_them() -> list[list[int]]:
        hub = Hub(ledger)
        looking = asyncio.create_task(hub.run())
        async with asyncio.timeout(30):
            heard, _ = await asyncio.gather(
                asyncio.gather(*(listen(hub, name(number % 3), most, draw) for number in range(30))),
                asyncio.to_thread(write),
            )
        looking.cancel()
        assert hub.streams == 0
        return list(heard)

    assert asyncio.run(all_of_them()) == [list(range(1, most + 1))] * 30
