"""The catalogue as it goes into the index: names cleaned, texts told apart, what no campaign offers marked."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tools.catalog.goods import is_goods
from tools.catalog.names import CleanName, clean_name, display_category, spoken_category

if TYPE_CHECKING:
    import pandas as pd

DESCRIPTION = 200
"""Characters of a product's description that are searched."""


@dataclass(frozen=True)
class Draft:
    """n products, m distinct texts: products that read the same but for their size share one."""

    product_ids: list[str]
    clean: list[CleanName]
    categories: list[str | None]
    departments: list[str | None]
    offerable: NDArray[np.bool_]
    text_of: NDArray[np.int32]
    fields: list[tuple[str, str, str]]
    """Of each text: name, category in all its words, and department with description."""

    @property
    def texts(self) -> list[str]:
        """What is embedded. The department is left out: it draws everything of a supermarket together."""
        return [f"{name}. {category}." if category else name for name, category, _ in self.fields]


def drafted(products: "pd.DataFrame") -> Draft:
    """Prepare the stored products table.

    Without any price in the shop every product counts as offerable that is goods at all; with prices, one without a
    price was never sold and is not offered.
    """
    rows = list(_rows(products))
    any_price = any(row["price_minor"] for row in rows)
    fields: dict[tuple[str, str, str], int] = {}
    clean: list[CleanName] = []
    text_of: list[int] = []
    offerable: list[bool] = []
    for row in rows:
        said = clean_name(row["name"], row["category"], row["department"], row["brand"], row["package_size"])
        rest = f"{display_category(row['department'])} {(row['description'] or '')[:DESCRIPTION]}".strip()
        text = (said.words, spoken_category(row["category"]), rest)
        clean.append(said)
        text_of.append(fields.setdefault(text, len(fields)))
        priced = bool(row["price_minor"]) or not any_price
        offerable.append(priced and is_goods(row["department"], row["category"], row["name"]))
    return Draft(
        product_ids=[str(row["product_id"]) for row in rows],
        clean=clean,
        categories=[row["category"] for row in rows],
        departments=[row["department"] for row in rows],
        offerable=np.array(offerable, dtype=bool),
        text_of=np.array(text_of, dtype=np.int32),
        fields=list(fields),
    )


COLUMNS = ("product_id", "name", "category", "department", "brand", "package_size", "description", "price_minor")


def _rows(products: "pd.DataFrame") -> Iterator[dict[str, Any]]:
    """The table's rows with None for what is missing, the column as well as the value."""
    columns = [
        products[name].astype(object).where(products[name].notna(), None).tolist()
        if name in products.columns
        else [None] * len(products)
        for name in COLUMNS
    ]
    for values in zip(*columns, strict=True):
        yield dict(zip(COLUMNS, values, strict=True))
