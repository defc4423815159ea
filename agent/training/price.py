"""The model of price response, from the shop's order lines."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from agent.training.cards import card_of, shelve

if TYPE_CHECKING:
    from agent.deps import Deps
    from tools.response.card import Card

NAME = "price"


def train_price_model(deps: Deps, today: date) -> tuple[Card, Path]:
    """Train and write it.

    Raises:
        ToolFailure: `no_table` without orders or products; those of `train_prices`.
    """
    from tools.response.logistic import schema_sha
    from tools.response.price.train import train_prices
    from tools.shop.purchases import baskets_by_week, product_weeks

    deps.progress("Prices: reading the orders", 0, None)
    sold, weeks = product_weeks(deps.store, today)
    assumptions = deps.assumptions
    trained = train_prices(
        sold,
        baskets_by_week(deps.store, today, weeks),
        today,
        margin=assumptions.margin_rate.estimate,
        cap=max(assumptions.ladder_pct) / 100,
        progress=deps.progress,
    )
    card = card_of(
        deps,
        today,
        trained,
        name=NAME,
        asks="How much more is bought at a lower price, and how much of it is taken from the category's others?",
        basis="observational",
        algorithm="quasi-Poisson demand by product, shrunk towards category and shop, own price negative",
        schema=schema_sha(trained.model.names),
    )
    return shelve(deps, card, trained.files)
