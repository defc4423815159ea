"""The command line's help as Markdown: `python -m agent.clidoc FILE` writes docs/cli.md, a test holds it up to date."""

import sys
from collections.abc import Iterator
from pathlib import Path

from typer import Typer
from typer.testing import CliRunner

from agent.cli import app


def cli_help() -> str:
    """The help of `briefsmith` and of each command, at a fixed width."""
    parts = ["# The command line", "", "Made by `python -m agent.clidoc docs/cli.md`.", "", *_block([])]
    for path in _commands(app, []):
        parts += [f"{'#' * (len(path) + 1)} briefsmith {' '.join(path)}", "", *_block(path)]
    return "\n".join(parts)


def _commands(group: Typer, path: list[str]) -> Iterator[list[str]]:
    """The commands of a group by name, then those of its groups."""
    yield from ([*path, name] for name in sorted(info.name or "" for info in group.registered_commands))
    for inner in group.registered_groups:
        if inner.typer_instance is not None:
            yield [*path, inner.name or ""]
            yield from _commands(inner.typer_instance, [*path, inner.name or ""])


def _block(command: list[str]) -> list[str]:
    result = CliRunner(env={"COLUMNS": "100", "TERMINAL_WIDTH": "100"}).invoke(
        app, [*command, "--help"], prog_name="briefsmith"
    )
    return ["```", result.output.strip(), "```", ""]


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(cli_help(), encoding="utf-8")
