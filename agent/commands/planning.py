"""`read`, `plan` and `show`: from a brief to a package, and a look at one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from agent.commands.shared import AsJson, BriefText, Today, day_of, deps_of, fail, read_text, settings_of

if TYPE_CHECKING:
    from agent.campaign import Campaign, Problem


def register(app: typer.Typer) -> None:
    app.command("read")(read)
    app.command("plan")(plan)
    app.command("show")(show)


def read(brief: BriefText, today: Today = None, as_json: AsJson = False) -> None:
    """Only understand the brief: its fields, the words they came from, and what is missing."""
    from agent.brief.read import read_brief
    from agent.commands.summary import brief_lines
    from agent.errors import problem_of
    from tools.failure import ToolFailure

    deps = deps_of(settings_of(as_json))
    text = read_text(brief, as_json)
    currency = market = None
    day = day_of(today)
    try:
        info = deps.store.info
        currency, market, day = info.currency, info.market, day or deps.today()
    except ToolFailure as failure:
        # Reading needs no shop: without one the currency is taken as written and today is the clock's.
        if failure.code != "no_shop":
            fail(problem_of(failure), as_json)
    made = read_brief(text, today=day or deps.now().date(), shop_currency=currency, shop_market=market)
    typer.echo(made.model_dump_json(indent=2) if as_json else "\n".join(brief_lines(made)))
    if made.status != "ok":
        asks = [question.question for question in made.questions if question.blocking]
        typer.echo("briefsmith: " + (" ".join(asks) or " ".join(made.notes)), err=True)
    raise typer.Exit({"ok": 0, "needs_input": 10, "not_a_brief": 10, "refused": 12}[made.status])


def plan(
    brief: BriefText,
    today: Today = None,
    out: Annotated[Path | None, typer.Option("--out", help="Folder for the package.", file_okay=False)] = None,
    as_json: AsJson = False,
    planner: Annotated[
        Literal["playbook", "llm"] | None,
        typer.Option("--planner", help="Who leads the loop; by default the model where one answers."),
    ] = None,
    writer: Annotated[
        Literal["template", "llm"] | None,
        typer.Option("--writer", help="Who writes the words; by default the model where one answers."),
    ] = None,
) -> None:
    """Plan the brief: audience, products, offers, forecast, budget, copy, checks and test, in one package."""
    from agent.commands.progress import progress_bar
    from agent.commands.summary import summary_lines
    from agent.errors import PlanError, exit_status
    from agent.plan import plan as make_plan
    from agent.report.language import language_of, sayer

    settings = settings_of(as_json)
    text = read_text(brief, as_json)
    try:
        with progress_bar() as progress:
            planned = make_plan(
                text, deps_of(settings, progress), today=day_of(today), out=out, planner=planner, writer=writer
            )
    except PlanError as error:
        fail(error.problem, as_json)
    except OSError as error:
        fail(cannot_write(error), as_json)
    campaign = planned.campaign
    if as_json:
        typer.echo(campaign.model_dump_json(indent=2, by_alias=True))
    else:
        typer.echo("\n".join(summary_lines(campaign, planned.folder)))
    if campaign.problem:
        t = sayer(language_of(campaign))
        typer.echo(f"briefsmith: {t(campaign.problem.detail)}", err=True)
    raise typer.Exit(exit_status(campaign))


def cannot_write(error: OSError) -> Problem:
    """The problem of a folder that refuses to be written."""
    from agent.campaign import Problem
    from agent.errors import TYPE_BASE

    detail = f"the package cannot be written: `{error.filename}`: {error.strerror}"
    return Problem(type=TYPE_BASE + "cannot-write", title="Cannot write", detail=detail)


def show(
    campaign: Annotated[str, typer.Argument(help="A campaign's id, or its folder.")], as_json: AsJson = False
) -> None:
    """Show a campaign that was planned."""
    from agent.commands.summary import summary_lines

    folder, made = load_campaign(campaign, as_json)
    typer.echo(made.model_dump_json(indent=2, by_alias=True) if as_json else "\n".join(summary_lines(made, folder)))


def load_campaign(name: str, as_json: bool) -> tuple[Path, Campaign]:
    """A campaign by its id or its folder, read and validated."""
    from agent.errors import problem_of
    from agent.shelf import find
    from tools.failure import ToolFailure

    try:
        found = find(settings_of(as_json).home, name)
    except ToolFailure as failure:
        fail(problem_of(failure), as_json)
    return found.folder, found.campaign
