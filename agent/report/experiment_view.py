"""The test as it was designed before launch: arms, the smallest effect that can be shown, and what to expect."""

from dataclasses import dataclass

from agent.report.numbers import Cash, count, interval, level, percent
from tools.experiment.types import ExperimentPart


@dataclass(frozen=True)
class ExperimentView:
    arms: tuple[tuple[str, str, str], ...]
    """Name, customers, share."""
    facts: tuple[tuple[str, str], ...]
    measurable: bool
    note: str


def experiment_view(part: ExperimentPart, money: Cash) -> ExperimentView:
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
            ("Smallest detectable difference in revenue", _spend(part, money)),
            ("Until the expected difference shows", _weeks(part)),
            ("May be read", _looks(part)),
            ("Runs for", f"{part.days} days"),
            ("Assignment", f"{part.assignment.method}, salt {part.assignment.salt}"),
        ),
        measurable=part.measurable,
        note=part.note,
    )


def _points(value: float | None, unknown: str) -> str:
    """An absolute difference of two shares, in percentage points."""
    return unknown if value is None else percent(value).replace("%", " percentage points")


def _spend(part: ExperimentPart, money: Cash) -> str:
    if part.spend is None:
        return "not known: too few past orders of customers like these"
    return f"{money(part.spend.mde_cuped_minor)} per customer ({money(part.spend.mde_minor)} without past spend)"


def _weeks(part: ExperimentPart) -> str:
    return "nothing is expected" if part.weeks_needed is None else f"{count(part.weeks_needed)} weeks of such campaigns"


def _looks(part: ExperimentPart) -> str:
    if not part.looks:
        return "at the end"
    *early, last = part.looks
    stops = ", ".join(f"after day {one.day} (stops at |z| of {one.boundary_z:.2f} or more)" for one in early)
    return f"{stops}, and at the end (|z| of {last.boundary_z:.2f})"
