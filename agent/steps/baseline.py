"""Who would buy anyway, by the trained model of behaviour where there is one that fits; else why not, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from agent.training.price import NAME as PRICE
from agent.training.uplift import NAME as UPLIFT
from agent.workspace import Workspace
from tools.failure import ToolFailure
from tools.response.rates import BaseRates, modelled

if TYPE_CHECKING:
    import pandas as pd

    from agent.deps import Deps
    from tools.response.card import Card
    from tools.response.shelf import Stored

NAME = "behaviour"
FORECASTING = (NAME, UPLIFT, PRICE)


@dataclass(frozen=True)
class Baseline:
    """`chances`: customer_id → chance to buy in the plan's window; empty where the model was `unused`."""

    told: str
    """For the trace: the model's name, or why it is not used."""
    chances: Mapping[str, float] = field(default_factory=dict)
    spread: float = 0.0
    words: str = ""
    unused: str = ""


def models_in_use(deps: Deps, names: tuple[str, ...] = FORECASTING) -> list[str | None]:
    """What names the models that lie there: a plan that was made with others is made again."""
    from tools.response.shelf import current

    found: list[str | None] = []
    for name in names:
        try:
            stored = current(deps.settings.home, name)
        except ToolFailure as failure:
            found.append(failure.message)
            continue
        found.append(stored.card.model_sha if stored else None)
    return found


def baseline_of(work: Workspace) -> Baseline | None:
    """The model's chances for the plan's window; null where nothing was trained."""
    from tools.response.behaviour.model import SCHEMA, BehaviourModel, chances_of
    from tools.response.behaviour.purchases import Purchases, day_number
    from tools.response.shelf import must_fit
    from tools.shop.purchases import purchase_days

    window, store = work.terms.window, work.deps.store
    try:
        stored = _stored(work.deps)
        if stored is None:
            return None
        must_fit(stored.card, schema_sha=SCHEMA, shop=store.info.name, today=work.today.isoformat())
        model = BehaviourModel.load(stored)
        chances = chances_of(
            model,
            Purchases.of(purchase_days(store, work.today)),
            origin=day_number(work.today),
            lead=(window.start - work.today).days,
            window=window.days,
        )
    except ToolFailure as failure:
        return Baseline(told=f"not used: {failure.code}", unused=failure.message)
    name = f"{NAME}-{stored.card.model_sha}"
    return Baseline(name, chances, model.parameters.spread, _words(name, stored.card))


def with_baseline(rates: BaseRates, baseline: Baseline | None, customers: pd.Series[str]) -> BaseRates:
    """The base rates of these customers, with the model's chances where it knows any of them."""
    if baseline is None:
        return rates
    if baseline.unused:
        return replace(rates, unused=baseline.unused)
    known = np.array([baseline.chances[one] for one in customers if one in baseline.chances], dtype=np.float64)
    if not len(known):
        return replace(rates, unused="it knows none of these customers, who have not bought yet")
    return modelled(rates, known, unknown=len(customers) - len(known), spread=baseline.spread, words=baseline.words)


def _stored(deps: Deps) -> Stored | None:
    from tools.response.shelf import current

    return current(deps.settings.home, NAME)


def _words(name: str, card: Card) -> str:
    error = card.figure("calibration error")
    sure = (
        f", calibration error {error.estimate:.3f} ({error.low:.3f} to {error.high:.3f})"
        if error is not None and error.estimate is not None
        else ""
    )
    test = card.periods[-1]
    return (
        f"model {name} ({card.algorithm}), trained {card.trained_at:%Y-%m-%d} on {card.customers:,} customers until "
        f"{card.as_of}{sure} on test days {test.first} to {test.last}"
    )
