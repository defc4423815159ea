"""Chances made to agree with what happens: p' = logit⁻¹(a + b · logit p), fitted on rows that the model has not seen.

Two figures, so that a few hundred rows are enough (Platt 1999, on the log odds); b ≤ 0 would turn the order round and
is refused by keeping the chances as they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tools.vocabulary import Model

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


class Calibration(Model):
    intercept: float = 0.0
    slope: float = 1.0

    def apply(self, p: Floats) -> Floats:
        found: Floats = 1 / (1 + np.exp(-(self.intercept + self.slope * _logit(p))))
        return found


def fit_calibration(p: Floats, y: NDArray[np.bool_]) -> Calibration:
    """By maximum likelihood; the identity where `y` is of one class."""
    from sklearn.linear_model import LogisticRegression

    if not 0 < int(y.sum()) < len(y):
        return Calibration()
    fitted = LogisticRegression(C=1e6).fit(_logit(p)[:, None], y)
    slope = float(fitted.coef_[0, 0])
    return Calibration(intercept=float(fitted.intercept_[0]), slope=slope) if slope > 0 else Calibration()


def _logit(p: Floats) -> Floats:
    clipped = np.clip(p, 1e-6, 1 - 1e-6)
    found: Floats = np.log(clipped / (1 - clipped))
    return found
