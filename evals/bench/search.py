"""Product search on the whole demo catalogue: `python -m evals.bench.search` on a home that holds the demo shop.

Queries from the catalogue's own hierarchy: of each category its readable name, the name mistyped (a letter lost,
swapped, doubled or changed), the name among other words, and two of its kinds, one of them mistyped; meant is the
category. Half of the categories, by a hash of their names, chose the weights; the other half judges. Beside them the
hand-written queries, and of the kinds, how early the very text comes (mean reciprocal rank). Intervals over resampled
categories.
"""

import random
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agent.deps import Deps
from agent.settings import Settings
from evals.catalogue import QUERIES
from tools.catalog.names import display_category
from tools.catalog.search import DEPTH, RankedText, rank_texts
from tools.catalog.stored import CatalogIndex
from tools.metrics.bootstrap import bootstrap
from tools.metrics.types import Metric

K, FUSION = 10, 60
NOISE = ("cheap {}", "best {} this week", "{} for the whole family", "something like {}", "people who buy {}")
LETTERS = "aeiourstln"
Floats = NDArray[np.float64]
Way = Callable[[RankedText], float]


@dataclass(frozen=True)
class Query:
    """`text`: of a query for a kind, the text that is named; else −1."""

    words: str
    categories: tuple[str, ...]
    slice: str
    text: int = -1

    @property
    def tunes(self) -> bool:
        return not zlib.crc32(self.categories[0].encode()) % 2


def queries(index: CatalogIndex) -> list[Query]:
    """Of every category with at least two texts, and those written by hand."""
    dice = random.Random(5)
    codes = index.text_categories
    made = [Query(words, labels, "hand") for words, labels in QUERIES.items()]
    for category, code in index.category_codes.values.items():
        texts = np.flatnonzero(codes == code).tolist()
        if len(texts) < 2:
            continue
        name, (one, two) = display_category(category), dice.sample(texts, 2)
        made += [
            Query(name, (category,), "name"),
            Query(mistyped(name, dice), (category,), "mistyped name"),
            Query(dice.choice(NOISE).format(name), (category,), "name among words"),
            Query(index.kinds[one], (category,), "kind", one),
            Query(mistyped(index.kinds[two], dice), (category,), "mistyped kind", two),
        ]
    return made


def mistyped(words: str, dice: random.Random) -> str:
    """With one slip in the longest word; as it is where that has less than four letters."""
    parts = words.split()
    place = max(range(len(parts)), key=lambda at: len(parts[at]))
    word = parts[place]
    if len(word) < 4:
        return words
    at = dice.randrange(1, len(word) - 1)
    slips = (
        word[:at] + word[at + 1 :],
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        word[:at] + word[at] + word[at:],
        word[:at] + dice.choice(LETTERS) + word[at + 1 :],
    )
    parts[place] = dice.choice(slips)
    return " ".join(parts)


def by_ranks(one: RankedText) -> float:
    """Reciprocal rank fusion, as it was before the weights."""
    return sum(1 / (FUSION + rank) for rank in (one.keyword_rank, one.vector_rank) if rank is not None)


WAYS: dict[str, Way] = {
    "keywords alone": lambda one: 1 / one.keyword_rank if one.keyword_rank else 0.0,
    "vectors alone": lambda one: 1 / one.vector_rank if one.vector_rank else 0.0,
    "reciprocal rank fusion": by_ranks,
    "weighed, without category": lambda one: one.own,
    "search": lambda one: one.score,
}
"""What a text is ranked by; 0 takes no part."""


def measured(index: CatalogIndex, asked: list[Query], ranked: list[list[RankedText]], way: Way) -> Floats:
    """Recall, nDCG (at ten) and reciprocal rank of the named text (NaN where none is), shape (queries, 3)."""
    gains = 1 / np.log2(np.arange(2, K + 2))
    found = np.full((len(asked), 3), np.nan)
    texts = {kind: {at for at, one in enumerate(index.kinds) if one == kind} for kind in set(index.kinds)}
    for row, query in enumerate(asked):
        codes = [index.category_codes.values[one] for one in query.categories if one in index.category_codes.values]
        meant = set(np.flatnonzero(np.isin(index.text_categories, codes)).tolist())
        taking = [one for one in ranked[row] if way(one) > 0]
        order = [one.text for one in sorted(taking, key=lambda one: (-way(one), one.text))]
        hits = np.array([text in meant for text in order[:K]], dtype=float)
        possible = min(K, len(meant))
        found[row, :2] = hits.sum() / possible, hits @ gains[: len(hits)] / gains[:possible].sum()
        if query.text >= 0:
            same = texts[index.kinds[query.text]]
            found[row, 2] = next((1 / place for place, text in enumerate(order, 1) if text in same), 0.0)
    return found


def mean(values: Floats, clusters: NDArray[np.str_]) -> Metric:
    known = ~np.isnan(values)
    kept = values[known]
    return bootstrap(lambda rows: float(kept[rows].mean()), len(kept), clusters=clusters[known])


def main() -> None:
    """Print the rows that stand in docs/benchmarks.md."""
    index = Deps(settings=Settings()).index
    asked = queries(index)
    cluster = np.array([query.categories[0] for query in asked])
    parts = {
        "chose the weights": np.array([query.tunes and query.slice != "hand" for query in asked]),
        "held out": np.array([not query.tunes and query.slice != "hand" for query in asked]),
        "by hand": np.array([query.slice == "hand" for query in asked]),
    }
    print(f"{len(index.texts):,} texts, {DEPTH} of each ranking")
    print("| queries | way | recall@10 | nDCG@10 | the named kind, reciprocal rank |\n|---|---|---|---|---|")
    everything = np.ones(len(index), dtype=bool)
    ranked = [rank_texts(index, query.words, everything) for query in asked]
    found = {name: measured(index, asked, ranked, way) for name, way in WAYS.items()}
    for part, rows in parts.items():
        for name, values in found.items():
            said = [mean(values[rows, figure], cluster[rows]) for figure in range(3)]
            cells = [
                "" if one.estimate is None else f"{one.estimate:.3f} ({one.low:.3f} to {one.high:.3f})" for one in said
            ]
            print(f"| {part}, {int(rows.sum()):,} | {name} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
