"""Customers whose taste is known: each buys three products of its own group on a beat of its own, tries others of the
group now and then, and everybody buys one product that all like."""

import numpy as np
import pandas as pd

from tools.response.recommend.lines import Catalogue, Lines

START = 17_000
"""The first day, from 1970-01-01."""
DAYS = 260
END = START + DAYS
GROUPS, IN_GROUP = 4, 8
LIKED = "p000"


def catalogue(vectors: bool = False) -> Catalogue:
    """A product that all like, and `GROUPS` kinds of `IN_GROUP`; a vector is its group's corner."""
    ids = [LIKED, *(f"p{group + 1}{place:02d}" for group in range(GROUPS) for place in range(IN_GROUP))]
    kinds = ["all", *(f"kind {group}" for group in range(GROUPS) for _ in range(IN_GROUP))]
    frame = pd.DataFrame({"product_id": ids, "category": kinds})
    if not vectors:
        return Catalogue.of(frame)
    corner = np.eye(GROUPS + 1, dtype=np.float32)
    return Catalogue.of(frame, np.repeat(corner, [1, *[IN_GROUP] * GROUPS], axis=0))


def frame_of(customers: int = 120, seed: int = 3) -> pd.DataFrame:
    """The frame of `product_days`; customer i is of group i modulo `GROUPS`."""
    rng = np.random.default_rng(seed)
    made = []
    for i in range(customers):
        group = i % GROUPS + 1
        own = rng.permutation(IN_GROUP)
        for place in own[:3]:
            beat = int(rng.integers(8, 30))
            made += [(i, f"p{group}{place:02d}", day) for day in range(int(rng.integers(0, beat)), DAYS, beat)]
        for place in own[3:]:
            made += [(i, f"p{group}{place:02d}", int(day)) for day in rng.integers(0, 2 * DAYS, 1) if day < DAYS]
        made += [(i, LIKED, int(day)) for day in rng.integers(0, DAYS, 6)]
    frame = pd.DataFrame(made, columns=["who", "product_id", "day"]).drop_duplicates()
    return pd.DataFrame(
        {
            "customer_id": [f"c{who:03d}" for who in frame["who"]],
            "product_id": frame["product_id"],
            "day": START + frame["day"],
            "quantity": 1,
            "spend_minor": 300,
            "discount_minor": np.where(frame["day"] % 5 == 0, 60, 0),
        }
    )


def lines(vectors: bool = False) -> Lines:
    return Lines.of(frame_of(), catalogue(vectors))
