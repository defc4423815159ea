"""`serve` and `keys`: the HTTP API, and who may use it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from agent.commands.shared import AsJson, deps_of, fail, settings_of

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

    from agent.ledger.ledger import Ledger
    from agent.settings import Settings

LOOPBACK = ("127.0.0.1", "::1", "localhost")
keys = typer.Typer(help="API keys: who may use the API, and as what.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    app.command("serve")(serve)
    app.add_typer(keys, name="keys")
    keys.command("add")(add)
    keys.command("list")(list_)
    keys.command("revoke")(revoke)


def serve(
    host: Annotated[str, typer.Option("--host", help="Address to listen on; beyond this machine needs a key.")] = (
        "127.0.0.1"
    ),
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Port to listen on.")] = 8000,
) -> None:
    """Serve the HTTP API, with workers that plan what is posted; only to this machine until a key exists."""
    import logging

    import uvicorn

    from agent.api.app import create_app
    from agent.api.logs import JsonLines
    from agent.campaign import Problem
    from agent.errors import TYPE_BASE

    deps = deps_of(settings_of(as_json=False))
    if host not in LOOPBACK and not _any_key(_ledger(as_json=False)):
        detail = f"listening on {host} needs an API key first: `briefsmith keys add NAME --role ROLE`"
        fail(Problem(type=TYPE_BASE + "keys-needed", title="Keys needed", detail=detail), as_json=False)
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    telemetry = _telemetry(deps.settings)
    uvicorn.run(
        create_app(deps),
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=5,
    )
    if telemetry is not None:
        telemetry.shutdown()


def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Whose key it is; approvals by it carry this name.")],
    role: Annotated[
        Literal["viewer", "planner", "approver"], typer.Option("--role", help="Each may do what those before it may.")
    ],
    as_json: AsJson = False,
) -> None:
    """Make a key. It is shown this once and cannot be shown again."""
    import json

    from agent.errors import problem_of
    from agent.ledger import keys as book
    from tools.failure import ToolFailure

    ledger = _ledger(as_json)
    try:
        with ledger.write() as session:
            made = book.add(session, name, role, ledger.now())
    except ToolFailure as failure:
        fail(problem_of(failure), as_json)
    typer.echo(json.dumps({"key_id": made.key_id, "role": role, "key": made.key}) if as_json else made.key)


def list_(as_json: AsJson = False) -> None:
    """List the keys, the revoked ones too; never the keys themselves."""
    import json

    from agent.ledger import keys as book

    with _ledger(as_json).read() as session:
        rows = [
            {
                "key_id": row.key_id,
                "name": row.name,
                "role": row.role,
                "created_at": row.created_at.isoformat(timespec="seconds"),
                "revoked_at": row.revoked_at.isoformat(timespec="seconds") if row.revoked_at else None,
            }
            for row in book.every(session)
        ]
    if as_json:
        typer.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    for row in rows:
        state = f"revoked {row['revoked_at']}" if row["revoked_at"] else f"since {row['created_at']}"
        typer.echo(f"{row['key_id']}  {row['role']:<8}  {state}  {row['name']}")


def revoke(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The key's name or id.")], as_json: AsJson = False
) -> None:
    """Revoke a key at once and for good."""
    import json

    from agent.errors import problem_of
    from agent.ledger import keys as book
    from tools.failure import ToolFailure

    ledger = _ledger(as_json)
    try:
        with ledger.write() as session:
            row = book.revoke(session, name, ledger.now())
    except ToolFailure as failure:
        fail(problem_of(failure), as_json)
    typer.echo(json.dumps({"key_id": row.key_id, "name": row.name}) if as_json else f"revoked {row.key_id} {row.name}")


def _telemetry(settings: Settings) -> TracerProvider | None:
    from agent.errors import problem_of
    from agent.telemetry import start
    from tools.failure import ToolFailure

    try:
        return start(settings, "briefsmith-api")
    except ToolFailure as failure:
        fail(problem_of(failure), as_json=False)


def _any_key(ledger: Ledger) -> bool:
    from agent.ledger.keys import any_live

    with ledger.read() as session:
        return any_live(session)


def _ledger(as_json: bool) -> Ledger:
    from agent.errors import problem_of
    from tools.failure import ToolFailure

    deps = deps_of(settings_of(as_json))
    try:
        return deps.ledger
    except ToolFailure as failure:
        fail(problem_of(failure), as_json)
