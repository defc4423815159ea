"""The command line's help as Markdown: `python -m agent.clidoc FILE` writes docs/cli.md, a test holds it up to date."""

import sys
from pathlib import Path

from typer.testing import CliRunner

from agent.cli import app


def cli_help() -> str:
    """The help of `briefsmith` and of each command, at a fixed width."""
    parts = ["# The command line", "", "Made by `python -m agent.clidoc docs/cli.md`.", "", *_block([])]
    for name in sorted(info.name or "" for info in app.registered_commands):
        parts += [f"## briefsmith {name}", "", *_block([name])]
    for group in app.registered_groups:
        parts += [f"## briefsmith {group.name}", "", *_block([group.name or ""])]
        for name in sorted(info.name or "" for info in (group.typer_instance or app).registered_commands):
            parts += [f"### briefsmith {group.name} {name}", "", *_block([group.name or "", name])]
    return "\n".join(parts)


def _block(command: list[str]) -> list[str]:
    result = CliRunner(env={"COLUMNS": "100", "TERMINAL_WIDTH": "100"}).invoke(
        app, [*command, "--help"], prog_name="briefsmith"
    )
    return ["```", result.output.strip(), "```", ""]


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(cli_help(), encoding="utf-8")
