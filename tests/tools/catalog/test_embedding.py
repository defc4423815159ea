"""Vectors: the two encoders agree, each text is embedded once, and the cache survives damage."""

from pathlib import Path

import numpy as np
import pytest

from tools.catalog.embedding import FEW, Embedder
from tools.catalog.vectors import VectorCache
from tools.failure import ToolFailure

TEXTS = ["dog food", "Crushed and cubed ice. frozen ice.", "naïve café, 12 oz", "x" * 3000, "a"]


def test_the_lean_encoder_is_sentence_transformers() -> None:
    embedder = Embedder.load()
    assert embedder.lean
    lean = embedder.encode(TEXTS)
    many = [f"filler {number}" for number in range(FEW)]
    full = embedder.encode([*TEXTS, *many])[: len(TEXTS)]
    np.testing.assert_allclose(lean, full, atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(full, axis=1), 1, atol=1e-5)


def test_meaning_is_nearer_than_spelling() -> None:
    puppy, dog, hotdog = Embedder.load().encode(["puppy kibble", "dry dog food", "hot dog buns"])
    assert puppy @ dog > puppy @ hotdog


def test_shape_order_and_repetition() -> None:
    vectors = Embedder.load().encode(["b", "a", "b"])
    assert vectors.shape == (3, 384)
    assert vectors.dtype == np.float32
    np.testing.assert_array_equal(vectors[0], vectors[2])
    assert Embedder.load().encode([]).shape == (0, 384)


def test_what_was_embedded_before_needs_no_model(tmp_path: Path) -> None:
    first = Embedder.load(cache_dir=tmp_path).encode(["cat litter"])
    later = Embedder(
        model_id=Embedder.load().model_id, source="/no/model/here", cache=VectorCache(tmp_path / "vectors.sqlite")
    )
    np.testing.assert_array_equal(later.encode(["cat litter"]), first)


def test_a_damaged_cache_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "vectors.sqlite").write_bytes(b"not a database at all, but long enough to be read as one" * 20)
    assert Embedder.load(cache_dir=tmp_path).encode(["cat litter"]).shape == (1, 384)


def test_another_model_has_other_vectors(tmp_path: Path) -> None:
    cache = VectorCache(tmp_path / "v.sqlite")
    cache.put("one", {"text": np.ones(3, dtype=np.float32)})
    assert cache.get("two", ["text"]) == {}


@pytest.mark.parametrize("model", ["/no/such/folder", "./nor/this"])
def test_a_missing_model_is_said(model: str) -> None:
    with pytest.raises(ToolFailure, match="BRIEFSMITH_EMBEDDING_MODEL") as failure:
        Embedder.load(model)
    assert failure.value.code == "no_embedding_model"


def test_a_folder_without_a_model_is_said(tmp_path: Path) -> None:
    with pytest.raises(ToolFailure, match=r"modules\.json"):
        Embedder.load(str(tmp_path))
