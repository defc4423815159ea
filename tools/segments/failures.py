"""Why there is no audience, in words that help: what was not understood, or what leaves nobody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from tools.failure import ToolFailure
from tools.segments.describe import describe
from tools.segments.filter import Everyone, Filter
from tools.segments.funnel import joined
from tools.segments.notes import size
from tools.segments.types import Candidate, FunnelStep, Resolution
from tools.segments.walk import all_of, conjuncts
from tools.vocabulary import Channel

if TYPE_CHECKING:
    from tools.shop.store import ShopStore

PASSED = {
    "everyone": "are in the shop", "matches": "match", "not_excluded": "match and are not excluded",
    "consented": "may be contacted", "not_suppressed": "may be contacted and are not suppressed",
}  # fmt: skip
STOPS = {
    "matches": "none matches",
    "consented": "none has consented to {channels} and left an address for it",
    "not_suppressed": "all of them are suppressed",
    "under_frequency_cap": "all of them have reached the frequency cap",
}


def unresolved(unclear: Sequence[Resolution]) -> ToolFailure:
    """`unresolved_terms`, with the phrases and the nearest of the shop's own values."""
    nearest = {r.phrase: [_named(c) for c in r.rejected] for r in unclear}
    said = [f"“{phrase}”" + (f" (nearest: {', '.join(near)})" if near else "") for phrase, near in nearest.items()]
    message = f"Nothing in the shop is clearly meant by {'; '.join(said)}. Say which products or customers are meant."
    return ToolFailure("unresolved_terms", message, phrases=list(nearest), nearest=nearest)


def nobody(
    include: tuple[Filter, ...],
    exclude: tuple[Filter, ...],
    steps: Sequence[FunnelStep],
    store: ShopStore,
    *,
    as_of: date,
    channels: tuple[Channel, ...],
) -> ToolFailure:
    """`empty_audience`: which condition or which step of the funnel leaves nobody, and how many there would be."""
    counts = {step.step: step.customers for step in steps}
    last = next(i for i, step in enumerate(steps) if not step.customers)
    parts = tuple(part for part in conjuncts(all_of(include)) if not isinstance(part, Everyone))
    if steps[last].step in ("matches", "not_excluded") and parts + exclude:
        return _contradiction(parts, exclude, counts, store, as_of)
    if not last:
        return ToolFailure("empty_audience", f"The shop had no customer before {as_of}.", funnel=counts)
    before = steps[last - 1]
    why = STOPS[steps[last].step].format(channels=" or ".join(channels))
    message = f"Nobody is left: {before.customers:,} customers {PASSED[before.step]}, but {why}."
    return ToolFailure("empty_audience", message, step=steps[last].step, funnel=counts)


def _contradiction(
    parts: tuple[Filter, ...], exclude: tuple[Filter, ...], counts: dict[str, int], store: ShopStore, as_of: date
) -> ToolFailure:
    """Each condition's own size, and the size of the audience without it."""

    def entry(prefix: str, part: Filter, rest: Filter) -> dict[str, str | int]:
        text = prefix + describe(part, store.info.currency)
        return {"condition": text, "own": size(part, store, as_of), "without": size(rest, store, as_of)}

    conditions = [entry("", part, joined((*parts[:i], *parts[i + 1 :]), exclude)) for i, part in enumerate(parts)] + [
        entry("excluded: ", part, joined(parts, (*exclude[:i], *exclude[i + 1 :]))) for i, part in enumerate(exclude)
    ]
    own = "; ".join(f"“{c['condition']}” {c['own']:,}" for c in conditions)
    best = max(conditions, key=lambda c: int(c["without"]))
    message = f"Nobody matches. Customers for each condition alone: {own}."
    if best["without"]:
        message += f" Without “{best['condition']}” there would be {best['without']:,}."
    return ToolFailure("empty_audience", message, conditions=conditions, funnel=counts)


def _named(candidate: Candidate) -> str:
    return f"{candidate.column}: {candidate.value}" if candidate.column else candidate.value
