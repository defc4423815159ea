"""One door to OR-Tools' simplex (GLOP) for arrays: maximise c·x, row_lower ≤ A x ≤ row_upper, lower ≤ x ≤ upper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

Floats = NDArray[np.float64]
FAINT = 1e-10


@dataclass(frozen=True)
class LpSolution:
    """`x` (n,), `duals` (m,): what one more unit of a row's binding side brings (>= 0 for upper, <= 0 for lower)."""

    x: Floats
    duals: Floats
    objective: float


def solve_lp(
    c: Floats,
    a: "csr_matrix[Any]",
    row_lower: Floats,
    row_upper: Floats,
    lower: Floats,
    upper: Floats,
    time_limit_s: float = 30.0,
) -> LpSolution | None:
    """The optimum of the linear programme, or None where GLOP finds none (infeasible, unbounded, numerical trouble).

    Entries far below the largest of their row are left out: they trouble the simplex, and whoever calls takes its
    answer as a guide only (bounds and limits are always computed again).
    """
    from ortools.linear_solver.python import model_builder_helper as mbh

    a = _cleaned(a)
    model = mbh.ModelBuilderHelper()
    # Minimising −c keeps the signs of duals in one convention; they are turned once, here.
    fill: Any = model.fill_model_from_sparse_data  # its stub's array type is not NumPy's
    fill(lower, upper, -c, row_lower, row_upper, a)
    solver = mbh.ModelSolverHelper("GLOP")
    solver.enable_output(False)
    solver.set_time_limit_in_seconds(time_limit_s)
    solver.solve(model)
    if solver.status() != mbh.SolveStatus.OPTIMAL:
        return None
    x = np.asarray(solver.variable_values(), dtype=np.float64)
    duals = -np.asarray(solver.dual_values(), dtype=np.float64)
    return LpSolution(x=x, duals=duals, objective=float(c @ x))


def _cleaned(a: "csr_matrix[Any]") -> "csr_matrix[Any]":
    size = np.abs(a.data)
    largest = np.zeros(a.shape[0])
    row = np.repeat(np.arange(a.shape[0]), np.diff(a.indptr))
    np.maximum.at(largest, row, size)
    noise = size < FAINT * largest[row]
    if not noise.any():
        return a
    cleaned = a.copy()
    cleaned.data[noise] = 0.0
    cleaned.eliminate_zeros()
    return cleaned
