"""How good a candidate is for a segment and a goal: signals between 0 and 1, weighed.

    score = sum of weight * signal / sum of weights, over the signals that are known

A signal that the shop's data cannot give (margin without cost) takes its weight out of both sums; it is never guessed.
"""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tools.catalog.taste import Taste
from tools.vocabulary import Goal

if TYPE_CHECKING:
    from collections.abc import Mapping

NEW_DAYS = 60
"""A product that first sold in the last so many days is new."""
Floats = NDArray[np.float64]
SIGNALS = ("relevance", "affinity", "popularity", "price", "availability", "margin", "goal")


@dataclass(frozen=True)
class Weights:
    relevance: float = 0.10
    affinity: float = 0.40
    popularity: float = 0.15
    price: float = 0.10
    availability: float = 0.10
    margin: float = 0.15
    goal: float = 0.0


WEIGHTS: "Mapping[Goal, Weights]" = {
    "launch": Weights(affinity=0.25, popularity=0.05, goal=0.40),
    "clear_stock": Weights(affinity=0.25, popularity=0.05, availability=0.05, goal=0.40),
    "cross_sell": Weights(affinity=0.05, popularity=0.20, goal=0.40),
    "upsell": Weights(price=0.0, goal=0.25),
}
"""By goal; the others take `Weights()`."""


@dataclass(frozen=True)
class Scored:
    """Of one segment, an entry a candidate; `score` is in [0, 1], `signals[name]` as well, or NaN where unknown."""

    score: Floats
    signals: dict[str, Floats]


def score(candidates: pd.DataFrame, taste: Taste, goal: Goal, as_of: date) -> Scored:
    """Score every candidate for a segment with `taste`."""
    column = {name: candidates[name].to_numpy(dtype=float) for name in _NUMBERS}
    signals = {
        "relevance": column["relevance"],
        "affinity": _affinity(taste, goal),
        "popularity": _share_of_most(taste.product_share),
        "price": _price_fit(column["price_minor"], taste),
        "availability": _availability(column["stock"], column["units_recent"]),
        "margin": _margin(column["price_minor"], column["cost_minor"]),
        "goal": _towards(goal, candidates, taste, as_of),
    }
    return Scored(_weighed(signals, WEIGHTS.get(goal, Weights())), signals)


def score_again(scored: Scored, places: NDArray[np.intp], chance: Floats, goal: Goal) -> Scored:
    """The scores of the candidates at `places` with a trained model's chance of each in the place of what the segment's
    shares of buyers say (affinity, popularity); the other candidates fall behind, at 0."""
    signals = {name: values[places] for name, values in scored.signals.items()}
    signals |= {"affinity": _share_of_most(chance), "popularity": _share_of_most(chance)}
    found = np.zeros(len(scored.score))
    found[places] = _weighed(signals, WEIGHTS.get(goal, Weights()))
    return Scored(found, scored.signals)


def _weighed(signals: "Mapping[str, Floats]", weights: Weights) -> Floats:
    size = len(signals["affinity"])
    total, weighed = np.zeros(size), np.zeros(size)
    for name in SIGNALS:
        weight, known = getattr(weights, name), ~np.isnan(signals[name])
        total += np.where(known, weight * np.nan_to_num(signals[name]), 0)
        weighed += np.where(known, weight, 0)
    return np.asarray(np.clip(total / np.maximum(weighed, 1e-9), 0, 1))


_NUMBERS = ("relevance", "price_minor", "cost_minor", "stock", "units_recent")


def _affinity(taste: Taste, goal: Goal) -> Floats:
    """How much of the segment buys the kind, more where it buys it more than the shop does.

    Who is won back is reminded of what she used to buy, so age does not count against it.
    """
    share = taste.steady_share if goal == "win_back" else taste.recent_share
    lift = np.log2((taste.steady_share + 1e-4) / (taste.share_of_all + 1e-4))
    return _share_of_most(share) * np.clip(0.7 + 0.3 * lift, 0.4, 1.0)


def _share_of_most(values: Floats) -> Floats:
    """Square root of the value's part of the greatest: the root keeps the second-best in sight."""
    most = values.max(initial=0)
    return np.sqrt(values / most) if most > 0 else np.full(len(values), np.nan)


def _price_fit(price: Floats, taste: Taste) -> Floats:
    """1 within the segment's usual range, falling as the price leaves it by a factor; NaN where either is unknown."""
    low, high = np.log([max(taste.price_low, 1), max(taste.price_high, 1)])
    with np.errstate(divide="ignore"):
        logged = np.log(price)
    outside = np.maximum(np.maximum(low - logged, logged - high), 0)
    return np.asarray(np.exp(-outside) if not np.isnan(taste.price_low) else np.full(len(price), np.nan))


def _availability(stock: Floats, units_recent: Floats) -> Floats:
    """How well the product keeps up: its stock, or else its sales of late, against the most among the candidates."""
    seen = np.where(np.isnan(stock), units_recent, stock)
    most = np.nanmax(seen, initial=0)
    return np.log1p(np.maximum(seen, 0)) / np.log1p(most) if most > 0 else np.full(len(seen), np.nan)


def _margin(price: Floats, cost: Floats) -> Floats:
    """(price - cost) / price, as a part of 1; a loss counts 0. NaN without a cost."""
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.asarray(np.clip((price - cost) / price, 0, 1))
    return share


def _towards(goal: Goal, candidates: pd.DataFrame, taste: Taste, as_of: date) -> Floats:
    """What the goal asks for beside taste; NaN where it asks for nothing or the data cannot say."""
    if goal == "launch":
        return is_new(candidates, as_of).astype(float)
    if goal == "clear_stock":
        return _slow(candidates)
    if goal == "cross_sell":
        return _share_of_most(np.maximum(taste.share_of_all - taste.share, 0))
    if goal == "upsell":
        return _step_up(candidates["price_minor"].to_numpy(dtype=float), taste)
    return np.full(len(candidates), np.nan)


def is_new(candidates: pd.DataFrame, as_of: date) -> NDArray[np.bool_]:
    """Sold for the first time within the last `NEW_DAYS` days."""
    first = pd.to_datetime(candidates["first_sold_at"])
    return np.asarray(first >= pd.Timestamp(as_of) - pd.Timedelta(days=NEW_DAYS), dtype=bool)


def _slow(candidates: pd.DataFrame) -> Floats:
    """Days of sale that the stock lasts, against the longest; without any stock figure, how little sold of late."""
    stock = candidates["stock"].to_numpy(dtype=float)
    recent = candidates["units_recent"].to_numpy(dtype=float)
    if np.isnan(stock).all():
        most = np.nanmax(recent, initial=0)
        return 1 - np.log1p(recent) / np.log1p(most) if most > 0 else np.full(len(recent), np.nan)
    cover = np.log1p(stock / np.maximum(np.nan_to_num(recent), 1))
    most = np.nanmax(cover, initial=0)
    return np.asarray(cover / most if most > 0 else np.full(len(cover), np.nan))


def _step_up(price: Floats, taste: Taste) -> Floats:
    """1 for a price above the segment's usual range by up to a half; lower below it, and falling past that."""
    if np.isnan(taste.price_high):
        return np.full(len(price), np.nan)
    ratio = price / max(taste.price_high, 1)
    return np.asarray(np.where(ratio < 1, ratio**2, np.where(ratio <= 1.5, 1.0, np.exp(1.5 - ratio))))
