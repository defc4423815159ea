"""A trained recommender: co-purchase weights and a ranker, and what they say of customers on a day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from pydantic import ValidationError

from tools.failure import ToolFailure
from tools.response.calibration import Calibration
from tools.response.logistic import schema_sha
from tools.response.recommend.candidates import Candidates, candidates, pairs
from tools.response.recommend.ease import Ease
from tools.response.recommend.features import NAMES
from tools.response.recommend.judge import first
from tools.response.recommend.ranker import Loss, ranker_values
from tools.response.recommend.seen import Seen, look
from tools.vocabulary import Model

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from tools.response.recommend.lines import Catalogue, Lines
    from tools.response.shelf import Stored

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Marks = NDArray[np.bool_]

WINDOW = 30
"""Days in which a product is bought or not: what a chance is of."""
WORDS: dict[Loss, str] = {
    "binary": "gradient boosting by binary loss over co-purchase, own, popular and like products (EASE, LightGBM)",
    "lambdamart": "LambdaMART over co-purchase, own, popular and like products (EASE, LightGBM)",
}
SCHEMA = schema_sha(NAMES)
PARAMETERS, TREES, WEIGHTS = "model.json", "trees.txt", "together.safetensors"


class Parameters(Model):
    """`model.json`; `items`: the products of the co-purchase weights, in their order; `embedding`: by which it learned
    what products mean, null where it did not."""

    loss: Loss
    calibration: Calibration
    items: tuple[str, ...]
    embedding: str | None = None


def parameters_of(stored: Stored) -> Parameters:
    """Raises ToolFailure `damaged_model`."""
    try:
        return Parameters.model_validate_json(stored.read(PARAMETERS))
    except ValidationError as error:
        message = f"{stored.folder / PARAMETERS} is damaged; run `briefsmith train` again"
        raise ToolFailure("damaged_model", message, file=PARAMETERS) from error


@dataclass(frozen=True)
class Recommender:
    """`ease` is of the catalogue that it was trained or loaded with."""

    loss: Loss
    calibration: Calibration
    trees: str
    ease: Ease

    def looked(self, lines: Lines, origin: int) -> Seen:
        """The shop's past on a day, by the model's own co-purchase weights."""
        return look(lines, origin, self.ease)

    def chances(self, rows: Candidates) -> Floats:
        """The chance that each candidate is bought within `WINDOW` days, shape (m,)."""
        return self.calibration.apply(ranker_values(self.loss, self.trees, rows.x))

    def ranked(
        self, seen: Seen, customers: Ints, k: int, *, allowed: Marks | None = None, new: bool = False
    ) -> Iterator[tuple[Ints, Ints]]:
        """Customers and products, k of each customer, best first; a chunk of customers at a time.

        Args:
            customers: positions, sorted.
            allowed: products that may be shown, shape (p,).
            new: only products that the customer never bought.
        """
        for rows in candidates(seen, customers, allowed=allowed):
            value = self.chances(rows)
            kept = rows.new if new else np.ones(len(value), dtype=bool)
            yield first(rows.customer[kept], rows.product[kept], value[kept], k)

    def among(self, seen: Seen, customers: Ints, products: Ints) -> Floats:
        """The mean chance of each product over these customers, shape (len(products),)."""
        rows = pairs(seen, customers, products)
        found: Floats = self.chances(rows).reshape(len(customers), len(products)).mean(axis=0)
        return found

    def files(self, catalogue: Catalogue, embedding: str | None = None) -> dict[str, bytes]:
        """What is kept of it."""
        from safetensors.numpy import save

        items = tuple(catalogue.products[self.ease.items].tolist())
        parameters = Parameters(loss=self.loss, calibration=self.calibration, items=items, embedding=embedding)
        weights = self.ease.weights
        parts = {
            "values": weights.data,
            "columns": weights.indices.astype(np.int32),
            "begin": weights.indptr.astype(np.int64),
        }
        return {PARAMETERS: parameters.model_dump_json().encode(), TREES: self.trees.encode(), WEIGHTS: save(parts)}

    @classmethod
    def load(cls, stored: Stored, catalogue: Catalogue) -> Recommender:
        """From its files; products that the catalogue no longer has take no part.

        Raises:
            ToolFailure: `damaged_model`.
        """
        import scipy.sparse
        from safetensors.numpy import load

        parameters = parameters_of(stored)
        parts = load(stored.read(WEIGHTS))
        m = len(parameters.items)
        weights = scipy.sparse.csr_matrix((parts["values"], parts["columns"], parts["begin"]), shape=(m, m))
        named = np.array(parameters.items, dtype=str)
        at = np.minimum(np.searchsorted(catalogue.products, named), len(catalogue) - 1)
        there = np.flatnonzero(catalogue.products[at] == named)
        ease = Ease(at[there].astype(np.int64), weights[there][:, there].tocsr())
        return cls(parameters.loss, parameters.calibration, stored.read(TREES).decode(), ease)
