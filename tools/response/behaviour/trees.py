"""Gradient boosting on the features, by LightGBM; kept as its own text, never as a pickle."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tools.failure import ToolFailure

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

MOST_ROUNDS = 600
PATIENCE = 40
FEW_ROWS = 20_000
"""Below it a second thread costs more than it brings."""
LEAST_LEAF = 200
"""Rows of a leaf, or a hundredth of the rows where they are few."""


def fit_trees(
    features: pd.DataFrame,
    outcome: NDArray[np.bool_] | Floats,
    valid: tuple[pd.DataFrame, NDArray[np.bool_] | Floats] | None,
    *,
    seed: int,
    rounds: int = MOST_ROUNDS,
    objective: str = "binary",
    rising: tuple[str, ...] = (),
    leaves: int = 15,
) -> tuple[str, int]:
    """LightGBM's text of the model, and how many rounds it has.

    Args:
        valid: rows that stop the boosting; None: all `rounds` are made.
        rising: features that the chance may only rise with.
    """
    import lightgbm

    parameters = {
        "objective": objective,
        "learning_rate": 0.05,
        "num_leaves": leaves,
        "min_data_in_leaf": max(5, min(LEAST_LEAF, len(features) // 100)),
        "feature_fraction": 0.7,
        "bagging_fraction": 0.7,
        "bagging_freq": 1,
        "lambda_l2": 5.0,
        "monotone_constraints": [int(name in rising) for name in features.columns],
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": 1 if len(features) < FEW_ROWS else 2,
        "verbose": -1,
        "seed": seed,
    }
    data = lightgbm.Dataset(_cells(features), np.asarray(outcome, dtype=float))
    if valid is None:
        return lightgbm.train(parameters, data, rounds).model_to_string(), rounds
    held = lightgbm.Dataset(_cells(valid[0]), np.asarray(valid[1], dtype=float), reference=data)
    stop = lightgbm.early_stopping(PATIENCE, verbose=False)
    fitted = lightgbm.train(parameters, data, rounds, valid_sets=[held], callbacks=[stop])
    best = max(1, fitted.best_iteration)
    return fitted.model_to_string(num_iteration=best), best


def tree_values(text: str, features: pd.DataFrame) -> Floats:
    """The model's answer for each row: a chance for `binary`, else the value.

    Raises:
        ToolFailure: `damaged_model` where the text is none of LightGBM's.
    """
    import lightgbm

    try:
        booster = lightgbm.Booster(model_str=text)
    except lightgbm.basic.LightGBMError as error:
        raise ToolFailure("damaged_model", f"the model cannot be read: {error}; train it again") from error
    found: Floats = np.asarray(booster.predict(_cells(features), num_threads=2), dtype=float)
    return found


def _cells(features: pd.DataFrame) -> Floats:
    """Without the names: LightGBM refuses some characters, and a shop's own attributes may hold any."""
    return features.to_numpy(dtype=np.float64)
