"""What a plan is worth in a shop whose truth is known, and the most that any plan could be worth there.

For customer i with mean order a_i, contacted by channel c with an offer of depth d (a fraction), in minor units:

    gain_i(c, d) = a_i (p_i(c, d) (μ − d) − p_i μ) − k_c        margin gained against no contact
    cost_i(c, d) = a_i p_i(c, d) d + k_c                        what the budget pays for

p_i is `World.chances`, μ `MARGIN`, k_c the sending cost. The oracle knows every customer's truth and solves

    max Σ gain_ij x_ij   s.t.   Σ cost_ij x_ij ≤ B,   Σ_j x_ij ≤ 1,   0 ≤ x_ij ≤ 1

with HiGHS, which shares no code with our solver. The relaxation is an upper bound of every plan's worth.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tools.shop.world import MARGIN, World

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Action = tuple[str, str]
"""Channel and offer id."""


@dataclass(frozen=True)
class Truth:
    """Gain and cost of every action for every customer: shape (customers, actions), minor units."""

    customers: tuple[str, ...]
    actions: tuple[Action, ...]
    gain: Floats
    cost: Floats

    def worth(self, assigned: Mapping[str, Action]) -> tuple[float, float]:
        """(gain, cost) of contacting each customer with its action; both expected, in minor units."""
        rows = {name: at for at, name in enumerate(self.customers)}
        columns = {action: at for at, action in enumerate(self.actions)}
        where = ([rows[name] for name in assigned], [columns[action] for action in assigned.values()])
        return float(self.gain[where].sum()), float(self.cost[where].sum())

    def best(self, budget_minor: int, allowed: Sequence[str]) -> float:
        """The most that may be gained among the `allowed` customers under the budget; at least 0: nobody contacted."""
        from scipy.optimize import linprog
        from scipy.sparse import csr_array, kron, vstack
        from scipy.sparse import eye_array as eye

        chosen = np.isin(self.customers, list(allowed))
        gain, cost = self.gain[chosen], self.cost[chosen]
        n, m = gain.shape
        once = kron(eye(n), np.ones((1, m)))
        rows = vstack([csr_array(cost.reshape(1, -1)), once])
        limits = np.concatenate([[budget_minor], np.ones(n)])
        found = linprog(-gain.ravel(), A_ub=rows, b_ub=limits, bounds=(0, 1), method="highs")
        if not found.success:
            raise ArithmeticError(f"the oracle's programme was not solved: {found.message}")
        return float(-found.fun)


def truth(world: World, actions: Mapping[Action, float], sending_minor: Mapping[str, float]) -> Truth:
    """Gain and cost of the actions.

    Args:
        actions: (channel, offer) → depth as a fraction.
        sending_minor: channel → cost of one message.
    """
    none = world.chances(np.full(world.size, ""), np.zeros(world.size))
    order = world.customers["mean_order_minor"].to_numpy()
    gains, costs = [], []
    for (channel, _), depth in actions.items():
        buys = world.chances(np.full(world.size, channel), np.full(world.size, depth))
        gains.append(order * (buys * (MARGIN - depth) - none * MARGIN) - sending_minor[channel])
        costs.append(order * buys * depth + sending_minor[channel])
    names = tuple(str(name) for name in world.customers["customer_id"])
    return Truth(names, tuple(actions), np.column_stack(gains), np.column_stack(costs))


def assigned(audience: pd.DataFrame) -> dict[str, Action]:
    """Who is contacted how, from a package's `audience.parquet`."""
    contacted = audience[audience["channel"].notna() & audience["offer_id"].notna()]
    columns = (contacted[name].astype(str) for name in ("customer_id", "channel", "offer_id"))
    return {name: (channel, offer) for name, channel, offer in zip(*columns, strict=True)}
