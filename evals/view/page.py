"""The comparison as one static page: figures drawn, every fixed and broken case with both outputs side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from evals.compare import Comparison, Entry, Moved
from evals.results import Row
from evals.view.chart import WIDTH, Scale, scale_of, verdict
from evals.view.sides import sides
from evals.view.text import comparison_cells, comparison_rows, prompts_said, spent_rows

TEMPLATE = Path(__file__).parent / "page.html.jinja"


@dataclass(frozen=True)
class Metric:
    """A metric over all cases, and those of its slices in which something differs."""

    whole: Entry
    slices: tuple[Entry, ...]


@dataclass(frozen=True)
class Task:
    name: str
    scale: Scale
    moved: tuple[Metric, ...]
    still: tuple[Entry, ...]
    """Whole metrics in which no case differs."""


@dataclass(frozen=True)
class CaseShown:
    """A case that one side passes and the other does not in some metrics, however many."""

    case_id: str
    slice: str
    metrics: tuple[str, ...]
    a: Row
    b: Row


def comparison_page(found: Comparison) -> str:
    """HTML that opens offline; outputs are escaped, since they are models' words."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.globals |= {"sides": sides, "cells": comparison_cells, "verdict": verdict, "width": WIDTH}
    template = environment.from_string(TEMPLATE.read_text(encoding="utf-8"))
    head, _ = comparison_rows(())
    return template.render(
        found=found,
        head=head,
        said=in_a_sentence(found),
        prompts=prompts_said(found).splitlines(),
        tasks=tasks(found),
        spent=spent_rows(found),
        cases=(("Broken", by_case(found.broken)), ("Fixed", by_case(found.fixed))),
    )


def in_a_sentence(found: Comparison) -> str:
    """What a reader in a hurry has to know."""
    counted = Counter(verdict(entry) for entry in found.entries if entry.slice is None)
    if not any(counted[name] for name in ("better", "worse", "unclear")):
        return "No case of any metric differs."
    parts = [f"{counted['better']} better", f"{counted['worse']} worse", f"{counted['unclear']} within chance"]
    return f"Of {counted.total()} metrics: {', '.join(parts)}, and {counted['same']} in which no case differs."


def tasks(found: Comparison) -> list[Task]:
    """By task, in the run's order; what differs the most stands first."""
    shown = []
    for name in dict.fromkeys(entry.task for entry in found.entries):
        mine = [entry for entry in found.entries if entry.task == name]
        whole = [entry for entry in mine if entry.slice is None]
        moved = [entry for entry in whole if verdict(entry) not in ("same", "none") or entry.unscored]
        metrics = [Metric(entry, _slices(entry, mine)) for entry in sorted(moved, key=_size, reverse=True)]
        drawn = [entry for metric in metrics for entry in (metric.whole, *metric.slices)]
        still = tuple(entry for entry in whole if entry not in moved)
        shown.append(Task(name, scale_of(drawn), tuple(metrics), still))
    return shown


def _slices(whole: Entry, entries: Sequence[Entry]) -> tuple[Entry, ...]:
    parts = (e for e in entries if e.slice is not None and e.metric == whole.metric)
    return tuple(sorted((e for e in parts if verdict(e) not in ("same", "none")), key=_size, reverse=True))


def _size(entry: Entry) -> float:
    return abs(entry.difference.mean or 0)


def by_case(moved: Sequence[Moved]) -> list[tuple[str, list[CaseShown]]]:
    """Task → its cases, each once."""
    alike: dict[tuple[str, str, int], list[Moved]] = {}
    for one in moved:
        alike.setdefault(one.b.key, []).append(one)
    found: dict[str, list[CaseShown]] = {}
    for same in alike.values():
        one = same[0]
        shown = CaseShown(one.case_id, one.slice, tuple(m.metric for m in same), one.a, one.b)
        found.setdefault(one.task, []).append(shown)
    return list(found.items())
