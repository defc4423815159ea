"""Each comparison as a dot with its interval, on one line of zero: uplift by arm and segment at a glance."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from agent.report.curve import HERE, INK, LINE
from agent.report.svg import clean
from tools.experiment.effects import SHARES
from tools.money import minor_digits

if TYPE_CHECKING:
    from agent.report.language import Sayer
    from tools.experiment.effects import Outcome
    from tools.experiment.readout_types import EffectRow, ReadoutPart

LONGEST = 34
WIDTH = 7
"""Pixels for a letter of a label: the page's own font is wider than the one that the drawing is measured with."""


def forest(part: ReadoutPart, outcome: Outcome, name: Callable[[EffectRow], str], t: Sayer) -> str:
    """SVG markup without outside references, its words said by `t`; empty where no comparison has data.

    The first method of each is drawn.
    """
    rows: dict[str, EffectRow] = {}
    for row in part.effects:
        if row.outcome == outcome and row.effect.difference.estimate is not None:
            rows.setdefault(_short(name(row)), row)
    if not rows:
        return ""
    import vl_convert

    return clean(vl_convert.vegalite_to_svg(_chart(rows, outcome, part, t)), {INK: "currentColor"})


def _chart(rows: dict[str, EffectRow], outcome: Outcome, part: ReadoutPart, t: Sayer) -> dict[str, Any]:
    import altair as alt
    import pandas  # noqa: F401 altair looks into it where it is loaded, which another thread may be about

    money = outcome not in SHARES
    scale = 1 / 10 ** minor_digits(part.currency) if money else 100.0
    unit = f"{part.currency} per customer" if money else "percentage points"
    values = [
        {
            "who": who,
            "value": (row.effect.difference.estimate or 0.0) * scale,
            "low": (row.effect.difference.low or 0.0) * scale,
            "high": (row.effect.difference.high or 0.0) * scale,
            "whole": row.scope == "overall",
        }
        for who, row in rows.items()
    ]
    base = alt.Chart(alt.Data(values=values))
    y = alt.Y("who:N", title=None, sort=list(rows), axis=alt.Axis(labelLimit=0, minExtent=WIDTH * max(map(len, rows))))
    word = "Uplift" if part.basis == "randomised" else "Observational difference"
    title = t(f"{word}, campaign less control ({unit})")
    colour = alt.condition("datum.whole", alt.value(HERE), alt.value(LINE))
    spread = base.mark_rule(strokeWidth=2.5).encode(x=alt.X("low:Q", title=title), x2="high:Q", y=y, color=colour)
    dots = base.mark_point(filled=True, size=90, opacity=1).encode(x="value:Q", y=y, color=colour)
    zero = alt.Chart(alt.Data(values=[{"at": 0}])).mark_rule(color=INK, strokeDash=[4, 4]).encode(x="at:Q")
    chart = alt.layer(zero, spread, dots).properties(width=420, height=34 * len(rows) + 10, background="transparent")
    styled = chart.configure_axis(
        labelColor=INK, titleColor=INK, gridColor="#888888", gridOpacity=0.25, domainColor="#888888",
        tickColor="#888888", labelFontSize=12, titleFontSize=12, titleFontWeight="normal",
    )  # fmt: skip
    spec: dict[str, Any] = styled.configure_view(stroke=None).to_dict()
    return spec


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else name[: LONGEST - 1] + "…"
