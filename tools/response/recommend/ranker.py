"""The learned ranking of candidates by LightGBM: the chance of each (binary loss), or an order alone (LambdaMART).

Few candidates are bought, so of those that were not a part is kept, weighed up again: the chances stay what they were.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from tools.failure import ToolFailure

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tools.response.recommend.candidates import Candidates

    Floats = NDArray[np.float64]
    Marks = NDArray[np.bool_]

Loss = Literal["binary", "lambdamart"]
ROUNDS = 200
"""Where the demo shop's November stopped gaining; the rounds are not chosen anew for each shop."""
KEPT_UNBOUGHT = 0.3
FEW_ROWS = 20_000


def fit_ranker(loss: Loss, rows: Candidates, bought: Marks, *, seed: int, rounds: int = ROUNDS) -> str:
    """LightGBM's text of the model.

    Args:
        rows: candidates, a customer's on one day side by side.
        bought: whether each was bought in the window after its day.
    """
    import lightgbm

    kept = bought | (np.random.default_rng(seed).random(len(bought)) < KEPT_UNBOUGHT)
    weight = np.where(bought[kept], 1.0, 1 / KEPT_UNBOUGHT)
    parameters = {
        "learning_rate": 0.07,
        "num_leaves": 31,
        "min_data_in_leaf": max(5, min(200, int(kept.sum()) // 100)),
        "feature_fraction": 0.3,
        "bagging_fraction": 0.7,
        "bagging_freq": 1,
        "lambda_l2": 20.0,
        "max_bin": 127,
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": 1 if int(kept.sum()) < FEW_ROWS else 2,
        "verbose": -1,
        "seed": seed,
    }
    y = bought[kept].astype(float)
    if loss == "binary":
        data = lightgbm.Dataset(rows.x[kept], y, weight=weight)
        return str(lightgbm.train({**parameters, "objective": "binary"}, data, rounds).model_to_string())
    data = lightgbm.Dataset(rows.x[kept], y, group=_runs(rows.customer[kept]))
    ranking = {"objective": "lambdarank", "lambdarank_truncation_level": 15}
    return str(lightgbm.train({**parameters, **ranking}, data, rounds).model_to_string())


def ranker_values(loss: Loss, text: str, x: NDArray[np.float32]) -> Floats:
    """Between 0 and 1, the greater the likelier; a chance for `binary`, before calibration.

    Raises:
        ToolFailure: `damaged_model`.
    """
    import lightgbm

    if not len(x):
        return np.zeros(0)
    try:
        booster = lightgbm.Booster(model_str=text)
    except lightgbm.basic.LightGBMError as error:
        raise ToolFailure("damaged_model", f"the model cannot be read: {error}; train it again") from error
    found: Floats = np.asarray(booster.predict(x, num_threads=1 if len(x) < FEW_ROWS else 2), dtype=float)
    return found if loss == "binary" else 1 / (1 + np.exp(-found))


def _runs(customer: NDArray[np.int64]) -> NDArray[np.int64]:
    """Lengths of the runs of the same customer."""
    begin = np.flatnonzero(np.concatenate([[True], customer[1:] != customer[:-1]]))
    return np.diff(np.concatenate([begin, [len(customer)]]))
