"""The budget curve as a small inline SVG: what each budget would bring, and where this plan stands on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agent.report.svg import clean
from tools.money import minor_digits

if TYPE_CHECKING:
    from agent.report.language import Sayer
    from tools.budget.types import AllocationPart

INK = "#010203"
"""Stands for the page's own text colour, which differs between light and dark."""
LINE = "#2f8f7a"
HERE = "#d9822b"


def budget_curve(part: AllocationPart, currency: str | None, t: Sayer) -> str:
    """SVG markup without outside references, its words said by `t`; empty where there are fewer than two points."""
    if len(part.budget_curve) < 2:
        return ""
    import vl_convert

    return clean(vl_convert.vegalite_to_svg(_chart(part, currency, t)), {INK: "currentColor"})


def _chart(part: AllocationPart, currency: str | None, t: Sayer) -> dict[str, Any]:
    import altair as alt
    import pandas  # noqa: F401 altair looks into it where it is loaded, which another thread may be about

    scale = 10 ** (minor_digits(currency) if currency else 0)
    unit = currency or t("minor units")
    # By spend, not by budget: a budget far above what pays would press the whole curve into its left edge.
    found = sorted({(one.spend_minor, one.incremental_margin_minor) for one in part.budget_curve})
    points = [{"spend": spend / scale, "margin": margin / scale} for spend, margin in found]
    here = [{"spend": part.spend_minor / scale, "margin": part.objective / scale}]
    widest = max(part.spend_minor, *(spend for spend, _ in found))
    highest = max(part.objective, *(margin for _, margin in found))
    x = alt.X("spend:Q", title=f"{t('Spend')} ({unit})", axis=_axis(widest / scale))
    y = alt.Y("margin:Q", title=f"{t('Incremental margin')} ({unit})", axis=_axis(highest / scale))
    line = alt.Chart(alt.Data(values=points)).mark_line(color=LINE, strokeWidth=2.5).encode(x=x, y=y)
    dots = alt.Chart(alt.Data(values=points)).mark_point(color=LINE, filled=True, size=22).encode(x=x, y=y)
    place = alt.Chart(alt.Data(values=here))
    mark = place.mark_point(color=HERE, filled=True, size=110, opacity=1).encode(x=x, y=y)
    low = part.objective < 0.3 * highest
    align, dx = ("right", -8) if part.spend_minor > 0.6 * widest else ("left", 8)
    label = place.mark_text(
        text=t("you are here"), color=INK, fontWeight="bold", dy=-14 if low else 20, dx=dx, align=align
    ).encode(x=x, y=y)
    chart = alt.layer(line, dots, mark, label).properties(width=520, height=230, background="transparent")
    styled = chart.configure_axis(
        labelColor=INK, titleColor=INK, gridColor="#888888", gridOpacity=0.25, domainColor="#888888",
        tickColor="#888888", labelFontSize=12, titleFontSize=12, titleFontWeight="normal",
    )  # fmt: skip
    spec: dict[str, Any] = styled.configure_view(stroke=None).configure_text(fontSize=13).to_dict()
    return spec


def _axis(highest: float) -> Any:
    """Few ticks, with cents only where the whole axis is small."""
    import altair as alt

    return alt.Axis(format=",.2f" if highest < 20 else ",.0f", tickCount=5)
