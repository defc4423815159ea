"""A BERT sentence encoder in NumPy, for a handful of short texts.

Importing torch and sentence-transformers takes longer than a whole plan may spend on imports, and a brief's few phrases
need one small forward pass. This is that pass (Devlin et al., 2019, arXiv:1810.04805; mean pooling as in Reimers and
Gurevych, 2019, arXiv:1908.10084), over the same weights and tokenizer files. Catalogues are embedded by
sentence-transformers itself; a test holds the two within 1e-5 of each other.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Floats = NDArray[np.float32]
_SHAPE = {"model_type": "bert", "hidden_act": "gelu", "position_embedding_type": "absolute"}
_PARTS = ["Transformer", "Pooling", "Normalize"]


@dataclass(frozen=True)
class MiniLm:
    """The weights by their names in the file, and what the configuration says of their shape."""

    weights: dict[str, Floats]
    tokenizer: "Tokenizer"
    layers: int
    heads: int
    epsilon: float

    @classmethod
    def fits(cls, folder: Path) -> bool:
        """Whether the model in `folder` is what this module computes: BERT, mean pooling, normalised, safetensors."""
        needed = [folder / name for name in ("modules.json", "config.json", "tokenizer.json", "model.safetensors")]
        pooling = folder / "1_Pooling" / "config.json"
        if not all(path.is_file() for path in (*needed, pooling)):
            return False
        parts = [part["type"].rsplit(".", 1)[-1] for part in json.loads(needed[0].read_text("utf-8"))]
        config, pool = json.loads(needed[1].read_text("utf-8")), json.loads(pooling.read_text("utf-8"))
        modes = [mode for mode, on in pool.items() if mode.startswith("pooling_mode") and on]
        shaped = all(config.get(key) == value for key, value in _SHAPE.items())
        return parts == _PARTS and modes == ["pooling_mode_mean_tokens"] and shaped

    @classmethod
    def load(cls, folder: Path) -> "MiniLm":
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        config = json.loads((folder / "config.json").read_text("utf-8"))
        limit = json.loads((folder / "sentence_bert_config.json").read_text("utf-8"))["max_seq_length"]
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.enable_truncation(max_length=limit)
        return cls(
            weights=load_file(folder / "model.safetensors"),
            tokenizer=tokenizer,
            layers=config["num_hidden_layers"],
            heads=config["num_attention_heads"],
            epsilon=config["layer_norm_eps"],
        )

    def encode(self, text: str) -> Floats:
        """One text as a vector of length 1, shape (d,)."""
        ids = np.asarray(self.tokenizer.encode(text).ids)
        weights = self.weights
        words = weights["embeddings.word_embeddings.weight"][ids]
        places = weights["embeddings.position_embeddings.weight"][: len(ids)]
        hidden = self._norm(words + places + weights["embeddings.token_type_embeddings.weight"][0], "embeddings")
        for layer in range(self.layers):
            hidden = self._block(hidden, f"encoder.layer.{layer}")
        mean = hidden.mean(axis=0)
        return np.asarray(mean / np.linalg.norm(mean), dtype=np.float32)

    def _block(self, hidden: Floats, at: str) -> Floats:
        """One transformer layer over (tokens, d): self-attention, then feed-forward, each with its residual."""
        tokens, width = hidden.shape
        query, key, value = (
            self._linear(hidden, f"{at}.attention.self.{part}").reshape(tokens, self.heads, -1).transpose(1, 0, 2)
            for part in ("query", "key", "value")
        )
        scores = query @ key.transpose(0, 2, 1) / np.float32(np.sqrt(width / self.heads))
        attention = np.exp(scores - scores.max(axis=-1, keepdims=True))
        attention /= attention.sum(axis=-1, keepdims=True)
        mixed = (attention @ value).transpose(1, 0, 2).reshape(tokens, width)
        hidden = self._norm(hidden + self._linear(mixed, f"{at}.attention.output.dense"), f"{at}.attention.output")
        wide = _gelu(self._linear(hidden, f"{at}.intermediate.dense"))
        return self._norm(hidden + self._linear(wide, f"{at}.output.dense"), f"{at}.output")

    def _linear(self, inputs: Floats, at: str) -> Floats:
        return np.asarray(inputs @ self.weights[f"{at}.weight"].T + self.weights[f"{at}.bias"], dtype=np.float32)

    def _norm(self, inputs: Floats, at: str) -> Floats:
        centred = inputs - inputs.mean(axis=-1, keepdims=True)
        scale = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + np.float32(self.epsilon))
        scaled = centred / scale * self.weights[f"{at}.LayerNorm.weight"] + self.weights[f"{at}.LayerNorm.bias"]
        return np.asarray(scaled, dtype=np.float32)


def _gelu(inputs: Floats) -> Floats:
    """x times the normal distribution function at x (the exact form, by erf)."""
    from scipy.special import erf

    return np.asarray(inputs * 0.5 * (1 + erf(inputs / np.float32(np.sqrt(2)))), dtype=np.float32)
