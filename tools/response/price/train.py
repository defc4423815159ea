"""Price response from order lines: fitted on the oldest weeks, compared on the next, judged on the newest.

Compared by mean Poisson deviance of a product, over its own noise: no prices, promotion alone, each product alone, and
products drawn towards their category with the sign constraint (the first two are drawn in as well, so that the gain is
that of prices). The last way is kept whatever the comparison says: a plan counts with it only where it is shown to
help on the newest weeks. Afterwards everything is fitted again on all weeks. Whatever the figures, past prices were not
drawn by lot: the model is observational.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

import numpy as np

from tools.metrics.bootstrap import bootstrap
from tools.metrics.types import Metric, metric
from tools.response.card import Candidate, Figure, Judged, Period
from tools.response.price.fit import Fit, best_depth, constrained, fit_product, shrink
from tools.response.price.model import CategoryPrices, PriceModel
from tools.response.price.rows import Series, series_of
from tools.vocabulary import Interval

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from tools.shop.report import Progress

    Floats = NDArray[np.float64]

TRAIN, VALIDATION = 0.7, 0.85
"""Shares of the weeks that end the fit and the comparison."""
SAVED = "deviance saved against no prices"
PRICED = "deviance saved by prices beside promotion"
"""The figure that says whether prices help on weeks that were not seen, a fraction: else no plan counts with them."""
NO_PRICE = ("own", "others", "promotion", "competitor")
Way = Literal["no prices", "promotion alone", "each product alone", "shrunk, own price negative"]
WAYS: tuple[Way, ...] = ("no prices", "promotion alone", "each product alone", "shrunk, own price negative")
WITHOUT: dict[Way, tuple[str, ...]] = {"no prices": NO_PRICE, "promotion alone": ("own", "others", "competitor")}
SHOWN = 5


@dataclass(frozen=True, kw_only=True)
class Trained(Judged):
    model: PriceModel

    @property
    def files(self) -> dict[str, bytes]:
        return {"model.json": self.model.model_dump_json().encode()}


def train_prices(
    sold: pd.DataFrame, baskets: Sequence[int], as_of: date, *, margin: float, cap: float, progress: Progress
) -> Trained:
    """Train, compare and judge.

    Args:
        sold, baskets: see `series_of`; whole weeks that end the day before `as_of`.
        margin: gross margin as a fraction of the price, for the depth that pays.
        cap: the deepest discount that is looked at, a fraction.

    Raises:
        ToolFailure: `too_little_history`; those of `series_of`.
    """
    started = time.perf_counter()
    progress("Prices: products that sell enough", 0, None)
    series, weeks = series_of(sold, baskets), len(baskets)
    first, second = int(weeks * TRAIN), int(weeks * VALIDATION)
    early = [one.before(first) for one in series]
    noise = _noise(early)
    loss = {}
    for done, way in enumerate(WAYS):
        progress("Prices: comparing", done, len(WAYS))
        loss[way] = _deviances(_fits(early, way), series, noise, first, second)
    compared = [Candidate(name=w, loss=float(loss[w].mean()), roc_auc=None, chosen=w == WAYS[-1]) for w in WAYS]
    known = [one.before(second) for one in series]
    with_prices = _deviances(_fits(known, WAYS[-1]), series, noise, second, weeks)
    without, promoted = (_deviances(_fits(known, way), series, noise, second, weeks) for way in WAYS[:2])
    fits = [fit_product(one) for one in series]
    model = _model(fits, series)
    seconds = time.perf_counter() - started
    before = time.perf_counter()
    for one, fit in zip(series, fits, strict=True):
        fit.units(one)
    return Trained(
        model=model,
        periods=_periods(series, (0, first, second, weeks), as_of),
        figures=(
            Figure(name=SAVED, value=_saved(with_prices, without), better="higher"),
            Figure(name=PRICED, value=_saved(with_prices, promoted), better="higher"),
            Figure(name="own-price elasticity", value=_metric(model.own, len(series)), better="zero"),
            Figure(name="elasticity of a whole category", value=_metric(model.whole, len(series)), better="zero"),
        ),
        compared=tuple(compared),
        reliability=(),
        customers=len(series),
        seconds=seconds,
        thousand_ms=(time.perf_counter() - before) / len(series) * 1_000_000,
        notes=_notes(model, margin, cap),
    )


def _fits(series: list[Series], way: Way) -> list[Fit]:
    enough = [one for one in series if len(one.units) > len(one.names) + 2]
    fits = [fit_product(one, without=WITHOUT.get(way, ())) for one in enough]
    if way == "each product alone":
        return fits
    drawn = np.zeros((len(fits), len(enough[0].names)))
    for k, name in enumerate(enough[0].names):
        if name not in WITHOUT.get(way, ()):
            found = shrink(fits, name).products
            each = [found[fit.product_id] for fit in fits]
            drawn[:, k] = [constrained(one).estimate if name == "own" else one[0] for one in each]
    return [fit.moved(row, one) for fit, row, one in zip(fits, drawn, enough, strict=True)]


def _noise(early: list[Series]) -> dict[str, float]:
    """Each product's mean deviance about its own mean on the oldest weeks: what its deviances are told in."""
    even = {one.product_id: one.traffic * one.units.sum() / one.traffic.sum() for one in early}
    return {one.product_id: max(1.0, _deviance(one.units, even[one.product_id])) for one in early}


def _deviance(units: Floats, mean: Floats) -> float:
    return float(2 * (units * np.log(units / mean) - units + mean).mean())


def _deviances(fits: list[Fit], series: list[Series], noise: dict[str, float], since: int, until: int) -> Floats:
    """Mean Poisson deviance of each product's weeks from `since` to before `until`, over its own noise.

    Without that a few products that sell by the thousand would be all that counts.
    """
    of = {fit.product_id: fit for fit in fits}
    found = []
    for one in series:
        rows = one.since(since).before(until)
        if one.product_id not in of or not len(rows.units):
            continue
        found.append(_deviance(rows.units, of[one.product_id].units(rows)) / noise[one.product_id])
    return np.array(found)


def _saved(some: Floats, none: Floats) -> Metric:
    return bootstrap(lambda rows: 1 - float(some[rows].sum() / none[rows].sum()), len(some))


def _model(fits: list[Fit], series: list[Series]) -> PriceModel:
    own, whole = shrink(fits, "own"), shrink(fits, "own", "others")
    revenue: dict[str, float] = {}
    count: dict[str, int] = {}
    for one in series:
        revenue[one.category] = revenue.get(one.category, 0.0) + one.revenue_minor
        count[one.category] = count.get(one.category, 0) + 1
    return PriceModel(
        names=series[0].names,
        own=constrained(own.shop),
        whole=constrained(whole.shop),
        categories=tuple(
            CategoryPrices(
                name=name,
                products=count[name],
                revenue_minor=revenue[name],
                own=constrained(own.categories[name]),
                whole=constrained(whole.categories[name]),
            )
            for name in sorted(count, key=lambda name: (-revenue[name], name))
        ),
        products={name: constrained(posterior) for name, posterior in sorted(own.products.items())},
    )


def _periods(series: list[Series], ends: tuple[int, ...], as_of: date) -> tuple[Period, ...]:
    made = []
    weeks, promotion = ends[-1], series[0].names.index("promotion")
    names: tuple[Literal["train", "validation", "test"], ...] = ("train", "validation", "test")
    for name, start, stop in zip(names, ends[:-1], ends[1:], strict=True):
        rows = [one.since(start).before(stop) for one in series]
        made.append(
            Period(
                name=name,
                first=as_of - timedelta(days=7 * (weeks - start)),
                last=as_of - timedelta(days=7 * (weeks - stop) + 1),
                rows=sum(len(one.units) for one in rows),
                positives=int(sum(one.features[:, promotion].sum() for one in rows)),
            )
        )
    return tuple(made)


def _metric(one: Interval, n: int) -> Metric:
    return metric(one.estimate, one.low, one.high, n, one.level)


def _notes(model: PriceModel, margin: float, cap: float) -> tuple[str, ...]:
    notes = [
        "past prices were not drawn by lot: shops lower prices when they expect to sell, so elasticities are "
        "observational and may be too steep; intervals of elasticities are of 90 %",
        f"{len(model.products):,} products in {len(model.categories):,} categories sell in nearly every week at prices "
        "that move; the others take their category's or the shop's",
    ]
    if "competitor" not in model.names:
        notes.append("the order lines have no column `competitor_price` filled throughout, so no competitor is seen")
    for one in model.categories[:SHOWN]:
        depth = best_depth(one.whole.estimate, margin, cap)
        pays = f"{depth:.0%} off earns most" if depth > 0 else "no discount earns what it costs"
        notes.append(
            f"{one.name}: elasticity {one.own.estimate:.2f} ({one.own.low:.2f} to {one.own.high:.2f}) of a product, "
            f"{one.whole.estimate:.2f} ({one.whole.low:.2f} to {one.whole.high:.2f}) of the whole category; at a "
            f"margin of {margin:.0%} and at most {cap:.0%} off, {pays}"
        )
    return tuple(notes)
