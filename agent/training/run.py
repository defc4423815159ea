"""`train`: every model that the shop's data allow, each written whole with its card; what cannot be says why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tools.failure import ToolFailure

if TYPE_CHECKING:
    from agent.deps import Deps
    from tools.response.card import Card

PASSED_OVER = (
    "no_table", "no_products", "too_little_history", "one_class", "no_contacts", "no_randomised", "one_arm",
    "too_few_rows",
)  # fmt: skip
"""Failures that mean that the data do not allow a model, and not that something is wrong."""
Trainer = Callable[[], tuple["Card", Path]]


@dataclass(frozen=True)
class Made:
    """A model that was trained, or why it was not."""

    name: str
    card: Card | None
    folder: Path | None
    why: str = ""


def train_all(deps: Deps, today: date) -> tuple[Made, ...]:
    """Train on what was known before `today`.

    Raises:
        ToolFailure: what is wrong with the shop or the home; models that are written by then stay.
    """
    from agent.training.behaviour import train_behaviour_model
    from agent.training.contacts import train_contact_model
    from agent.training.price import train_price_model
    from agent.training.recommend import train_recommend_model
    from agent.training.uplift import train_uplift_model
    from tools.response.contacts import OUTCOMES

    trainers: dict[str, Trainer] = {"behaviour": partial(train_behaviour_model, deps, today)}
    trainers |= {outcome: partial(train_contact_model, deps, today, outcome) for outcome in OUTCOMES}
    trainers["uplift"] = partial(train_uplift_model, deps, today)
    trainers["price"] = partial(train_price_model, deps, today)
    trainers["recommend"] = partial(train_recommend_model, deps, today)
    return tuple(_one(name, train) for name, train in trainers.items())


def _one(name: str, train: Trainer) -> Made:
    try:
        card, folder = train()
    except ToolFailure as failure:
        if failure.code not in PASSED_OVER:
            raise
        return Made(name, None, None, failure.message)
    return Made(name, card, folder)
