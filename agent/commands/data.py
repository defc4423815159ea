"""`demo` and `import`: the shop's data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.commands.shared import AsJson, deps_of, fail, settings_of

if TYPE_CHECKING:
    from agent.deps import Progress
    from agent.settings import Settings
    from tools.shop.report import ImportReport


def register(app: typer.Typer) -> None:
    app.command("demo")(demo)
    app.command("import")(import_)


def demo(as_json: AsJson = False) -> None:
    """Build the demo shop (Complete Journey: the households of a US grocer) and its product index."""
    from agent.commands.progress import progress_bar
    from agent.errors import problem_of
    from tools.failure import ToolFailure
    from tools.shop.demo import build_demo

    settings = settings_of(as_json)
    try:
        with progress_bar() as progress:
            report = build_demo(settings.home, progress)
            _index(settings, progress)
    except ToolFailure as failure:
        fail(problem_of(failure), as_json)
    _tell(report, as_json)


def import_(
    source: Annotated[
        Path,
        typer.Argument(
            help="Folder with customers, products, orders, contacts, suppressions; or one file with a row a customer."
        ),
    ],
    name: Annotated[str, typer.Option("--name", help="The shop's name.")] = "My shop",
    currency: Annotated[str, typer.Option("--currency", help="ISO 4217 code of all amounts.")] = "USD",
    market: Annotated[str, typer.Option("--market", help="US, CN, EU, UK, or XX where it is not known.")] = "XX",
    sender: Annotated[
        Path | None, typer.Option("--sender", help="YAML file with the sender's facts that law and copy need.")
    ] = None,
    maps: Annotated[
        list[str] | None, typer.Option("--map", help="TABLE.COLUMN=NAME, e.g. orders.amount=sales_value; repeatable.")
    ] = None,
    sets: Annotated[
        list[str] | None,
        typer.Option("--set", help="TABLE.COLUMN=VALUE of every row, e.g. contacts.channel=email; repeatable."),
    ] = None,
    control: Annotated[
        str | None, typer.Option("--control", help="Of a finished test: the arm that was left without contact.")
    ] = None,
    guess: Annotated[
        bool, typer.Option("--guess", help="Of a finished test: take what its columns look like, and say so.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Import the shop's tables from CSV or Parquet; bad rows go to a quarantine file with their reasons."""
    from agent.commands.progress import progress_bar
    from agent.errors import problem_of
    from tools.failure import ToolFailure
    from tools.shop.importing import import_shop
    from tools.shop.profile import Sender
    from tools.shop.sender import load_sender
    from tools.shop.sources import find_sources, parse_mapping

    settings = settings_of(as_json)
    try:
        with progress_bar() as progress:
            report = import_shop(
                find_sources(source),
                home=settings.home,
                name=name,
                currency=currency,
                market=market,
                mapping=parse_mapping(maps or []),
                constants=parse_mapping(sets or [], "--set"),
                control=control,
                guess=guess,
                source=source,
                sender=load_sender(sender) if sender else Sender(brand=name),
                progress=progress,
            )
            if report.rows.get("products"):
                _index(settings, progress)
    except ToolFailure as failure:
        fail(problem_of(failure), as_json)
    _tell(report, as_json)


def _index(settings: Settings, progress: Progress) -> None:
    """Build the product index now, so that the first plan does not wait for it."""
    _ = deps_of(settings, progress).index


def _tell(report: ImportReport, as_json: bool) -> None:
    if as_json:
        typer.echo(report.model_dump_json(indent=2))
        return
    what = "imported" if report.changed else "nothing changed, already imported"
    typer.echo(f"{report.name}: {what}")
    for table, rows in report.rows.items():
        aside = report.quarantined.get(table, 0)
        where = f"; {aside:,} set aside in {report.quarantine[table]}" if aside else ""
        typer.echo(f"  {table}: {rows:,} rows{where}")
        for reason, count in report.reasons.get(table, {}).items():
            typer.echo(f"    {count:,}: {reason}")
    for note in report.notes:
        typer.echo(f"  note: {note}")
