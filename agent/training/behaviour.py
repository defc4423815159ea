"""The model of behaviour, from the shop's order lines."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from agent.training.cards import card_of, shelve

if TYPE_CHECKING:
    from agent.deps import Deps
    from tools.response.card import Card


def train_behaviour_model(deps: Deps, today: date) -> tuple[Card, Path]:
    """Train and write it.

    Raises:
        ToolFailure: `no_table` without orders; those of `train_behaviour`.
    """
    from tools.response.behaviour.model import SCHEMA, WORDS
    from tools.response.behaviour.purchases import Purchases, day_number
    from tools.response.behaviour.train import train_behaviour
    from tools.shop.purchases import purchase_days

    deps.progress("Reading the orders", 0, None)
    purchases = Purchases.of(purchase_days(deps.store, today))
    trained = train_behaviour(purchases, day_number(today), seed=deps.settings.seed, progress=deps.progress)
    card = card_of(
        deps,
        today,
        trained,
        name="behaviour",
        asks="Does a customer buy anything in a window of days that begins soon?",
        basis="observational",
        algorithm=WORDS[trained.model.parameters.algorithm],
        schema=SCHEMA,
    )
    return shelve(deps, card, trained.model.files())
