"""What each step of a plan reads. A step is done again where something that it reads has changed, and only there.

`READS` is the dependency table. A step's key is a hash of the values of what it reads; two versions of a campaign with
the same key for a step have the same result of it. Parts that other steps made are read by their content, not by how
they came about: a raised budget that leaves the same cells needs no new copy.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from agent.steps.baseline import models_in_use
from agent.training.recommend import NAME as RECOMMEND
from agent.workspace import Workspace

if TYPE_CHECKING:
    from tools.vocabulary import Model

READS: dict[str, tuple[str, ...]] = {
    "look_up_audience": (
        "shop", "today", "conditions", "channels", "window", "frequency_cap", "holdout", "salt", "embedding",
    ),
    "choose_products": ("shop", "today", "embedding", "audience", "focus", "goal", "recommender"),
    "make_offers": ("offer_types", "cap", "assumptions", "audience", "currency"),
    "forecast_response": (
        "shop", "today", "audience", "offers", "channels", "goal", "window", "language", "assumptions",
        "models",
    ),
    "solve_budget": ("audience", "channels", "forecast", "offers", "budget", "currency", "seed"),
    "write_copy": (
        "audience", "used_offers", "cells", "products", "goal", "tone", "language", "window", "sender", "currency",
        "salt", "seed", "writer",
    ),
    "check_copy": (
        "shop", "day", "today", "copies", "audience", "conditions", "used_offers", "cells", "products", "goal", "tone",
        "language", "window", "sender", "currency", "salt", "channels", "cap", "frequency_cap",
    ),
    "design_experiment": ("audience", "forecast", "allocation", "salt", "window"),
}  # fmt: skip


def step_key(step: str, work: Workspace, arguments: Mapping[str, object]) -> str:
    """SHA-256 of all that `step` would read now."""
    read = {name: VALUES[name](work) for name in READS[step]}
    text = json.dumps([step, dict(arguments), read], sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _dump(parts: tuple[Model, ...] | Model | None) -> Any:
    if parts is None:
        return None
    return [p.model_dump(mode="json") for p in parts] if isinstance(parts, tuple) else parts.model_dump(mode="json")


def _conditions(work: Workspace) -> Any:
    fields = work.brief.fields
    return [[c.model_dump(mode="json") for c in group] for group in (fields.audience, fields.exclude)]


def _audience(work: Workspace) -> Any:
    """Who is in which segment and arm. The part's notes are left out: no other step reads them."""
    if work.audience is None:
        return None
    part = work.audience.part
    return [
        part.filter.model_dump(mode="json"),
        part.sql,
        _dump(part.segments),
        _dump(part.resolutions),
        _members(work),
    ]


def _members(work: Workspace) -> str:
    if not work.members_sha and work.audience is not None:
        work.members_sha = hashlib.sha256(work.audience.members.to_csv(index=False).encode()).hexdigest()
    return work.members_sha


def _cells(work: Workspace) -> Any:
    cells = work.allocation.cells if work.allocation else ()
    return [[cell.segment_id, cell.channel, cell.offer_id] for cell in cells]


def _used_offers(work: Workspace) -> Any:
    used = {cell.offer_id for cell in work.allocation.cells} if work.allocation else set()
    return _dump(tuple(offer for offer in work.offers if offer.offer_id in used))


VALUES: dict[str, Callable[[Workspace], Any]] = {
    "shop": lambda work: work.deps.store.info.content_sha,
    "today": lambda work: work.today.isoformat(),
    "day": lambda work: work.deps.now().date().isoformat(),
    "embedding": lambda work: work.deps.settings.embedding_model,
    "assumptions": lambda work: work.deps.assumptions.model_dump(mode="json"),
    "models": lambda work: models_in_use(work.deps),
    "recommender": lambda work: models_in_use(work.deps, (RECOMMEND,)),
    "sender": lambda work: _dump(work.deps.store.info.sender),
    "seed": lambda work: work.deps.settings.seed,
    "salt": lambda work: work.salt,
    "conditions": _conditions,
    "focus": lambda work: [product.text for product in work.brief.fields.products],
    "goal": lambda work: work.terms.goal,
    "writer": lambda work: work.writer,
    "window": lambda work: _dump(work.terms.window),
    "channels": lambda work: work.terms.channels,
    "budget": lambda work: work.terms.budget_minor,
    "currency": lambda work: work.terms.currency,
    "cap": lambda work: work.terms.cap_pct,
    "offer_types": lambda work: work.terms.offer_types,
    "holdout": lambda work: work.terms.holdout_fraction,
    "frequency_cap": lambda work: work.terms.frequency_cap,
    "language": lambda work: work.terms.language,
    "tone": lambda work: work.terms.tone,
    "audience": _audience,
    "products": lambda work: _dump(work.products),
    "offers": lambda work: _dump(work.offers),
    "forecast": lambda work: [_dump(work.forecast), [vars(e) for e in work.economics]],
    "used_offers": _used_offers,
    "allocation": lambda work: _dump(work.allocation),
    "cells": _cells,
    "copies": lambda work: [item.model_dump(mode="json", exclude={"checks"}) for item in work.copies],
}
"""Input → its value now. JSON-able, the same in each process."""
