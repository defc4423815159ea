"""`revise` and `chat`: a planned campaign in conversation, one turn or many."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.commands.shared import AsJson, Today, day_of, deps_of, fail, read_text, settings_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from agent.campaign import Campaign
    from agent.conversation.chat import Chat
    from agent.conversation.reply import Reply
    from agent.deps import Deps

LEAVES = ("exit", "quit", "bye", "q", ":q", "退出", "再见", "结束")
GREETING = "Say what to change or ask about the plan; “help” says what is understood, “exit” ends."


def register(app: typer.Typer) -> None:
    app.command("revise")(revise)
    app.command("chat")(chat)


def revise(
    campaign: Annotated[str, typer.Argument(metavar="CAMPAIGN", help="A campaign's id, or its folder.")],
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What to change or to ask, @FILE, or - for stdin.")],
    as_json: AsJson = False,
) -> None:
    """Change a planned campaign, answer what it asks, or ask about it: one turn, and what that changed."""
    from agent.commands.progress import progress_bar

    settings = settings_of(as_json)
    said = read_text(text, as_json)
    with progress_bar() as progress:
        deps = deps_of(settings, progress)
        folder, made = _find(deps, campaign, as_json)
        with _chat(deps, folder, made, as_json) as talking:
            reply = _said(talking, said, as_json)
    typer.echo(reply.model_dump_json(indent=2) if as_json else _in_words(said, reply))
    if reply.problem:
        typer.echo(f"briefsmith: {reply.problem.detail}", err=True)
    elif reply.exit_status:
        typer.echo(f"briefsmith: {reply.lines[0] if reply.lines else reply.kind}", err=True)
    raise typer.Exit(reply.exit_status)


def chat(
    start: Annotated[
        str | None, typer.Argument(metavar="[BRIEF|CAMPAIGN]", help="A brief, or a campaign's id or folder.")
    ] = None,
    today: Today = None,
    as_json: AsJson = False,
) -> None:
    """Plan a brief and talk about it, or go on with a campaign: a line a turn, until `exit` or the end of the input."""
    from agent.commands.progress import progress_bar
    from agent.errors import exit_status

    settings = settings_of(as_json)
    opening = start if start is not None else _ask("What is the campaign to do? ")
    if not opening:
        raise typer.Exit(10)
    with progress_bar() as progress:
        deps = deps_of(settings, progress)
        folder, made = _open(deps, opening, today=day_of(today), as_json=as_json)
    _show(made, folder, as_json)
    with _chat(deps, folder, made, as_json) as talking:
        while (line := _ask("> ")) is not None and line.strip().lower() not in LEAVES:
            if line.strip():
                with progress_bar() as deps.progress:
                    reply = _said(talking, line, as_json)
                typer.echo(reply.model_dump_json() if as_json else _in_words(line, reply) + "\n")
        made = talking.talk.campaign
    raise typer.Exit(exit_status(made))


def _in_words(said: str, reply: Reply) -> str:
    """The reply in the language of the turn, as the page has it in the page's; JSON is as the tools say it."""
    from agent.brief.language import is_chinese
    from agent.report.language import sayer

    return sayer("zh" if is_chinese(said.lower()) else "en")(reply.text)


def _ask(prompt: str) -> str | None:
    """A line from the terminal, or from a pipe without a prompt; null at its end."""
    try:
        if sys.stdin.isatty():
            return input(prompt)
        line = sys.stdin.readline()
    except (EOFError, KeyboardInterrupt):
        return None
    except UnicodeDecodeError as error:
        typer.echo(f"briefsmith: that line is not UTF-8 text (byte {error.start})", err=True)
        return ""
    return line.rstrip("\r\n") if line else None


def _find(deps: Deps, name: str, as_json: bool) -> tuple[Path, Campaign]:
    from agent.errors import problem_of
    from agent.shelf import find
    from tools.failure import ToolFailure

    try:
        shelved = find(deps.settings.home, name)
    except ToolFailure as failure:
        fail(problem_of(failure), as_json)
    return shelved.folder, shelved.campaign


def _open(deps: Deps, start: str, *, today: date | None, as_json: bool) -> tuple[Path, Campaign]:
    """The campaign that is named, or a plan of the brief that is given."""
    from agent.errors import PlanError
    from agent.plan import plan
    from agent.shelf import CAMPAIGN_ID

    if CAMPAIGN_ID.fullmatch(start) or _is_folder(start):
        return _find(deps, start, as_json)
    try:
        planned = plan(read_text(start, as_json), deps, today=today)
    except PlanError as error:
        fail(error.problem, as_json)
    return planned.folder, planned.campaign


def _is_folder(name: str) -> bool:
    """Of a campaign. A brief may be longer than a file's name can be."""
    try:
        return (Path(name) / "campaign.json").is_file()
    except (OSError, ValueError):
        return False


@contextmanager
def _chat(deps: Deps, folder: Path, made: Campaign, as_json: bool) -> Iterator[Chat]:
    from agent.conversation.chat import Chat
    from agent.conversation.memory import memory
    from agent.errors import problem_of
    from tools.failure import ToolFailure

    try:
        with memory(deps.settings.home, deps.settings.database_url) as saver:
            yield Chat(deps, folder, made, saver)
    except ToolFailure as failure:
        fail(problem_of(failure), as_json)


def _said(talking: Chat, line: str, as_json: bool) -> Reply:
    from agent.commands.planning import cannot_write
    from agent.errors import problem_of
    from tools.failure import ToolFailure

    try:
        return talking.say(line)
    except ToolFailure as failure:
        fail(problem_of(failure), as_json)
    except OSError as error:
        fail(cannot_write(error), as_json)


def _show(made: Campaign, folder: Path, as_json: bool) -> None:
    from agent.commands.summary import summary_lines

    if as_json:
        return
    typer.echo("\n".join(summary_lines(made, folder)))
    if made.problem:
        typer.echo(made.problem.detail)
    typer.echo(GREETING + "\n")
