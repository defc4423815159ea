"""What another targeting would have brought, from a past campaign whose arms were drawn by lot.

Logged for customers i: the arm a_i that was drawn, its chance p_i, and the reward r_i (an order, revenue, margin). For
a policy π that gives arm a to customer i with chance π(a | i), w_i = π(a_i | i) / p_i and q̂ a model of the reward:

    IPS    1/n Σ w_i r_i                                          unbiased, wide where w varies (Horvitz, Thompson)
    SNIPS  Σ w_i r_i / Σ w_i                                      bounded by the rewards (Swaminathan, Joachims 2015)
    DR     1/n Σ [ Σ_a π(a|i) q̂(i, a) + w_i (r_i − q̂(i, a_i)) ]   unbiased if p or q̂ is right (Dudík et al. 2011)

Sign convention: the value is the reward per customer under π, in the reward's unit; subtract the value of another
policy for a difference. Only arms drawn by lot, with chances that are known, give w a meaning.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tools.metrics.means import mean, ratio
from tools.metrics.types import LEVEL, Metric, no_data

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

LEAST = 30.0
"""Effective customers below which a value is not given: a handful of weights would decide it."""


@dataclass(frozen=True)
class Logged:
    """`arm` (n,) of arm numbers 0 … k−1, `propensity` (n,) of the chance of that arm, `reward` (n,)."""

    arm: NDArray[np.int64]
    propensity: Floats
    reward: Floats

    def __post_init__(self) -> None:
        if not len(self.arm) == len(self.propensity) == len(self.reward):
            raise ValueError(f"{len(self.arm)} arms, {len(self.propensity)} chances and {len(self.reward)} rewards")
        if len(self.arm) and not (self.propensity.min() > 0 and self.propensity.max() <= 1):
            raise ValueError("every chance has to lie in (0, 1]: an arm that could not be drawn tells nothing")


@dataclass(frozen=True)
class OffPolicy:
    """Values per customer with intervals. `effective` is (Σw)² / Σw², customers; `dr` has no data without a model."""

    ips: Metric
    snips: Metric
    dr: Metric
    effective: float
    customers: int


def off_policy(logged: Logged, policy: Floats, model: Floats | None = None, *, level: float = LEVEL) -> OffPolicy:
    """The value of a policy.

    Args:
        policy: π(a | i), shape (n, k), rows that sum to 1.
        model: q̂(i, a), shape (n, k), fitted on other customers than these (cross-fitting), else DR is too sure.

    Raises:
        ValueError: shapes that do not fit, or rows of the policy that do not sum to 1.
    """
    n = len(logged.arm)
    if policy.shape[0] != n or (n and not np.allclose(policy.sum(axis=1), 1)):
        raise ValueError(f"the policy needs {n} rows that sum to 1, got shape {policy.shape}")
    if model is not None and model.shape != policy.shape:
        raise ValueError(f"the model's shape {model.shape} is not the policy's {policy.shape}")
    rows = np.arange(n)
    weight = policy[rows, logged.arm] / logged.propensity
    effective = float(weight.sum() ** 2 / (weight**2).sum()) if weight.any() else 0.0
    if effective < LEAST:
        none = no_data(
            f"the policy rests on {effective:.1f} effective customers of {n}, fewer than {LEAST:.0f}", n, level
        )
        return OffPolicy(none, none, none, effective, n)
    weighted = weight * logged.reward
    if model is None:
        doubly = no_data("no model of the reward was given", n, level)
    else:
        direct = (policy * model).sum(axis=1)
        doubly = mean(direct + weight * (logged.reward - model[rows, logged.arm]), level=level)
    return OffPolicy(mean(weighted, level=level), ratio(weighted, weight, level=level), doubly, effective, n)
