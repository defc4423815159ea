"""Ledger: the one door to the database. `write()` is a transaction, whole or not at all; `read()` a snapshot."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from agent.ledger.engine import READ, open_engine

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine
    from sqlalchemy.orm import Session

    from agent.settings import Settings


@dataclass(frozen=True)
class Ledger:
    """Campaigns, versions, approvals, events, jobs, effects and keys. Functions beside it take its sessions."""

    engine: Engine
    now: Callable[[], datetime]
    turn: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)
    """SQLite has one writer: this process's threads take turns here, for the database makes who waits sleep."""

    @classmethod
    def open(cls, settings: Settings, now: Callable[[], datetime]) -> Ledger:
        """Open the ledger of the settings, brought up to date; raises what `open_engine` raises."""
        return cls(open_engine(settings.home, settings.database_url), now)

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A transaction that is committed at the end and rolled back by any exception."""
        from sqlalchemy.orm import Session

        alone = self.turn if self.engine.dialect.name == "sqlite" else nullcontext()
        with alone, Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A snapshot that waits for no writer."""
        from sqlalchemy.orm import Session

        with Session(self.engine.execution_options(**{READ: True})) as session:
            yield session

    @contextmanager
    def look(self) -> Iterator[Connection]:
        """As `read`, without the objects of an ORM: for what every request asks."""
        with self.engine.execution_options(**{READ: True}).connect() as connection:
            yield connection

    def close(self) -> None:
        self.engine.dispose()
