"""The shop over HTTP: its segments and its products. Counts and products, never a customer."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from agent.api.auth import Viewer
from agent.api.models import Day, Found, Segments
from agent.api.state import TheApi

router = APIRouter(prefix="/v1", tags=["shop"])


@router.get("/segments")
def get_segments(
    api: TheApi,
    _caller: Viewer,
    today: Annotated[Day | None, Query(description="The first day not seen; default: the shop's today.")] = None,
) -> Segments:
    """Everybody who may be contacted, in segments with their profiles."""
    as_of = today or api.deps().today()
    made = api.segments(as_of)
    return Segments(as_of=as_of, funnel=made.funnel, segments=made.segments)


@router.get("/products/search")
def search_products(
    api: TheApi,
    _caller: Viewer,
    q: Annotated[str, Query(min_length=1, max_length=200, description="Words.", examples=["dog food"])],
    limit: Annotated[int, Query(ge=1, le=100)] = 10,
    category: Annotated[list[str] | None, Query(max_length=20, description="The shop's own; alternatives.")] = None,
    department: Annotated[list[str] | None, Query(max_length=20, description="The shop's own; alternatives.")] = None,
) -> Found:
    """The products that fit the words best, by keywords and meaning."""
    from tools.catalog.search import search

    with api.shop() as deps:
        hits = search(deps.index, q, limit, categories=category, departments=department)
    return Found(query=q, products=tuple(hits))
