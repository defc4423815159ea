"""Who is meant: the funnel, how the brief's words were resolved, and the segments in words."""

from dataclasses import dataclass

from agent.report.names import Names
from agent.report.numbers import count, percent
from agent.report.words import CHANNEL, plain
from tools.segments.describe import describe
from tools.segments.types import AudiencePart, Candidate, Resolution, Segment


@dataclass(frozen=True)
class Bar:
    step: str
    customers: str
    change: str
    width: float
    """Per cent of the widest step; what is there at all is at least a sliver."""


@dataclass(frozen=True)
class ResolutionView:
    phrase: str
    chosen: tuple[str, ...]
    rejected: tuple[str, ...]
    method: str
    clear: bool


@dataclass(frozen=True)
class SegmentView:
    segment_id: str
    name: str
    size: str
    share: str
    profile: tuple[str, ...]
    words: str
    filter_json: str


@dataclass(frozen=True)
class AudienceView:
    words: str
    sql: str
    bars: tuple[Bar, ...]
    resolutions: tuple[ResolutionView, ...]
    notes: tuple[str, ...]
    segments: tuple[SegmentView, ...]


def audience_view(part: AudiencePart, names: Names) -> AudienceView:
    currency = names.money.currency or "XXX"
    return AudienceView(
        words=describe(part.filter, currency),
        sql=part.sql,
        bars=_bars(part),
        resolutions=tuple(_resolution(one) for one in part.resolutions),
        notes=part.notes,
        segments=tuple(segment_view(one, part.size, names, currency) for one in part.segments),
    )


def _bars(part: AudiencePart) -> tuple[Bar, ...]:
    widest = max((one.customers for one in part.funnel), default=0)
    bars, before = [], None
    for one in part.funnel:
        change = "" if before is None or before == one.customers else f"{one.customers - before:+,}".replace("-", "−")
        width = max(0.6, 100 * one.customers / widest) if one.customers else 0.0
        bars.append(Bar(plain(one.step), count(one.customers), change, round(width, 1)))
        before = one.customers
    return tuple(bars)


def _resolution(one: Resolution) -> ResolutionView:
    return ResolutionView(one.phrase, _candidates(one.chosen), _candidates(one.rejected), one.method, one.clear)


def _candidates(found: tuple[Candidate, ...]) -> tuple[str, ...]:
    return tuple(f"{one.value} ({plain(one.level)}, {one.score:.2f}{_buyers(one)})" for one in found)


def _buyers(one: Candidate) -> str:
    return "" if one.customers is None else f", {count(one.customers)} customers"


def segment_view(one: Segment, whole: int, names: Names, currency: str) -> SegmentView:
    """Args: `whole` is the audience's size."""
    return SegmentView(
        segment_id=one.segment_id,
        name=one.name,
        size=count(one.size),
        share=percent(one.size / whole) if whole else "0%",
        profile=tuple(profile_words(one.profile, names)),
        words=describe(one.filter, currency),
        filter_json=one.filter.model_dump_json(indent=2, exclude_none=True),
    )


def profile_words(profile: dict[str, float | int | str | None], names: Names) -> list[str]:
    """Each figure of a profile as a phrase; what is unknown is left out."""
    return [_phrase(key, value, names) for key, value in profile.items() if value is not None and key != "customers"]


def _phrase(key: str, value: float | int | str, names: Names) -> str:
    if isinstance(value, str):
        return f"buys more than others: {value}" if key == "top_categories" else f"{plain(key)}: {value}"
    if key.startswith("reachable_"):
        channel = key.removeprefix("reachable_")
        return f"{count(value)} reachable by {CHANNEL.get(channel, channel)}"
    if key.endswith("_days"):
        return {
            "recency_days": f"last order {count(value)} days ago (median)",
            "tenure_days": f"customer for {count(value)} days (median)",
        }.get(key, f"{plain(key.removesuffix('_days'))}: {count(value)} days")
    if key.endswith("_minor"):
        return f"{plain(key.removesuffix('_minor'))} {names.money(value)} (median)"
    if "share" in key:
        return f"{plain(key)}: {percent(value)}"
    return f"{count(value)} {plain(key)} (median)" if key in ("orders", "lines") else f"{plain(key)}: {count(value)}"
