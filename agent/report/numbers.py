"""How figures are written on the page: thousands separators, readable percentages, money in the shop's currency."""

from dataclasses import dataclass

from tools.money import format_money
from tools.vocabulary import Interval


def count(value: float) -> str:
    """`12345` as `12,345`; below a hundred, one decimal where it says something (`3.4`)."""
    if abs(value) < 100 and round(value, 1) != round(value):
        return f"{value:,.1f}"
    return f"{round(value):,}"


def percent(fraction: float) -> str:
    """A fraction as a percentage with as many decimals as it needs: `25%`, `3.2%`, `0.04%`."""
    value = fraction * 100
    for digits, above in ((0, 99.95), (1, 0.95), (2, 0.095)):
        if abs(value) >= above:
            return f"{trimmed(value, digits)}%"
    return f"{trimmed(value, 3)}%"


def interval(value: Interval) -> str:
    """`3.2% (2.1% to 4.6%, 90%)` without its level's words: the table's head says those."""
    return f"{percent(value.low)} to {percent(value.high)}"


def level(value: Interval) -> str:
    return percent(value.level)


def milliseconds(value: int) -> str:
    return f"{value:,} ms" if value < 10_000 else f"{value / 1000:,.1f} s"


def trimmed(value: float, digits: int) -> str:
    text = f"{value:,.{digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


@dataclass(frozen=True)
class Cash:
    """Money of one currency; without a known currency the bare minor units are shown and called so."""

    currency: str | None

    def __call__(self, amount_minor: float) -> str:
        whole = round(amount_minor)
        return f"{whole:,} minor units" if self.currency is None else format_money(whole, self.currency, trim=True)
