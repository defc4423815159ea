"""A model's card: from which data and when, how good and how sure, what it was compared with, what it costs to use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import Field

from tools.metrics.bootstrap import bootstrap
from tools.metrics.classification import calibration_error, pr_auc, roc_auc
from tools.metrics.types import Metric
from tools.vocabulary import Basis, Model

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Marks = NDArray[np.bool_]

SCHEMA_VERSION = 1
BINS = 10


class Figure(Model):
    name: str
    value: Metric
    better: Literal["higher", "lower", "zero"]


class Candidate(Model):
    """One way that was tried; `loss` is the mean log loss on the validation rows, lower is better."""

    name: str
    loss: float
    roc_auc: float | None
    calibration: float | None = None
    """Expected calibration error on the validation rows, before any calibration."""
    chosen: bool = False


class Bin(Model):
    """A tenth of the test rows by predicted chance."""

    predicted: float
    happened: float
    rows: int


class Period(Model):
    """Rows of one part of the data, by the days they look from."""

    name: Literal["train", "validation", "test"]
    first: date
    last: date
    rows: int
    positives: int


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What every training hands on for its card; `thousand_ms`: milliseconds to score a thousand customers."""

    periods: tuple[Period, ...]
    figures: tuple[Figure, ...]
    compared: tuple[Candidate, ...]
    reliability: tuple[Bin, ...]
    customers: int
    seconds: float
    thousand_ms: float
    notes: tuple[str, ...]


class Card(Model):
    """`card.json`."""

    schema_version: int = SCHEMA_VERSION
    name: str
    """behaviour, redeemed, clicked, converted, uplift."""
    asks: str
    """What it predicts, in one sentence."""
    basis: Basis
    """What may be said of its figures; only `randomised` is uplift."""
    algorithm: str
    model_sha: str
    """Of the shop's content, the features, the code, the day and the seed: the folder's name."""
    shop: str
    content_sha: str
    schema_sha: str
    """Of the features' names, in order."""
    code_sha: str
    trained_at: datetime
    as_of: date
    """The first day that was not seen."""
    customers: int
    periods: tuple[Period, ...]
    figures: tuple[Figure, ...]
    """On the test rows, which neither the fit nor the choice saw; intervals over resampled customers."""
    compared: tuple[Candidate, ...]
    reliability: tuple[Bin, ...]
    test_looks: int = Field(ge=1)
    """How many trainings of this shop have read figures off these test days, this one counted."""
    bytes: int = 0
    fit_seconds: float
    thousand_ms: float
    """Features and prediction of a thousand customers."""
    files: dict[str, str] = Field(default_factory=dict)
    """File → SHA-256."""
    notes: tuple[str, ...] = ()

    def figure(self, name: str) -> Metric | None:
        return next((one.value for one in self.figures if one.name == name), None)


def chance_figures(y: Marks, p: Floats, clusters: NDArray[np.generic]) -> tuple[Figure, ...]:
    """ROC AUC, average precision, calibration error and Brier score, intervals over resampled clusters."""
    n = len(y)
    return (
        Figure(
            name="ROC AUC",
            value=bootstrap(lambda rows: roc_auc(y[rows], p[rows]).estimate, n, clusters=clusters),
            better="higher",
        ),
        Figure(name="average precision", value=pr_auc(y, p, clusters=clusters), better="higher"),
        Figure(name="calibration error", value=calibration_error(y, p, clusters=clusters), better="lower"),
        Figure(
            name="Brier score",
            value=bootstrap(lambda rows: float(((p[rows] - y[rows]) ** 2).mean()), n, clusters=clusters),
            better="lower",
        ),
    )


def candidate(name: str, y: Marks, p: Floats, loss: float, *, chosen: bool = False) -> Candidate:
    """How one way does on the validation rows."""
    error = sum(one.rows * abs(one.happened - one.predicted) for one in reliability(y, p)) / max(1, len(y))
    return Candidate(name=name, loss=loss, roc_auc=roc_auc(y, p).estimate, calibration=error, chosen=chosen)


def reliability(y: Marks, p: Floats, bins: int = BINS) -> tuple[Bin, ...]:
    """Bins of equal mass, the least chances first; fewer where there are fewer rows."""
    groups = [g for g in np.array_split(np.argsort(p, kind="stable"), bins) if len(g)]
    return tuple(Bin(predicted=float(p[g].mean()), happened=float(y[g].mean()), rows=len(g)) for g in groups)
