"""How well a ranking by expected effect finds those whom contact changes, on customers who were randomised.

With customers sorted by score, best first, and N_t(φ), N_c(φ), Y_t(φ), Y_c(φ) the counts and outcome sums of the
treated and the control among the first fraction φ (Radcliffe 2007):

    Q(φ) = (Y_t(φ) − Y_c(φ) · N_t(φ)/N_c(φ)) / N_t(1)        per treated customer; in the outcome's unit
    qini = ∫ Q dφ − Q(1)/2                                     0 for a random order, positive for a useful one
    auuc = ∫ Q dφ

Only a randomised treatment gives these curves a meaning: for anything else they show who was chosen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tools.metrics.bootstrap import bootstrap
from tools.metrics.types import LEVEL, Metric, no_data

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Marks = NDArray[np.bool_]


def qini_curve(outcome: Floats, treated: Marks, score: Floats) -> tuple[Floats, Floats]:
    """φ and Q(φ), from (0, 0), one point a distinct score: customers of equal score are not told apart.

    Where no control is among the first yet, Q is 0: there is nothing to compare with.
    """
    order = np.argsort(-score, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(score[order])), len(score) - 1)
    t, y = treated[order], outcome[order]
    n_t, n_c = np.cumsum(t)[ends], np.cumsum(~t)[ends]
    y_t, y_c = np.cumsum(y * t)[ends], np.cumsum(y * ~t)[ends]
    share = np.divide(n_t, n_c, out=np.zeros(len(ends)), where=n_c > 0)
    gain = np.where(n_c > 0, y_t - y_c * share, 0.0) / max(1, int(treated.sum()))
    return np.append(0.0, (ends + 1) / len(score)), np.append(0.0, gain)


def qini(outcome: Floats, treated: Marks, score: Floats, *, level: float = LEVEL, seed: int = 0) -> Metric:
    """The Qini coefficient with a bootstrap interval over customers; no data where an arm is empty."""
    return _area(outcome, treated, score, half=True, level=level, seed=seed)


def auuc(outcome: Floats, treated: Marks, score: Floats, *, level: float = LEVEL, seed: int = 0) -> Metric:
    """The area under the curve, likewise; for a random order it is half the average effect."""
    return _area(outcome, treated, score, half=False, level=level, seed=seed)


def _area(outcome: Floats, treated: Marks, score: Floats, *, half: bool, level: float, seed: int) -> Metric:
    n = len(outcome)
    if not 0 < int(treated.sum()) < n:
        return no_data("an arm has no customer", n, level)

    def area(rows: NDArray[np.int64]) -> float | None:
        if not 0 < int(treated[rows].sum()) < len(rows):
            return None
        share, gain = qini_curve(outcome[rows], treated[rows], score[rows])
        return float(np.trapezoid(gain, share) - (gain[-1] / 2 if half else 0))

    return bootstrap(area, n, level=level, seed=seed)
