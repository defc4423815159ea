"""Training the recommender: windows of 30 days, the oldest fit, the next choose between the ways, the newest judges.

Those that fit begin `STEP` days apart and overlap, each with a part of the customers; the others stand apart. Each
window's candidates and features are of the days before it, co-purchase weights too. Afterwards the chosen way is
fitted on all windows, and co-purchase on all days.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from tools.failure import ToolFailure
from tools.response.behaviour.purchases import EPOCH
from tools.response.calibration import fit_calibration
from tools.response.card import Candidate, Figure, Judged, Period, reliability
from tools.response.logistic import LEAST_POSITIVES, refuse_future
from tools.response.recommend.candidates import Candidates, candidates
from tools.response.recommend.ease import fit_ease
from tools.response.recommend.features import NAMES
from tools.response.recommend.judge import Quality, Truth, quality
from tools.response.recommend.model import WINDOW, WORDS, Recommender
from tools.response.recommend.ranker import Loss, fit_ranker, ranker_values
from tools.response.recommend.seen import Seen, look

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tools.metrics.types import Metric
    from tools.response.recommend.lines import Lines

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Marks = NDArray[np.bool_]

PAST_DAYS = 90
"""Days that lie before the first window: the features need a past."""
FITTED, STEP = 8, 10
"""Windows that fit, at most, before the one that chooses, and the days from one to the next."""
DRAWN = 0.5
"""Part of the customers of each window that fits."""
MOST_CUSTOMERS = 5_000
"""Drawn of each window, where more had bought before it."""
LEAST_GAIN = 0.004
"""nDCG that LambdaMART has to gain on binary loss to be chosen: less is within what the trees' draw alone makes."""
Report = Callable[[str, int, int | None], None]


@dataclass(frozen=True)
class Window:
    """Candidates as of `origin`, and what was bought in the days from it."""

    origin: int
    end: int
    rows: Candidates
    truth: Truth
    bought: Marks


@dataclass(frozen=True, kw_only=True)
class Trained(Judged):
    """The model as it is used, and what its card says of it."""

    model: Recommender


def window_of(lines: Lines, origin: int, end: int, *, seed: int = 0, drawn: float = 1) -> Window:
    """The candidates of everybody, or of a part drawn, as of `origin`, and what was bought by `end`.

    Who had bought nothing before `origin` has no candidates, and counts as a list without a hit.
    """
    seen = look(lines, origin, fit_ease(lines.take(lines.day < origin)))
    _no_future(seen)
    asked = np.unique(lines.who[lines.day < end])
    count = min(math.ceil(drawn * len(asked)), MOST_CUSTOMERS)
    if count < len(asked):
        asked = np.sort(np.random.default_rng([seed, origin]).choice(asked, count, replace=False))
    truth = Truth.of(lines.take(np.isin(lines.who, asked)), origin, end)
    rows = Candidates.joined(list(candidates(seen, np.intersect1d(asked, seen.customer.key))))
    return Window(origin, end, rows, truth, truth.marks(rows))


def _no_future(seen: Seen) -> None:
    """Of all that happened, nothing by a customer is of the day itself or later."""
    latest = np.array([seen.origin - seen.customer.values["recency"].min(initial=np.inf)])
    if np.isfinite(latest).all():
        refuse_future(latest.astype(np.int64).astype("datetime64[D]"), np.array([seen.origin]).astype("datetime64[D]"))


def train_recommender(lines: Lines, end: int, *, seed: int, progress: Report) -> Trained:
    """Train on the days before `end`.

    Raises:
        ToolFailure: `too_little_history`, naming how many days there are and how many it takes; `one_class` where
            nearly nothing that was a candidate was bought.
    """
    began = time.perf_counter()
    origins = _origins(lines, end)
    windows = []
    for done, origin in enumerate(origins):
        progress("Recommendations: past windows", done, len(origins))
        drawn = DRAWN if done < len(origins) - 2 else 1
        windows.append(window_of(lines, origin, origin + WINDOW, seed=seed, drawn=drawn))
        _enough(windows[-1])
    *fitting, choosing, judging = windows
    values, compared, best = _choose(fitting, choosing, seed, progress)
    calibration = fit_calibration(values, choosing.bought)
    trees = _fit(best, [*fitting, choosing], seed)
    judged = calibration.apply(ranker_values(best, trees, judging.rows.x))
    progress("Recommendations: fitting on everything", 0, None)
    known = lines.take(lines.day < end)
    trees = _fit(best, windows, seed)
    model = Recommender(best, calibration, trees, fit_ease(known))
    return Trained(
        model=model,
        periods=_periods(fitting, choosing, judging),
        figures=_figures(judging, judged),
        compared=compared,
        reliability=reliability(judging.bought, judged),
        customers=len(np.unique(known.who)),
        seconds=time.perf_counter() - began,
        thousand_ms=_thousand(model, lines, end),
        notes=_notes(judging, lines),
    )


def _origins(lines: Lines, end: int) -> list[int]:
    """First days of the windows, oldest first: up to `FITTED` that fit, one that chooses, one that judges."""
    first = int(lines.day.min()) if len(lines.day) else end
    least = PAST_DAYS + 3 * WINDOW
    if end - first < least:
        message = f"the orders reach over {end - first} days; recommendations need {least}"
        raise ToolFailure("too_little_history", message, days=end - first, needed=least)
    newest = end - 3 * WINDOW
    count = min(FITTED, 1 + (newest - PAST_DAYS - first) // STEP)
    return [*(newest - back * STEP for back in reversed(range(count))), end - 2 * WINDOW, end - WINDOW]


def _enough(window: Window) -> None:
    bought = int(window.bought.sum())
    if min(bought, len(window.bought) - bought) < LEAST_POSITIVES:
        message = (
            f"of {len(window.bought):,} products that customers might have bought in the {WINDOW} days from "
            f"{_day(window.origin)}, {bought:,} were bought; recommendations need at least {LEAST_POSITIVES} that "
            f"were and {LEAST_POSITIVES} that were not"
        )
        raise ToolFailure("one_class", message, rows=len(window.bought), positives=bought)


def _fit(loss: Loss, windows: list[Window], seed: int) -> str:
    rows = Candidates.joined([one.rows for one in windows])
    return fit_ranker(loss, rows, np.concatenate([one.bought for one in windows]), seed=seed)


def _choose(
    fitting: list[Window], choosing: Window, seed: int, progress: Report
) -> tuple[Floats, tuple[Candidate, ...], Loss]:
    """Binary loss, or LambdaMART where its nDCG on the choosing window is clearly better; and how each way did."""
    values: dict[Loss, Floats] = {}
    for loss in WORDS:
        progress(f"Recommendations: fitting by {loss}", 0, None)
        values[loss] = ranker_values(loss, _fit(loss, fitting, seed), choosing.rows.x)
    found = {loss: quality(choosing.truth, choosing.rows, one) for loss, one in values.items()}
    gain = _estimate(found["lambdamart"].ndcg) - _estimate(found["binary"].ndcg)
    best: Loss = "lambdamart" if gain > LEAST_GAIN else "binary"
    simple = {name: quality(choosing.truth, choosing.rows, value) for name, value in _simple(choosing).items()}
    ways = [_way(name, one, chosen=False) for name, one in simple.items()]
    ways += [_way(WORDS[loss], one, chosen=loss == best) for loss, one in found.items()]
    return values[best], tuple(ways), best


def _simple(window: Window) -> dict[str, Floats]:
    """What needs no learning: the ways to beat."""
    return {
        "most buyers in the last 30 days": _column(window, "buyers_30"),
        "the customer's own, by how often and how lately (60 days' half-life)": _column(window, "product_decay_60"),
        "co-purchase (EASE)": _column(window, "ease"),
    }


def _column(window: Window, name: str) -> Floats:
    found: Floats = np.nan_to_num(window.rows.x[:, NAMES.index(name)].astype(float))
    return found


def _way(name: str, found: Quality, *, chosen: bool) -> Candidate:
    said = f"{name}: recall at 10 {_estimate(found.recall):.4f}"
    return Candidate(name=said, loss=1 - _estimate(found.ndcg), roc_auc=None, chosen=chosen)


def _estimate(metric: Metric) -> float:
    return 0.0 if metric.estimate is None else metric.estimate


def _figures(window: Window, value: Floats) -> tuple[Figure, ...]:
    from tools.metrics.classification import calibration_error

    whole = quality(window.truth, window.rows, value)
    new = quality(window.truth, window.rows, value, new=True)
    error = calibration_error(window.bought, value, clusters=window.rows.customer)
    return (
        Figure(name="recall at 10", value=whole.recall, better="higher"),
        Figure(name="nDCG at 10", value=whole.ndcg, better="higher"),
        Figure(name="recall at 10, products new to the customer", value=new.recall, better="higher"),
        Figure(name="nDCG at 10, products new to the customer", value=new.ndcg, better="higher"),
        Figure(name="calibration error", value=error, better="lower"),
    )


def _periods(fitting: list[Window], choosing: Window, judging: Window) -> tuple[Period, ...]:
    rows = sum(len(one.bought) for one in fitting)
    bought = sum(int(one.bought.sum()) for one in fitting)
    first, last = _day(fitting[0].origin), _day(fitting[-1].end - 1)
    return (
        Period(name="train", first=first, last=last, rows=rows, positives=bought),
        *(
            Period(
                name=name,
                first=_day(one.origin),
                last=_day(one.end - 1),
                rows=len(one.bought),
                positives=int(one.bought.sum()),
            )
            for name, one in (("validation", choosing), ("test", judging))
        ),
    )


def _day(number: int) -> date:
    return EPOCH + timedelta(days=number)


def _notes(window: Window, lines: Lines) -> tuple[str, ...]:
    own = quality(window.truth, window.rows, _column(window, "product_decay_60"))
    new = quality(window.truth, window.rows, _column(window, "ease_trend"), new=True)
    notes = [
        f"on the test days the customer's own most frequent and latest reach recall at 10 {_estimate(own.recall):.4f}, "
        f"and co-purchase by the last 30 days' trend {_estimate(new.recall):.4f} on new products",
        "loss of the ways compared is 1 − nDCG at 10, on the validation window; the test window chose nothing",
        "rows of the reliability figure are candidates; what is no candidate is taken to be bought by nobody",
    ]
    if not lines.catalogue.vectors.shape[1]:
        notes.append("the catalogue was not indexed, so what products mean is no feature")
    return tuple(notes)


def _thousand(model: Recommender, lines: Lines, end: int) -> float:
    """Milliseconds for the lists of a thousand customers, measured on all of them with what had to be counted."""
    began = time.perf_counter()
    seen = model.looked(lines, end)
    known = seen.customer.key
    for _ in model.ranked(seen, known, 10):
        pass
    return (time.perf_counter() - began) / max(1, len(known)) * 1_000_000
