"""Runs and comparisons as text and as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from evals.compare import Changed, Comparison, Entry, Moved, Spent
from evals.judge.calibrate import LEAST_LABELS, LEAST_RATE, Calibration, Rate
from evals.results import Run
from evals.stats import detectable, estimate

MOST_SHOWN = 20
"""Moved cases in text; the page has them all."""


def points(value: float | None, *, sign: bool = False) -> str:
    if value is None:
        return "no data"
    return f"{100 * value:{'+' if sign else ''}.1f}"


def run_rows(run: Run) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Header and rows of a run's table: each metric with its interval and what a set of its size can detect."""
    rows: list[tuple[str, ...]] = []
    for task in run.header.tasks:
        for metric in task.metrics:
            scored = [(r, s) for r in run.rows if r.task == task.name and (s := r.scores.get(metric)) is not None]
            values, clusters = np.array([s for _, s in scored]), [r.cluster for r, _ in scored]
            found = estimate(values, clusters)
            seen = points(detectable(np.zeros(len(values)), clusters))
            band = f"{points(found.low)}–{points(found.high)}" if scored else ""
            unscored = task.cases * task.epochs - len(scored)
            rows.append((task.name, metric, str(task.cases), points(found.mean), band, seen, str(unscored or "")))
    return ("task", "metric", "cases", "score %", "95 %", "sees points", "unscored"), rows


def comparison_cells(entry: Entry) -> tuple[str, ...]:
    """One entry in words and figures, as the columns of `comparison_rows`."""
    return (
        entry.task,
        entry.metric,
        entry.slice or "all",
        points(entry.a.mean),
        points(entry.b.mean),
        points(entry.difference.mean, sign=True),
        f"{points(entry.difference.low, sign=True)}…{points(entry.difference.high, sign=True)}",
        _p(entry.adjusted_p),
        f"{entry.fixed}/{entry.broken}",
        _p(entry.mcnemar_p),
        points(entry.detectable),
    )


def _p(value: float | None) -> str:
    if value is None:
        return ""
    return "<0.001" if value < 0.001 else f"{value:.3f}"


def comparison_rows(entries: Iterable[Entry]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    head = ("task", "metric", "slice", "A %", "B %", "B−A", "95 %", "p", "fixed/broken", "McNemar", "sees points")
    return head, [comparison_cells(entry) for entry in entries]


def moving(entries: Iterable[Entry]) -> list[Entry]:
    """Whole metrics, and of the slices those in which something differs."""
    return [e for e in entries if e.slice is None or e.fixed or e.broken or e.difference.mean or e.unscored]


def _left_out(found: Comparison) -> str:
    still = len(found.entries) - len(moving(found.entries))
    return f"{still} slices without any difference are left out" if still else ""


def run_text(run: Run) -> str:
    header = run.header
    calls, cached = sum(row.calls for row in run.rows), sum(row.cached for row in run.rows)
    served = f", {cached} more served by the cache" if cached else ""
    lines = [
        f"target {header.target} · {len(run.rows)} rows · {header.seconds:.1f} s · {calls} model calls{served}",
        table(*run_rows(run)),
    ]
    return "\n".join([*lines, *_errors(run)])


def _errors(run: Run) -> list[str]:
    """A line an error, however many cases ended in it."""
    alike: dict[tuple[str, str], list[str]] = {}
    for row in run.rows:
        if row.error:
            alike.setdefault((row.task, row.error), []).append(row.case_id)
    lines = [f"error in {task} {_and_more(ids)}: {error}" for (task, error), ids in alike.items()]
    return lines[:MOST_SHOWN]


def _and_more(ids: Sequence[str]) -> str:
    return ids[0] if len(ids) == 1 else f"{ids[0]} and {len(ids) - 1} more"


def comparison_text(found: Comparison) -> str:
    parts = [
        f"A {found.a}\nB {found.b}",
        table(*comparison_rows(moving(found.entries))),
        _left_out(found),
        prompts_said(found),
        _spent(found),
        _cases("fixed", found.fixed),
        _cases("broken", found.broken),
    ]
    return "\n\n".join(part for part in parts if part)


def comparison_markdown(found: Comparison) -> str:
    head, rows = comparison_rows(moving(found.entries))
    table_lines = [_pipes(head), _pipes(["---"] * len(head)), *(_pipes(row) for row in rows)]
    moved = [_cases(name, cases) for name, cases in (("fixed", found.fixed), ("broken", found.broken))]
    parts = [f"A `{found.a}` · B `{found.b}`", "\n".join(table_lines), _left_out(found), prompts_said(found)]
    parts += [_spent(found), *moved]
    return "\n\n".join(filter(None, parts))


def calibration_text(found: Calibration) -> str:
    may = "may gate" if found.may_gate else f"may inform only: it needs {LEAST_LABELS} labels and {LEAST_RATE} in both"
    alpha = "no data" if found.agreement is None else f"{found.agreement:.3f}"
    return "\n".join(
        (
            f"labels           {found.labels} ({found.unscored} unscored)",
            f"true positive %  {_rate(found.true_positive)}",
            f"true negative %  {_rate(found.true_negative)}",
            f"agreement        {alpha} (Krippendorff's alpha)",
            f"passed %         {points(found.passed)}, corrected {points(found.corrected)}",
            f"this judge       {may}",
        )
    )


def _rate(rate: Rate) -> str:
    return f"{points(rate.value)} [{points(rate.low)}, {points(rate.high)}] of {rate.n}"


def spent_rows(found: Comparison) -> list[tuple[str, str, str]]:
    """What A and B took: figures of a model's calls where there was one."""
    a, b = found.spent_a, found.spent_b
    rows = [
        ("calls", str(a.calls), str(b.calls)),
        ("served by the cache", str(a.cached), str(b.cached)),
        ("tokens", f"{a.tokens:,}", f"{b.tokens:,}"),
        ("cost", f"{a.cost:.4f}", f"{b.cost:.4f}"),
        ("seconds a call", _a_call(a), _a_call(b)),
        ("seconds of all cases", f"{a.seconds:.1f}", f"{b.seconds:.1f}"),
    ]
    asked = a.calls or b.calls or a.cached or b.cached
    return rows if asked else rows[-1:]


def prompts_said(found: Comparison) -> str:
    return "\n".join(_changed(one) for one in found.prompts)


def _changed(one: Changed) -> str:
    asked = f"a model was asked in {one.asked} rows of B" if one.asked else "but no model was asked with it"
    return f"prompt {one.prompt_id} {one.a[:12] or 'none'} → {one.b[:12] or 'none'}, {asked}"


def _a_call(spent: Spent) -> str:
    return f"{spent.latency / spent.calls:.2f}" if spent.calls else "no data"


def _spent(found: Comparison) -> str:
    return " · ".join(f"{name} {one} → {other}" for name, one, other in spent_rows(found))


def _cases(name: str, cases: Sequence[Moved]) -> str:
    if not cases:
        return ""
    more = f"\n… and {len(cases) - MOST_SHOWN} more" if len(cases) > MOST_SHOWN else ""
    shown = "\n".join(f"- {m.task} {m.metric} `{m.case_id}` ({m.slice}): {m.b.detail}" for m in cases[:MOST_SHOWN])
    return f"{len(cases)} {name}\n{shown}{more}"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns aligned: text to the left, figures to the right."""
    widths = [max(len(cell) for cell in column) for column in zip(head, *rows, strict=True)]
    return "\n".join(_line(cells, widths) for cells in (head, *rows))


TEXT_COLUMNS = 2


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = [
        cell.ljust(width) if at < TEXT_COLUMNS else cell.rjust(width)
        for at, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return "  ".join(padded).rstrip()


def _pipes(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
