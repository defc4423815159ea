"""Ledger: the one door to the database. `write()` is a transaction, whole or not at all; `read()` a snapshot."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from agent.ledger.engine import LAZY, READ, open_engine
from agent.ledger.turn import Turn

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine
    from sqlalchemy.orm import Session

    from agent.settings import Settings


@dataclass(frozen=True)
class Ledger:
    """Campaigns, versions, approvals, events, jobs, effects and keys. Functions beside it take its sessions."""

    engine: Engine
    now: Callable[[], datetime]
    lazy: bool = False
    """Every transaction is lazy."""

    @classmethod
    def open(cls, settings: Settings, now: Callable[[], datetime]) -> Ledger:
        """Open the ledger of the settings, brought up to date; raises what `open_engine` raises."""
        return cls(open_engine(settings.home, settings.database_url), now)

    @cached_property
    def _turn(self) -> Turn | None:
        """SQLite's writers stand in line; PostgreSQL's need not."""
        file = self.engine.url.database
        return Turn(Path(f"{file}-turn")) if self.engine.dialect.name == "sqlite" and file else None

    def again(self) -> Ledger:
        """The same, for work that is done again where a power cut undid it: it never waits for the disk."""
        made = replace(self, lazy=True)
        made.__dict__["_turn"] = self._turn
        return made

    @contextmanager
    def write(self, *, lazy: bool = False) -> Iterator[Session]:
        """A transaction that is committed at the end and rolled back by any exception.

        Args:
            lazy: do not wait until it is on the disk: a power cut, not a crash, may undo it. For what is done again
                by itself; and let others go first, for nobody waits for an answer.

        Raises:
            ToolFailure: `ledger_busy` where other writers do not come to an end (SQLite).
        """
        from sqlalchemy.orm import Session

        turn, lazy = self._turn, lazy or self.lazy
        alone: AbstractContextManager[None] = nullcontext() if turn is None else turn.taken(patient=lazy)
        engine = self.engine.execution_options(**{LAZY: True}) if lazy else self.engine
        with alone, Session(engine, expire_on_commit=False) as session, session.begin():
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
        if self._turn is not None:
            self._turn.close()
