"""The linear part of the problem in exact integers: one variable a (group, option) pair, one row a limit.

Rows are `lower ≤ Σ a_j x_j ≤ upper` with integer a. Money rows are in millionths of a minor unit. What only
integers express (smallest cells, offers per segment, …) is in `switches.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from tools.budget.cells.problem import MICRO, CellProblem, Option


@dataclass(frozen=True)
class Variable:
    """x_j: how many customers of group `group` get option `option` (indices into the problem's tuples)."""

    group: int
    option: int
    upper: int


@dataclass(frozen=True)
class LinearRow:
    """A limit as a row. `unit`: row units in one unit of the limit (a million for money)."""

    name: str
    coefficients: tuple[int, ...]
    lower: int | None
    upper: int | None
    unit: int = 1

    def activity(self, x: tuple[int, ...]) -> int:
        return sum(a * n for a, n in zip(self.coefficients, x, strict=True))


@dataclass(frozen=True)
class Programme:
    """Variables, their values (micro) and the rows; `members[g]` are the variables of group g."""

    problem: CellProblem
    variables: tuple[Variable, ...]
    value: tuple[int, ...]
    cost: tuple[int, ...]
    members: tuple[tuple[int, ...], ...]
    rows: tuple[LinearRow, ...]

    def option(self, j: int) -> Option:
        return self.problem.options[self.variables[j].option]

    def row(self, name: str) -> LinearRow:
        return next(r for r in self.rows if r.name == name)


def build_programme(problem: CellProblem) -> Programme:
    """Expand groups and options into variables, and the linear limits into rows."""
    by_segment: dict[str, list[int]] = {}
    for i, option in enumerate(problem.options):
        by_segment.setdefault(option.segment_id, []).append(i)
    variables: list[Variable] = []
    members: list[tuple[int, ...]] = []
    for g, group in enumerate(problem.groups):
        first = len(variables)
        for i in by_segment.get(group.segment_id, ()):
            if problem.options[i].channel in group.reach and group.customers:
                variables.append(Variable(g, i, group.customers))
        members.append(tuple(range(first, len(variables))))
    options = [problem.options[v.option] for v in variables]
    return Programme(
        problem=problem,
        variables=tuple(variables),
        value=tuple(o.value_micro for o in options),
        cost=tuple(o.cost_micro for o in options),
        members=tuple(members),
        rows=tuple(_rows(problem, options)),
    )


def _rows(problem: CellProblem, options: list[Option]) -> list[LinearRow]:
    limits = problem.limits

    def row(name: str, a: Callable[[Option], int], lower: int | None, upper: int | None, unit: int = 1) -> LinearRow:
        return LinearRow(name, tuple(a(o) for o in options), lower, upper, unit)

    low = None if limits.min_spend_minor is None else limits.min_spend_minor * MICRO
    rows = [row("budget", lambda o: o.cost_micro, None, limits.budget_minor * MICRO, MICRO)]
    if low is not None:
        rows.append(row("min_spend", lambda o: o.cost_micro, low, None, MICRO))
    for channel, most in sorted(limits.channel_capacity.items()):
        rows.append(row(f"channel_capacity:{channel}", lambda o, c=channel: int(o.channel == c), None, most))  # type: ignore[misc]
    for channel, most in sorted(limits.channel_budget_minor.items()):
        spend = lambda o, c=channel: o.cost_micro if o.channel == c else 0  # noqa: E731
        rows.append(row(f"channel_budget:{channel}", spend, None, most * MICRO, MICRO))
    if limits.min_reach is not None:
        rows.append(row("min_reach", lambda _: 1, limits.min_reach, None))
    for channel in sorted(limits.required_channels):
        rows.append(row(f"required_channel:{channel}", lambda o, c=channel: int(o.channel == c), 1, None))  # type: ignore[misc]
    for offer in sorted(limits.max_share_offer):
        share = limits.share(offer)
        q, p = share.denominator, share.numerator
        coefficient = lambda o, f=offer, q=q, p=p: (q if o.offer_id == f else 0) - p  # noqa: E731
        rows.append(row(f"max_share_offer:{offer}", coefficient, None, 0, q))
    return rows
