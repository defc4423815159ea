"""The budget: who gets which channel and offer, certified.

Three doors: `tools.budget.allocate.allocate` over cells (a plan's default), over customers

    from tools.budget import BudgetProblem, Row, solve, certify, frontier

and over response curves, `solve_curves`. Shards in Parquet: `solve_sharded`. Why: `binding`, `conflict`, `why`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tools.budget.curves.grid import CurveRules
    from tools.budget.curves.problem import Cap, Curve, CurveProblem
    from tools.budget.curves.solve import CurveAllocation, solve_curves
    from tools.budget.customers.certify import NotCertified, certify
    from tools.budget.customers.explain import binding, conflict, why
    from tools.budget.customers.frontier import frontier
    from tools.budget.customers.parquet import write_shards
    from tools.budget.customers.population import ShardRow
    from tools.budget.customers.problem import BudgetProblem, InvalidProblem, Row
    from tools.budget.customers.result import Allocation, CustomerCertificate, FrontierPoint, RowUse
    from tools.budget.customers.sharded import certify_sharded, solve_sharded
    from tools.budget.customers.solve import solve

_HOME = {
    "Cap": "curves.problem",
    "Curve": "curves.problem",
    "CurveAllocation": "curves.solve",
    "CurveProblem": "curves.problem",
    "CurveRules": "curves.grid",
    "solve_curves": "curves.solve",
    "binding": "customers.explain",
    "conflict": "customers.explain",
    "why": "customers.explain",
    "Allocation": "customers.result",
    "BudgetProblem": "customers.problem",
    "CustomerCertificate": "customers.result",
    "FrontierPoint": "customers.result",
    "InvalidProblem": "customers.problem",
    "NotCertified": "customers.certify",
    "Row": "customers.problem",
    "RowUse": "customers.result",
    "ShardRow": "customers.population",
    "certify": "customers.certify",
    "certify_sharded": "customers.sharded",
    "frontier": "customers.frontier",
    "solve": "customers.solve",
    "solve_sharded": "customers.sharded",
    "write_shards": "customers.parquet",
}
__all__ = [
    "Allocation",
    "BudgetProblem",
    "Cap",
    "Curve",
    "CurveAllocation",
    "CurveProblem",
    "CurveRules",
    "CustomerCertificate",
    "FrontierPoint",
    "InvalidProblem",
    "NotCertified",
    "Row",
    "RowUse",
    "ShardRow",
    "binding",
    "certify",
    "certify_sharded",
    "conflict",
    "frontier",
    "solve",
    "solve_curves",
    "solve_sharded",
    "why",
    "write_shards",
]


def __getattr__(name: str) -> Any:
    """NumPy and OR-Tools load when a solver is first asked for, not with the plan's types."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
