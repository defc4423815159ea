"""Two campaigns or versions side by side: only what is not the same in both."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from agent.campaign import Campaign
from agent.conversation.difference import Change, difference
from agent.conversation.saying import TOTALS
from agent.report.naming import cut
from agent.report.numbers import Cash, percent, trimmed
from agent.report.words import field_words, plain

NOTHING = "–"
HERS = ("brief.audience", "brief.exclude", "brief.products", "brief.tone", "products for ", "copy ")
"""Paths whose values are data."""


@dataclass(frozen=True)
class Row:
    what: str
    old: str
    new: str
    ours: bool
    """Whether the values are our own words, which the page's language has; hers and the copy stay as they are."""
    by: str
    """How much more (+) or less (−) the second has; empty for words."""


@dataclass(frozen=True)
class Side:
    campaign_id: str
    version: int
    status: str
    brief: str


@dataclass(frozen=True)
class CompareView:
    old: Side
    new: Side
    groups: tuple[tuple[str, tuple[Row, ...]], ...]
    """Title → rows, without the groups in which nothing differs."""


def compare_view(old: Campaign, new: Campaign) -> CompareView:
    made = difference(old, new)
    cash = Cash(made.currency)
    grouped: dict[str, list[Row]] = {title: [] for title, _ in GROUPS}
    for change in (*made.fields, *made.figures):
        if change.path != "status":
            grouped[_group(change.path)].append(_row(change, cash))
    return CompareView(_side(old), _side(new), tuple((title, tuple(rows)) for title, rows in grouped.items() if rows))


GROUPS = (
    ("The brief", ("brief.",)),
    ("Audience", ("audience.", "products for ")),
    ("Budget", ("allocation.", "offers", "cell ")),
    ("Copy", ("copy",)),
    ("Checks and test", ("checks.", "experiment.")),
    ("Other", ("",)),
)


def _group(path: str) -> str:
    return next(title for title, starts in GROUPS if path.startswith(starts))


def _side(campaign: Campaign) -> Side:
    return Side(campaign.campaign_id, campaign.version, plain(campaign.status), cut(campaign.brief.text))


def _row(change: Change, cash: Cash) -> Row:
    old, new = (_value(change, value, cash) for value in (change.old, change.new))
    return Row(_name(change.path), old, new, not change.path.startswith(HERS), _by(change, cash))


def _name(path: str) -> str:
    if path.startswith("brief."):
        return field_words(path.removeprefix("brief."))
    for start in ("audience.funnel.", "audience.", "cell ", "copy ", "experiment."):
        if path.startswith(start) and path not in TOTALS:
            return plain(path.removeprefix(start))
    return TOTALS.get(path, plain(path))


def _value(change: Change, value: str | float | int | None, cash: Cash) -> str:
    if value is None:
        return NOTHING
    if isinstance(value, str):
        return value
    if change.unit == "money":
        return cash(value)
    if change.unit == "fraction":
        return percent(value)
    return f"{value:,}" if isinstance(value, int) else trimmed(value, 4)


def _by(change: Change, cash: Cash) -> str:
    if isinstance(change.old, str) or isinstance(change.new, str) or change.old is None or change.new is None:
        return ""
    more = change.new - change.old
    text = _value(change, abs(more), cash)
    return f"{'+' if more > 0 else '−'}{text}"


def rows_of(groups: Iterable[tuple[str, tuple[Row, ...]]]) -> int:
    return sum(len(rows) for _, rows in groups)
