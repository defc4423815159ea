"""The readout as a page of its own, in the report's style: what the campaign caused, and what cannot be told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from agent.report.forest import forest
from agent.report.language import Language, Sayer, sayer
from agent.report.numbers import Cash, count, percent, trimmed
from agent.report.render import environment
from tools.experiment.effects import SHARES, Outcome, RandomisedEffect, effect_name
from tools.metrics.types import Metric
from tools.money import minor_digits

if TYPE_CHECKING:
    from tools.experiment.readout_types import ArmReadout, EffectRow, ReadoutPart

NO_DATA = "no data"
OUTCOME: dict[Outcome, str] = {
    "visit": "Customers who visited",
    "conversion": "Customers with an order",
    "revenue": "Revenue per customer",
    "margin": "Margin per customer",
}
METHOD = {"difference": "as counted", "cuped": "past spend taken out"}


@dataclass(frozen=True)
class OutcomeTable:
    """The comparisons of one outcome, under what they may be called."""

    title: str
    name: str
    """`uplift` for randomised effects, else that they are observational."""
    plot: Markup
    lines: tuple[EffectLine, ...]


@dataclass(frozen=True)
class EffectLine:
    who: str
    outcome: str
    method: str
    name: str
    """`uplift` for a randomised effect, else that it is observational."""
    control: str
    difference: str
    total: str
    p_value: str
    why: str
    """Why there is no data; empty where there is."""


@dataclass(frozen=True)
class Writer:
    """How figures of one readout are written."""

    money: Cash
    names: Mapping[str, str]

    def figure(self, value: Metric, kind: str) -> str:
        if value.estimate is None or value.low is None or value.high is None:
            return NO_DATA
        one, low, high = (self.plain(v, kind) for v in (value.estimate, value.low, value.high))
        return f"{one} ({low} to {high}){' points' if kind == 'points' else ''}"

    def plain(self, value: float, kind: str) -> str:
        match kind:
            case "share":
                return percent(value)
            case "points":
                return trimmed(100 * value, 2)
            case "money":
                # A hundred units and more are said without cents: the interval is wider than they are.
                whole = 10 ** minor_digits(self.money.currency or "USD")
                return self.money(round(value / whole) * whole if abs(value) >= 100 * whole else value)
            case "ratio":
                return trimmed(value, 2)
            case _:
                return count(value)

    def who(self, row: EffectRow) -> str:
        return {"overall": "Everybody", "arm": row.name, "segment": self.names.get(row.name, row.name)}[row.scope]


def render_readout(part: ReadoutPart, names: Mapping[str, str] | None = None, language: Language = "en") -> str:
    """The page as text.

    Args:
        names: segment → what the campaign calls it.
    """
    write, t = Writer(Cash(part.currency), names or {}), sayer(language)
    return environment().get_template("readout_page.jinja").render(
        part=part,
        t=t,
        language=language,
        headline=headline(part, write),
        facts=_facts(part),
        arms=[_arm(arm, write) for arm in part.arms],
        steps=("Sent", "Delivered", "Opened", "Clicked", "Redeemed", "Visited", "Bought"),
        tables=[_table(part, outcome, write, t) for outcome in OUTCOME if _compared(part, outcome)],
        returns=returns_lines(part, write),
    )  # fmt: skip


def _compared(part: ReadoutPart, outcome: Outcome) -> bool:
    return any(row.outcome == outcome for row in part.effects)


def _table(part: ReadoutPart, outcome: Outcome, write: Writer, t: Sayer) -> OutcomeTable:
    rows = [row for row in part.effects if row.outcome == outcome]
    return OutcomeTable(
        title=OUTCOME[outcome],
        name=effect_name(rows[0].effect),
        # The one value that is not escaped: `svg.clean` built it from an allow-list.
        plot=Markup(forest(part, outcome, lambda row: t(write.who(row)), t)),  # noqa: S704
        lines=tuple(effect_line(row, write) for row in rows),
    )


def headline(part: ReadoutPart, write: Writer) -> str:
    """One sentence: what was caused, or why that cannot be said."""
    effect = part.effect("conversion")
    row = next((r for r in part.effects if r.outcome == "conversion" and r.scope == "overall"), None)
    if effect is None or row is None:
        return f"What the campaign caused cannot be told: {part.standing}."
    if effect.difference.estimate is None or effect.difference.low is None or effect.difference.high is None:
        return f"What the campaign caused cannot be told: {effect.difference.no_data}."
    gap = write.figure(effect.difference, "points")
    if not isinstance(effect, RandomisedEffect):
        return (
            f"An observational difference of {gap} in the share of customers who bought. It is not what the campaign "
            f"caused: {effect.reason}."
        )
    if effect.difference.low <= 0 <= effect.difference.high:
        return f"The uplift in the share of customers who bought cannot be told from chance: {gap}."
    orders = write.figure(row.total, "count")
    return f"The uplift in the share of customers who bought is {gap}: {orders} customers with an order."


def effect_line(row: EffectRow, write: Writer) -> EffectLine:
    """One comparison in words."""
    share = row.outcome in SHARES
    effect, kind = row.effect, "points" if share else "money"
    base = effect.control.estimate
    p = effect.p_adjusted if effect.p_adjusted is not None else effect.p_value
    return EffectLine(
        who=write.who(row),
        outcome=OUTCOME[row.outcome],
        method=METHOD[effect.method],
        name=effect_name(effect),
        control=NO_DATA if base is None else write.plain(base, "share" if share else "money"),
        difference=write.figure(effect.difference, kind),
        total=write.figure(row.total, "count" if share else "money"),
        p_value=NO_DATA if p is None else ("below 0.001" if p < 0.001 else f"{p:.3f}"),
        why=effect.difference.no_data or "",
    )


def returns_lines(part: ReadoutPart, write: Writer) -> list[tuple[str, str, str]]:
    """Name, figure, and why there is none."""
    found = part.returns

    def known(value: int | None) -> str:
        return NO_DATA if value is None else write.money(value)

    figures = (
        ("Return on spend, whatever caused it", found.roas, "ratio"),
        ("Incremental return on spend (revenue)", found.incremental_roas, "ratio"),
        ("Incremental margin after discounts and sending", found.incremental_net_minor, "money"),
        ("That for each unit spent (0 is break-even)", found.incremental_return, "ratio"),
        ("Share of discounts to those who would have bought anyway", found.discount_share_anyway, "share"),
        ("Discounts to those who would have bought anyway", found.discount_anyway_minor, "money"),
    )
    return [
        ("Sending cost", known(found.sending_minor), ""),
        ("Discounts that the campaign gave", known(found.discount_minor), ""),
        ("Spend", known(found.spend_minor), ""),
        *((name, write.figure(value, kind), value.no_data or "") for name, value, kind in figures),
    ]


def _facts(part: ReadoutPart) -> tuple[tuple[str, str], ...]:
    ratio = part.sample_ratio
    sound = "broken: the arms are not those of the plan" if ratio.broken else "holds"
    checked = f"{sound} (p = {ratio.p_value:.3f})" if ratio.p_value is not None else f"{NO_DATA}: {ratio.no_data}"
    gap = NO_DATA if part.past_spend_gap is None else f"{part.past_spend_gap:+.2f} standard deviations"
    return (
        ("Orders counted", f"{part.start} to {part.end}"),
        ("Read from", part.source),
        ("Basis", part.basis),
        ("Assignment", part.standing),
        ("Compared with", part.control or NO_DATA),
        ("Sample ratio", checked),
        ("Past spend, campaign less control", gap),
        ("Margins", part.returns.margin_source),
        ("Reading", _reading(part)),
        ("Intervals", f"{percent(part.level)}, those of arms and of segments hold together"),
    )


def _reading(part: ReadoutPart) -> str:
    if part.look is None:
        return "the only one, at the end"
    one = part.look
    stops = "reached: the test may stop" if one.crossed else "not reached"
    return f"look {one.look} of {one.looks}; boundary |z| of {one.boundary_z:.2f} for customers with an order {stops}"


def _arm(arm: ArmReadout, write: Writer) -> dict[str, object]:
    steps = (arm.sent, arm.delivered, arm.opened, arm.clicked, arm.redeemed, arm.visited, arm.converted)
    return {
        "name": arm.arm,
        "role": arm.role,
        "customers": count(arm.customers),
        "steps": [write.figure(step, "share") for step in steps],
        "revenue": NO_DATA if arm.revenue_minor is None else write.money(arm.revenue_minor),
        "order_value": write.figure(arm.order_value, "money"),
        "survey": write.figure(arm.survey, "ratio"),
    }
