"""The shop over HTTP: its segments and its products. Counts and products, never a customer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from agent.api.auth import Viewer
from agent.api.models import Day, Found, Segments
from agent.api.state import TheApi
from tools.failure import ToolFailure
from tools.vocabulary import Model

router = APIRouter(prefix="/v1", tags=["shop"])
Value = Annotated[str, Field(max_length=200)]


class AsOf(Model):
    today: Day | None = Field(default=None, description="The first day not seen; default: the shop's today.")


@router.get("/segments")
def get_segments(api: TheApi, _caller: Viewer, asked: Annotated[AsOf, Query()]) -> Segments:
    """Everybody who may be contacted, in segments with their profiles."""
    as_of = asked.today or api.deps().today()
    made = api.segments(as_of)
    return Segments(as_of=as_of, funnel=made.funnel, segments=made.segments)


class Search(Model):
    """What is looked for; a parameter that is not here is refused, not left out."""

    q: str = Field(min_length=1, max_length=200, description="Words.", examples=["dog food"])
    limit: int = Field(default=10, ge=1, le=100)
    category: Annotated[list[Value], Field(max_length=20, description="The shop's own; alternatives.")] | None = None
    department: Annotated[list[Value], Field(max_length=20, description="The shop's own; alternatives.")] | None = None


@router.get("/products/search")
def search_products(api: TheApi, _caller: Viewer, asked: Annotated[Search, Query()]) -> Found:
    """The products that fit the words best, by keywords and meaning."""
    from tools.catalog.search import search

    with api.shop() as deps:
        index = deps.index
        _known("category", asked.category, index.categories)
        _known("department", asked.department, index.departments)
        hits = search(index, asked.q, asked.limit, categories=asked.category, departments=asked.department)
    return Found(query=asked.q, products=tuple(hits))


def _known(what: str, wanted: Sequence[str] | None, there: Iterable[str | None]) -> None:
    """An unknown value would find nothing, and look as if the shop had nothing."""
    from rapidfuzz import process

    every = {value for value in there if value} if wanted else set()
    for value in wanted or ():
        if value not in every:
            close = [name for name, _, _ in process.extract(value, sorted(every), limit=5)]
            raise ToolFailure(f"unknown_{what}", f"the shop has no {what} {value!r}", suggestions=close)
