"""Opening the ledger: SQLite in BRIEFSMITH_HOME or PostgreSQL by URL, brought to this version's schema by Alembic.

SQLite: write-ahead log, every commit synced to the disk, and `BEGIN IMMEDIATE` for whoever will write, so that a
reading is never turned into a failed upgrade of its lock. A transaction opened with the option `READ` is a snapshot
that blocks nobody; one with the option `LAZY` is on the disk with the next that is not.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tools.failure import ToolFailure

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

HEAD = "0001"
"""The newest migration."""
READ = "briefsmith_read"
LAZY = "briefsmith_lazy"
CONNECTIONS = 20
"""Kept open by a process; under load some more are opened and closed again, which is slow."""
WAIT_MS = 30_000
"""How long a writer waits for another before it gives up."""


def open_engine(home: Path, url: str | None = None) -> Engine:
    """An engine on the ledger, whose schema is up to date.

    Raises:
        ToolFailure: `ledger_away` where it cannot be opened; `bad_ledger_url`; `ledger_schema` where a newer
            Briefsmith wrote it.
    """
    from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError

    try:
        engine = _postgresql(url) if url else _sqlite(home / "ledger.sqlite")
        _migrate(engine)
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        message = "BRIEFSMITH_DATABASE_URL is not a URL that the ledger can use; write postgresql://user@host/name"
        raise ToolFailure("bad_ledger_url", message) from error
    except DatabaseError as error:
        # The driver's words may hold the password of the URL: they stay in the chain, not in the message.
        where = "at BRIEFSMITH_DATABASE_URL" if url else str(home / "ledger.sqlite")
        raise ToolFailure("ledger_away", f"the ledger {where} cannot be opened") from error
    return engine


def _sqlite(path: Path) -> Engine:
    from sqlalchemy import create_engine, event

    path.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": WAIT_MS / 1000}, pool_size=CONNECTIONS)

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={WAIT_MS}", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        options = connection.get_execution_options()
        if options.get(READ, False):
            connection.exec_driver_sql("BEGIN")
            return
        connection.exec_driver_sql(f"PRAGMA synchronous={'NORMAL' if options.get(LAZY, False) else 'FULL'}")
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _postgresql(url: str) -> Engine:
    from sqlalchemy import create_engine, event, make_url

    address = make_url(url)
    if address.get_backend_name() != "postgresql":
        raise ToolFailure("bad_ledger_url", f"the ledger is SQLite or PostgreSQL, not {address.get_backend_name()}")
    engine = create_engine(address.set(drivername="postgresql+psycopg"), pool_pre_ping=True, pool_size=CONNECTIONS)

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        if connection.get_execution_options().get(LAZY, False):
            connection.exec_driver_sql("SET LOCAL synchronous_commit TO off")

    return engine


def _migrate(engine: Engine) -> None:
    """Bring the schema to `HEAD`, one process at a time; Alembic is loaded only where there is something to do."""
    from sqlalchemy import text

    with engine.connect() as connection:
        if _version(connection) == HEAD:
            return
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(7105)"))
        found = _version(connection)
        if found is not None and found > HEAD:
            message = f"the ledger was written by a newer Briefsmith (schema {found}; this one reads {HEAD})"
            raise ToolFailure("ledger_schema", message, found=found, expected=HEAD)
        if found != HEAD:
            _upgrade(connection)


def _version(connection: Connection) -> str | None:
    from sqlalchemy import inspect, text

    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return str(found) if found is not None else None


def alembic_config() -> Any:
    """Alembic's configuration: its scripts are data of this package."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(files("agent.ledger").joinpath("migrations")))
    return config


def _upgrade(connection: Connection) -> None:
    from alembic import command

    config = alembic_config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
