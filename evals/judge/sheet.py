"""The sheet that people label: a CSV file of a run's outputs for any spreadsheet, read back by `calibrate`."""

from __future__ import annotations

import csv
import io

from evals.results import Run

RISKY = ("=", "+", "-", "@", "\t", "\r")


def sheet(run: Run, task: str, metric: str) -> str:
    """One row a case of `task`: its output, an empty `human`, and the judge's verdict under `metric` if it has one."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("case_id", "slice", "output", "human", "judge"))
    for row in run.rows:
        if row.task == task and row.epoch == 1:
            score = row.scores.get(metric)
            judge = "" if score is None else "pass" if score == 1 else "fail"
            writer.writerow((_safe(row.case_id), _safe(row.slice), _safe(row.output), "", judge))
    return text.getvalue()


def _safe(text: str) -> str:
    """A model's words are never a formula."""
    return "'" + text if text.startswith(RISKY) else text
