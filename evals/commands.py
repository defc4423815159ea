"""`briefsmith eval`: run, compare, gate, view. Found by the command line through an entry point, so that nothing below
the evals imports them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

if TYPE_CHECKING:
    from evals.results import Run

BASELINE = Path(__file__).parent / "baselines"

app = typer.Typer(help="Evaluate prompts and parts: run, compare, gate, view.", no_args_is_help=True)


def register(main: typer.Typer) -> None:
    """Add `eval` to the command line."""
    main.add_typer(app, name="eval")


Folder = Annotated[Path, typer.Argument(help="A folder that `eval run` wrote.", file_okay=False)]


@app.command("run")
def run(
    tasks: Annotated[list[str], typer.Argument(metavar="TASK…", help="Tasks by name, or the tiers smoke and full.")],
    target: Annotated[
        str,
        typer.Option(
            "--target",
            help="Who answers: embedded, embedded:SEED, model:NAME, planner:NAME, agent, or a running Briefsmith's "
            "address. NAME is inspect's name of a model: briefsmith/live, openai-api/briefsmith-llm/MODEL, …",
        ),
    ] = "embedded",
    prompt: Annotated[
        list[str] | None, typer.Option("--prompt", help="Serve this version, ID.vN, in place of the live one.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Folder for the results.", file_okay=False)] = None,
    epochs: Annotated[int, typer.Option("--epochs", min=1, help="How often each case is asked.")] = 1,
    judge: Annotated[str, typer.Option("--judge", help="Inspect's name of a model that judges copy besides.")] = "",
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help="At most so many cases a task, for a slow model.")
    ] = None,
    cache: Annotated[bool, typer.Option(help="Serve what a model was asked before without a call.")] = True,
    max_calls: Annotated[int | None, typer.Option(min=1, help="Ceiling of the whole run's calls to models.")] = None,
    max_tokens: Annotated[int | None, typer.Option(min=1, help="Ceiling of its tokens.")] = None,
    max_cost: Annotated[
        float | None, typer.Option(min=0, help="Ceiling of its cost, in the currency of the prices.")
    ] = None,
) -> None:
    """Run tasks against a target and print each metric with its interval and what so many cases can detect."""
    from datetime import UTC, datetime

    from evals.providers.ceiling import Ceilings
    from evals.run import run as run_tasks
    from evals.target import parse_target
    from evals.view.text import run_text
    from prompts.load import BadPrompt
    from tools.failure import ToolFailure

    now = datetime.now(UTC)
    folder = out or Path(f"eval-{now:%Y%m%d-%H%M%S}")
    try:
        who = parse_target(target, tuple(prompt or ()))
        most = Ceilings(calls=max_calls, tokens=max_tokens, cost=max_cost)
        how: dict[str, Any] = {"epochs": epochs, "cache": cache, "judge": judge, "limit": limit, "ceilings": most}
        made = run_tasks(tasks, who, folder, now=now, **how)
    except ToolFailure as failure:
        _fail(failure.message)
    except BadPrompt as error:
        _fail(str(error))
    typer.echo(run_text(made))
    typer.echo(f"results {folder}")
    if any(row.error for row in made.rows):
        _fail("some cases ended in an error; they are listed above.")


@app.command("compare")
def compare(
    a: Folder,
    b: Folder,
    markdown: Annotated[bool, typer.Option("--markdown", help="Markdown instead of plain text.")] = False,
    page: Annotated[Path | None, typer.Option("--page", help="Write one static HTML page besides.")] = None,
) -> None:
    """Compare two runs by case: differences with intervals, and the lists of fixed and broken cases."""
    from evals.compare import compare as compare_runs
    from evals.view.page import comparison_page
    from evals.view.text import comparison_markdown, comparison_text
    from tools.failure import ToolFailure

    first, second = _read(a), _read(b)
    try:
        found = compare_runs(first, second)
    except ToolFailure as failure:
        _fail(failure.message)
    typer.echo(comparison_markdown(found) if markdown else comparison_text(found))
    if page:
        page.write_text(comparison_page(found), encoding="utf-8")


@app.command("gate")
def gate(
    folder: Folder,
    baseline: Annotated[
        Path | None, typer.Option("--baseline", help="A run's folder. Without it the stored one.", file_okay=False)
    ] = None,
    gates: Annotated[Path | None, typer.Option("--gates", help="Limits. Without it evals/gates.toml.")] = None,
) -> None:
    """May this be shipped? Exit status 0 if it may, 1 with a line a reason if not."""
    from evals.gate import GATES, load_gates
    from evals.gate import gate as hold
    from tools.failure import ToolFailure

    made = _read(folder)
    try:
        limits = load_gates(gates or GATES)
    except ToolFailure as failure:
        _fail(failure.message)
    verdict = hold(made, _read(baseline or stored(made)), limits)
    for note in verdict.notes:
        typer.echo(f"unseen: {note}")
    for reason in verdict.reasons:
        typer.echo(f"closed: {reason}")
    if not verdict.passed:
        count = len(verdict.reasons)
        _fail(f"the gate is closed for {count} reason{'s' if count > 1 else ''}.")
    typer.echo("open: nothing is worse than the baseline.")


@app.command("accept")
def accept(
    folder: Folder,
    name: Annotated[str, typer.Option("--name", help="smoke or full.")] = "full",
    task: Annotated[
        list[str] | None, typer.Option("--task", help="Only this task of the baseline; may be repeated.")
    ] = None,
) -> None:
    """Make a run the stored baseline. Do it in the commit that means the change."""
    from evals.baseline import with_tasks
    from evals.results import slim, write_run
    from tools.failure import ToolFailure

    if name not in ("smoke", "full"):
        _fail(f"a baseline is smoke or full, not `{name}`.")
    made = slim(_read(folder))
    try:
        kept = with_tasks(_read(BASELINE / name), made, task, name) if task else made
    except ToolFailure as failure:
        _fail(failure.message)
    kept = write_run(kept, BASELINE / name)
    typer.echo(f"baseline {name}: {len(kept.rows)} rows of {kept.header.target}")


@app.command("record")
def record(
    folder: Folder,
    out: Annotated[Path, typer.Option("--out", help="A file that ends in .jsonl, for the model briefsmith/replay.")],
) -> None:
    """Keep what a model answered in a run, so that the run can be had again without the model."""
    _needs_inspect("the answers stand in the logs of inspect_ai")
    from inspect_ai.log import list_eval_logs, read_eval_log

    from evals.providers.recorded import recordings, write_recordings

    _logs(folder)
    logs = (read_eval_log(log, resolve_attachments=True) for log in list_eval_logs(str(folder / "logs")))
    if not (found := recordings(logs)):
        _fail(f"no model answered anything in `{folder}`: record a run whose target is one, --target model:NAME.")
    typer.echo(f"{out}: {write_recordings(found, out)} answers")


@app.command("view")
def view(folder: Folder, port: Annotated[int, typer.Option("--port", min=1024, max=65535)] = 7575) -> None:
    """Open inspect's own viewer over a run's logs, on this machine alone."""
    import subprocess
    import sys

    _needs_inspect("the viewer is that of inspect_ai")
    logs = _logs(folder)
    command = [sys.executable, "-m", "inspect_ai", "view", "--log-dir", str(logs), "--host", "127.0.0.1"]
    raise typer.Exit(subprocess.call([*command, "--port", str(port)]))  # noqa: S603


judge = typer.Typer(help="A model as judge: sheets to label, and how far it may be believed.", no_args_is_help=True)
app.add_typer(judge, name="judge")


@judge.command("sheet")
def judge_sheet(
    folder: Folder,
    task: Annotated[str, typer.Option("--task", help="Whose outputs are labelled.")] = "copy",
    out: Annotated[
        Path, typer.Option("--out", help="A CSV file, or a page that makes one: .html.", dir_okay=False)
    ] = Path("labels.csv"),
) -> None:
    """Write a run's messages to be labelled: a CSV file with an empty column `human`, or a page to click through."""
    from evals.judge.sheet import page, sheet
    from tools.failure import ToolFailure

    paged = out.suffix == ".html"
    try:
        text = page(_read(folder), task) if paged else sheet(_read(folder), task)
    except ToolFailure as failure:
        _fail(failure.message)
    out.write_text(text, encoding="utf-8")
    typer.echo(f"{out}: {'open it, label, save labels.csv' if paged else 'fill the column `human` with pass or fail'}")


@judge.command("calibrate")
def judge_calibrate(
    labels: Annotated[Path, typer.Argument(help="CSV with case_id and human; without --of with judge too.")],
    of: Annotated[
        Path | None, typer.Option("--of", help="The run that was labelled: hold its judge, and keep the result for it.")
    ] = None,
    task: Annotated[str, typer.Option("--task", help="Whose outputs were labelled.")] = "copy",
    metric: Annotated[str, typer.Option("--metric", help="The judge's verdict in that run.")] = "judge",
) -> None:
    """Hold a judge against human labels: rates with intervals, agreement, and whether it may gate."""
    from evals.judge.calibrate import calibrate, read_labels
    from evals.judge.sheet import verdicts
    from evals.judge.standing import keep
    from evals.view.text import calibration_text
    from tools.failure import ToolFailure

    labelled = _read(of) if of else None
    try:
        found = calibrate(read_labels(labels, verdicts(labelled, task, metric) if labelled else None))
    except ToolFailure as failure:
        _fail(failure.message)
    typer.echo(calibration_text(found))
    if labelled:
        keep(labelled.header.judge, found)
        typer.echo(f"kept for {labelled.header.judge}")


def stored(made: Run) -> Path:
    """The stored baseline of the tier that has the run's cases; where none has, of the one that has its tasks."""
    folders = sorted(BASELINE.iterdir()) if BASELINE.is_dir() else []
    kept = {folder: _read(folder).header.tasks for folder in folders}
    cases, tasks = {(t.name, t.cases) for t in made.header.tasks}, {t.name for t in made.header.tasks}
    same = [folder for folder, known in kept.items() if {(t.name, t.cases) for t in known} == cases]
    like = [folder for folder, known in kept.items() if {t.name for t in known} == tasks]
    return next(iter(same + like), BASELINE / "full")


def _read(folder: Path) -> Run:
    from evals.results import read_run
    from tools.failure import ToolFailure

    try:
        return read_run(folder)
    except ToolFailure as failure:
        _fail(failure.message)


def _needs_inspect(what: str) -> None:
    from importlib.util import find_spec

    if find_spec("inspect_ai") is None:
        _fail(f"{what}, which is not installed: `pip install -e '.[evals]'`.")


def _logs(folder: Path) -> Path:
    logs = folder / "logs"
    if not logs.is_dir():
        _fail(f"`{logs}` does not exist: it is made by `briefsmith eval run`, and no baseline has one.")
    return logs


def _fail(message: str) -> NoReturn:
    typer.echo(f"briefsmith: {message}", err=True)
    raise typer.Exit(1)
