"""How the money is spent: the curve, the cells, what binds, and the certificate."""

from dataclasses import dataclass
from math import ceil

from agent.report.curve import budget_curve
from agent.report.language import Language, sayer
from agent.report.names import Names
from agent.report.numbers import count, percent
from agent.report.words import plain
from tools.budget.types import AllocationPart, Constraint


@dataclass(frozen=True)
class AllocationRow:
    segment: str
    channel: str
    offer: str
    customers: str
    cost: str
    margin: str


@dataclass(frozen=True)
class ConstraintRow:
    name: str
    used: str
    limit: str
    binds: bool
    shadow_price: str


@dataclass(frozen=True)
class AllocationView:
    curve: str
    """SVG that `svg.clean` let through."""
    rows: tuple[AllocationRow, ...]
    total: AllocationRow
    constraints: tuple[ConstraintRow, ...]
    certificate: tuple[tuple[str, str], ...]
    violations: tuple[str, ...]
    explanation: tuple[str, ...]
    next_unit: str


def allocation_view(part: AllocationPart, names: Names, language: Language = "en") -> AllocationView:
    rows = [
        AllocationRow(
            names.segment(one.segment_id), names.channel(one.channel), names.offer(one.offer_id),
            count(one.customers), names.money(one.cost_minor), names.money(one.incremental_margin_minor),
        )
        for one in part.cells
    ]  # fmt: skip
    return AllocationView(
        curve=budget_curve(part, names.money.currency, sayer(language)),
        rows=tuple(rows),
        total=AllocationRow(
            "All",
            "",
            "",
            count(sum(one.customers for one in part.cells)),
            names.money(sum(one.cost_minor for one in part.cells)),
            names.money(sum(one.incremental_margin_minor for one in part.cells)),
        ),
        constraints=tuple(_constraint(one, names) for one in part.constraints),
        certificate=_certificate(part, names),
        violations=part.certificate.violations,
        explanation=part.explanation,
        next_unit=_next_unit(part.shadow_price, names),
    )


def _constraint(one: Constraint, names: Names) -> ConstraintRow:
    money = "budget" in one.name or one.name.endswith("_minor")
    figure = names.money if money else count
    # Part of a cent is spent as a whole one, as in `spend_minor`; what is off by rounding alone is not.
    used = ceil(one.used - 1e-6) if money else one.used
    price = names.money(one.shadow_price) if one.shadow_price else "0"
    return ConstraintRow(
        plain(one.name),
        figure(used),
        figure(one.limit),
        one.shadow_price > 0,
        f"{one.shadow_price:.2f} for each 1 more" if money and one.shadow_price else price,
    )


def _certificate(part: AllocationPart, names: Names) -> tuple[tuple[str, str], ...]:
    found = part.certificate
    return (
        ("Result", plain(part.status)),
        ("Solved by", part.solver),
        ("Checked by", found.method),
        ("Spend", f"{names.money(found.spend_minor)} of {names.money(found.budget_minor)}"),
        ("Incremental margin", names.money(found.objective)),
        ("Proven upper bound", names.money(found.bound)),
        ("Gap to the bound", percent(found.gap)),
    )


def _next_unit(price: float, names: Names) -> str:
    if price <= 0:
        return "More budget would bring nothing more."
    unit = names.money.currency or "unit"
    return f"The next 1 {unit} of budget would bring {price:,.2f} {unit} of incremental margin."
