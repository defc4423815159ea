"""What contact changes for each customer, from customers who were drawn by lot: T, X and DR learners on LightGBM.

For a treatment against the control, Y the outcome, T whether treated, e the chance of it, μ_a(x) = E[Y | x, T = a]:

    T     τ(x) = μ₁(x) − μ₀(x)
    X     τ(x) = e τ₀(x) + (1 − e) τ₁(x),   τ₁ fitted to Y − μ₀ on the treated, τ₀ to μ₁ − Y on the control
    DR    τ(x) fitted to ψ = μ₁ − μ₀ + T (Y − μ₁)/e − (1 − T)(Y − μ₀)/(1 − e), μ from the other folds

(Künzel et al. 2019; Kennedy 2023). Sign: positive means that contact brings more. E[ψ | x] = τ(x) whatever μ is, as e
is known, so the mean squared distance from ψ on rows that the fit has not seen tells which learner is nearest to τ, and
whether any is nearer than one effect for everybody. EconML's are the same, but can be kept as pickles alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from tools.response.behaviour.trees import fit_trees, tree_values

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Marks = NDArray[np.bool_]

Learner = Literal["T", "X", "DR", "constant"]
LEARNERS: tuple[Learner, ...] = ("T", "X", "DR")
ROUNDS = 80
FOLDS = 3
SURE = 2.0
"""Standard errors."""


@dataclass(frozen=True)
class Trial:
    """Customers of one treatment and the control; shape (n,) but for the features (n, k).

    Attributes:
        outcome: 0/1.
        chance: of being treated, of those two.
    """

    features: pd.DataFrame
    treated: Marks
    outcome: Floats
    chance: Floats

    def take(self, chosen: Marks | NDArray[np.int64]) -> Trial:
        return Trial(
            self.features[chosen] if chosen.dtype == bool else self.features.iloc[chosen],
            self.treated[chosen],
            self.outcome[chosen],
            self.chance[chosen],
        )


@dataclass(frozen=True)
class Effect:
    """τ as trees (LightGBM texts), or one number."""

    learner: Learner
    texts: tuple[str, ...]
    mean: float = 0.0
    chance: float = 0.5
    intercept: float = 0.0
    slope: float = 1.0
    """τ = intercept + slope · (what the trees say): `calibrated` draws in what is noise of it."""

    def of(self, features: pd.DataFrame) -> Floats:
        """τ of each row, shape (m,): change of the outcome's chance, positive where contact brings more."""
        if self.learner == "constant":
            return np.full(len(features), self.mean)
        found: Floats = self.intercept + self.slope * self._raw(features)
        return found

    def _raw(self, features: pd.DataFrame) -> Floats:
        parts = [tree_values(text, features) for text in self.texts]
        if self.learner == "DR":
            return parts[0]
        if self.learner == "X":
            mixed: Floats = self.chance * parts[0] + (1 - self.chance) * parts[1]
            return mixed
        gap: Floats = parts[1] - parts[0]
        return gap

    def calibrated(self, features: pd.DataFrame, psi: Floats) -> Effect:
        """The best linear predictor of ψ from τ̂ on rows that the fit has not seen (Chernozhukov et al. 2018).

        One effect for everybody where the slope lies less than `SURE` standard errors above 0.
        """
        raw = self._raw(features) if self.learner != "constant" else np.zeros(len(psi))
        spread = raw - raw.mean()
        size = float(spread @ spread)
        if size <= 0:
            return Effect("constant", (), mean=float(psi.mean()))
        slope = float(spread @ psi) / size
        rest = psi - psi.mean() - slope * spread
        error = float(np.sqrt(((spread * rest) ** 2).sum())) / size
        if slope < SURE * error:
            return Effect("constant", (), mean=float(psi.mean()))
        slope = min(slope, 1.0)
        return replace(self, intercept=float(psi.mean() - slope * raw.mean()), slope=slope)


def fit_effect(learner: Learner, trial: Trial, *, seed: int) -> Effect:
    """τ by one learner."""
    if learner == "constant":
        return Effect(learner, (), mean=float(doubly_robust(trial, seed=seed).mean()))
    if learner == "DR":
        return Effect(learner, (_regress(trial.features, doubly_robust(trial, seed=seed), seed),))
    control, treated = (_chances(trial.take(trial.treated == arm), seed) for arm in (False, True))
    if learner == "T":
        return Effect(learner, (control, treated))
    y, t = trial.outcome, trial.treated
    gain = y - tree_values(control, trial.features)
    loss = tree_values(treated, trial.features) - y
    texts = (_regress(trial.features[~t], loss[~t], seed), _regress(trial.features[t], gain[t], seed))
    return Effect(learner, texts, chance=float(trial.chance.mean()))


def doubly_robust(trial: Trial, *, seed: int) -> Floats:
    """ψ of each row, its μ from the folds that the row is not in."""
    n = len(trial.outcome)
    fold = np.random.default_rng(seed).permutation(n) % FOLDS
    mu = np.zeros((2, n))
    for k in range(FOLDS):
        mine, rest = fold == k, trial.take(fold != k)
        for arm in (0, 1):
            mu[arm, mine] = tree_values(_chances(rest.take(rest.treated == bool(arm)), seed), trial.features[mine])
    y, t, e = trial.outcome, trial.treated, trial.chance
    psi: Floats = mu[1] - mu[0] + np.where(t, (y - mu[1]) / e, -(y - mu[0]) / (1 - e))
    return psi


def mean_effect(psi: Floats, level: float) -> tuple[float, float, float]:
    """Mean of ψ with its normal interval: the average effect of those rows."""
    from tools.metrics.types import quantile

    reach = quantile(level) * float(psi.std(ddof=1)) / float(np.sqrt(len(psi)))
    middle = float(psi.mean())
    return middle, middle - reach, middle + reach


def _chances(rows: Trial, seed: int) -> str:
    return fit_trees(rows.features, rows.outcome, None, seed=seed, rounds=ROUNDS)[0]


def _regress(features: pd.DataFrame, values: Floats, seed: int) -> str:
    """Squared loss; few leaves, since ψ is noise for its greatest part."""
    return fit_trees(features, values, None, seed=seed, rounds=ROUNDS, objective="regression", leaves=6)[0]
