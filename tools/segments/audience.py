"""The audience of a campaign: the brief's conditions resolved, counted down the funnel, split, and a holdout taken.

It fails closed (promise 2): words that are not understood, or conditions that nobody fulfils, stop the plan.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from tools.clock import Window
from tools.failure import ToolFailure
from tools.segments.compile import to_sql
from tools.segments.failures import nobody, unresolved
from tools.segments.filter import Filter
from tools.segments.funnel import joined, run_funnel
from tools.segments.notes import audience_notes
from tools.segments.resolve import ShopTerms, resolve_filter
from tools.segments.rfm import SplitBy
from tools.segments.segmenting import goods_of, segmented
from tools.segments.types import AudiencePart, FunnelStep, Resolution
from tools.segments.walk import all_of, any_of
from tools.vocabulary import Channel

if TYPE_CHECKING:
    import pandas as pd

    from tools.shop.store import ShopStore


@dataclass(frozen=True)
class AudienceRequest:
    """Who is asked for. `include` is joined by *and*, `exclude` by *or*; both may still hold words of the brief."""

    include: tuple[Filter, ...]
    exclude: tuple[Filter, ...]
    channels: tuple[Channel, ...]
    as_of: date
    window: Window
    frequency_cap_contacts: int | None
    holdout_fraction: float
    salt: str
    max_segments: int = 5
    split_by: SplitBy | None = None
    """What to split by; null: by whatever explains most."""


@dataclass(frozen=True)
class Audience:
    """The part that is shown, and the members: one row each, by customer_id, with `segmenting.MEMBER_COLUMNS`.

    `arm` is `campaign` or `holdout`; a channel is ok if it was asked for, consented to, addressed and not suppressed.
    Rows leave the process in the package's own files alone.
    """

    part: AudiencePart
    members: pd.DataFrame


def build_audience(request: AudienceRequest, store: ShopStore, terms: ShopTerms) -> Audience:
    """Resolve, count, split and hold out.

    Raises:
        ToolFailure: `unresolved_terms` with the phrases and their nearest candidates; `empty_audience` with each
            condition's own size; and what `compile_filter` raises.
    """
    include, exclude, resolutions = _resolved(request, terms)
    as_of, cap = request.as_of, request.frequency_cap_contacts
    excluded = any_of(exclude) if exclude else None
    funnel = run_funnel(
        all_of(include), excluded, store, channels=request.channels, as_of=as_of, window=request.window, cap=cap
    )
    if funnel.left.empty:
        raise nobody(include, exclude, funnel.steps, store, as_of=as_of, channels=request.channels)
    members, segments = segmented(
        funnel.left,
        store,
        as_of=as_of,
        most=request.max_segments,
        holdout_fraction=request.holdout_fraction,
        salt=request.salt,
        goods=goods_of(resolutions),
        split_by=request.split_by,
    )
    campaign = int((members["arm"] == "campaign").sum())
    if not campaign:
        message = f"A holdout of {request.holdout_fraction:.0%} leaves none of {len(members):,} customers to contact."
        raise ToolFailure("empty_audience", message, holdout_fraction=request.holdout_fraction, size=len(members))
    whole = joined(include, exclude)
    part = AudiencePart(
        filter=whole,
        sql=to_sql(whole, store, as_of),
        funnel=(*funnel.steps, FunnelStep(step="holdout_out", customers=campaign)),
        size=campaign,
        segments=segments,
        resolutions=resolutions,
        notes=audience_notes(
            include,
            exclude,
            store,
            matching=funnel.matching,
            as_of=as_of,
            window=request.window,
            channels=request.channels,
            cap=cap,
        ),
    )
    return Audience(part, members)


def _resolved(
    request: AudienceRequest, terms: ShopTerms
) -> tuple[tuple[Filter, ...], tuple[Filter, ...], tuple[Resolution, ...]]:
    include = [resolve_filter(f, terms) for f in request.include]
    exclude = [resolve_filter(f, terms, negated=True) for f in request.exclude]
    resolutions = {r.phrase: r for resolved in (*include, *exclude) for r in resolved.resolutions}
    unclear = [resolution for resolution in resolutions.values() if not resolution.clear]
    if unclear:
        raise unresolved(unclear)
    return tuple(r.filter for r in include), tuple(r.filter for r in exclude), tuple(resolutions.values())
