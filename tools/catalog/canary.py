"""Canary queries on a freshly built index, in a process of its own: `python -m tools.catalog.canary FOLDER`.

A torn Chroma index can crash its reader, or answer `count()` rightly and return one hit instead of five. So a child
asks it what is known, and its exit status is the answer: 0 right, 1 wrong with the reason on stderr, anything else
is a crash.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tools.catalog.stored import PRODUCTS, TEXTS, chroma_client

if TYPE_CHECKING:
    from chromadb.api.models.Collection import Collection

CANARIES = 12
NEAREST = 5
TOLERANCE = 1e-3
TIMEOUT_S = 180


def check(folder: Path) -> str | None:
    """What is wrong with the Chroma index in `folder`, or None.

    Every canary is a text of the catalogue: its nearest text must be at distance 0 (inner product 1), and as many hits
    as asked for must come back, each at the distance that its own vector has. Some products are looked up by id.
    """
    vectors = np.load(folder / "vectors.npy")
    known = json.loads((folder / "canary.json").read_text("utf-8"))
    client = chroma_client(folder)
    for name in (PRODUCTS, TEXTS):
        if (count := client.get_collection(name, embedding_function=None).count()) != known[name]:
            return f"it holds {count} {name}, not {known[name]}"
    return _wrong_products(client.get_collection(PRODUCTS, embedding_function=None), known["text_of"], vectors) or (
        _wrong_neighbours(client.get_collection(TEXTS, embedding_function=None), vectors)
    )


def _wrong_products(products: "Collection", text_of: dict[str, int], vectors: NDArray[np.float32]) -> str | None:
    found = products.get(ids=list(text_of), include=["metadatas", "embeddings"])
    for product_id, data, vector in zip(found["ids"], found["metadatas"], found["embeddings"], strict=True):
        text = text_of.pop(product_id)
        if data["text_id"] != text or np.abs(vector - vectors[text]).max() > TOLERANCE:
            return f"product {product_id} has another text's vector"
    return f"{len(text_of)} products are missing, such as {next(iter(text_of))}" if text_of else None


def _wrong_neighbours(texts: "Collection", vectors: NDArray[np.float32]) -> str | None:
    rows = np.unique(np.linspace(0, len(vectors) - 1, CANARIES).astype(int))
    nearest = min(NEAREST, len(vectors))
    answer = texts.query(query_embeddings=vectors[rows], n_results=nearest, include=["distances"])
    for row, ids, distances in zip(rows, answer["ids"], answer["distances"], strict=True):
        if len(ids) != nearest:
            return f"text {row} has {len(ids)} nearest texts, not {nearest}"
        said = 1 - vectors[[int(text) for text in ids]] @ vectors[row]
        if abs(distances[0]) > TOLERANCE or np.abs(said - np.asarray(distances)).max() > TOLERANCE:
            return f"the nearest texts of text {row} are at wrong distances"
    return None


def check_in_child(folder: Path) -> str | None:
    """`check` in a child process; what is wrong, or None."""
    command = [sys.executable, "-m", "tools.catalog.canary", str(folder)]
    try:
        child = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        return f"its canary queries did not end within {TIMEOUT_S} s"
    if child.returncode == 0:
        return None
    if child.returncode == 1 and child.stderr.startswith("canary: "):
        return child.stderr.removeprefix("canary: ").strip()
    return f"its canary process ended with status {child.returncode}: {child.stderr.strip()[-300:]}"


def main(arguments: list[str]) -> int:
    wrong = check(Path(arguments[0]))
    if wrong:
        sys.stderr.write(f"canary: {wrong}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
