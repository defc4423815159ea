"""The test as it was designed before launch: arms, the smallest effect that can be shown, and what to expect."""

from dataclasses import dataclass

from agent.report.numbers import count, interval, level, percent
from tools.experiment.types import ExperimentPart


@dataclass(frozen=True)
class ExperimentView:
    arms: tuple[tuple[str, str, str], ...]
    """Name, customers, share."""
    facts: tuple[tuple[str, str], ...]
    measurable: bool
    note: str


def experiment_view(part: ExperimentPart) -> ExperimentView:
    whole = sum(one.customers for one in part.arms)
    base = part.baseline
    return ExperimentView(
        arms=tuple(
            (one.name, count(one.customers), percent(one.customers / whole) if whole else "") for one in part.arms
        ),
        facts=(
            ("What is compared", part.metric),
            ("Without contact", f"{percent(base.estimate)} ({interval(base)}, {level(base)} interval)"),
            ("Smallest detectable difference", _points(part.mde, "nothing could be detected")),
            ("Expected difference", _points(part.expected_effect, "not forecast")),
            ("Power and significance", f"{percent(part.power)} power at {percent(part.alpha)}"),
            ("Runs for", f"{part.days} days"),
            ("Assignment", f"{part.assignment.method}, salt {part.assignment.salt}"),
        ),
        measurable=part.measurable,
        note=part.note,
    )


def _points(value: float | None, unknown: str) -> str:
    """An absolute difference of two shares, in percentage points."""
    return unknown if value is None else percent(value).replace("%", " percentage points")
