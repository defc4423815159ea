"""`send-test` and `push`: a look at the e-mails in an inbox, and the hand-over to a sending system."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from agent.commands.shared import AsJson, deps_of, fail, settings_of

if TYPE_CHECKING:
    from agent.deps import Progress
    from agent.settings import Settings
    from tools.launch.connectors.types import Handover, Outcome

CampaignName = Annotated[str, typer.Argument(metavar="CAMPAIGN", help="A campaign's id, or its folder.")]


def register(app: typer.Typer) -> None:
    app.command("send-test")(send_test)
    app.command("push")(push)


def send_test(
    campaign: CampaignName,
    to: Annotated[str, typer.Option("--to", metavar="ADDRESS", help="Where to: an address of your own.")],
    copy: Annotated[
        str | None, typer.Option("--copy", metavar="COPY_ID", help="Only this copy; else every e-mail of the campaign.")
    ] = None,
    smtp: Annotated[
        str | None, typer.Option("--smtp", metavar="URL", help="The server, else BRIEFSMITH_SMTP_URL.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Send the campaign's e-mails, with an example customer's name, to one address, to see them in an inbox."""
    import json

    from agent.errors import problem_of
    from agent.sendtest import messages
    from agent.shelf import find
    from tools.failure import ToolFailure
    from tools.launch.smtp import send, smtp_server

    deps = deps_of(settings_of(as_json))
    try:
        server = smtp_server(smtp or deps.settings.smtp_url.get_secret_value())
        made = find(deps.settings.home, campaign).campaign
        mails = messages(made, deps.store.info.sender, to, now=deps.now(), copy_id=copy)
        send(mails, server)
    except ToolFailure as failure:
        fail(problem_of(failure), as_json)
    subjects = [str(mail["Subject"]) for mail in mails]
    if as_json:
        typer.echo(json.dumps({"to": to, "subjects": subjects}, indent=2, ensure_ascii=False))
    else:
        typer.echo("\n".join(f"sent to {to}: {subject}" for subject in subjects))


def push(
    campaign: CampaignName,
    target: Annotated[Literal["listmonk"], typer.Option("--to", help="The system that sends.")] = "listmonk",
    go: Annotated[bool, typer.Option("--go", help="Do it. Without, only say what would be done.")] = False,
    unique_codes: Annotated[
        bool, typer.Option("--unique-codes", help="A coupon code of each customer's own in place of the shared one.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Bring an approved campaign's lists into a sending system; nothing is sent before a person starts it there."""
    import json

    from agent.commands.progress import progress_bar
    from agent.errors import problem_of
    from tools.failure import ToolFailure

    settings = settings_of(as_json)
    try:
        with progress_bar() as progress:
            handover, outcome = _pushed(settings, progress, campaign, go=go, unique_codes=unique_codes)
    except ToolFailure as failure:
        fail(problem_of(failure), as_json)
    facts = _facts(handover, outcome)
    typer.echo(json.dumps(facts, indent=2, ensure_ascii=False) if as_json else "\n".join(_words(handover, outcome)))
    if outcome is not None and outcome.rejected:
        typer.echo(f"briefsmith: {target} rejected {len(outcome.rejected)} people; run it again once mended", err=True)
        raise typer.Exit(1)


def _pushed(
    settings: Settings, progress: Progress, campaign: str, *, go: bool, unique_codes: bool
) -> tuple[Handover, Outcome | None]:
    from agent.handover import hand_over
    from agent.shelf import find
    from tools.failure import ToolFailure
    from tools.launch.connectors.http import Requests
    from tools.launch.connectors.listmonk import Listmonk, listmonk_client

    token = settings.listmonk_token.get_secret_value() if settings.listmonk_token else ""
    if not (settings.listmonk_url and settings.listmonk_user and token):
        message = "set BRIEFSMITH_LISTMONK_URL, BRIEFSMITH_LISTMONK_USER and BRIEFSMITH_LISTMONK_TOKEN"
        raise ToolFailure("no_connector", f"It is not known where listmonk is: {message}.")
    deps = deps_of(settings, progress)
    shelved = find(settings.home, campaign)
    with listmonk_client(settings.listmonk_url, settings.listmonk_user, token) as client:
        connector = Listmonk(Requests(client))
        return hand_over(shelved, connector, settings.listmonk_url, deps, deps.ledger, go=go, unique_codes=unique_codes)


def _facts(handover: Handover, outcome: Outcome | None) -> dict[str, object]:
    plan: dict[str, object] = {
        "campaign_id": handover.campaign_id,
        "target": handover.target,
        "dry_run": outcome is None,
        "lists": {group.name: len(group.people) for group in handover.groups},
        "left_out": [list(one) for one in handover.left_out],
    }
    if outcome is None:
        return plan
    return plan | {
        "created": outcome.created,
        "updated": outcome.updated,
        "already": outcome.already,
        "left_alone": [list(one) for one in outcome.left_alone],
        "rejected": [list(one) for one in outcome.rejected],
        "requests": outcome.requests,
        "retries": outcome.retries,
    }


def _words(handover: Handover, outcome: Outcome | None) -> list[str]:
    lines = [f"  {group.name}: {len(group.people):,} people" for group in handover.groups]
    lines += [f"  left out {customer}: {reason}" for customer, reason in handover.left_out]
    head = f"{handover.size:,} people in {len(handover.groups)} lists of {handover.target}"
    if outcome is None:
        return [f"would bring {head} (nothing was done; --go does it)", *lines]
    lines += [f"  left alone {customer}: {reason}" for customer, reason in outcome.left_alone]
    lines += [f"  rejected {customer}: {reason}" for customer, reason in outcome.rejected]
    return [
        f"brought {head}: {outcome.created:,} new, {outcome.updated:,} changed, {outcome.already:,} there already "
        f"({outcome.requests:,} requests, {outcome.retries:,} repeated)",
        *lines,
    ]
