"""Weekly sales of products as a panel: which sell and vary enough to say anything about prices, and their features."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tools.failure import ToolFailure

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

LEAST_WEEKS = 26
LEAST_SOLD = 0.9
"""Share of the weeks that a product must have sold in: of the others its price is not known."""
LEAST_SPREAD = 0.02
"""Standard deviation of the log net price; below it the price hardly ever moved."""
MOST_SPREAD = 0.5
"""Above it what is sold under the number is not one thing (mixed goods, coupons)."""
LEAST_PRODUCTS = 3
PROMOTED = 0.05
"""Reduction of the list price from which a week counts as a promotion, as a fraction."""
MOST_PRODUCTS = 4_000
NAMES = ("own", "others", "promotion", "trend", "competitor")


@dataclass(frozen=True)
class Series:
    """One product, a value a week in which it sold (shape (n,) each).

    Attributes:
        units: sold.
        traffic: orders of the shop in that week; what demand is relative to.
        features: (n, len(names)); log prices as differences from the product's mean over these weeks.
    """

    product_id: str
    category: str
    week: NDArray[np.int64]
    units: Floats
    traffic: Floats
    features: Floats
    names: tuple[str, ...]
    revenue_minor: float

    def before(self, week: int) -> Series:
        return self._of(self.week < week)

    def since(self, week: int) -> Series:
        return self._of(self.week >= week)

    def _of(self, chosen: NDArray[np.bool_]) -> Series:
        return Series(
            self.product_id,
            self.category,
            self.week[chosen],
            self.units[chosen],
            self.traffic[chosen],
            self.features[chosen],
            self.names,
            self.revenue_minor,
        )


def series_of(sold: pd.DataFrame, baskets: Sequence[int]) -> list[Series]:
    """The products that sell in nearly every week at prices that move; those of the most revenue first.

    Args:
        sold: product_id, category, week, units, net_minor, list_minor and perhaps competitor (`product_weeks`).
        baskets: orders of the shop in each week.

    Raises:
        ToolFailure: `too_little_history` where there are fewer than `LEAST_WEEKS` weeks, or `LEAST_PRODUCTS` products.
    """
    weeks = len(baskets)
    if weeks < LEAST_WEEKS:
        message = f"prices need {LEAST_WEEKS} whole weeks of orders; there are {weeks}"
        raise ToolFailure("too_little_history", message, weeks=weeks)
    rows = sold[(sold["units"] > 0) & (sold["net_minor"] > 0) & sold["category"].notna()]
    rows = rows.assign(price=np.log(rows["net_minor"] / rows["units"]))
    size = rows.groupby("product_id")["week"].transform("size")
    rows = rows[size >= LEAST_SOLD * weeks]
    spread = rows.groupby("product_id")["price"].transform("std")
    moving = rows[(spread >= LEAST_SPREAD) & (spread <= MOST_SPREAD)]
    names = _names(moving)
    if moving["product_id"].nunique() < LEAST_PRODUCTS:
        message = (
            f"{moving['product_id'].nunique()} products sell in nine of ten weeks at prices that move; price response "
            f"needs {LEAST_PRODUCTS}"
        )
        raise ToolFailure("too_little_history", message, products=int(moving["product_id"].nunique()))
    moving = moving.assign(relative=moving["price"] - moving.groupby("product_id")["price"].transform("mean"))
    revenue = moving.groupby("product_id")["net_minor"].sum().sort_values(ascending=False, kind="stable")
    kept = moving[moving["product_id"].isin(revenue.index[:MOST_PRODUCTS])]
    kept = kept.assign(others=_others(kept))
    traffic = np.maximum(np.array(baskets, dtype=np.float64), 1.0)
    made = [_one(str(name), mine, names, traffic) for name, mine in kept.groupby("product_id")]
    return sorted(made, key=lambda one: (-one.revenue_minor, one.product_id))


def _names(rows: pd.DataFrame) -> tuple[str, ...]:
    known = "competitor" in rows and bool(rows["competitor"].notna().all() and (rows["competitor"] > 0).all())
    return NAMES if known else NAMES[:-1]


def _others(rows: pd.DataFrame) -> pd.Series[float]:
    """The mean relative log price of the category's other products in that week, by revenue; 0 where there are none."""
    weight = rows.groupby("product_id")["net_minor"].transform("mean")
    weighed = rows.assign(weight=weight, total=weight * rows["relative"])
    both = weighed.groupby(["category", "week"])[["weight", "total"]].transform("sum")
    rest = (both["weight"] - weight).clip(lower=0)
    others: pd.Series[float] = (both["total"] - weighed["total"]) / rest.where(rest > 1e-9)
    return others.fillna(0.0)


def _one(name: str, rows: pd.DataFrame, names: tuple[str, ...], traffic: Floats) -> Series:
    week = rows["week"].to_numpy(np.int64)
    promoted = (rows["list_minor"] - rows["net_minor"]) / rows["list_minor"] > PROMOTED
    columns = {
        "own": rows["relative"].to_numpy(float),
        "others": rows["others"].to_numpy(float),
        "promotion": promoted.to_numpy(float),
        "trend": week / len(traffic) - 0.5,
    }
    if "competitor" in names:
        log = np.log(rows["competitor"].to_numpy(float))
        columns["competitor"] = log - log.mean()
    return Series(
        name,
        str(rows["category"].iloc[0]),
        week,
        rows["units"].to_numpy(float),
        traffic[week],
        np.column_stack([columns[one] for one in names]),
        names,
        float(rows["net_minor"].sum()),
    )
