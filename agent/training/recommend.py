"""The recommender, from the shop's order lines and its catalogue."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from agent.training.cards import card_of, shelve

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from agent.deps import Deps
    from tools.response.card import Card
    from tools.response.recommend.lines import Catalogue, Lines
    from tools.response.shelf import Stored

NAME = "recommend"


def train_recommend_model(deps: Deps, today: date) -> tuple[Card, Path]:
    """Train and write it.

    Raises:
        ToolFailure: `no_table` without orders or products; `no_products` without goods; those of `train_recommender`.
    """
    from tools.response.behaviour.purchases import day_number
    from tools.response.recommend.model import SCHEMA, WORDS
    from tools.response.recommend.train import train_recommender

    deps.progress("Recommendations: reading the orders", 0, None)
    lines = lines_of(deps, today)
    embedding = deps.index.manifest.model_id if lines.catalogue.vectors.shape[1] else None
    trained = train_recommender(lines, day_number(today), seed=deps.settings.seed, progress=deps.progress)
    card = card_of(
        deps,
        today,
        trained,
        name=NAME,
        asks="Which products does a customer buy within 30 days?",
        basis="observational",
        algorithm=WORDS[trained.model.loss],
        schema=SCHEMA,
    )
    return shelve(deps, card, trained.model.files(lines.catalogue, embedding))


def must_mean(stored: Stored, embedding: str | None) -> bool:
    """Whether the model reads what products mean; if so, the index has to be of the embedding that it learned by.

    Args:
        embedding: of the index that lies there; None: there is none.

    Raises:
        ToolFailure: `model_schema`.
    """
    from tools.failure import ToolFailure
    from tools.response.recommend.model import parameters_of

    learned = parameters_of(stored).embedding
    if learned is not None and embedding is not None and learned != embedding:
        message = (
            f"the model `{NAME}` learned what products mean by the embedding `{learned}`, and the catalogue is indexed "
            f"by `{embedding}`; run `briefsmith train` again"
        )
        raise ToolFailure("model_schema", message, expected=learned, found=embedding)
    return learned is not None


def lines_of(deps: Deps, today: date, *, meaning: bool = True) -> Lines:
    """The order lines before `today`, of the goods that a campaign may offer, with their meaning where it is asked for.

    Raises:
        ToolFailure: `no_table`.
    """
    from tools.response.recommend.lines import Lines
    from tools.shop.purchases import product_days

    return Lines.of(product_days(deps.store, today), catalogue_of(deps, meaning=meaning))


def catalogue_of(deps: Deps, *, meaning: bool = True) -> Catalogue:
    """The goods (no coupons, fuel or deposits), with their meaning where the catalogue is indexed already."""
    import numpy as np

    from tools.catalog.goods import is_goods
    from tools.response.recommend.lines import Catalogue

    stored = deps.store.table("products")
    columns = [
        name for name in ("product_id", "name", "category", "department", "product_type") if name in stored.columns
    ]
    frame: pd.DataFrame = stored.select(columns).to_pyarrow().to_pandas()
    departments = frame["department"] if "department" in frame else [None] * len(frame)
    goods = [is_goods(*one) for one in zip(departments, frame["category"], frame["name"], strict=True)]
    frame = frame[np.array(goods, dtype=bool)]
    return Catalogue.of(frame, vectors_of(deps, frame["product_id"]) if meaning else None)


def vectors_of(deps: Deps, products: Iterable[str]) -> NDArray[np.float32] | None:
    """Of each product; null where there is no index to take them from, which training does not build."""
    import numpy as np

    from tools.catalog.index import describe_index

    if "index" not in vars(deps) and describe_index(deps.store, deps.settings.home)["state"] != "ready":
        return None
    index = deps.index
    rows = np.array([index.row_of.get(one, -1) for one in products])
    vectors = index.vectors[index.text_of[rows]].copy()
    vectors[rows < 0] = 0
    return np.asarray(vectors)
