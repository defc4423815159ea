"""What every command shares: options, settings, the brief's text, and how it fails.

Exit status: 0 planned · 10 needs input · 11 infeasible · 12 refused · 1 error. stdout holds the answer, stderr the
plain sentences and the progress (on a terminal only).
"""

from __future__ import annotations

import sys
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from agent.campaign import Problem
    from agent.deps import Deps, Progress
    from agent.settings import Settings

BriefText = Annotated[str, typer.Argument(metavar="BRIEF", help="The brief's text, @FILE, or - for standard input.")]
Today = Annotated[
    datetime | None,
    typer.Option("--today", formats=["%Y-%m-%d"], metavar="DATE", help="The day the brief is written on (YYYY-MM-DD)."),
]
AsJson = Annotated[bool, typer.Option("--json", help="JSON on standard output, and nothing else there.")]


def fail(problem: Problem, as_json: bool, status: int = 1) -> NoReturn:
    """A plain sentence on stderr, with --json the problem on stdout, and the exit status."""
    typer.echo(f"briefsmith: {problem.detail}", err=True)
    if as_json:
        typer.echo(problem.model_dump_json())
    raise typer.Exit(status)


def settings_of(as_json: bool) -> Settings:
    from pydantic import ValidationError

    from agent.campaign import Problem
    from agent.errors import TYPE_BASE
    from agent.settings import Settings

    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "BRIEFSMITH_" + "_".join(str(part) for part in first["loc"]).upper()
        detail = f"the setting `{name}` is {first.get('input')!r}: {first['msg']}"
        fail(Problem(type=TYPE_BASE + "bad-setting", title="Bad setting", detail=detail), as_json)


def read_text(brief: str, as_json: bool) -> str:
    """The brief's text from the argument, a file or standard input."""
    from agent.campaign import Problem
    from agent.errors import TYPE_BASE

    if brief != "-" and not brief.startswith("@"):
        return brief
    where = "standard input" if brief == "-" else brief[1:]
    try:
        data = sys.stdin.buffer.read() if brief == "-" else Path(where).read_bytes()
        return data.decode("utf-8-sig")
    except OSError as error:
        detail = f"the brief's file `{where}` cannot be read: {error.strerror}"
    except UnicodeDecodeError as error:
        detail = f"the brief in `{where}` is not UTF-8 text (byte {error.start}); save it as UTF-8"
    fail(Problem(type=TYPE_BASE + "bad-brief-file", title="Bad brief file", detail=detail), as_json)


def day_of(today: datetime | None) -> date | None:
    return today.date() if today else None


def deps_of(settings: Settings, progress: Progress | None = None) -> Deps:
    from agent.deps import Deps, silent

    return Deps(settings=settings, progress=progress or silent)
