"""Calibrated chances from few positives: L2 logistic regression on signed-log features, kept as plain JSON.

    x'  = (sign(x) · log(1 + |x|) − μ) / σ          counts and amounts are skewed; μ, σ of the training rows
    p   = logit⁻¹(b + w · x')                       w by L2-penalised maximum likelihood

No weight and no resampling: the log loss is a proper score, so the chances come out calibrated however rare the
positives are, and weighing them up would have to be undone. A feature says by when its facts were known; one that was
known only after the moment it predicts from is refused, and so are features other than those of the fit.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import numpy as np

from tools.failure import ToolFailure
from tools.vocabulary import Model

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Marks = NDArray[np.bool_]

LEAST_POSITIVES = 10
"""Of each class; below it a fit is mostly its penalty."""
STRENGTH = 0.003
"""Inverse of the L2 penalty (scikit-learn's C), chosen on campaigns before the test period."""


class LogisticModel(Model):
    """A fitted model; lists have one entry a feature, in the order of `names`."""

    schema_sha: str
    """Of the features' names, in order."""
    names: tuple[str, ...]
    means: tuple[float, ...]
    scales: tuple[float, ...]
    weights: tuple[float, ...]
    intercept: float
    rows: int
    positives: int

    def predict(self, features: pd.DataFrame) -> Floats:
        """The chance of each row, shape (n,), in (0, 1).

        Raises:
            ToolFailure: `model_schema` where the features are not those that the model was fitted on;
                `missing_values` where a cell is not a finite number.
        """
        found = schema_sha(tuple(features.columns))
        if found != self.schema_sha:
            raise ToolFailure(
                "model_schema",
                f"the model was trained on other features (schema `{self.schema_sha}`) than these (`{found}`); "
                "train it again",
                expected=self.schema_sha,
                found=found,
            )
        z = (signed_log(features) - np.array(self.means)) / np.array(self.scales)
        chances: Floats = 1 / (1 + np.exp(-(z @ np.array(self.weights) + self.intercept)))
        return chances


def schema_sha(names: tuple[str, ...]) -> str:
    return hashlib.sha256(json.dumps(names).encode()).hexdigest()[:16]


def signed_log(features: pd.DataFrame) -> Floats:
    """sign(x) · log(1 + |x|), shape (n, features).

    Raises:
        ToolFailure: `missing_values`, naming the columns: what a missing value means is for the feature to say.
    """
    values = features.to_numpy(dtype=float)
    bad = ~np.isfinite(values).all(axis=0)
    if bad.any():
        names = [str(name) for name in features.columns[bad]]
        shown = ", ".join(f"`{name}`" for name in names)
        raise ToolFailure("missing_values", f"features without a finite value in some row: {shown}", columns=names)
    logged: Floats = np.sign(values) * np.log1p(np.abs(values))
    return logged


def fit_logistic(
    features: pd.DataFrame,
    outcome: Marks,
    *,
    known_at: NDArray[np.datetime64],
    moment: NDArray[np.datetime64],
    strength: float = STRENGTH,
) -> LogisticModel:
    """Fit on rows of one contact each. A constant feature gets no weight.

    Args:
        outcome: whether the contact was answered, shape (n,).
        known_at: when the latest fact behind each row's features became known, shape (n,).
        moment: when each row's contact was decided, shape (n,).

    Raises:
        ToolFailure: `future_feature` where a row knows what came later; `one_class` where there are fewer than
            `LEAST_POSITIVES` of a class; `missing_values`.
    """
    from sklearn.linear_model import LogisticRegression

    refuse_future(known_at, moment)
    positives = int(outcome.sum())
    if min(positives, len(outcome) - positives) < LEAST_POSITIVES:
        raise ToolFailure(
            "one_class",
            f"of {len(outcome):,} past contacts {positives:,} were answered; a model needs at least {LEAST_POSITIVES} "
            f"that were and {LEAST_POSITIVES} that were not",
            rows=len(outcome),
            positives=positives,
        )
    logged = signed_log(features)
    means, spread = logged.mean(axis=0), logged.std(axis=0)
    varies = spread > 1e-12
    scales = np.where(varies, spread, 1.0)
    fitted = LogisticRegression(C=strength, max_iter=3_000).fit((logged - means) / scales, outcome)
    return LogisticModel(
        schema_sha=schema_sha(tuple(features.columns)),
        names=tuple(str(name) for name in features.columns),
        means=tuple(means.tolist()),
        scales=tuple(scales.tolist()),
        weights=tuple(np.where(varies, fitted.coef_[0], 0.0).tolist()),
        intercept=float(fitted.intercept_[0]),
        rows=len(outcome),
        positives=positives,
    )


def refuse_future(known_at: NDArray[np.datetime64], moment: NDArray[np.datetime64]) -> None:
    """Refuse rows of which a fact became known at or after the moment they predict from.

    Raises:
        ToolFailure: `future_feature`, naming the first row.
    """
    late = np.flatnonzero(known_at >= moment)
    if len(late):
        row = int(late[0])
        raise ToolFailure(
            "future_feature",
            f"{len(late):,} of {len(moment):,} rows rest on facts from the day of the contact or later; the first is "
            f"row {row}, decided at {moment[row]} with facts of {known_at[row]}",
            rows=len(late),
            first=row,
        )
