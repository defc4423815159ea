"""`doctor`: what is there, what is missing, and what to do about it."""

from __future__ import annotations

import typer

from agent.commands.shared import AsJson, deps_of, fail, settings_of


def register(app: typer.Typer) -> None:
    app.command("doctor")(doctor)


def doctor(as_json: AsJson = False) -> None:
    """Say which shop, index, assumptions and models a plan would use, how old they are, and what does not fit."""
    import json

    from agent.errors import problem_of
    from agent.model import model_found
    from agent.training.found import trained_models
    from tools.catalog.index import describe_index
    from tools.failure import ToolFailure

    settings = settings_of(as_json)
    deps = deps_of(settings)
    try:
        info = deps.store.info
        found: dict[str, object] = {
            "home": str(settings.home),
            "shop": info.name,
            "market": info.market,
            "currency": info.currency,
            "rows": info.rows,
            "last_order_at": info.last_order_at.isoformat() if info.last_order_at else None,
            "content_sha": info.content_sha,
            "synthetic": {table: list(columns) for table, columns in info.synthetic.items()},
            "index": describe_index(deps.store, settings.home),
            "assumptions_version": deps.assumptions.version,
            "model": model_found(settings),
            "trained": trained_models(deps),
        }
    except ToolFailure as failure:
        fail(problem_of(failure), as_json)
    typer.echo(json.dumps(found, indent=2) if as_json else "\n".join(f"{k + ':':<22}{v}" for k, v in found.items()))
