"""What a customer's past says of whether it will buy in a window: one definition, for training and for serving.

For a customer looked at on day t, all from days before t; "days" are days with an order:

    recency             t − the last day                         tenure      t − the first day
    mean_gap, gap_sd    between days, over all the past          last_gap    the newest
    overdue             recency / mean_gap
    days_w, spend_w     of the last w days                       rate        days per week of tenure
    decay_h             Σ ½^((t − day)/h) over the days
    basket, items       spend and order lines a day              discounted  discount over full price

and `lead`, `window` of the question itself. Nothing known of a customer is NaN, not 0: trees send it its own way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tools.response.behaviour.purchases import Purchases, Rows

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

WINDOWS = (7, 14, 28, 56, 112)
HALF_LIVES = (7, 28, 84)
ASKED = ("lead", "window")
NAMES = (
    "recency", "tenure", "mean_gap", "gap_sd", "last_gap", "overdue", "rate",
    *(f"days_{w}" for w in WINDOWS), *(f"spend_{w}" for w in WINDOWS), *(f"decay_{h}" for h in HALF_LIVES),
    "basket", "items", "discounted", *ASKED,
)  # fmt: skip


def features(purchases: Purchases, rows: Rows) -> pd.DataFrame:
    """The features of each row, columns `NAMES`; nothing of a row's origin or later is read."""
    import pandas as pd

    made = np.full((len(rows), len(NAMES)), np.nan, dtype=np.float32)
    for origin in np.unique(rows.origin):
        chosen = np.flatnonzero(rows.origin == origin)
        past = _on(purchases.before(int(origin)), int(origin))
        who = rows.customer[chosen]
        for column, name in enumerate(NAMES):
            if name not in ASKED:
                made[chosen, column] = past[name][who]
    made[:, NAMES.index("lead")] = rows.lead
    made[:, NAMES.index("window")] = rows.window
    return pd.DataFrame(made, columns=list(NAMES))


def known_at(purchases: Purchases, rows: Rows) -> NDArray[np.int64]:
    """The day of the latest purchase that each row's features rest on, shape (m,); −1 where there is none."""
    latest = np.full(len(rows), -1, dtype=np.int64)
    for origin in np.unique(rows.origin):
        past = purchases.before(int(origin))
        latest[rows.origin == origin] = past.day.max(initial=-1)
    return latest


def _on(past: Purchases, origin: int) -> dict[str, Floats]:
    """Each feature of every customer on one day, shape (c,)."""
    size = len(past.customers)
    who, age = past.who, (origin - past.day).astype(float)
    days = np.bincount(who, minlength=size).astype(float)
    known = days > 0
    last, first = np.maximum(past.begin[1:] - 1, 0), past.begin[:-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        recency = _where(known, age, last)
        tenure = _where(known, age, first)
        gaps, squares, newest = _gaps(past, days)
        spend, lines = _sum(past, past.spend), _sum(past, past.lines)
        given = _sum(past, past.discount)
        found = {
            "recency": recency,
            "tenure": tenure,
            "mean_gap": gaps,
            "gap_sd": squares,
            "last_gap": newest,
            "overdue": recency / gaps,
            "rate": np.where(known, days / np.maximum(tenure, 7.0) * 7, np.nan),
            "basket": spend / days,
            "items": lines / days,
            "discounted": given / (spend + given),
        }
    for w in WINDOWS:
        inside = age <= w
        found[f"days_{w}"] = np.bincount(who[inside], minlength=size).astype(float)
        found[f"spend_{w}"] = np.bincount(who[inside], past.spend[inside], size)
    for h in HALF_LIVES:
        found[f"decay_{h}"] = np.bincount(who, 0.5 ** (age / h), size)
    return found


def _where(known: NDArray[np.bool_], age: Floats, at: NDArray[np.int64]) -> Floats:
    if not len(age):
        return np.full(len(known), np.nan)
    return np.where(known, age[np.minimum(at, len(age) - 1)], np.nan)


def _sum(past: Purchases, values: Floats) -> Floats:
    return np.bincount(past.who, values, len(past.customers)).astype(float)


def _gaps(past: Purchases, days: Floats) -> tuple[Floats, Floats, Floats]:
    """Mean, standard deviation and newest of the gaps between a customer's days; NaN without a gap."""
    size = len(past.customers)
    same = np.flatnonzero(past.who[1:] == past.who[:-1])
    gap = (past.day[same + 1] - past.day[same]).astype(float)
    who = past.who[same]
    n = np.where(days > 1, days - 1, np.nan)
    mean = np.bincount(who, gap, size) / n
    spread = np.sqrt(np.maximum(np.bincount(who, gap**2, size) / n - mean**2, 0))
    newest = np.full(size, np.nan)
    newest[who] = gap
    return mean, spread, newest
