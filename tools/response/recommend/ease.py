"""EASE: which products are bought by the same customers, in closed form (Steck 2019, "Embarrassingly Shallow
Autoencoders").

With X customers × products, G = XᵀX and P = (G + λI)⁻¹, the weights from product i to j are

    B_ij = −P_ij / P_jj,   B_jj = 0,   and a customer's scores are x B.

Of each column the `KEPT` weights of greatest size are kept, so that scoring is sparse; the products are the
`MOST_ITEMS` with most buyers, the rest having too few to tell.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import scipy.sparse
    from numpy.typing import NDArray

    from tools.response.recommend.lines import Lines

    Ints = NDArray[np.int64]

MOST_ITEMS = 4_000
LEAST_BUYERS = 5
KEPT = 100
PENALTY = 300.0
"""λ; 100 and 1,000 did no better on the demo shop's November."""


@dataclass(frozen=True)
class Ease:
    """`items`: the products' positions in the catalogue, most bought first, shape (m,); `weights`: B, (m, m)."""

    items: Ints
    weights: scipy.sparse.csr_matrix

    def scores(self, row: Ints, product: Ints, value: NDArray[np.float64], rows: int) -> NDArray[np.float32]:
        """x B, shape (rows, m), where x has `value` for each distinct row and product."""
        x = _matrix(self.items, row, product, value, rows, int(max(self.items.max(initial=0), product.max(initial=0))))
        found: NDArray[np.float32] = (x @ self.weights).toarray()
        return found


def fit_ease(lines: Lines, *, most: int = MOST_ITEMS, penalty: float = PENALTY, kept: int = KEPT) -> Ease:
    """The weights by all entries given; no product where none has `LEAST_BUYERS`."""
    import scipy.sparse
    from scipy.linalg import lapack

    size = len(lines.catalogue)
    pairs = np.unique(lines.who * size + lines.what)
    buyers = np.bincount(pairs % size, minlength=size)
    items = np.argsort(-buyers, kind="stable")[:most]
    items = items[buyers[items] >= LEAST_BUYERS].astype(np.int64)
    if len(items) < 2:
        return Ease(items, scipy.sparse.csr_matrix((len(items), len(items)), dtype=np.float32))
    x = _matrix(items, pairs // size, pairs % size, np.ones(len(pairs)), len(lines.customers), size - 1)
    gram = np.asfortranarray((x.T @ x).toarray(), dtype=np.float32)
    gram[np.diag_indices(len(items))] += penalty
    # Symmetric and positive definite by the penalty: half the work of a general inverse.
    factor, _ = lapack.spotrf(gram, lower=True, overwrite_a=True)
    inverse, _ = lapack.spotri(factor, lower=True, overwrite_c=True)
    inverse = np.tril(inverse)
    inverse += np.tril(inverse, -1).T
    weights = -inverse / np.diag(inverse)[None, :]
    np.fill_diagonal(weights, 0)
    return Ease(items, _strongest(weights, kept))


def _matrix(
    items: Ints, row: Ints, product: Ints, value: NDArray[np.float64], rows: int, last: int
) -> scipy.sparse.csr_matrix:
    """`value` at each row and item, shape (rows, m); products that are no item are left out."""
    import scipy.sparse

    place = np.full(last + 1, -1)
    place[items] = np.arange(len(items))
    at = place[product]
    known = at >= 0
    return scipy.sparse.csr_matrix((value[known].astype(np.float32), (row[known], at[known])), shape=(rows, len(items)))


def _strongest(weights: NDArray[np.float32], kept: int) -> scipy.sparse.csr_matrix:
    import scipy.sparse

    m = len(weights)
    if m > kept:
        rows = np.argpartition(-np.abs(weights), kept, axis=0)[:kept]
    else:
        rows = np.tile(np.arange(m)[:, None], (1, m))
    columns = np.tile(np.arange(m), len(rows))
    values = np.take_along_axis(weights, rows, axis=0).ravel().astype(np.float32)
    return scipy.sparse.csr_matrix((values, (rows.ravel(), columns)), shape=(m, m))
