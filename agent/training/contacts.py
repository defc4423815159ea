"""The models of who answers a contact, from the shop's past campaigns."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from agent.training.cards import card_of, shelve
from tools.failure import ToolFailure

if TYPE_CHECKING:
    from agent.deps import Deps
    from tools.response.card import Card
    from tools.response.contacts import Outcome


def train_contact_model(deps: Deps, today: date, outcome: Outcome) -> tuple[Card, Path]:
    """Train and write it.

    Raises:
        ToolFailure: `no_table`, `no_contacts` where no past contact tells of the outcome; those of `train_contacts`.
    """
    from tools.response.behaviour.purchases import day_number
    from tools.response.contacts import train_contacts

    store = deps.store
    contacts = store.frame("contacts", today)
    if not contacts[f"{outcome}_at"].notna().any():
        raise ToolFailure("no_contacts", f"no past contact says who {outcome}", outcome=outcome)
    orders = store.frame("orders", today)
    trained = train_contacts(
        orders, contacts, outcome, day_number(today), seed=deps.settings.seed, progress=deps.progress
    )
    card = card_of(
        deps,
        today,
        trained,
        name=outcome,
        asks=f"Has a customer who is contacted {outcome} within 45 days?",
        basis="observational",
        algorithm=trained.algorithm,
        schema=trained.model.schema_sha,
    )
    return shelve(deps, card, trained.files)
