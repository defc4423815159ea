"""A shop whose truth is known: who would buy anyway, and what each offer on each channel really changes.

Every customer i has a base rate p_i (buys in a window of `DAYS` without contact), a kind, a mean order a_i and an
elasticity ε_i. Contacted by channel c with a discount of depth d (a fraction):

    p_i(c, d) = clip(p_i + kind_i · reach_c · (1 + ε_i d), 0, 1)

    kind             p_i            effect of contact
    sure thing       high           none: buys anyway, and takes the discount along
    persuadable      middle         positive
    lost cause       near 0         none
    sleeping dog     high           negative: contact reminds them to leave

Orders are log-normal. In the past, contact was confounded: who had bought much was contacted more often, so redeemers
and the contacted look better than they were made. Everything comes from the seed; the truth is in `customers`, and is
never in the tables that `tables` hands to an import.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

DAYS = 14
HISTORY_WINDOWS = 12
KINDS = ("sure_thing", "persuadable", "lost_cause", "sleeping_dog")
SHARES = (0.25, 0.35, 0.3, 0.1)
BASE = {"sure_thing": (6.0, 6.0), "persuadable": (3.0, 12.0), "lost_cause": (1.0, 60.0), "sleeping_dog": (6.0, 9.0)}
"""Kind → parameters of the Beta distribution that its base rates are drawn from."""
PUSH = {"sure_thing": 0.0, "persuadable": 0.10, "lost_cause": 0.0, "sleeping_dog": -0.08}
"""Kind → rise of the chance to buy, for contact of reach 1 without a discount."""
REACH = {"email": 1.0, "sms": 1.2, "push": 0.5}
ELASTICITY = (0.0, 4.0)
MARGIN = 0.3
"""Gross margin as a fraction of the full price, of every product."""
PRICES_MINOR = (400, 900, 1_500, 2_500, 6_000)
TRAITS = {"sure_thing": (0, -1), "persuadable": (1, 0), "lost_cause": (-1, 0), "sleeping_dog": (0, 1)}
"""Kind → the middle of its attributes `reads` and `complains`, in units of `World.traits`."""
SEASON = 0.3
"""Amplitude of the yearly wave of the base rates, as a fraction of them; its top is mid-December."""


@dataclass(frozen=True)
class World:
    """A seeded shop of `size` customers; `today` is the first day that its history does not hold."""

    seed: int
    size: int = 2_000
    today: date = date(2025, 9, 1)
    effect: float = 1.0
    """Factor on every effect of contact; 0 makes an A/A world."""
    traits: float = 0.0
    """How far attributes tell the kinds apart, in standard deviations; 0: the customers have no such attributes, and
    only what they bought hints at their kind."""

    @cached_property
    def customers(self) -> pd.DataFrame:
        """The truth: customer_id, region, kind, base_rate, push, elasticity, mean_order_minor; one row a customer."""
        import pandas as pd

        rng = self._rng(1)
        kind = rng.choice(len(KINDS), self.size, p=SHARES)
        shape = np.array([BASE[name] for name in KINDS])[kind]
        push = np.array([PUSH[name] for name in KINDS])[kind] * rng.uniform(0.5, 1.5, self.size) * self.effect
        middle = self.traits * np.array([TRAITS[name] for name in KINDS])[kind]
        shown = self._rng(2).normal(middle, 1.0) if self.traits else np.zeros((self.size, 2))
        told = {"reads": shown[:, 0], "complains": shown[:, 1]} if self.traits else {}
        return pd.DataFrame(
            {
                "customer_id": [f"w{i:06d}" for i in range(self.size)],
                **told,
                "region": rng.choice(["north", "south", "west"], self.size),
                "kind": np.array(KINDS)[kind],
                "base_rate": rng.beta(shape[:, 0], shape[:, 1]),
                "push": push,
                "elasticity": rng.uniform(*ELASTICITY, self.size),
                "mean_order_minor": np.exp(rng.normal(np.log(4_000), 0.4, self.size)),
            }
        )

    def chances(self, channel: NDArray[np.str_], depth: Floats, *, on: date | None = None) -> Floats:
        """p_i(c, d) of every customer, shape (size,).

        Args:
            channel: one of `REACH` for each customer, or "" for no contact.
            depth: discount as a fraction, for each customer.
            on: the window's first day, which the season depends on; None: today.
        """
        who = self.customers
        base = who["base_rate"].to_numpy() * season(on or self.today)
        reach = np.array([REACH.get(str(name), 0.0) for name in channel])
        rise = who["push"].to_numpy() * reach * (1 + who["elasticity"].to_numpy() * depth)
        chances: Floats = np.clip(base + rise, 0.0, 1.0)
        return chances

    def true_effect(self, chosen: NDArray[np.bool_], channel: str, depth: float = 0.0, *, money: bool = False) -> float:
        """The mean effect of contacting the `chosen`: on the share who buy, or with `money` on revenue (minor units).

        Revenue is what is paid, so a discount lowers the order by its depth: it can be negative where orders rise.
        """
        none = self.chances(np.full(self.size, ""), np.zeros(self.size))
        some = self.chances(np.full(self.size, channel), np.full(self.size, depth))
        worth = self.customers["mean_order_minor"].to_numpy() if money else np.ones(self.size)
        kept = (1 - depth) if money else 1.0
        return float(((some * kept - none) * worth)[chosen].mean())

    def play(self, assignment: pd.DataFrame, *, seed: int, start: date | None = None) -> pd.DataFrame:
        """Run a campaign of `DAYS` days and return its results file (docs/measurement.md), one row a customer.

        Args:
            assignment: customer_id, channel (null: nothing is sent), depth (a fraction).
            seed: of this run; another seed is another draw from the same truth.
        """
        first = start or self.today
        joined = self.customers.merge(assignment, on="customer_id", how="left", validate="one_to_one")
        channel = joined["channel"].fillna("").to_numpy(dtype=str)
        depth = joined["depth"].fillna(0.0).to_numpy(dtype=float)
        buys, paid, given = self._buy(np.random.default_rng((self.seed, 7, seed)), channel, depth, first)
        results = self._responses(np.random.default_rng((self.seed, 8, seed)), channel, depth, buys)
        day = np.random.default_rng((self.seed, 9, seed)).integers(0, DAYS, self.size)
        results["order_id"] = [f"{self.seed}-{seed}-{i}" if b else None for i, b in enumerate(buys)]
        results["ordered_at"] = [
            (first + timedelta(days=int(d))).isoformat() + "T12:00:00Z" if b else None
            for d, b in zip(day, buys, strict=True)
        ]
        results["amount"] = np.where(buys, paid / 100, np.nan)
        results["discount"] = np.where(buys, given / 100, np.nan)
        results["margin"] = np.where(buys, (MARGIN * (paid + given) - given) / 100, np.nan)
        return results[results["customer_id"].isin(assignment["customer_id"])].reset_index(drop=True)

    def _buy(
        self, rng: np.random.Generator, channel: NDArray[np.str_], depth: Floats, on: date
    ) -> tuple[NDArray[np.bool_], Floats, Floats]:
        """Who buys; what is paid and what is given away, in minor units (shape (size,) each)."""
        buys = rng.random(self.size) < self.chances(channel, depth, on=on)
        mean = self.customers["mean_order_minor"].to_numpy()
        full = np.maximum(100, np.round(mean * np.exp(rng.normal(-0.125, 0.5, self.size))))
        given = np.round(full * depth)
        return buys, full - given, given

    def _responses(
        self, rng: np.random.Generator, channel: NDArray[np.str_], depth: Floats, buys: NDArray[np.bool_]
    ) -> pd.DataFrame:
        """sent, delivered, opened, clicked, redeemed: who buys with a discount takes it, wanted or not."""
        import pandas as pd

        sent = channel != ""
        delivered = sent & (rng.random(self.size) < 0.98)
        opened = delivered & (rng.random(self.size) < np.where(buys, 0.6, 0.25))
        return pd.DataFrame(
            {
                "customer_id": self.customers["customer_id"],
                "sent": sent,
                "delivered": delivered,
                "opened": opened,
                "clicked": opened & (rng.random(self.size) < np.where(buys, 0.5, 0.1)),
                "redeemed": buys & sent & (depth > 0),
            }
        )

    def _rng(self, part: int) -> np.random.Generator:
        return np.random.default_rng((self.seed, part))

    def tables(self) -> dict[str, pd.DataFrame]:
        """customers, products, orders and contacts as an import takes them (money in major units); no truth in them."""
        import pandas as pd

        history = [self._past(k) for k in range(HISTORY_WINDOWS, 0, -1)]
        products = pd.DataFrame(
            {
                "product_id": [f"p{i}" for i in range(len(PRICES_MINOR))],
                "name": [f"Goods {i}" for i in range(len(PRICES_MINOR))],
                "category": "goods",
                "price": [price / 100 for price in PRICES_MINOR],
                "cost": [price * (1 - MARGIN) / 100 for price in PRICES_MINOR],
            }
        )
        consent = {f"consent_{channel}": True for channel in REACH}
        attributes = [name for name in ("region", "reads", "complains") if name in self.customers]
        customers = self.customers[["customer_id", *attributes]].assign(
            email=[f"{name}@example.com" for name in self.customers["customer_id"]], phone="+12025550100", **consent
        )
        return {
            "customers": customers,
            "products": products,
            "orders": pd.concat([orders for orders, _ in history], ignore_index=True),
            "contacts": pd.concat([contacts for _, contacts in history], ignore_index=True),
        }

    def _past(self, windows_ago: int) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Orders and contacts of one past window, in which the likely buyers were e-mailed more often."""
        import pandas as pd

        first = self.today - timedelta(days=DAYS * windows_ago)
        rng = np.random.default_rng((self.seed, 3, windows_ago))
        base = self.customers["base_rate"].to_numpy()
        contacted = rng.random(self.size) < 0.1 + 0.8 * base
        channel = np.where(contacted, "email", "")
        buys, paid, _ = self._buy(rng, channel, np.zeros(self.size), first)
        at = np.array([datetime(first.year, first.month, first.day)] * self.size)  # noqa: DTZ001  # stored as UTC
        when = at + np.array([timedelta(minutes=int(m)) for m in rng.integers(60, DAYS * 1440, self.size)])
        who = self.customers["customer_id"].to_numpy()
        orders = pd.DataFrame(
            {
                "order_id": [f"h{windows_ago}-{name}" for name in who[buys]],
                "customer_id": who[buys],
                "product_id": [f"p{i}" for i in rng.integers(0, len(PRICES_MINOR), int(buys.sum()))],
                "ordered_at": when[buys],
                "quantity": 1,
                "amount": paid[buys] / 100,
                "discount": 0.0,
            }
        )
        bought = contacted & buys
        contacts = pd.DataFrame(
            {
                "campaign_id": f"past-{windows_ago}",
                "customer_id": who[contacted],
                "channel": "email",
                "sent_at": at[contacted],
                "arm": "campaign",
                "randomised": False,
                "converted_at": pd.Series(when).where(pd.Series(bought))[contacted].to_numpy(),
                "revenue": np.where(bought, paid / 100, np.nan)[contacted],
            }
        )
        return orders, contacts


def season(on: date) -> float:
    """The factor on base rates at a day: 1 on average over a year."""
    return float(1 + SEASON * np.cos(2 * np.pi * (on.timetuple().tm_yday - 349) / 365.25))
