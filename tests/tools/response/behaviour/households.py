"""Customers whose chance to buy on a day is known: each has a rate of its own, a third of them stop at some day."""

import numpy as np
import pandas as pd

from tools.response.behaviour.purchases import Purchases, Rows

START = 17_000
"""The first day, from 1970-01-01."""


def days_of(size: int = 180, days: int = 230, seed: int = 1) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """The frame of `purchase_days`, each customer's daily rate, and the day on which each stops."""
    rng = np.random.default_rng(seed)
    rate = rng.gamma(1.2, 0.12, size).clip(0.01, 0.9)
    stops = np.where(rng.random(size) < 0.33, START + rng.integers(0, days, size), START + 10 * days)
    who, day = np.nonzero(rng.random((size, days)) < rate[:, None])
    alive = START + day < stops[who]
    who, day = who[alive], day[alive]
    frame = pd.DataFrame(
        {
            "customer_id": [f"c{i:05d}" for i in who],
            "day": START + day,
            "orders": 1,
            "lines": rng.integers(1, 6, len(who)),
            "spend_minor": rng.integers(200, 5_000, len(who)),
            "discount_minor": rng.integers(0, 100, len(who)),
        }
    )
    return frame, rate, stops


def truth(purchases: Purchases, rows: Rows, rate: np.ndarray, stops: np.ndarray) -> np.ndarray:
    """The chance that each row's customer buys in its window, known only to whoever made them."""
    number = np.array([int(name[1:]) for name in purchases.customers])[rows.customer]
    days = np.clip(np.minimum(rows.end, stops[number]) - rows.start, 0, None)
    chance: np.ndarray = 1 - (1 - rate[number]) ** days
    return chance
