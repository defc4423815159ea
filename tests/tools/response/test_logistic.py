"""The logistic model against a known truth, its refusals, and naive oversampling that must fail."""

import numpy as np
import pandas as pd
import pytest

from tools.failure import ToolFailure
from tools.metrics.classification import calibration_error, roc_auc
from tools.response.logistic import LogisticModel, fit_logistic, schema_sha

N = 8_000
DECIDED = np.full(N, np.datetime64("2025-03-02"))
KNOWN = np.full(N, np.datetime64("2025-03-01"))


def known_truth(seed: int = 0) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Skewed features, true chances (about 7 %) and outcomes."""
    rng = np.random.default_rng(seed)
    spend, visits = np.exp(rng.normal(3, 1.5, N)), rng.poisson(3, N)
    log_odds = -5.6 + 0.8 * np.log1p(spend) - 0.1 * np.log1p(visits)
    chance = 1 / (1 + np.exp(-log_odds))
    return pd.DataFrame({"spend": spend, "visits": visits, "same": 1.0}), chance, rng.random(N) < chance


def fit(x: pd.DataFrame, y: np.ndarray) -> LogisticModel:
    return fit_logistic(x, y, known_at=KNOWN[: len(y)], moment=DECIDED[: len(y)], strength=1.0)


def test_it_recovers_the_true_chances_and_oversampling_does_not() -> None:
    x, _, y = known_truth()
    other, chance, happened = known_truth(1)
    found = fit(x, y).predict(other)
    assert np.abs(found - chance).mean() < 0.01
    honest = calibration_error(happened, found, bins=10).estimate
    rows = np.concatenate([np.flatnonzero(~y), np.random.default_rng(2).choice(np.flatnonzero(y), int((~y).sum()))])
    doubled = fit_logistic(
        x.iloc[rows],
        y[rows],
        known_at=np.full(len(rows), KNOWN[0]),
        moment=np.full(len(rows), DECIDED[0]),
        strength=1.0,
    ).predict(other)
    spoilt = calibration_error(happened, doubled, bins=10).estimate
    assert honest is not None
    assert spoilt is not None
    assert honest < 0.02 < 0.2 < spoilt
    ranked = [roc_auc(happened, p).estimate for p in (found, doubled)]
    assert ranked[0] == pytest.approx(ranked[1], abs=0.01)


def test_a_constant_feature_gets_no_weight_and_json_keeps_the_model() -> None:
    x, _, y = known_truth()
    model = fit(x, y)
    assert model.weights[2] == 0
    again = LogisticModel.model_validate_json(model.model_dump_json())
    np.testing.assert_array_equal(again.predict(x), model.predict(x))


def test_a_fact_from_the_future_is_refused() -> None:
    x, _, y = known_truth()
    known = KNOWN.copy()
    known[7] = np.datetime64("2025-03-02")
    with pytest.raises(ToolFailure, match=r"row 7, decided at 2025-03-02 with facts of 2025-03-02") as caught:
        fit_logistic(x, y, known_at=known, moment=DECIDED)
    assert caught.value.code == "future_feature"


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_no_positives_or_only_positives_are_refused(share: float) -> None:
    x, _, _ = known_truth()
    with pytest.raises(ToolFailure, match="needs at least 10") as caught:
        fit(x, np.full(N, bool(share)))
    assert caught.value.code == "one_class"


def test_a_column_without_values_is_refused_by_name() -> None:
    x, _, y = known_truth()
    with pytest.raises(ToolFailure, match="`visits`") as caught:
        fit(x.assign(visits=np.nan), y)
    assert caught.value.code == "missing_values"


def test_a_model_of_other_features_is_refused() -> None:
    x, _, y = known_truth()
    model = fit(x, y)
    for wrong in (x.rename(columns={"visits": "clicks"}), x[["visits", "spend", "same"]], x[["spend"]]):
        assert schema_sha(tuple(wrong.columns)) != model.schema_sha
        with pytest.raises(ToolFailure, match="train it again") as caught:
            model.predict(wrong)
        assert caught.value.code == "model_schema"
