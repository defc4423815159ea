"""What the answer to one problem is worth to a similar one: where to start, and a plan to beat."""

from __future__ import annotations

import numpy as np

from tools.budget.customers.data import Customers, Limits
from tools.budget.customers.problem import Floats, InvalidProblem
from tools.budget.customers.result import Allocation
from tools.budget.customers.twin import Choice


def multipliers_of(warm: Allocation, limits: Limits) -> Floats:
    """(m,) by the rows' names; 0 for rows that the other problem did not have."""
    known = {row.name: row.multiplier for row in warm.rows}
    return np.array([known.get(name, 0.0) for name in limits.names])


def plan_of(warm: Allocation, customers: Customers) -> Choice | None:
    """The plan, where the answer holds one that these customers are allowed.

    Raises:
        InvalidProblem: it is of other customers or has actions that these do not.
    """
    action = np.asarray(warm.action)
    if action.shape != (customers.n,) or action.dtype.kind != "i":
        raise InvalidProblem(f"`warm` answers for {action.shape[0]} customers, the problem has {customers.n}.")
    if customers.n and (int(action.min()) < -1 or int(action.max()) >= customers.k):
        raise InvalidProblem(f"`warm` has actions from {action.min()} to {action.max()}; there are {customers.k}.")
    if warm.status not in ("optimal", "feasible"):
        return None
    who = np.flatnonzero(action >= 0)
    if customers.allowed is not None and not customers.allowed[who, action[who]].all():
        return None
    return action.astype(np.int16)
