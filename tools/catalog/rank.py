"""Products for each segment: ranked by what it buys, its prices, what is there and what it earns, and told apart.

Where a trained model says how likely the segment's customers are to buy a product, that takes the place of the shares
of buyers among the `ASKED` best by them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tools.catalog.candidates import Candidates, find_candidates
from tools.catalog.reasons import percent, reasons_for
from tools.catalog.scoring import Scored, score, score_again
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
ASKED = 150
"""Best candidates of a segment that a trained model is asked about."""
SIMILAR_COST = 0.5
"""Part of a score lost to a product that means the same as one already chosen (cosine 1)."""
SAME_CATEGORY_COST = 0.15
"""Part lost to another product of a category already chosen."""


class Likely(Protocol):
    """A trained model of who buys what."""

    @property
    def words(self) -> str:
        """Its name, days and data."""
        ...

    def among(self, customers: Sequence[str], products: Sequence[str]) -> NDArray[np.float64]:
        """The mean chance of each product over these customers, shape (len(products),)."""
        ...


@dataclass(frozen=True)
class _Ranked:
    """Scores of one segment's candidates, and a model's chance of those that it was asked about, by place."""

    scored: Scored
    chances: dict[int, float]


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
    likely: Likely | None = None,
    note: str = "",
) -> list[ProductChoice]:
    """The products to show each segment, best first, segments in the order of their ids.

    Args:
        members: a row a customer with customer_id and segment_id.
        scope: what the audience bought; empty is anything.
        focus: the brief's own words for products; they come before the scope.
        as_of: the first day not seen.
        stock_required: leave out what is out of stock, or has not sold for 90 days where no stock is known.
        likely: the trained model that ranks; None: the segment's shares of buyers do.
        note: what she should know of the ranking, such as why no model is used.

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
    if note:
        candidates = replace(candidates, notes=(*candidates.notes, note))
    by_segment = tastes(store, members, candidates.table, as_of)
    chosen: list[ProductChoice] = []
    for segment in sorted(by_segment):
        taste = by_segment[segment]
        customers = members[members["segment_id"] == segment]["customer_id"].drop_duplicates().tolist()
        ranked = _ranked(score(candidates.table, taste, goal, as_of), candidates.table, customers, goal, likely)
        for place in distinct(index, candidates.table, ranked.scored.score, per_segment):
            choice = _choice(index, candidates, place, segment, taste, ranked.scored, goal, as_of, currency)
            chosen.append(_said(choice, ranked.chances.get(place), likely))
    return chosen


def _ranked(scored: Scored, table: pd.DataFrame, customers: list[str], goal: Goal, likely: Likely | None) -> _Ranked:
    if likely is None:
        return _Ranked(scored, {})
    order = np.lexsort((table["product_id"].to_numpy(dtype=str), -scored.score.round(9)))
    places = np.sort(order[:ASKED])
    chance = likely.among(customers, table["product_id"].to_numpy(dtype=str)[places].tolist())
    if not chance.any():  # nobody of the segment is known to the model: it has nothing to say, not "0 % will buy"
        return _Ranked(scored, {})
    again = score_again(scored, places, chance, goal)
    return _Ranked(again, dict(zip(places.tolist(), chance.tolist(), strict=True)))


def _said(choice: ProductChoice, chance: float | None, likely: Likely | None) -> ProductChoice:
    """With the model's chance and name among its reasons."""
    if chance is None or likely is None:
        return choice
    first, *others = choice.reasons
    expected = f"{percent(chance)} of this segment's past buyers are expected to buy it within 30 days ({likely.words})"
    return choice.model_copy(update={"reasons": (first, expected, *others)})


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
