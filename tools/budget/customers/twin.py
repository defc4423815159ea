"""The passes over a chunk of customers, in NumPy. `kernels.py` holds the same, compiled.

Both read: value, cost (c, k); pattern (c,); prices (patterns, k) of the table rows; extra (c, k), the dense rows'
price of each pair, or (0, 0) where there are none; allowed (c, k), or (0, 0) where everything is.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tools.budget.customers.problem import Bools, Floats, Ints

Choice = NDArray[np.int16]


def reduced(
    value: Floats, cost: Ints, lam0: float, pattern: NDArray[np.int32], prices: Floats, extra: Floats, allowed: Bools
) -> Floats:
    """(c, k) v − Σ_r λ_r u_r; −inf where not allowed."""
    red = value - lam0 * cost
    if prices.shape[0] == 1:
        red -= prices[0]
    else:
        red -= prices[pattern]
    if extra.size:
        red -= extra
    if allowed.size:
        red[~allowed] = -np.inf
    return red


def choose(
    value: Floats,
    cost: Ints,
    lam0: float,
    pattern: NDArray[np.int32],
    prices: Floats,
    extra: Floats,
    allowed: Bools,
    choice: Choice,
    counts: Floats,
) -> tuple[float, float, int]:
    """Each customer's best action into `choice` (−1 where none brings more than 0), counts added by pattern, action.

    Returns Σ of the best reduced values, Σ v, Σ c of the choices.
    """
    red = reduced(value, cost, lam0, pattern, prices, extra, allowed)
    best = red.argmax(axis=1)
    gain = red[np.arange(len(red)), best]
    chosen = np.flatnonzero(gain > 0)
    choice[:] = -1
    choice[chosen] = best[chosen]
    if counts.size:
        k = value.shape[1]
        flat = pattern[chosen].astype(np.intp) * k + best[chosen]
        counts += np.bincount(flat, minlength=counts.size).reshape(counts.shape)
    return (
        float(gain[chosen].sum()),
        float(value[chosen, best[chosen]].sum()),
        int(cost[chosen, best[chosen]].sum()),
    )


def undecided(
    value: Floats,
    cost: Ints,
    lam0: float,
    pattern: NDArray[np.int32],
    prices: Floats,
    extra: Floats,
    allowed: Bools,
    choice: Choice,
    width0: float,
    radius: Floats,
    extra_radius: Floats,
    out: Bools,
) -> None:
    """Which customers' choices could change while λ moves within the box, into `out` (c,).

    The choice a beats b everywhere in the box if red_a − red_b > w_0 |c_a − c_b| + Σ_r w_r |u_ra − u_rb|.
    radius (patterns, k + 1, k + 1): the table rows' part of that sum, index k is no contact; extra_radius (c, k + 1):
    the dense rows' part against the choice, or (0, 0).
    """
    n, k = value.shape
    red = np.column_stack([reduced(value, cost, lam0, pattern, prices, extra, allowed), np.zeros(n)])
    own = np.where(choice < 0, k, choice).astype(np.intp)
    spend = np.column_stack([cost, np.zeros(n, dtype=np.int64)])
    rows = np.arange(n)
    reach = width0 * np.abs(spend - spend[rows, own][:, None]) + radius[pattern, own]
    if extra_radius.size:
        reach += extra_radius
    open_ = (red[rows, own][:, None] - red <= reach) & (reach > 0)
    open_[rows, own] = False
    out[:] = open_.any(axis=1)


def tally(
    value: Floats, cost: Ints, pattern: NDArray[np.int32], choice: Choice, which: Bools, counts: Floats
) -> tuple[float, int]:
    """Σ v, Σ c of given choices, of the customers in `which` (c,) only; counts added by pattern and action."""
    who = np.flatnonzero(which & (choice >= 0))
    own = choice[who].astype(np.intp)
    if counts.size:
        flat = pattern[who].astype(np.intp) * value.shape[1] + own
        counts += np.bincount(flat, minlength=counts.size).reshape(counts.shape)
    return float(value[who, own].sum()), int(cost[who, own].sum())
