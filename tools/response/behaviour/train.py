"""Training the model of behaviour: three ways fitted on the oldest span, the best on the next one used, judged on the
newest, then fitted again on everything."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from tools.failure import ToolFailure
from tools.response.behaviour.features import features, known_at
from tools.response.behaviour.lifetime import fit_lifetime
from tools.response.behaviour.model import WORDS, Algorithm, BehaviourModel, Parameters, chances_of
from tools.response.behaviour.purchases import EPOCH, Purchases, Rows
from tools.response.behaviour.sequence import fit, log_loss, sequences
from tools.response.behaviour.split import Split, split
from tools.response.behaviour.trees import fit_trees
from tools.response.calibration import Calibration, fit_calibration
from tools.response.card import Candidate, Judged, Period, candidate, chance_figures, reliability
from tools.response.logistic import LEAST_POSITIVES, refuse_future

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Marks = NDArray[np.bool_]

SEQUENCE_ROWS = 50_000
"""Most training rows of the GRU: more gained nothing on the demo shop's validation rows."""
GROUPS = 10
RISING = ("window",)
Report = Callable[[str, int, int | None], None]


@dataclass(frozen=True)
class Fitted:
    """One way, fitted on some rows; `effort` is how many rounds or epochs it took."""

    model: BehaviourModel
    effort: int = 0


@dataclass(frozen=True, kw_only=True)
class Trained(Judged):
    """The model as it is used, and what its card says of it."""

    model: BehaviourModel


def train_behaviour(purchases: Purchases, end: int, *, seed: int, progress: Report) -> Trained:
    """Train on the days before `end`.

    Raises:
        ToolFailure: `too_little_history`; `one_class` where in a span nearly nobody or nearly everybody bought;
            `future_feature`.
    """
    began = time.perf_counter()
    parts = split(purchases, end, seed=seed)
    bought = {
        name: purchases.buys(rows.customer, rows.start, rows.end)
        for name, rows in (("train", parts.train), ("validation", parts.valid), ("test", parts.test))
    }
    for name, y in bought.items():
        _both_classes(name, y)
    for rows in (parts.train, parts.valid, parts.test):
        origin = rows.origin.astype("datetime64[D]")
        refuse_future(known_at(purchases, rows).astype("datetime64[D]"), origin)
    ways = _fit_all(purchases, parts, bought, seed, progress)
    scores = {way: one.model.raw(purchases, parts.valid) for way, one in ways.items()}
    best = min(scores, key=lambda way: log_loss(bought["validation"], scores[way]))
    calibration = fit_calibration(scores[best], bought["validation"])
    judged = calibration.apply(ways[best].model.raw(purchases, parts.test))
    spread = _spread(parts.test, judged, bought["test"])
    progress("Fitting on everything", 0, None)
    final = _again(best, ways[best], purchases, parts, seed)
    parameters = final.parameters.model_copy(update={"calibration": calibration, "spread": spread})
    model = BehaviourModel(parameters, final.trees, final.network)
    seconds = time.perf_counter() - began
    return Trained(
        model=model,
        periods=tuple(
            _period(name, rows, bought[name])
            for name, rows in (("train", parts.train), ("validation", parts.valid), ("test", parts.test))
        ),
        figures=chance_figures(bought["test"], judged, parts.test.customer),
        compared=_compared(scores, bought, best),
        reliability=reliability(bought["test"], judged),
        customers=len(purchases.customers),
        seconds=seconds,
        thousand_ms=_thousand(model, purchases, end),
        notes=_notes(purchases, parts),
    )


def _both_classes(name: str, y: Marks) -> None:
    positives = int(y.sum())
    if min(positives, len(y) - positives) < LEAST_POSITIVES:
        message = (
            f"of the {len(y):,} {name} rows {positives:,} bought in their window; a model needs at least "
            f"{LEAST_POSITIVES} that did and {LEAST_POSITIVES} that did not"
        )
        raise ToolFailure("one_class", message, rows=len(y), positives=positives)


def _fit_all(
    purchases: Purchases, parts: Split, bought: dict[str, Marks], seed: int, progress: Report
) -> dict[Algorithm, Fitted]:
    progress("Fitting trees", 0, None)
    x, held = features(purchases, parts.train), features(purchases, parts.valid)
    trees, rounds = fit_trees(x, bought["train"], (held, bought["validation"]), seed=seed, rising=RISING)
    few = _sample(len(parts.train), seed)
    given, shown = sequences(purchases, parts.train.take(few)), sequences(purchases, parts.valid)
    network, epochs = fit(
        given,
        bought["train"][few],
        (shown, bought["validation"]),
        seed=seed,
        progress=lambda done, of: progress("Fitting the GRU", done, of),
    )
    return {
        "trees": Fitted(BehaviourModel(_plain("trees"), trees=trees), rounds),
        "sequence": Fitted(BehaviourModel(_plain("sequence"), network=network), epochs),
        "lifetime": Fitted(BehaviourModel(_plain("lifetime", fit_lifetime(purchases, parts.valid_from)))),
    }


def _again(way: Algorithm, fitted: Fitted, purchases: Purchases, parts: Split, seed: int) -> BehaviourModel:
    """The chosen way on all rows, with the effort that the validation rows found."""
    rows = parts.all()
    y = purchases.buys(rows.customer, rows.start, rows.end)
    if way == "trees":
        text, _ = fit_trees(features(purchases, rows), y, None, seed=seed, rounds=fitted.effort, rising=RISING)
        return BehaviourModel(_plain(way), trees=text)
    if way == "sequence":
        few = _sample(len(rows), seed)
        given = sequences(purchases, rows.take(few))
        network, _ = fit(given, y[few], None, seed=seed, epochs=fitted.effort, progress=lambda *_: None)
        return BehaviourModel(_plain(way), network=network)
    return BehaviourModel(_plain(way, fit_lifetime(purchases, parts.end)))


def _plain(way: Algorithm, lifetime: tuple[float, float, float, float] | None = None) -> Parameters:
    return Parameters(algorithm=way, calibration=Calibration(), lifetime=lifetime, spread=0.0)


def _sample(n: int, seed: int) -> NDArray[np.int64]:
    return np.sort(np.random.default_rng(seed).permutation(n)[:SEQUENCE_ROWS])


def _spread(rows: Rows, p: Floats, y: Marks) -> float:
    """√ of the mean squared residual of groups (origin × tenth of the chances), less its share that is chance.

    At least the mean gap of the tenths over all days, since few days cannot show that there is none.
    """
    bins = reliability(y, p)
    least = sum(one.rows * abs(one.happened - one.predicted) for one in bins) / max(1, len(y))

    total, count = 0.0, 0
    for origin in np.unique(rows.origin):
        mine = np.flatnonzero(rows.origin == origin)
        for group in np.array_split(mine[np.argsort(p[mine], kind="stable")], GROUPS):
            if len(group) >= GROUPS:
                noise = float((p[group] * (1 - p[group])).mean()) / len(group)
                total += (float(y[group].mean()) - float(p[group].mean())) ** 2 - noise
                count += 1
    return max(least, float(np.sqrt(max(0.0, total / count)))) if count else least


def _compared(scores: dict[Algorithm, Floats], bought: dict[str, Marks], best: Algorithm) -> tuple[Candidate, ...]:
    y = bought["validation"]
    rate = float(bought["train"].mean())
    same = np.full(len(y), rate)
    return (
        candidate("the same chance for everybody", y, same, log_loss(y, same)),
        *(candidate(WORDS[way], y, p, log_loss(y, p), chosen=way == best) for way, p in scores.items()),
    )


def _thousand(model: BehaviourModel, purchases: Purchases, end: int) -> float:
    """Milliseconds for a thousand customers, measured on all of them as a plan would ask."""
    began = time.perf_counter()
    found = chances_of(model, purchases, origin=end, lead=7, window=14)
    return (time.perf_counter() - began) / max(1, len(found)) * 1_000_000


def _period(name: str, rows: Rows, y: Marks) -> Period:
    first, last = (EPOCH + timedelta(days=int(day)) for day in (rows.origin.min(), rows.origin.max()))
    return Period(name=name, first=first, last=last, rows=len(rows), positives=int(y.sum()))


def _notes(purchases: Purchases, parts: Split) -> tuple[str, ...]:
    x = features(purchases, parts.train.take(_sample(len(parts.train), 0)))
    empty = [str(name) for name in x.columns if x[name].isna().all()]
    flat = [str(name) for name in x.columns if name not in empty and x[name].nunique() == 1]
    notes = []
    if empty:
        notes.append(f"features without a value anywhere, which nothing is learned from: {', '.join(empty)}")
    if flat:
        notes.append(f"features with one value throughout, which nothing is learned from: {', '.join(flat)}")
    notes.append("attributes of the customers are no features: they carry no time at which they were known")
    return tuple(notes)
