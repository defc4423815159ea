"""What she should know of how the audience was read: other readings with their sizes, old data, missing values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from tools.clock import Window
from tools.segments.compile import compile_filter
from tools.segments.describe import describe, scope_words
from tools.segments.filter import Attribute, Bought, Filter, Measure, Not, Scope, Within
from tools.segments.funnel import CAP_DAYS
from tools.segments.walk import all_of, conjuncts, leaves
from tools.vocabulary import ADDRESSED, Channel

if TYPE_CHECKING:
    from tools.shop.store import ShopStore

STALE_DAYS = 30


def size(f: Filter, store: ShopStore, as_of: date) -> int:
    """Customers who match."""
    return int(compile_filter(f, store, as_of).count().to_pyarrow().as_py())


def audience_notes(
    include: Sequence[Filter],
    exclude: Sequence[Filter],
    store: ShopStore,
    *,
    matching: int,
    as_of: date,
    window: Window,
    channels: tuple[Channel, ...],
    cap: int | None,
) -> tuple[str, ...]:
    """Plain sentences with counts; no row of any customer is in them.

    Args:
        matching: customers who match `include`.
    """
    return (
        *_other_readings(include, matching, store, as_of),
        *_missing_values(include, exclude, store, as_of),
        *_old_data(store, as_of),
        *_cap_notes(store, as_of, window, cap),
        *_channel_notes(channels),
    )


def _other_readings(include: Sequence[Filter], here: int, store: ShopStore, as_of: date) -> Iterator[str]:
    """ "Haven't bought for 60 days" may be about anything, or about the goods that put someone in the audience."""
    parts = conjuncts(all_of(tuple(include)))
    scopes = [part.scope for part in parts if isinstance(part, Bought) and not part.scope.is_everything]
    lapses = [i for i, part in enumerate(parts) if _lapse_scope(part) is not None]
    if len(scopes) != 1 or len(lapses) != 1:
        return
    at, scope = lapses[0], scopes[0]
    narrow = _lapse_scope(parts[at]) == scope
    if not narrow and _lapse_scope(parts[at]) != Scope():
        return
    other = all_of((*parts[:at], _rescoped(parts[at], Scope() if narrow else scope), *parts[at + 1 :]))
    there = size(other, store, as_of)
    goods, text = scope_words(scope), describe(parts[at], store.info.currency)
    if narrow:
        yield (
            f"“{text}” is read as purchases of {goods} alone: {here:,} customers match. "
            f"If no purchase of anything counts, {there:,} match."
        )
    else:
        yield (
            f"“{text}” is read as no purchase of anything: {here:,} customers match. "
            f"If only purchases of {goods} count, {there:,} match."
        )


def _lapse_scope(part: Filter) -> Scope | None:
    """The goods that someone has not bought lately, if the condition is of that kind."""
    if isinstance(part, Measure) and part.measure == "recency_days" and part.op in ("ge", "gt") and not part.within:
        return part.scope
    if isinstance(part, Not) and isinstance(part.of, Bought) and isinstance(part.of.within, Within):
        return part.of.scope
    return None


def _rescoped(part: Filter, scope: Scope) -> Filter:
    if isinstance(part, Not):
        return Not(of=_rescoped(part.of, scope))
    return part.model_copy(update={"scope": scope})


def _missing_values(
    include: Sequence[Filter], exclude: Sequence[Filter], store: ShopStore, as_of: date
) -> Iterator[str]:
    customers = store.table("customers", as_of)
    wanted = {leaf.column for f in include for leaf in leaves(f) if isinstance(leaf, Attribute) and leaf.column}
    unwanted = {leaf.column for f in exclude for leaf in leaves(f) if isinstance(leaf, Attribute) and leaf.column}
    for column in sorted(wanted | unwanted):
        counts = customers.agg(every=customers.count(), missing=customers[column].isnull().sum()).to_pyarrow()
        every, missing = int(counts["every"][0].as_py()), int(counts["missing"][0].as_py() or 0)
        if missing:
            name = column.replace("_", " ")
            unknown = "whether to exclude them is not known, so they are left out"
            what = "they do not match" if column in wanted else unknown
            yield f"{missing:,} of {every:,} customers have no {name}: {what}."


def _old_data(store: ShopStore, as_of: date) -> Iterator[str]:
    last = store.info.last_order_at
    if last is None:
        return
    days = (as_of - last.date()).days
    if days > STALE_DAYS:
        yield (
            f"The last order in the shop's data is of {last.date()}, {days} days before {as_of}: "
            "customers look as if they had lapsed who may have bought since. Import newer orders."
        )


def _cap_notes(store: ShopStore, as_of: date, window: Window, cap: int | None) -> Iterator[str]:
    if cap is None:
        yield "No frequency cap was asked for, so nobody was left out for having been contacted lately."
    elif not store.has("contacts"):
        yield "The shop has no table of past contacts, so nobody could be left out for having been contacted lately."
    elif as_of < window.start:
        blind = f"{max(as_of, window.start - timedelta(days=CAP_DAYS))} to {window.start - timedelta(days=1)}"
        yield (
            f"The frequency cap looks at the {CAP_DAYS} days before {window.start}; "
            f"contacts of {blind} are not known yet."
        )


def _channel_notes(channels: tuple[Channel, ...]) -> Iterator[str]:
    beyond = [channel for channel in channels if channel not in ADDRESSED]
    if beyond:
        yield f"Consent was checked for email, SMS and push; {', '.join(beyond)} reach no known customer."
    if "push" in channels:
        yield "Push is counted by consent alone: the shop's data holds no device address."
