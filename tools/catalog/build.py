"""Building an index into an empty folder: texts embedded, keywords weighed, Chroma filled, canaries asked."""

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tools.catalog.canary import CANARIES, check_in_child
from tools.catalog.draft import Draft, drafted
from tools.catalog.embedding import Embedder
from tools.catalog.keywords import KeywordIndex
from tools.catalog.stored import PRODUCTS, TEXTS, Manifest, checksums, chroma_client
from tools.failure import ToolFailure
from tools.shop.report import Progress

if TYPE_CHECKING:
    from tools.shop.store import ShopStore

CHROMA_BATCH = 5_000
PLAIN_GRAPH = {"space": "ip", "max_neighbors": 4, "ef_construction": 10, "sync_threshold": 50_000}
"""For the products, which are only ever looked up: the cheapest graph that Chroma builds."""
SEARCHED_GRAPH = {"space": "ip", "max_neighbors": 24, "ef_construction": 200, "ef_search": 200}


def build(store: "ShopStore", folder: Path, key: str, embedder: Embedder, progress: Progress) -> None:
    """Write an index into `folder` and query its canaries.

    Raises:
        ToolFailure: `index_canary`.
    """
    began = time.perf_counter()
    draft = drafted(store.frame("products"))
    vectors = embedder.encode(draft.texts, progress)
    np.save(folder / "vectors.npy", vectors)
    said = {"texts": draft.texts, "kinds": [name for name, _, _ in draft.fields]}
    (folder / "texts.json").write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")
    (folder / "canary.json").write_text(json.dumps(_known(draft)), encoding="utf-8")
    _write_keywords(folder, draft)
    _write_products(folder, draft)
    _fill_chroma(folder, draft, vectors, progress)
    if wrong := check_in_child(folder):
        message = f"the new catalogue index failed its check: {wrong}; the disk may be full or faulty; try again"
        raise ToolFailure("index_canary", message, folder=str(folder))
    manifest = Manifest(
        key=key,
        model_id=embedder.model_id,
        catalog_sha=store.info.catalog_sha,
        products=len(draft.product_ids),
        texts=len(draft.fields),
        dimension=vectors.shape[1],
        checksums=checksums(folder),
        build_seconds=round(time.perf_counter() - began, 2),
    )
    (folder / "manifest.json").write_text(manifest.model_dump_json(indent=2) + "\n", encoding="utf-8")


def _known(draft: Draft) -> dict[str, object]:
    """What the canary must find: how many there are, and some products with the text each has."""
    rows = np.unique(np.linspace(0, len(draft.product_ids) - 1, CANARIES).astype(int))
    return {
        "products": len(draft.product_ids),
        "texts": len(draft.fields),
        "text_of": {draft.product_ids[row]: int(draft.text_of[row]) for row in rows},
    }


def _write_keywords(folder: Path, draft: Draft) -> None:
    found = KeywordIndex.build([(name, f"{category} {rest}") for name, category, rest in draft.fields])
    terms = np.frombuffer(json.dumps(found.terms).encode(), dtype=np.uint8)
    np.savez(folder / "keywords.npz", terms=terms, starts=found.starts, rows=found.rows, weights=found.weights)


def _write_products(folder: Path, draft: Draft) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table(
        {
            "product_id": pa.array(draft.product_ids, pa.string()),
            "name": pa.array([said.text for said in draft.clean], pa.string()),
            "size": pa.array([said.size for said in draft.clean], pa.string()),
            "category": pa.array(draft.categories, pa.string()),
            "department": pa.array(draft.departments, pa.string()),
            "offerable": pa.array(draft.offerable),
            "text_id": pa.array(draft.text_of),
        }
    )
    pq.write_table(table, folder / "products.parquet", compression="zstd")


def _fill_chroma(folder: Path, draft: Draft, vectors: NDArray[np.float32], progress: Progress) -> None:
    client = chroma_client(folder)
    texts = client.create_collection(TEXTS, embedding_function=None, configuration={"hnsw": SEARCHED_GRAPH})
    documents = draft.texts
    for start in range(0, len(documents), CHROMA_BATCH):
        rows = range(start, min(start + CHROMA_BATCH, len(documents)))
        texts.add(
            ids=[str(row) for row in rows],
            embeddings=vectors[rows.start : rows.stop],
            documents=documents[rows.start : rows.stop],
        )
    products = client.create_collection(PRODUCTS, embedding_function=None, configuration={"hnsw": PLAIN_GRAPH})
    total = len(draft.product_ids)
    for start in range(0, total, CHROMA_BATCH):
        rows = range(start, min(start + CHROMA_BATCH, total))
        products.add(
            ids=draft.product_ids[rows.start : rows.stop],
            embeddings=vectors[draft.text_of[rows.start : rows.stop]],
            metadatas=[_metadata(draft, row) for row in rows],
        )
        progress("Indexing products", rows.stop, total)
    client.close()


def _metadata(draft: Draft, row: int) -> dict[str, str | int | bool]:
    return {
        "name": draft.clean[row].text,
        "category": draft.categories[row] or "",
        "department": draft.departments[row] or "",
        "offerable": bool(draft.offerable[row]),
        "text_id": int(draft.text_of[row]),
    }
