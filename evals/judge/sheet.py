"""The sheet that people label: a CSV file for any spreadsheet, or a page for any browser that makes one.

It shows what the judge was shown and not what it said, since a verdict in sight draws the label after it; `calibrate`
joins the two by the case. The order is by hash, so whoever stops early has labelled a fair sample.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from evals.results import Run
from evals.tasks import task as named
from tools.failure import ToolFailure

TEMPLATE = Path(__file__).parent / "sheet.html.jinja"
RISKY = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Shown:
    """What a person judges: what was asked for, and the message by its parts."""

    case_id: str
    asked: Mapping[str, str]
    message: Mapping[str, str]


def shown(run: Run, task: str) -> list[Shown]:
    """The messages of a run that a judge looks at.

    Raises:
        ToolFailure: `nothing_to_label`, where the run has none of this task; `unknown_task`.
    """
    made = named(task)
    cases = {case.id: case for case in made.cases}
    rows = [row for row in run.rows if row.task == task and row.epoch == 1 and row.case_id in cases and not row.error]
    if made.exhibit is None or not rows:
        raise ToolFailure("nothing_to_label", f"The run has nothing of `{task}` that a judge looks at.")
    exhibits = ((row.case_id, made.exhibit(cases[row.case_id], row.output)) for row in rows)
    found = [Shown(case_id, one.asked, one.message) for case_id, one in exhibits]
    return sorted(found, key=lambda one: hashlib.sha256(one.case_id.encode()).digest())


def sheet(run: Run, task: str) -> str:
    """One row a case, with an empty column `human`."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("case_id", "asked", "message", "human"))
    for one in shown(run, task):
        writer.writerow((_safe(one.case_id), _safe(_lines(one.asked)), _safe(_lines(one.message)), ""))
    return text.getvalue()


def page(run: Run, task: str) -> str:
    """The same as one HTML file that opens offline: a key a label, kept in the browser, saved as the CSV file."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(TEMPLATE.read_text(encoding="utf-8"))
    return template.render(cases=shown(run, task), key=f"{run.header.rows_sha[:16]}-{task}")


def verdicts(run: Run, task: str, metric: str) -> dict[str, bool | None]:
    """What the judge said of each case; null: unscored.

    Raises:
        ToolFailure: `no_judge`, where none looked at the run.
    """
    rows = [row for row in run.rows if row.task == task and row.epoch == 1 and metric in row.scores]
    if not run.header.judge or not rows:
        raise ToolFailure("no_judge", f"No judge looked at `{task}` in this run: `eval run {task} --judge NAME`.")
    return {row.case_id: None if (score := row.scores[metric]) is None else score == 1 for row in rows}


def _lines(parts: Mapping[str, str]) -> str:
    return "\n".join(f"{name}: {text}" for name, text in parts.items())


def _safe(text: str) -> str:
    """A model's words are never a formula."""
    return "'" + text if text.startswith(RISKY) else text
