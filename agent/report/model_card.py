"""A model's card as a page of its own, in the report's style: what it rests on, how good it is and how sure that is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from agent.report.curve import HERE, INK, LINE
from agent.report.numbers import count, trimmed
from agent.report.render import environment
from agent.report.svg import clean
from tools.metrics.types import Metric

if TYPE_CHECKING:
    from tools.response.card import Card

BASIS = {
    "randomised": "customers drawn by lot: its differences are uplift",
    "observational": "what was seen, without a lot: it says who does, not what contact changes",
    "assumed": "assumptions",
}

WAYS = "On the validation days, before calibration; the least log loss is used."
COMPARED = {
    "uplift": "On validation customers; the least mean squared distance from the doubly robust score is used.",
    "price": "On the validation weeks: Poisson deviance of a product over its own noise, less is better; the plan "
    "counts with the shrunk model, and only where it saves deviance on the test weeks.",
}
UNITS = {"price": ("Products", "In promotion", "products")}
"""Of a model whose rows are not customers: what its rows are, which are counted, what is resampled."""
CUSTOMERS = ("Customers", "That did", "customers")
PREDICTED = ("Chance that the model gives", "Change that the model gives")
HAPPENED = ("Share that did", "Change that was seen")


def render_card(card: Card) -> str:
    """The page as text."""
    return environment().get_template("model_card.jinja").render(
        card=card,
        # The one value that is not escaped: `svg.clean` built it from an allow-list.
        plot=Markup(_plot(card)) if card.reliability else "",  # noqa: S704
        basis=BASIS[card.basis],
        predicted=PREDICTED[card.basis == "randomised"],
        happened=HAPPENED[card.basis == "randomised"],
        figures=[(one.name, figure_words(one.value), one.better) for one in card.figures],
        compared=[
            (one.name, trimmed(one.loss, 4), _known(one.roc_auc), _known(one.calibration), one.chosen)
            for one in card.compared
        ],
        periods=[
            (one.name, f"{one.first} to {one.last}", count(one.rows), count(one.positives)) for one in card.periods
        ],
        bins=[(trimmed(one.predicted, 3), trimmed(one.happened, 3), count(one.rows)) for one in card.reliability],
        ways=COMPARED.get(card.name, WAYS),
        units=UNITS.get(card.name, CUSTOMERS),
        size=f"{card.bytes / 1024:,.0f} KiB" if card.bytes else "",
    )  # fmt: skip


def figure_words(value: Metric) -> str:
    """`0.8635 (0.8563 to 0.8710)`."""
    if value.estimate is None or value.low is None or value.high is None:
        return f"no data: {value.no_data}"
    return f"{value.estimate:.4f} ({value.low:.4f} to {value.high:.4f})"


def _known(value: float | None) -> str:
    return "" if value is None else trimmed(value, 4)


def _plot(card: Card) -> str:
    """Predicted against happened, one dot a group; on the line where the model is right."""
    import altair as alt
    import vl_convert

    values = [{"p": one.predicted, "y": one.happened} for one in card.reliability]
    both = [value for one in values for value in one.values()]
    ends = [min(0.0, *both), max(both)]
    line = alt.Chart(alt.Data(values=[{"p": end, "y": end} for end in ends])).mark_line(color=LINE, strokeDash=[4, 4])
    dots = alt.Chart(alt.Data(values=values)).mark_point(filled=True, size=80, opacity=1, color=HERE)
    x = alt.X("p:Q", title=PREDICTED[card.basis == "randomised"])
    y = alt.Y("y:Q", title=HAPPENED[card.basis == "randomised"])
    chart = alt.layer(line.encode(x=x, y=y), dots.encode(x=x, y=y)).properties(
        width=320, height=260, background="transparent"
    )
    styled = chart.configure_axis(
        labelColor=INK, titleColor=INK, gridColor="#888888", gridOpacity=0.25, domainColor="#888888",
        tickColor="#888888", labelFontSize=12, titleFontSize=12, titleFontWeight="normal",
    )  # fmt: skip
    spec: dict[str, Any] = styled.configure_view(stroke=None).to_dict()
    return clean(vl_convert.vegalite_to_svg(spec), {INK: "currentColor"})
