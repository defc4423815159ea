"""`readout`: what a campaign caused."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.commands.shared import AsJson, day_of, deps_of, fail, settings_of

if TYPE_CHECKING:
    from agent.readout.run import ReadOut
    from tools.metrics.types import Metric

LABELS = {
    "done": "as it was done",
    "ips": "the policy, IPS",
    "snips": "the policy, SNIPS",
    "dr": "the policy, doubly robust",
    "gain": "gain on what was done (IPS)",
}


def register(app: typer.Typer) -> None:
    app.command("readout")(readout)
    app.command("value")(value)


def value(
    campaign: Annotated[str, typer.Argument(metavar="CAMPAIGN", help="A campaign_id of `contacts`, drawn by lot.")],
    policy: Annotated[
        Path, typer.Argument(metavar="POLICY", help="CSV or Parquet: customer_id and the arm each would be given.")
    ],
    as_json: AsJson = False,
) -> None:
    """What another targeting would have brought, from a past campaign drawn by lot; nothing is written."""
    from agent.errors import problem_of
    from agent.readout.value import value_policy
    from tools.failure import ToolFailure

    deps = deps_of(settings_of(as_json))
    try:
        found = value_policy(campaign, policy, deps)
    except ToolFailure as failure:
        fail(problem_of(failure), as_json)
    if as_json:
        typer.echo(found.model_dump_json(indent=2))
        return
    typer.echo(
        f"{found.campaign_id}: {found.customers:,} customers, {found.changed:,} would get another arm; "
        f"the values rest on {found.effective:,.0f} effective customers"
    )
    for row in found.worth:
        unit = "share" if row.outcome == "conversion" else "minor units per customer"
        typer.echo(f"{row.outcome} ({unit})")
        for name in ("done", "ips", "snips", "dr", "gain"):
            typer.echo(f"  {LABELS[name]:<28}{_figure(getattr(row, name))}")
    for note in found.notes:
        typer.echo(f"note: {note}")


def _figure(value: Metric) -> str:
    if value.estimate is None or value.low is None or value.high is None:
        return f"no data: {value.no_data}"
    return f"{value.estimate:.4g} ({value.low:.4g} to {value.high:.4g})"


def readout(
    campaign: Annotated[
        str, typer.Argument(metavar="CAMPAIGN", help="A campaign's id or folder, or a campaign_id of `contacts`.")
    ],
    results: Annotated[
        Path | None,
        typer.Argument(
            metavar="[RESULTS]", help="CSV or Parquet of who was sent what and bought what.", dir_okay=False
        ),
    ] = None,
    maps: Annotated[
        list[str] | None, typer.Option("--map", help="results.COLUMN=NAME, e.g. results.amount=paid; repeatable.")
    ] = None,
    control: Annotated[str | None, typer.Option("--control", help="The arm that was left without contact.")] = None,
    arms: Annotated[
        list[str] | None,
        typer.Option("--arm", help="Of a past campaign: compare this arm alone with the control; repeatable."),
    ] = None,
    by: Annotated[str | None, typer.Option("--by", help="Customer attribute to read segments by.")] = None,
    covariate: Annotated[
        str | None, typer.Option("--covariate", help="Numeric attribute from before the campaign, for CUPED.")
    ] = None,
    days: Annotated[
        int, typer.Option("--days", min=1, max=366, help="Of a past campaign: days whose orders count.")
    ] = 14,
    cost: Annotated[
        float | None, typer.Option("--cost", min=0, help="What sending cost in all, in the shop's currency.")
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option(
            "--until", formats=["%Y-%m-%d"], metavar="DATE", help="Last day of the results, for a planned early look."
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Folder for the readout.", file_okay=False)] = None,
    as_json: AsJson = False,
) -> None:
    """Read what an exported or past campaign caused, with intervals; its customers become history to learn from."""
    from agent.commands.planning import cannot_write
    from agent.errors import problem_of
    from agent.readout.options import ReadoutOptions
    from agent.readout.run import read_out_campaign
    from tools.failure import ToolFailure
    from tools.money import to_minor

    deps = deps_of(settings_of(as_json))
    try:
        options = ReadoutOptions(
            results=results,
            mapping=_mapping(maps or []),
            control=control,
            arms=tuple(arms or ()),
            days=days,
            by=by,
            covariate=covariate,
            cost_minor=None if cost is None else to_minor(cost, deps.store.info.currency),
            until=day_of(until),
            out=out,
        )
        done = read_out_campaign(campaign, options, deps)
    except ToolFailure as failure:
        fail(problem_of(failure), as_json)
    except OSError as error:
        fail(cannot_write(error), as_json)
    typer.echo(done.part.model_dump_json(indent=2) if as_json else "\n".join(_lines(done)))


def _mapping(words: list[str]) -> dict[str, str]:
    """`results.amount=paid`, or `amount=paid`: a readout reads one file alone."""
    from tools.failure import ToolFailure
    from tools.shop.results import RESULTS
    from tools.shop.sources import parse_mapping

    named = parse_mapping([word if "." in word.split("=")[0] else f"results.{word}" for word in words])
    for target in named:
        table, _, column = target.partition(".")
        if table != "results" or RESULTS.column(column) is None:
            message = f"--map `{target}`: a results file has the columns {', '.join(RESULTS.names)}"
            raise ToolFailure("bad_mapping", message, mapping=target)
    return {target.partition(".")[2]: source for target, source in named.items()}


def _lines(done: ReadOut) -> list[str]:
    """The readout in a screenful."""
    from agent.report.numbers import Cash
    from agent.report.readout import Writer, effect_line, headline, returns_lines
    from tools.experiment.effects import SHARES

    part = done.part
    write = Writer(Cash(part.currency), {})
    lines = [
        f"{'Readout':<12}{part.campaign_id} · {part.basis} · orders of {part.start} to {part.end}",
        headline(part, write),
    ]
    for arm in part.arms:
        bought = write.figure(arm.converted, "share")
        lines.append(f"{'Arm':<12}{arm.arm} ({arm.role}): {arm.customers:,} customers, bought {bought}")
    for row in (row for row in part.effects if row.scope != "segment" or row.outcome in SHARES):
        one = effect_line(row, write)
        why = f": {one.why}" if one.why else f" · in all {one.total} · p {one.p_value}"
        lines.append(f"{'Effect':<12}{one.who}, {one.outcome.lower()}, {one.method}: {one.name} {one.difference}{why}")
    lines += [
        f"{'Money':<12}{name}: {value}{f' ({why})' if why else ''}" for name, value, why in returns_lines(part, write)
    ]
    lines += [f"{'Note':<12}{note}" for note in part.notes]
    if done.appended:
        lines.append(f"{'Learned':<12}{done.appended:,} customers of it are in the shop's contacts")
    return [*lines, f"{'Report':<12}{done.folder / 'readout.html'}"]
