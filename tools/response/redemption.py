"""What a household's own past says of whether it will redeem a campaign's coupons: one definition of the features.

For a campaign that starts on day s, all from days before s (day numbers, so the day s itself is not seen):

    spending, trips, coupon lines and amounts      of the last 30 and 90 days, and per 90 days over all the past
    overlap                                        the same of the products that the coupons are for, the distinct ones
                                                   bought, and a weight Σ 1/√(products of the coupon) over them
    contacts and redemptions                       how many campaigns came before, how many were redeemed, how many run

Amounts of other campaigns' labels enter only by redemptions of days before s. Each feature is given as it is and, once
more, against the others who get the same campaign (`_z`): history grows longer and campaigns differ, and what a
household is among its like drifts less.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

WINDOWS = {"30": 30.0, "90": 90.0, "all": np.inf}
"""Days before the campaign that are looked at."""
RATE_DAYS = 90
SHORTEST = 15
"""Least history, in days, that a rate over all the past is taken over."""


@dataclass(frozen=True)
class Coupons:
    """A campaign: its first day (a day number), and a row for each coupon × product, shape (m,) each."""

    campaign: int
    start: float
    coupon: NDArray[np.int64]
    product: NDArray[np.int64]


@dataclass(frozen=True)
class History:
    """The shop's past; customers and products are numbered from 0, days from the first day of the data.

    Attributes:
        lines: customer, product, order, day, amount, coupon_amount (major units); a row an order line.
        redemptions: customer, campaign, day; a row a redemption.
        contacts: customer, campaign, start, end; a row a customer who was sent a campaign.
    """

    customers: int
    products: int
    lines: pd.DataFrame
    redemptions: pd.DataFrame
    contacts: pd.DataFrame

    @cached_property
    def columns(self) -> dict[str, NDArray[np.float64]]:
        found = {name: self.lines[name].to_numpy() for name in ("customer", "product", "day", "amount")}
        found["coupon_amount"] = self.lines["coupon_amount"].to_numpy()
        found["first"] = ~self.lines["order"].duplicated().to_numpy()
        return found


def features(history: History, campaign: Coupons, customers: NDArray[np.int64]) -> pd.DataFrame:
    """The features of `customers` for a campaign, a row each; nothing of its first day or later is read."""
    import pandas as pd

    found = {**_orders(history, campaign), **_contacts(history, campaign)}
    plain = pd.DataFrame({name: values[customers] for name, values in found.items()})
    logged = np.sign(plain) * np.log1p(plain.abs())
    # Below 0.05 a spread is that of a feature nearly all share, and dividing by it would make noise of it.
    among = (logged - logged.mean()) / (logged.std(ddof=0) + 0.05)
    both: pd.DataFrame = pd.concat([plain, among.add_suffix("_z")], axis=1)
    return both


def known_at(history: History, start: float) -> float:
    """The day of the latest order line that the features of a campaign of that start rest on; −inf where none."""
    day = history.columns["day"]
    return float(day[day < start].max(initial=-np.inf))


def _orders(history: History, campaign: Coupons) -> dict[str, Floats]:
    lines, size = history.columns, history.customers
    who, what, day = lines["customer"].astype(np.int64), lines["product"].astype(np.int64), lines["day"]
    offered = np.bincount(campaign.product, minlength=history.products) > 0
    weight = _weights(history, campaign)

    def total(rows: NDArray[np.bool_], values: Floats | None = None) -> Floats:
        return np.bincount(who[rows], None if values is None else values[rows], size).astype(float)

    found: dict[str, Floats] = {}
    for name, days in WINDOWS.items():
        past = (day < campaign.start) & (day >= campaign.start - days)
        over, coupon = past & offered[what], lines["coupon_amount"] > 0
        pairs = np.unique(who[over] * history.products + what[over])
        buyer, product = pairs // history.products, pairs % history.products
        spend, overlap = total(past, lines["amount"]), total(over, lines["amount"])
        counted = {
            "spend": spend,
            "trips": total(past & lines["first"].astype(bool)),
            "coupon_amount": total(past, lines["coupon_amount"]),
            "coupon_lines": total(past & coupon),
            "overlap_spend": overlap,
            "overlap_lines": total(over),
            "overlap_coupon_lines": total(over & coupon),
            "overlap_products": np.bincount(buyer, minlength=size).astype(float),
            "overlap_weight": np.bincount(buyer, weight[product], size),
        }
        per = RATE_DAYS / max(SHORTEST, campaign.start) if name == "all" else 1.0
        found |= {f"{key}_{name}": values * per for key, values in counted.items()}
        found[f"overlap_share_{name}"] = overlap / np.maximum(spend, 1)
    return found


def _weights(history: History, campaign: Coupons) -> Floats:
    """Σ 1/√(products of the coupon) over the coupons of each product: a coupon on one product says most."""
    _, of, sizes = np.unique(campaign.coupon, return_inverse=True, return_counts=True)
    summed: Floats = np.bincount(campaign.product, 1 / np.sqrt(sizes[of]), history.products).astype(float)
    return summed


def _contacts(history: History, campaign: Coupons) -> dict[str, Floats]:
    before = history.redemptions[history.redemptions["day"] < campaign.start]
    sent = history.contacts[history.contacts["start"] < campaign.start]

    def count(customer: pd.Series[int]) -> Floats:
        return np.bincount(customer, minlength=history.customers).astype(float)

    got = count(sent["customer"])
    answered = count(before.drop_duplicates(["customer", "campaign"])["customer"])
    return {
        "redeemed_days": count(before.drop_duplicates(["customer", "day"])["customer"]),
        "redeemed_campaigns": answered,
        "redeemed_90": count(before[before["day"] >= campaign.start - RATE_DAYS]["customer"]),
        "campaigns": got,
        "unanswered": got - answered,
        "running": count(sent[sent["end"] >= campaign.start]["customer"]),
        # One part in eight is what coupon campaigns bring; a household's own share takes over from it.
        "answer_rate": (answered + 0.125) / (got + 1),
    }
