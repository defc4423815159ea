"""Which products may be chosen at all: what the scope and the brief's words mean, in goods that can be sold today."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tools.catalog.goods import regulated, regulated_group
from tools.catalog.keywords import words_of
from tools.catalog.search import Mask, RankedText, rank_texts
from tools.catalog.stored import CatalogIndex
from tools.segments.filter import Scope

if TYPE_CHECKING:
    from tools.shop.store import ShopStore

RECENT_DAYS = 90
"""A product that sold in the last so many days counts as in stock where the shop gives no stock."""
NEAREST_SHARE = 0.8
"""Of the best score: how near a text must be when no text has every word of the focus."""
ALIKE = 0.5
"""Least cosine of a text that shares not every word with the focus."""
MOST_TEXTS = 40
COLUMNS = ("name", "price_minor", "cost_minor", "stock", "brand", "url", "product_type")
Floats = NDArray[np.float64]
_NEVER = np.datetime64("NaT")
SCOPED = {
    "departments": "department",
    "categories": "category",
    "product_types": "product_type",
    "brands": "brand",
    "product_ids": "product_id",
}


@dataclass(frozen=True)
class Candidates:
    """Products that may be chosen.

    Attributes:
        table: a row a candidate: product_id, row (in the index), text (of the index), relevance (0 to 1), category,
            department, price_minor, cost_minor, stock, brand, url, units_recent, lines_recent, first_sold_at,
            last_sold_at; missing values are NaN or NaT.
        notes: what she should know of how they were found, in words.
    """

    table: pd.DataFrame
    notes: tuple[str, ...] = field(default=())


def find_candidates(
    store: "ShopStore",
    index: CatalogIndex,
    *,
    scope: Scope,
    focus: tuple[str, ...],
    as_of: date,
    stock_required: bool,
    outside: bool = False,
) -> Candidates:
    """The products that `focus` names, or else those in `scope`, or else everything that is offered.

    A focus that nothing in the catalogue fits is said in `notes`, and the scope decides.

    Args:
        outside: take what is not in `scope` instead: for a cross-sell, what the audience does not buy already.
    """
    catalogue = _catalogue(store, index, as_of)
    sold_here = store.has("orders")
    allowed = index.offerable & _allowed_by_law(index, scope, focus)
    if stock_required:
        allowed &= _in_stock(catalogue, sold_here)
    relevance, notes = _named(index, allowed, focus)
    if not relevance.any():
        relevance, missed = _scoped(catalogue, allowed, scope, outside)
        notes += missed
    table = catalogue.assign(relevance=relevance)[relevance > 0]
    return Candidates(table.reset_index(drop=True), notes)


def _catalogue(store: "ShopStore", index: CatalogIndex, as_of: date) -> pd.DataFrame:
    """Every product of the index with what ranking needs, in the index's order."""
    stored = store.table("products")
    kept = ["product_id", *(column for column in COLUMNS if column in stored.columns)]
    products = stored.select(kept).to_pyarrow().to_pandas()
    table = pd.DataFrame(
        {
            "product_id": index.product_ids,
            "row": np.arange(len(index)),
            "text": index.text_of,
            "category": index.categories,
            "department": index.departments,
        }
    ).merge(products, on="product_id", how="left", sort=False)
    for column in COLUMNS:
        if column not in table.columns:
            table[column] = np.nan
    if not store.has("orders"):
        return table.assign(units_recent=np.nan, lines_recent=np.nan, first_sold_at=_NEVER, last_sold_at=_NEVER)
    from tools.shop.aggregates import product_activity

    activity = product_activity(store, as_of, recent_days=RECENT_DAYS)
    table = table.merge(activity, on="product_id", how="left", sort=False)
    return table.fillna({"units_recent": 0, "lines_recent": 0})


def _in_stock(catalogue: pd.DataFrame, sold_here: bool) -> Mask:
    """Stock above 0; where it is not known, sold lately; where nothing is known of sales either, not ruled out."""
    stock = catalogue["stock"].to_numpy(dtype=float)
    lately = catalogue["lines_recent"].to_numpy(dtype=float) > 0 if sold_here else np.ones(len(catalogue), dtype=bool)
    return np.asarray(np.where(np.isnan(stock), lately, stock > 0), dtype=bool)


def _allowed_by_law(index: CatalogIndex, scope: Scope, focus: tuple[str, ...]) -> Mask:
    """False for regulated goods that the brief does not name."""
    named = {group.name for group in regulated() if group.named_by(scope, focus)}
    refused = {group.name for group in regulated()} - named
    first = np.full(len(index.texts), -1)
    first[index.text_of[::-1]] = np.arange(len(index))[::-1]
    groups = (
        regulated_group(index.departments[row], index.categories[row], text)
        for row, text in zip(first, index.texts, strict=True)
    )
    lawful = np.fromiter((group not in refused for group in groups), dtype=bool, count=len(index.texts))
    return np.asarray(lawful[index.text_of])


def _named(index: CatalogIndex, allowed: Mask, focus: tuple[str, ...]) -> tuple[Floats, tuple[str, ...]]:
    """How well each product fits the brief's words, 0 (not at all) to 1; and which words nothing fits."""
    relevance = np.zeros(len(index))
    notes: list[str] = []
    for phrase in focus:
        texts = _meant(index, phrase, allowed)
        if not texts:
            notes.append(f"nothing on offer fits “{phrase}”")
        for text, score in texts.items():
            rows = index.rows_of(text)
            relevance[rows] = np.maximum(relevance[rows], score)
    relevance[~allowed] = 0
    return relevance, tuple(notes)


def _scoped(catalogue: pd.DataFrame, allowed: Mask, scope: Scope, outside: bool) -> tuple[Floats, tuple[str, ...]]:
    inside = _in_scope(catalogue, scope)
    wanted = allowed & (~inside if outside and not scope.is_everything else inside)
    if wanted.any() or not allowed.any():
        return wanted.astype(float), ()
    return allowed.astype(float), ("nothing of what the audience bought is on offer today",)


def _in_scope(catalogue: pd.DataFrame, scope: Scope) -> Mask:
    wanted = {SCOPED[name]: values for name, values in scope.model_dump(exclude={"terms"}).items() if values}
    if not wanted:
        return np.ones(len(catalogue), dtype=bool)
    inside = np.zeros(len(catalogue), dtype=bool)
    for column, values in wanted.items():
        inside |= catalogue[column].isin(values).to_numpy()
    return inside


def _meant(index: CatalogIndex, phrase: str, allowed: Mask) -> dict[int, float]:
    """Texts that a phrase means: those with all of its words if there are any, else those near in meaning."""
    ranked = rank_texts(index, phrase, allowed)
    complete = list(_with_every_word(index, phrase, ranked))
    chosen = complete or _near(index, phrase, ranked)
    return {text.text: text.own for text in chosen[:MOST_TEXTS]}


def _near(index: CatalogIndex, phrase: str, ranked: list[RankedText]) -> list[RankedText]:
    """Those that mean nearly what the phrase means, and score nearly as well as the best."""
    vector = index.embedder.encode([index.keywords.corrected(phrase)])[0]
    alike = [text for text in ranked if float(index.vectors[text.text] @ vector) >= ALIKE]
    best = max((text.own for text in alike), default=0.0)
    return [text for text in alike if text.own >= NEAREST_SHARE * best]


def _with_every_word(index: CatalogIndex, phrase: str, ranked: Iterable[RankedText]) -> Iterable[RankedText]:
    terms = index.keywords.terms
    readings = [{terms[place] for place, _ in index.keywords.readings(word)} for word in words_of(phrase)]
    if not readings or not all(readings):
        return
    for text in ranked:
        said = set(words_of(index.texts[text.text]))
        if all(reading & said for reading in readings):
            yield text
