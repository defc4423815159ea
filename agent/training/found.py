"""The trained models as they lie there: how old, from which data, and whether a plan of today would use them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.failure import ToolFailure

if TYPE_CHECKING:
    from agent.deps import Deps


def trained_models(deps: Deps) -> dict[str, str]:
    """Name → one sentence; empty where nothing was trained."""
    from tools.response.shelf import names

    return {name: _sentence(deps, name) for name in names(deps.settings.home)}


def _sentence(deps: Deps, name: str) -> str:
    from agent.training.recommend import NAME as RECOMMENDER
    from agent.training.recommend import must_mean
    from tools.catalog.index import describe_index
    from tools.response.behaviour.model import SCHEMA
    from tools.response.recommend.model import SCHEMA as RECOMMEND
    from tools.response.shelf import current, must_fit

    info = deps.store.info
    try:
        stored = current(deps.settings.home, name)
        if stored is None:
            return "not there"
        card = stored.card
        schema = {"behaviour": SCHEMA, "recommend": RECOMMEND}.get(name, card.schema_sha)
        must_fit(card, schema_sha=schema, shop=info.name, today=deps.today().isoformat())
        for file in card.files:
            stored.read(file)
        if name == RECOMMENDER:
            indexed = describe_index(deps.store, deps.settings.home).get("model_id")
            must_mean(stored, indexed if isinstance(indexed, str) else None)
    except ToolFailure as failure:
        return f"not usable: {failure.message}"
    days = (deps.today() - card.as_of).days
    data = "this data" if card.content_sha == info.content_sha else "earlier data of this shop"
    return f"trained {card.trained_at:%Y-%m-%d} on {data} until {card.as_of} ({days} days ago); fits"
