"""`train`: the models that the shop's data allow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from agent.commands.shared import AsJson, Today, day_of, deps_of, fail, settings_of

if TYPE_CHECKING:
    from agent.training.run import Made


def register(app: typer.Typer) -> None:
    app.command("train")(train)


def train(today: Today = None, as_json: AsJson = False) -> None:
    """Train what the shop's data allow: who buys what, who answers a contact; each model's card says how good it is.

    Plans use them from then on where they fit; without them a plan rests on the shop's own past rates.
    """
    import json

    from agent.commands.progress import progress_bar
    from agent.errors import problem_of
    from agent.training.run import train_all
    from tools.failure import ToolFailure

    settings = settings_of(as_json)
    try:
        with progress_bar() as progress:
            deps = deps_of(settings, progress)
            made = train_all(deps, day_of(today) or deps.today())
    except ToolFailure as failure:
        fail(problem_of(failure), as_json)
    if as_json:
        cards = {one.name: one.card.model_dump(mode="json") if one.card else {"why": one.why} for one in made}
        typer.echo(json.dumps(cards, indent=2, ensure_ascii=False))
        return
    for one in made:
        typer.echo("\n".join(_lines(one)))
    if not any(one.card for one in made):
        typer.echo("Nothing could be trained; plans rest on the shop's own past rates and the assumptions.")


def _lines(made: Made) -> list[str]:
    from agent.report.model_card import CUSTOMERS, UNITS, figure_words

    if made.card is None or made.folder is None:
        return [f"{made.name:<12}not trained: {made.why}"]
    card = made.card
    of = UNITS.get(card.name, CUSTOMERS)[2]
    first = f"{made.name:<12}{card.algorithm}; {card.customers:,} {of}, {card.fit_seconds:.0f} s"
    figures = [f"{'':<12}{one.name} {figure_words(one.value)}" for one in card.figures]
    return [first, *figures, *(f"{'':<12}note: {note}" for note in card.notes), f"{'':<12}{made.folder / 'card.html'}"]
