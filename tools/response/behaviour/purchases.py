"""The purchase days of many customers as flat arrays, and the windows that they are looked at from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

EPOCH = date(1970, 1, 1)


def day_number(day: date) -> int:
    return (day - EPOCH).days


@dataclass(frozen=True)
class Purchases:
    """Sorted by customer, then day; one entry a customer and day with an order.

    Attributes:
        customers: the identifiers, sorted, shape (c,).
        who: position in `customers`, shape (n,).
        day: days from 1970-01-01, shape (n,).
        spend, lines, discount: of that day, in minor units, order lines, minor units; shape (n,) each.
        begin: the first entry of each customer, shape (c + 1,).
    """

    customers: NDArray[np.str_]
    who: NDArray[np.int64]
    day: NDArray[np.int64]
    spend: Floats
    lines: Floats
    discount: Floats
    begin: NDArray[np.int64]

    @classmethod
    def of(cls, frame: pd.DataFrame) -> Purchases:
        """From the frame of `tools.shop.purchases.purchase_days`."""
        ids, who = np.unique(frame["customer_id"].to_numpy(dtype=str), return_inverse=True)
        day = frame["day"].to_numpy(dtype=np.int64)
        order = np.lexsort((day, who))
        who = who[order].astype(np.int64)
        return cls(
            customers=ids,
            who=who,
            day=day[order],
            spend=frame["spend_minor"].to_numpy(dtype=float)[order],
            lines=frame["lines"].to_numpy(dtype=float)[order],
            discount=frame["discount_minor"].to_numpy(dtype=float)[order],
            begin=np.searchsorted(who, np.arange(len(ids) + 1)),
        )

    def before(self, day: int) -> Purchases:
        """What had happened by the beginning of `day`; customers keep their positions."""
        seen = self.day < day
        who = self.who[seen]
        return Purchases(
            customers=self.customers,
            who=who,
            day=self.day[seen],
            spend=self.spend[seen],
            lines=self.lines[seen],
            discount=self.discount[seen],
            begin=np.searchsorted(who, np.arange(len(self.customers) + 1)),
        )

    def buys(self, customer: NDArray[np.int64], start: NDArray[np.int64], end: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether each customer has an entry in start ≤ day < end, shape (m,) like the arguments."""
        if not len(self.day):
            return np.zeros(len(customer), dtype=bool)
        key = self.who * DAYS + self.day
        first = np.searchsorted(key, customer * DAYS + start)
        bought: NDArray[np.bool_] = first < np.searchsorted(key, customer * DAYS + end)
        return bought


DAYS = 1_000_000
"""More days than any calendar has: customer × DAYS + day orders entries by customer, then day."""


@dataclass(frozen=True)
class Rows:
    """Customers looked at from days: does `customer` buy in [origin + lead, origin + lead + window)?

    All of shape (m,): position in `customers`; days from 1970-01-01; days; days.
    """

    customer: NDArray[np.int64]
    origin: NDArray[np.int64]
    lead: NDArray[np.int64]
    window: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.customer)

    @property
    def start(self) -> NDArray[np.int64]:
        return self.origin + self.lead

    @property
    def end(self) -> NDArray[np.int64]:
        return self.start + self.window

    def take(self, chosen: NDArray[np.bool_] | NDArray[np.int64]) -> Rows:
        return Rows(self.customer[chosen], self.origin[chosen], self.lead[chosen], self.window[chosen])

    @classmethod
    def joined(cls, parts: Sequence[Rows]) -> Rows:
        """The rows of all parts, one after the other."""
        if not parts:
            nothing = np.zeros(0, dtype=np.int64)
            return cls(nothing, nothing, nothing, nothing)
        return cls(
            np.concatenate([one.customer for one in parts]),
            np.concatenate([one.origin for one in parts]),
            np.concatenate([one.lead for one in parts]),
            np.concatenate([one.window for one in parts]),
        )
