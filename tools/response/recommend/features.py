"""What the past says of whether a customer buys a product soon: one definition, for training and for use.

`product_…`, `kind_…`, `category_…`, `customer_…` are rhythms (`rhythm.py`) of the customer with the product, its kind,
its category, and with the shop; then how much of the customer's trips and of the kind the product takes, the product's
own sales (`seen.py`), the co-purchase score with its rank for the customer, and how near the product's meaning is to
what the customer bought. What never happened is NaN where it is a time and 0 where it is a count.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from tools.response.recommend.rhythm import NAMES as RHYTHM
from tools.response.recommend.rhythm import Rhythm
from tools.response.recommend.seen import OF_CATEGORY, OF_CUSTOMER, OF_KIND, SALES, Seen

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Cells = NDArray[np.float32]

COUNTS = ("times", "decay_7", "decay_21", "decay_60", "decay_180")
BASKETS = ("entries_30", "entries_90", "products", "tried")
NAMES = (
    *(f"product_{name}" for name in RHYTHM),
    *(f"kind_{name}" for name in OF_KIND),
    *(f"category_{name}" for name in OF_CATEGORY),
    *(f"customer_{name}" for name in OF_CUSTOMER),
    "quantity", "discounted", "of_trips", "of_trips_late", "of_kind", "overdue_usual",
    *SALES, *BASKETS, "ease", "ease_late", "ease_rank", "ease_trend", "content",
)  # fmt: skip


def features(seen: Seen, customer: Ints, product: Ints, given: Mapping[str, Cells]) -> Cells:
    """The features of each customer × product, columns `NAMES`, shape (m, len(NAMES)).

    Args:
        given: ease, ease_late, ease_rank, content of each pair (`candidates.py`); NaN where there is none.
    """
    catalogue = seen.catalogue
    mine = _looked(seen.product, customer * len(catalogue) + product, RHYTHM)
    kinds, categories = int(catalogue.kind.max()) + 1, int(catalogue.category.max()) + 1
    kind = _looked(seen.kind, customer * kinds + catalogue.kind[product], OF_KIND)
    category = _looked(seen.category, customer * categories + catalogue.category[product], OF_CATEGORY)
    trips = _looked(seen.customer, customer, OF_CUSTOMER)
    at = seen.product.at(customer * len(catalogue) + product)
    found: dict[str, Cells | Floats] = {f"product_{name}": values for name, values in mine.items()}
    found |= {f"kind_{name}": values for name, values in kind.items()}
    found |= {f"category_{name}": values for name, values in category.items()}
    found |= {f"customer_{name}": values for name, values in trips.items()}
    found |= {name: _taken(values, at) for name, values in seen.amounts.items()}
    found |= {name: values[product] for name, values in seen.sales.items()}
    found |= {name: values[customer] for name, values in seen.baskets.items()}
    with np.errstate(divide="ignore", invalid="ignore"):
        found["of_trips"] = mine["decay_180"] / trips["decay_180"]
        found["of_trips_late"] = mine["decay_21"] / trips["decay_21"]
        found["of_kind"] = mine["decay_180"] / kind["decay_180"]
        found["overdue_usual"] = mine["recency"] / found["usual_gap"]
        found["ease_trend"] = given["ease"] * np.sqrt(found["buyers_30"] / found["buyers"])
    found |= given
    made = np.empty((len(customer), len(NAMES)), dtype=np.float32)
    for column, name in enumerate(NAMES):
        made[:, column] = found[name]
    return made


def _looked(table: Rhythm, key: Ints, names: tuple[str, ...]) -> dict[str, Cells]:
    at = table.at(key)
    return {name: _taken(table.values[name], at, 0.0 if name in COUNTS else np.nan) for name in names}


def _taken(values: Cells, at: Ints, otherwise: float = np.nan) -> Cells:
    if not len(values):
        return np.full(len(at), otherwise, dtype=np.float32)
    return np.where(at >= 0, values[at], np.float32(otherwise))
