"""Hybrid product search: keywords and vectors, weighed, and what the text's category says.

    own(t)   = KEYWORDS · bm25(t) / greatest bm25 + (1 − KEYWORDS) · max(0, cosine(t))
    score(t) = (own(t) + KIN · greatest own of t's category) / (1 + KIN)

so that a category with one text that fits well comes before texts that only share a word. The weights were chosen on
half of the demo shop's categories and won on the other half (docs/benchmarks.md, `evals/bench/search.py`). Filters are
applied before ranking, so a filter never costs hits.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from tools.catalog.keywords import words_of
from tools.catalog.stored import EXACT_LIMIT, CatalogIndex, Coded
from tools.catalog.types import SearchHit

KEYWORDS = 0.25
KIN = 1.0
DEPTH = 200
"""Texts of each ranking that take part."""
OF_A_KIND = 3
"""Products that read the same but for their size, before the next text has its turn."""
LEAST_SIMILARITY = 0.25
"""Cosine below which a text has nothing to do with the query."""
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Place:
    """`rank` from 1; `value`: BM25 over the greatest, or the cosine."""

    rank: int
    value: float


Ranks = dict[int, Place]
"""Text → its place in one ranking."""


@dataclass(frozen=True)
class RankedText:
    text: int
    score: float
    """Above 0, at most 1."""
    own: float
    """The same without what the category says."""
    keyword_rank: int | None
    vector_rank: int | None


def search(
    index: CatalogIndex,
    query: str,
    k: int = 10,
    *,
    categories: Collection[str] | None = None,
    departments: Collection[str] | None = None,
    offerable_only: bool = True,
) -> list[SearchHit]:
    """The `k` products that fit the query best, best first; fewer where fewer fit.

    Args:
        categories: the shop's own values, alternatives; None: any.
        departments: likewise; a product must fit both.
        offerable_only: leave out what no campaign offers (coupons, fuel, products without a price).
    """
    allowed = allowed_products(index, categories=categories, departments=departments, offerable_only=offerable_only)
    ranked = rank_texts(index, query, allowed)
    return [
        SearchHit(
            product_id=str(index.product_ids[row]),
            name=str(index.names[row]),
            category=index.categories[row],
            score=round(text.score, 6),
            keyword_rank=text.keyword_rank,
            vector_rank=text.vector_rank,
        )
        for text, row in islice(_by_turns(index, ranked, allowed, query), k)
    ]


def allowed_products(
    index: CatalogIndex,
    *,
    categories: Collection[str] | None = None,
    departments: Collection[str] | None = None,
    offerable_only: bool = True,
) -> Mask:
    """Which products pass the filter, shape (n,)."""
    allowed: Mask = index.offerable if offerable_only else np.ones(len(index), dtype=bool)
    if categories is not None:
        allowed = allowed & _among(index.category_codes, categories)
    if departments is not None:
        allowed = allowed & _among(index.department_codes, departments)
    return allowed


def rank_texts(
    index: CatalogIndex, query: str, allowed: Mask, *, keyword: bool = True, vector: bool = True
) -> list[RankedText]:
    """Texts with an allowed product, best first. Either ranking can be left out, to be compared with."""
    texts = np.flatnonzero(np.bincount(index.text_of[allowed], minlength=len(index.texts))).astype(np.int32)
    if not len(texts) or not query.strip():
        return []
    by_keyword = _keyword_ranks(index, query, texts) if keyword else {}
    by_vector = _vector_ranks(index, query, texts) if vector else {}
    own: dict[int, float] = {}
    for share, ranks in ((KEYWORDS, by_keyword), (1 - KEYWORDS, by_vector)):
        for text, place in ranks.items():
            own[text] = own.get(text, 0.0) + share * place.value
    kin = _best_of_kin(index, own) if keyword and vector else own
    scores = {text: round((own[text] + KIN * kin[text]) / (1 + KIN), 9) for text in own}
    order = sorted(scores, key=lambda text: (-scores[text], text))
    return [
        RankedText(text, scores[text], own[text], _rank(by_keyword.get(text)), _rank(by_vector.get(text)))
        for text in order
    ]


def _rank(place: Place | None) -> int | None:
    return None if place is None else place.rank


def _best_of_kin(index: CatalogIndex, own: dict[int, float]) -> dict[int, float]:
    """The greatest own score of each text's category; its own where it has none."""
    category, missing = index.text_categories, len(index.category_codes.values)
    best: dict[int, float] = {}
    for text, value in own.items():
        code = int(category[text])
        best[code] = max(best.get(code, 0.0), value)
    return {text: value if category[text] == missing else best[int(category[text])] for text, value in own.items()}


def _among(column: Coded, values: Collection[str]) -> Mask:
    wanted = np.zeros(len(column.values) + 1, dtype=bool)
    wanted[[column.values[value] for value in values if value in column.values]] = True
    return np.asarray(wanted[column.codes])


def _keyword_ranks(index: CatalogIndex, query: str, texts: NDArray[np.int32]) -> Ranks:
    scores = index.keywords.scores(query)[texts]
    found = np.flatnonzero(scores > 0)
    best = found[np.lexsort((texts[found], -scores[found]))][:DEPTH]
    most = float(scores.max(initial=0))
    return {int(texts[at]): Place(rank, float(scores[at]) / most) for rank, at in enumerate(best, 1)}


def _vector_ranks(index: CatalogIndex, query: str, texts: NDArray[np.int32]) -> Ranks:
    """By cosine; exact, but for an unfiltered search among more texts than a scan should read."""
    vector = index.embedder.encode([index.keywords.corrected(query)])[0]
    everything = len(texts) == len(index.vectors)
    if everything and len(texts) > EXACT_LIMIT:
        answer = index.neighbours.query(query_embeddings=[vector], n_results=DEPTH, include=[])
        texts, everything = np.array([int(text) for text in answer["ids"][0]], dtype=np.int32), False
    # A last digit that depends on how the scan was blocked must not decide a tie.
    similarity = (index.vectors @ vector if everything else index.vectors[texts] @ vector).round(6)
    found = np.flatnonzero(similarity >= LEAST_SIMILARITY)
    best = found[np.lexsort((texts[found], -similarity[found]))][:DEPTH]
    return {int(texts[at]): Place(rank, float(similarity[at])) for rank, at in enumerate(best, 1)}


def _by_turns(
    index: CatalogIndex, ranked: Sequence[RankedText], allowed: Mask, query: str
) -> Iterator[tuple[RankedText, int]]:
    """Products of the ranked texts, a few of each before the next; a size that the query names comes first."""
    asked = set(words_of(query))
    products: dict[int, list[int]] = {}
    turn = 0
    while any(turn * OF_A_KIND < len(rows) for rows in products.values()) or not turn:
        for text in ranked:
            if text.text not in products:
                rows = [int(row) for row in index.rows_of(text.text) if allowed[row]]
                products[text.text] = sorted(rows, key=lambda row: _order(index, row, asked))
            for row in products[text.text][turn * OF_A_KIND : (turn + 1) * OF_A_KIND]:
                yield text, row
        turn += 1


def _order(index: CatalogIndex, row: int, asked: set[str]) -> tuple[int, str]:
    return -len(asked.intersection(words_of(str(index.sizes[row])))), str(index.product_ids[row])
