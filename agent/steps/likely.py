"""Which products a segment's customers are likely to buy, by the trained recommender where one fits; else why not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.training.recommend import NAME, lines_of, must_mean, vectors_of
from agent.workspace import Workspace
from tools.failure import ToolFailure

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tools.response.card import Card
    from tools.response.recommend.model import Recommender
    from tools.response.recommend.seen import Seen
    from tools.response.shelf import Stored

MOST_ASKED = 300
"""Customers of a segment whose chances are averaged; more move the mean less than the model is sure of."""


@dataclass(frozen=True)
class Likely:
    """The model, with the shop's past as it was on the plan's day."""

    told: str
    words: str
    model: Recommender
    seen: Seen
    past: str = ""
    """What was wrong with the kept count of the shop's past, where anything was."""

    def among(self, customers: Sequence[str], products: Sequence[str]) -> NDArray[np.float64]:
        """The mean chance of each product over these customers, shape (len(products),).

        Who never bought is nobody that the model knows, and a product outside the catalogue has the chance 0.
        """
        import numpy as np

        who, known = _found(self.seen.customers, customers)
        who = who[known]
        if len(who) > MOST_ASKED:
            who = np.sort(np.random.default_rng(0).choice(who, MOST_ASKED, replace=False))
        what, sold = _found(self.seen.catalogue.products, products)
        chances = np.zeros(len(products))
        if len(who) and sold.any():
            chances[sold] = self.model.among(self.seen, np.sort(who), what[sold])
        return chances


@dataclass(frozen=True)
class Unused:
    """Why no model ranks."""

    told: str
    words: str


def likely_of(work: Workspace) -> Likely | Unused | None:
    """The recommender as of the plan's day; null where none was trained."""
    from tools.response.recommend.model import SCHEMA
    from tools.response.shelf import current, must_fit

    deps = work.deps
    try:
        stored = current(deps.settings.home, NAME)
        if stored is None:
            return None
        must_fit(stored.card, schema_sha=SCHEMA, shop=deps.store.info.name, today=work.today.isoformat())
        model, seen, past = _looked(work, stored)
    except ToolFailure as failure:
        return Unused(f"not used: {failure.code}", f"the trained recommender is not used: {failure.message}")
    name = f"{NAME}-{stored.card.model_sha}"
    return Likely(name, _words(name, stored.card), model, seen, past)


def _looked(work: Workspace, stored: Stored) -> tuple[Recommender, Seen, str]:
    """The model and the shop's past on the plan's day, kept by an earlier plan or counted now; and what was wrong with
    what was kept."""
    from tools.response.behaviour.purchases import day_number
    from tools.response.recommend.kept import catalogue_from, keep_past, past_key, past_path, read_past, seen_from
    from tools.response.recommend.model import Recommender

    deps, card = work.deps, stored.card
    indexed = must_mean(stored, deps.index.manifest.model_id)
    key = past_key(deps.store.info.content_sha, work.today.isoformat(), card.model_sha, deps.index.manifest.key)
    path = past_path(deps.settings.home, key)
    wrong = ""
    try:
        parts = read_past(path)
    except ToolFailure as failure:
        parts, wrong = None, f"counted anew: {failure.message}"
    if parts is not None:
        catalogue = catalogue_from(parts, lambda products: vectors_of(deps, products) if indexed else None)
        model = Recommender.load(stored, catalogue)
        return model, seen_from(parts, catalogue, model.ease), wrong
    lines = lines_of(deps, work.today, meaning=indexed)
    model = Recommender.load(stored, lines.catalogue)
    seen = model.looked(lines, day_number(work.today))
    try:
        keep_past(path, seen)
    except OSError as error:
        wrong = f"counted, and not kept: {path}: {error.strerror}"
    return model, seen, wrong


def _words(name: str, card: Card) -> str:
    return f"model {name}, trained on orders until {card.as_of}; observational"


def _found(names: NDArray[np.str_], asked: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Positions of the asked among the sorted names, and which of them are there."""
    import numpy as np

    wanted = np.array(asked, dtype=str)
    if not len(names):
        return np.zeros(len(wanted), dtype=np.int64), np.zeros(len(wanted), dtype=bool)
    at = np.minimum(np.searchsorted(names, wanted), len(names) - 1)
    return at, np.asarray(names[at] == wanted)
