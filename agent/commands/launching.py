"""`approve` and `export`: the plan that was shown, released by a named person, and handed over in a format."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from agent.commands.shared import AsJson, deps_of, fail, settings_of

CampaignName = Annotated[str, typer.Argument(metavar="CAMPAIGN", help="A campaign's id, or its folder.")]


def register(app: typer.Typer) -> None:
    from agent.commands import sending

    app.command("approve")(approve)
    app.command("export")(export)
    sending.register(app)


def approve(
    campaign: CampaignName,
    approver: Annotated[str, typer.Option("--as", metavar="NAME", help="Who approves.")],
    sha: Annotated[
        str | None, typer.Option("--sha", help="The hash that `plan` and `show` printed; refused where it has changed.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Approve exactly the plan that was shown, once; a later change voids it."""
    import json

    from agent.approval import approve as approve_it
    from agent.errors import problem_of
    from agent.shelf import find
    from tools.failure import ToolFailure

    deps = deps_of(settings_of(as_json))
    try:
        done = approve_it(find(deps.settings.home, campaign), approver, deps.ledger, sha)
    except ToolFailure as failure:
        fail(problem_of(failure), as_json)
    facts = {
        "campaign_id": done.campaign.campaign_id,
        "status": done.campaign.status,
        "plan_sha": done.plan_sha,
        "approver": done.approver,
        "at": done.at.isoformat(),
    }
    typer.echo(json.dumps(facts, indent=2, ensure_ascii=False) if as_json else _approved_words(facts))


def _approved_words(facts: dict[str, str]) -> str:
    return f"{facts['campaign_id']} is approved by {facts['approver']} as it stands: {facts['plan_sha']}"


def export(
    campaign: CampaignName,
    format_name: Annotated[str, typer.Option("--to", metavar="FORMAT", help="The format: csv, parquet, json, …")],
    out: Annotated[Path, typer.Option("--out", help="Folder for the files: new or empty.", file_okay=False)],
    as_json: AsJson = False,
) -> None:
    """Write an approved campaign's files for the system that sends them; anything not approved is refused."""
    import json

    from agent.commands.planning import cannot_write
    from agent.errors import problem_of
    from agent.export import export as export_it
    from agent.shelf import find
    from tools.failure import ToolFailure

    deps = deps_of(settings_of(as_json))
    try:
        done = export_it(find(deps.settings.home, campaign), format_name, out, deps, deps.ledger)
    except ToolFailure as failure:
        fail(problem_of(failure), as_json)
    except OSError as error:
        fail(cannot_write(error), as_json)
    if as_json:
        facts = {"campaign_id": done.campaign.campaign_id, "status": done.campaign.status, "format": done.format}
        typer.echo(json.dumps({**facts, "folder": str(done.folder), "files": done.files}, indent=2, ensure_ascii=False))
    else:
        typer.echo("\n".join(f"{done.folder / name}  sha256 {digest}" for name, digest in done.files.items()))
