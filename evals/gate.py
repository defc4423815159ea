"""`gate`: may this change be shipped? Against a stored baseline and the limits of `gates.toml`.

A run fails that is empty, incomplete, in error, on other data, under a minimum, significantly worse, or that breaks a
case of a slice in which nothing may ever break. Where target and baseline are deterministic there is no chance in a
difference, so breaking more cases than are fixed fails too, however few they are.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

from pydantic import Field, ValidationError

from evals.compare import Changed, Comparison, Entry, compare
from evals.judge.asking import JUDGED
from evals.judge.standing import may_gate
from evals.results import Run
from evals.stats import holm
from tools.failure import ToolFailure
from tools.vocabulary import Model

GATES = Path(__file__).parent / "gates.toml"


class TaskGate(Model):
    minimum: dict[str, float] = Field(default_factory=dict)
    """Metric → the least mean score, in [0, 1]."""
    never: tuple[str, ...] = ()
    """Slices in which no case that passed may fail."""
    informs: tuple[str, ...] = ()
    """Metrics that are shown and do not gate (a judge that is not calibrated, for one)."""


class Gates(Model):
    level: float = Field(default=0.05, gt=0, lt=1)
    slack: float = Field(default=0.002, ge=0, lt=1)
    """What the mean of a deterministic target may fall by where no case breaks."""
    tasks: dict[str, TaskGate] = Field(default_factory=dict)


class Verdict(Model):
    """Why the gate is closed, a line a reason; open where there is none."""

    reasons: tuple[str, ...]
    notes: tuple[str, ...] = ()
    """What the run cannot speak of: no reason to close."""

    @property
    def passed(self) -> bool:
        return not self.reasons


def load_gates(path: Path = GATES) -> Gates:
    """Read the limits.

    Raises:
        ToolFailure: `bad_gates`, with what is wrong in the file.
    """
    try:
        return Gates.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise ToolFailure("bad_gates", f"`{error.filename}` cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ToolFailure("bad_gates", f"`{path}` is no set of gates: {error}") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ToolFailure("bad_gates", f"`{path}` is no set of gates: {where}: {first['msg']}") from error


def gate(run: Run, baseline: Run, gates: Gates, *, seed: int = 0) -> Verdict:
    """Hold a run against its baseline and the limits."""
    whole = _incomplete(run, baseline)
    if whole:
        return Verdict(reasons=tuple(whole))
    try:
        found = compare(baseline, run, seed=seed, slices=False)
    except ToolFailure as failure:
        return Verdict(reasons=(failure.message,))
    certain = run.header.deterministic and baseline.header.deterministic
    trusted = bool(run.header.judge) and run.header.judge == baseline.header.judge and may_gate(run.header.judge)
    gated = [entry for entry in found.entries if _gates(gates, entry, trusted)]
    lost = holm([_loss_p(entry) for entry in gated])
    reasons: list[str] = []
    for entry, p in zip(gated, lost, strict=True):
        reasons += _metric(entry, gates, p, certain)
    for task in run.header.tasks:
        reasons += _never(found, task.name, gates.tasks.get(task.name, TaskGate()))
        reasons += _unmet(found, task.name, gates.tasks.get(task.name, TaskGate()))
    return Verdict(reasons=tuple(reasons), notes=tuple(_unseen(one) for one in found.prompts if not one.asked))


def _unseen(changed: Changed) -> str:
    return (
        f"the prompt `{changed.prompt_id}` is not the baseline's, and no model was asked with it here: this run says "
        "nothing of it (--target model:NAME does)"
    )


def _gates(gates: Gates, entry: Entry, trusted: bool) -> bool:
    """A judge's opinion gates only where the same judge stands behind both runs and is calibrated."""
    if entry.metric in JUDGED and not trusted:
        return False
    return entry.metric not in gates.tasks.get(entry.task, TaskGate()).informs


def _loss_p(entry: Entry) -> float:
    """One-sided: only a loss closes the gate. Holm's correction over all metrics keeps false alarms at the level."""
    d = entry.difference
    return d.p / 2 if d.mean is not None and d.p is not None and d.mean < 0 else 1.0


def _incomplete(run: Run, baseline: Run) -> list[str]:
    reasons = [f"the baseline's task `{t.name}` was not run" for t in baseline.header.tasks if not run.task(t.name)]
    if not run.rows:
        return ["the run is empty", *reasons]
    if run.missing():
        reasons.append(f"the run is incomplete: {run.missing()} rows are missing")
    errors = [row for row in run.rows if row.error]
    if errors:
        reasons.append(f"{len(errors)} cases ended in an error, the first `{errors[0].case_id}`: {errors[0].error}")
    return reasons


def _metric(entry: Entry, gates: Gates, p: float, certain: bool) -> list[str]:
    name, reasons = f"{entry.task} {entry.metric}", []
    least = gates.tasks.get(entry.task, TaskGate()).minimum.get(entry.metric)
    if least is not None and (entry.b.mean is None or entry.b.mean < least):
        reasons.append(f"{name} is {_pct(entry.b.mean)}, under its minimum of {_pct(least)}")
    d = entry.difference
    fall = -(d.mean or 0)
    if p <= gates.level:
        reasons.append(f"{name} fell by {_pct(fall)} [{_pct(d.low)}, {_pct(d.high)}], p {p:.3g}")
    elif certain and (entry.broken > entry.fixed or fall > gates.slack):
        change = f"fell by {_pct(fall)}, {entry.broken} cases broken and {entry.fixed} fixed"
        reasons.append(f"{name} {change}, with no chance in it")
    if entry.unscored:
        reasons.append(f"{name}: {entry.unscored} cases have no verdict on one side")
    return reasons


def _unmet(found: Comparison, task: str, rules: TaskGate) -> list[str]:
    """A minimum of a metric that nobody scored is not met."""
    known = {entry.metric for entry in found.entries if entry.task == task}
    return [
        f"{task} has no metric `{name}`, for which there is a minimum" for name in rules.minimum if name not in known
    ]


def _never(found: Comparison, task: str, rules: TaskGate) -> list[str]:
    return [
        f"{task} {moved.metric}: `{moved.case_id}` of the slice `{moved.slice}` broke, where nothing may break"
        for moved in found.broken
        if moved.task == task and moved.slice in rules.never and moved.metric not in (*rules.informs, *JUDGED)
    ]


def _pct(value: float | None) -> str:
    return "no data" if value is None else f"{100 * value:.1f} %"
