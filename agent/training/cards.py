"""What every model's card has alike: the shop, the day, the hashes, and how often its test days were looked at."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from tools.response.card import Card, Judged
from tools.response.shelf import code_sha, count_look, keep, model_sha

if TYPE_CHECKING:
    from agent.deps import Deps
    from tools.vocabulary import Basis

CALIBRATED = 0.03
"""Calibration error above which chances serve to rank alone, and the card says so."""


def card_of(
    deps: Deps, today: date, judged: Judged, *, name: str, asks: str, basis: Basis, algorithm: str, schema: str
) -> Card:
    """The card of a model that was just trained; the look at its test days is counted."""
    info = deps.store.info
    test = judged.periods[-1]
    looks = count_look(deps.settings.home, name, info.content_sha, f"{test.first} to {test.last}")
    card = Card(
        name=name,
        asks=asks,
        basis=basis,
        algorithm=algorithm,
        model_sha=model_sha(info.content_sha, schema, today.isoformat(), deps.settings.seed),
        shop=info.name,
        content_sha=info.content_sha,
        schema_sha=schema,
        code_sha=code_sha(),
        trained_at=deps.now(),
        as_of=today,
        customers=judged.customers,
        periods=judged.periods,
        figures=judged.figures,
        compared=judged.compared,
        reliability=judged.reliability,
        test_looks=looks,
        fit_seconds=judged.seconds,
        thousand_ms=judged.thousand_ms,
        notes=judged.notes,
    )
    error = card.figure("calibration error")
    if error is not None and error.low is not None and error.low > CALIBRATED:
        words = (
            f"its chances are off by {error.estimate:.3f} on the test days, more than {CALIBRATED}: they rank "
            "customers, and no plan counts with them"
        )
        card = card.model_copy(update={"notes": (*card.notes, words)})
    return card


def shelve(deps: Deps, card: Card, files: Mapping[str, bytes]) -> tuple[Card, Path]:
    """Write the model, and its card as JSON and as a page."""
    from agent.report.model_card import render_card

    card = card.model_copy(update={"bytes": sum(map(len, files.values()))})
    return card, keep(deps.settings.home, card, files, render_card(card))
