"""A shop whose price elasticities are known: weekly sales of products in categories, at prices that were drawn.

    units_it ~ Poisson(n_t · exp(α_i + β_i Δ log p_it + γ_c Δ log q_it + δ promotion_it))

β_i is drawn about its category's middle, γ lifts a product where the others of its category (by their usual sales) are
dear, and n_t, the shop's orders of the week, has a season. With `confounded` the shop lowers prices in weeks in which
demand is high anyway, so that what is seen is steeper than the truth.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

START = date(2024, 1, 1)
LIFT = 0.25
"""δ: rise of log demand in a week of promotion beside that of the price."""


@dataclass(frozen=True)
class PriceWorld:
    seed: int
    categories: int = 8
    products: int = 10
    """Of each category."""
    weeks: int = 60
    per_week: float = 12.0
    """Units that a product sells in a usual week."""
    middle: float = -2.0
    """Mean elasticity of the shop."""
    cross: float = 0.5
    spread: float = 0.4
    """Standard deviation of products' elasticities about their category's, and half of that of the categories'."""
    confounded: bool = False

    @cached_property
    def truth(self) -> pd.DataFrame:
        """product_id, category, own, cross, price_minor, alpha; one row a product."""
        import pandas as pd

        rng = np.random.default_rng((self.seed, 1))
        of = np.repeat(np.arange(self.categories), self.products)
        level = rng.normal(self.middle, self.spread / 2, self.categories)
        own = np.minimum(rng.normal(level[of], self.spread), -0.1)
        return pd.DataFrame(
            {
                "product_id": [f"p{i:04d}" for i in range(len(of))],
                "category": [f"Kind {c}" for c in of],
                "own": own,
                "cross": np.full(len(of), self.cross),
                "price_minor": rng.choice([199, 349, 499, 899, 1_499], len(of)),
                "alpha": np.log(self.per_week / self.baskets.mean()) + rng.normal(0, 0.3, len(of)),
            }
        )

    @cached_property
    def baskets(self) -> NDArray[np.int64]:
        """Orders of the shop in each week, shape (weeks,)."""
        wave = 1 + 0.25 * np.sin(2 * np.pi * np.arange(self.weeks) / 52)
        return np.random.default_rng((self.seed, 2)).poisson(400 * wave).astype(np.int64)

    @cached_property
    def sold(self) -> pd.DataFrame:
        """What `tools.shop.purchases.product_weeks` finds in it: a row a product and week with a sale."""
        import pandas as pd

        rng = np.random.default_rng((self.seed, 3))
        who = self.truth
        n = len(who)
        depth = rng.choice([0.0, 0.1, 0.2, 0.3], (n, self.weeks), p=[0.7, 0.1, 0.1, 0.1])
        hidden = rng.normal(0, 0.3, (n, self.weeks)) if self.confounded else np.zeros((n, self.weeks))
        if self.confounded:
            depth = np.where(hidden > 0.25, 0.3, depth)
        level = np.exp(rng.normal(0, 0.05, (n, self.weeks)).cumsum(axis=1) * 0.3)
        regular = np.maximum(1, np.round(who["price_minor"].to_numpy()[:, None] * level))
        net = np.round(regular * (1 - depth))
        log = np.log(net)
        relative = log - log.mean(axis=1, keepdims=True)
        of = who["category"].astype("category").cat.codes.to_numpy()
        worth = (who["price_minor"] * np.exp(who["alpha"])).to_numpy()[:, None]
        rest = np.zeros_like(relative)
        for c in range(self.categories):
            mine, weight = relative[of == c], worth[of == c]
            rest[of == c] = ((weight * mine).sum(axis=0) - weight * mine) / (weight.sum() - weight)
        rate = who["alpha"].to_numpy()[:, None] + who["own"].to_numpy()[:, None] * relative
        rate = rate + who["cross"].to_numpy()[:, None] * rest + LIFT * (depth > 0) + hidden
        units = rng.poisson(self.baskets * np.exp(rate))
        i, t = np.nonzero(units)
        return pd.DataFrame(
            {
                "product_id": who["product_id"].to_numpy()[i],
                "category": who["category"].to_numpy()[i],
                "week": t,
                "units": units[i, t].astype(float),
                "net_minor": units[i, t] * net[i, t],
                "list_minor": units[i, t] * regular[i, t],
            }
        )

    def tables(self, customers: int = 300) -> dict[str, pd.DataFrame]:
        """customers, products and orders as an import takes them: a line a product and day, money in major units."""
        import pandas as pd

        rng = np.random.default_rng((self.seed, 4))
        sold, who = self.sold, self.truth
        lines = sold.loc[sold.index.repeat(sold["units"].astype(int))].reset_index(drop=True)
        day = lines["week"].to_numpy() * 7 + rng.integers(0, 7, len(lines))
        buyer = rng.integers(0, customers, len(lines))
        orders = pd.DataFrame(
            {
                "order_id": [f"o{d}-{b}" for d, b in zip(day, buyer, strict=True)],
                "customer_id": [f"c{b:04d}" for b in buyer],
                "product_id": lines["product_id"],
                "ordered_at": [(START + timedelta(days=int(d))).isoformat() + "T12:00:00Z" for d in day],
                "quantity": 1,
                "amount": (lines["net_minor"] / lines["units"] / 100).round(2),
                "discount": ((lines["list_minor"] - lines["net_minor"]) / lines["units"] / 100).round(2),
            }
        )
        people = pd.DataFrame({"customer_id": [f"c{b:04d}" for b in range(customers)]})
        people = people.assign(email=people["customer_id"] + "@example.com", consent_email=True)
        goods = pd.DataFrame(
            {
                "product_id": who["product_id"],
                "name": "Goods " + who["product_id"],
                "category": who["category"],
                "price": who["price_minor"] / 100,
            }
        )
        return {"customers": people, "products": goods, "orders": orders}

    @property
    def today(self) -> date:
        return START + timedelta(days=7 * self.weeks)
