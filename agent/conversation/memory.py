"""Memory: what was said, by LangGraph's checkpointer, where the ledger is: a SQLite file in the home, or PostgreSQL."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tools.failure import ToolFailure

if TYPE_CHECKING:
    from langgraph.checkpoint.base import BaseCheckpointSaver
    from langgraph.checkpoint.postgres import PostgresSaver
    from psycopg import Connection

    Saver = BaseCheckpointSaver[Any]

FILE = "conversations.sqlite"
LOCK = 7106
"""Of PostgreSQL's advisory locks, the one that who makes the tables holds; the ledger's is 7105."""
AGAIN_SECONDS = 0.05


@contextmanager
def memory(home: Path, database_url: str | None = None) -> Iterator[Saver]:
    """The conversations of a home.

    Raises:
        ToolFailure: `ledger_away`, `no_memory` where they cannot be opened, read or written.
    """
    with _postgresql(database_url) if database_url else _sqlite(home) as saver:
        yield saver


@contextmanager
def _sqlite(home: Path) -> Iterator[Saver]:
    """Readers do not wait for a writer (WAL); a writer waits for another."""
    from langgraph.checkpoint.sqlite import SqliteSaver

    home.mkdir(parents=True, exist_ok=True)
    try:
        with closing(sqlite3.connect(home / FILE, check_same_thread=False, timeout=30)) as connection:
            saver = SqliteSaver(connection)
            saver.setup()
            yield saver
    except sqlite3.Error as error:
        message = f"the conversations in `{home / FILE}` cannot be read or written: {error}"
        raise ToolFailure("no_memory", message) from error


@contextmanager
def _postgresql(url: str) -> Iterator[Saver]:
    import psycopg
    from langgraph.checkpoint.postgres import PostgresSaver
    from psycopg.rows import dict_row
    from sqlalchemy import make_url

    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        with psycopg.connect(address, autocommit=True, prepare_threshold=0, row_factory=dict_row) as connection:
            saver = PostgresSaver(connection)
            _made(saver, connection)
            yield saver
    except psycopg.Error as error:
        # The driver's words may hold the password of the URL: they stay in the chain, not in the message.
        message = "the conversations at BRIEFSMITH_DATABASE_URL cannot be read or written"
        raise ToolFailure("ledger_away", message) from error


def _made(saver: PostgresSaver, connection: Connection[Any]) -> None:
    """Make the tables, one process at a time.

    Whoever waits must not do so inside a statement: an index that is made CONCURRENTLY waits for all of those.
    """
    while not _locked(connection):
        time.sleep(AGAIN_SECONDS)
    try:
        saver.setup()
    finally:
        connection.execute("SELECT pg_advisory_unlock(%s)", (LOCK,))


def _locked(connection: Connection[Any]) -> bool:
    row = connection.execute("SELECT pg_try_advisory_lock(%s) AS mine", (LOCK,)).fetchone()
    return bool(row and row["mine"])
