"""A ledger in each of the two databases, and a clock that stands still until it is moved."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from agent.ledger.engine import open_engine
from agent.ledger.ledger import Ledger
from tests.agent.ledger import postgres


@dataclass
class Clock:
    now: datetime = datetime(2017, 11, 24, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    reason = postgres.why_not()
    if reason:
        pytest.skip(reason)
    with postgres.server() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Ledger]:
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    engine = open_engine(tmp_path / "home", url)
    made = Ledger(engine, clock)
    yield made
    if url:
        with made.write() as session:
            session.execute(text("DROP SCHEMA public CASCADE; CREATE SCHEMA public"))
    made.close()
