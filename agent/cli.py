"""The command line: each command stands in a module of `agent/commands/`. No domain logic: a command reads arguments,
calls the agent, prints, and sets the exit status (`agent/commands/shared.py` says which)."""

from importlib.metadata import entry_points

import typer

from agent.commands import conversation, data, doctor, launching, planning, prompts, readout, serving, train, voice

COMMANDS = "briefsmith.commands"
"""Entry points that add commands from above the agent: `eval` is one, and imports run one way."""

app = typer.Typer(
    name="briefsmith",
    help="From a marketer's brief to a campaign that can be approved, launched and measured.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def main() -> None:
    """The `briefsmith` command."""
    app()


def register() -> None:
    """In the order that `--help` lists them; `COMMANDS` last."""
    planning.register(app)
    conversation.register(app)
    launching.register(app)
    readout.register(app)
    train.register(app)
    voice.register(app)
    data.register(app)
    doctor.register(app)
    serving.register(app)
    prompts.register(app)
    for command in entry_points(group=COMMANDS):
        command.load()(app)


register()
