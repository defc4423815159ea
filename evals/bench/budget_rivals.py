"""The rival of the budget benchmark: HiGHS' interior point on the linear programme over customers."""

from typing import Any

import highspy
import numpy as np
import scipy.sparse as sp

from tools.budget import BudgetProblem


def highs_interior_point(problem: BudgetProblem) -> float:
    """The LP's optimum (fractions and all), without crossover: the fastest way HiGHS has.

    Raises:
        RuntimeError: HiGHS did not solve it.
    """
    solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("solver", "ipm")
    solver.setOptionValue("run_crossover", "off")
    solver.passModel(_model(problem))
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        raise RuntimeError(f"HiGHS: {solver.getModelStatus()}")
    return -float(solver.getInfo().objective_function_value)


def _model(problem: BudgetProblem) -> highspy.HighsLp:
    n, k = problem.value.shape
    rows = [sp.csr_matrix(problem.cost_minor.astype(np.float64).reshape(1, -1))]
    for row in problem.rows:
        usage = np.ones((n, k)) if row.usage is None else row.usage.copy()
        if row.actions is not None:
            usage[:, np.setdiff1d(np.arange(k), row.actions)] = 0
        if row.customers is not None:
            usage[~np.asarray(row.customers, dtype=bool)] = 0
        rows.append(sp.csr_matrix(usage.reshape(1, -1)))
    once = sp.csr_matrix((np.ones(n * k), (np.repeat(np.arange(n), k), np.arange(n * k))))
    matrix = sp.vstack([*rows, once]).tocsc()
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = n * k, matrix.shape[0]
    lp.col_cost_ = -problem.value.ravel()
    lp.col_lower_, lp.col_upper_ = np.zeros(n * k), np.ones(n * k)
    lp.row_lower_ = np.concatenate([[-np.inf], [r.low for r in problem.rows], np.full(n, -np.inf)])
    lp.row_upper_ = np.concatenate([[float(problem.budget_minor)], [r.high for r in problem.rows], np.ones(n)])
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = matrix.indptr, matrix.indices, matrix.data
    return lp
