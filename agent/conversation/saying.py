"""A difference in lines for a person: what she asked for first, then the totals, then who gets what."""

from __future__ import annotations

from itertools import groupby
from typing import Literal

from agent.conversation.difference import Change, Difference, Value
from tools.money import format_money

TOTALS = {
    "status": "status",
    "audience.size": "customers in the campaign",
    "allocation.status": "solution",
    "allocation.contacted": "contacted",
    "allocation.budget_minor": "budget",
    "allocation.spend_minor": "spend",
    "allocation.objective": "expected margin",
    "allocation.shadow_price": "margin of one more unit of budget",
    "allocation.gap": "gap to the proven bound",
    "offers": "offers that may be used",
    "copy.messages": "messages",
    "copy.language": "language of the copy",
    "checks.passed": "checks passed",
    "checks.warnings": "warnings",
    "experiment.mde": "smallest effect that the test can see",
    "experiment.expected_effect": "effect that is expected",
    "experiment.measurable": "can be measured",
}
"""Path of a total → its name in words; the other paths name themselves."""
MOST_LINES = 30


def difference_lines(made: Difference) -> list[str]:
    """One line a change; the figures of a cell share one. The brief's first, then totals, segments, cells, words."""
    fields = [_line(change, made.currency) for change in made.fields]
    if not made.figures:
        return [*fields, "  no figure of the plan changed"]
    totals = [c for c in made.figures if _is_total(c)]
    segments = [c for c in made.figures if c.path.startswith("audience.segment ")]
    cells = [c for c in made.figures if c.path.startswith("cell ")]
    words = [c for c in made.figures if c.path.startswith(("products for ", "copy ")) and c.path not in TOTALS]
    lines = [_line(c, made.currency) for c in (*totals, *segments)] + _cells(cells, made.currency)
    kept = [_line(c, made.currency) for c in words if c.old is not None and c.new is not None]
    if len(lines) + len(kept) > MOST_LINES:
        lines = [*lines[:MOST_LINES], "  … and more: --json and the report show all"]
    else:
        lines += kept
    return fields + lines


def reuse_lines(made: Difference) -> list[str]:
    """What was planned again, and what was kept from the version before."""
    if not made.planned and not made.reused:
        return []
    again, kept = _steps(made.planned), _steps(made.reused)
    return [f"  planned again: {again}", f"  kept from version {made.old_version}: {kept}"]


def _steps(names: tuple[str, ...]) -> str:
    return ", ".join(name.replace("_", " ") for name in names) or "nothing"


def _is_total(change: Change) -> bool:
    return change.path in TOTALS or change.path.startswith(("audience.funnel.", "experiment.arm "))


def _name(path: str) -> str:
    for start, words in (("audience.funnel.", "audience, "), ("audience.segment ", "segment "), ("brief.", "brief: ")):
        if path.startswith(start):
            return words + path.removeprefix(start).replace("_", " ")
    return TOTALS.get(path, path.replace("experiment.", "test, ").replace("_", " "))


def _line(change: Change, currency: str) -> str:
    return f"  {_name(change.path)}: {_both(change, currency)}"


def _both(change: Change, currency: str) -> str:
    return f"{shown(change, change.old, currency)} → {shown(change, change.new, currency)}"


def _cells(changes: list[Change], currency: str) -> list[str]:
    ordered = sorted(changes, key=_cell)
    cells = [(path.removeprefix("cell "), list(parts)) for path, parts in groupby(ordered, _cell)]
    return [f"  {path}: {_cell_words(parts, currency)}" for path, parts in cells]


def _cell(change: Change) -> str:
    return change.path.rsplit(": ", 1)[0]


def _cell_words(parts: list[Change], currency: str) -> str:
    def facts(which: Literal["old", "new"]) -> str:
        return ", ".join(f"{c.path.rsplit(': ', 1)[1]} {shown(c, getattr(c, which), currency)}" for c in parts)

    if all(c.new is None for c in parts):
        return f"no more ({facts('old')})"
    if all(c.old is None for c in parts):
        return f"new ({facts('new')})"
    return ", ".join(f"{c.path.rsplit(': ', 1)[1]} {_both(c, currency)}" for c in parts)


def shown(change: Change, value: Value, currency: str) -> str:
    """A value with its unit; a dash where there is none."""
    if value is None:
        return "–"
    if isinstance(value, str):
        return f"“{value}”" if " " in value else value
    if change.unit == "money":
        return format_money(round(value), currency)
    if change.unit == "fraction":
        return f"{value:.2%}"
    return f"{value:,}" if change.unit == "count" else f"{value:g}"
