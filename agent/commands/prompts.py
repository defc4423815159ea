"""`prompts`: which versions there are, what one renders to, and what changed between two."""

from __future__ import annotations

from typing import Annotated, NoReturn

import typer

prompts = typer.Typer(help="Prompts: list their versions, render one, diff two.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    app.add_typer(prompts, name="prompts")


Name = Annotated[str, typer.Argument(metavar="PROMPT", help="A prompt's id, or ID.vN for one version of it.")]


@prompts.command("list")
def list_prompts() -> None:
    """Every version of every prompt, its hash and variables; * is the one that is served."""
    from prompts.load import BadPrompt, every, live, prompt

    try:
        served = live()
        known = every()
        for name in served:
            prompt(name)
    except BadPrompt as error:
        _fail(str(error))
    for one in known:
        mark = "*" if served.get(one.id) == one.version else " "
        typer.echo(f"{mark} {one.id + f'.v{one.version}':<24}{one.sha[:12]}  {', '.join(one.variables)}".rstrip())


@prompts.command("render")
def render(
    name: Name,
    values: Annotated[
        list[str] | None, typer.Option("--set", metavar="VARIABLE=VALUE", help="A variable: text, or JSON.")
    ] = None,
) -> None:
    """Print a prompt as a model would get it, with the variables given."""
    from jinja2 import UndefinedError

    from prompts.load import BadPrompt, version

    pairs = (pair.partition("=")[::2] for pair in values or [])
    given = {variable: _value(text) for variable, text in pairs}
    try:
        one = version(name)
    except KeyError as error:
        _unknown(error)
    except BadPrompt as error:
        _fail(str(error))
    if missing := [variable for variable in one.variables if variable not in given]:
        _fail(f"`{name}` needs {', '.join(f'--set {variable}=VALUE' for variable in missing)}")
    if unknown := [variable for variable in given if variable not in one.variables]:
        _fail(f"`{name}` has no variable {', '.join(unknown)}; it has {', '.join(one.variables) or 'none'}")
    try:
        typer.echo(one.render(**given))
    except (UndefinedError, TypeError) as error:
        _fail(f"`{name}` cannot be rendered: {error}")


def _value(text: str) -> object:
    """JSON where it is that, else the text."""
    import json

    try:
        return json.loads(text)
    except ValueError:
        return text


@prompts.command("diff")
def diff(old: Name, new: Name) -> None:
    """What changed from one version to another, line by line."""
    from difflib import unified_diff

    from prompts.load import BadPrompt, version

    try:
        first, second = version(old), version(new)
    except KeyError as error:
        _unknown(error)
    except BadPrompt as error:
        _fail(str(error))
    lines = unified_diff(
        first.template.splitlines(),
        second.template.splitlines(),
        f"{first.id}.v{first.version}",
        f"{second.id}.v{second.version}",
        lineterm="",
    )
    typer.echo("\n".join(lines) or "The two are the same.")


def _unknown(error: KeyError) -> NoReturn:
    _fail(f"there is no prompt `{error.args[0]}`; `briefsmith prompts list` names them")


def _fail(message: str) -> NoReturn:
    typer.echo(f"briefsmith: {message}", err=True)
    raise typer.Exit(1)
