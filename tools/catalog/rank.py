"""Products for each segment: ranked by what it buys, its prices, what is there and what it earns, and told apart."""

from datetime import date
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tools.catalog.candidates import Candidates, find_candidates
from tools.catalog.reasons import reasons_for
from tools.catalog.scoring import Scored, score
from tools.catalog.stored import CatalogIndex
from tools.catalog.taste import Taste, tastes
from tools.catalog.types import ProductChoice, ProductFact
from tools.failure import ToolFailure
from tools.segments.filter import Scope
from tools.vocabulary import Goal

if TYPE_CHECKING:
    from tools.shop.store import ShopStore

POOL = 200
"""Best candidates of a segment among which distinct ones are sought."""
SIMILAR_COST = 0.5
"""Part of a score lost to a product that means the same as one already chosen (cosine 1)."""
SAME_CATEGORY_COST = 0.15
"""Part lost to another product of a category already chosen."""


def choose_products(
    store: "ShopStore",
    index: CatalogIndex,
    members: pd.DataFrame,
    *,
    scope: Scope,
    focus: tuple[str, ...],
    goal: Goal,
    as_of: date,
    currency: str,
    per_segment: int = 3,
    stock_required: bool = True,
) -> list[ProductChoice]:
    """The products to show each segment, best first, segments in the order of their ids.

    Args:
        members: a row a customer with customer_id and segment_id.
        scope: what the audience bought; empty is anything.
        focus: the brief's own words for products; they come before the scope.
        as_of: the first day not seen.
        stock_required: leave out what is out of stock, or has not sold for 90 days where no stock is known.

    Raises:
        ToolFailure: `no_products` where nothing at all can be offered.
    """
    candidates = find_candidates(
        store,
        index,
        scope=scope,
        focus=focus,
        as_of=as_of,
        stock_required=stock_required,
        outside=goal == "cross_sell",
    )
    if candidates.table.empty:
        message = (
            "The catalogue has no product that can be offered: each is out of stock, unsold for 90 days or no goods."
        )
        raise ToolFailure("no_products", message, focus=list(focus), scope=scope.model_dump())
    by_segment = tastes(store, members, candidates.table, as_of)
    chosen: list[ProductChoice] = []
    for segment in sorted(by_segment):
        taste = by_segment[segment]
        scored = score(candidates.table, taste, goal, as_of)
        for place in distinct(index, candidates.table, scored.score, per_segment):
            chosen.append(_choice(index, candidates, place, segment, taste, scored, goal, as_of, currency))
    return chosen


def distinct(index: CatalogIndex, table: pd.DataFrame, scores: NDArray[np.float64], count: int) -> list[int]:
    """Places of the best candidates that differ (maximal marginal relevance), in order of score.

    Of products that read the same but for their size one is taken, the best, until there is nothing else left. After
    each choice the others lose a part of their score for likeness to it (Carbonell and Goldstein, 1998).
    """
    order = np.lexsort((table["product_id"].to_numpy(dtype=str), -scores.round(9)))
    firsts = order[np.sort(np.unique(table["text"].to_numpy()[order], return_index=True)[1])][:POOL]
    texts, categories = table["text"].to_numpy()[firsts], table["category"].to_numpy()[firsts]
    vectors = index.vectors[texts]
    likeness, repeated = np.zeros(len(firsts)), np.zeros(len(firsts), dtype=bool)
    left = np.ones(len(firsts), dtype=bool)
    places: list[int] = []
    while left.any() and len(places) < count:
        value = scores[firsts] * (1 - SIMILAR_COST * likeness**2) * (1 - SAME_CATEGORY_COST * repeated)
        best = int(np.argmax(np.where(left, value, -1)))
        left[best] = False
        places.append(int(firsts[best]))
        likeness = np.maximum(likeness, vectors @ vectors[best])
        repeated |= categories == categories[best]
    spare = (int(place) for place in order if place not in places)
    return sorted([*places, *islice(spare, count - len(places))], key=lambda place: -scores[place])


def _choice(
    index: CatalogIndex,
    candidates: Candidates,
    place: int,
    segment: str,
    taste: Taste,
    scored: Scored,
    goal: Goal,
    as_of: date,
    currency: str,
) -> ProductChoice:
    fact = _fact(index, candidates.table.iloc[place], currency)
    return ProductChoice(
        product_id=fact.product_id,
        name=fact.name,
        category=fact.category,
        segment_id=segment,
        score=round(float(scored.score[place]), 4),
        reasons=reasons_for(index, candidates, place, taste, scored, goal, as_of, currency),
        fact=fact,
    )


def _fact(index: CatalogIndex, row: "pd.Series[Any]", currency: str) -> ProductFact:
    product = int(row["row"])
    return ProductFact(
        product_id=str(row["product_id"]),
        name=str(index.names[product]),
        raw_name=str(row["name"]),
        department=index.departments[product],
        category=index.categories[product],
        brand=_text(row["brand"]),
        price_minor=_whole(row["price_minor"]),
        currency=currency,
        stock=_whole(row["stock"]),
        url=_text(row["url"]),
    )


def _text(value: Any) -> str | None:
    return None if pd.isna(value) else str(value)


def _whole(value: Any) -> int | None:
    return None if pd.isna(value) else round(float(value))
