"""Who is worth a contact, in shops of known truth: `python -m evals.bench.uplift [TRAITS | coverage WORLDS]`.

Policies at 100,000 customers, trained on one e-mail test with half held out and judged by the true chances of the next
window: the profit of each as a share of the oracle's, who knows everybody's own effect. Beside it the best that can be
had from what the shop sees: trees fitted to the true profit itself. Coverage is counted in shops of 4,000 customers.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tools.response.behaviour.purchases import Purchases
from tools.response.behaviour.trees import fit_trees, tree_values
from tools.response.uplift.rows import Campaign, columns_of, featured
from tools.response.uplift.train import Trained, train_uplift
from tools.shop.world import DAYS, MARGIN, World

Floats = NDArray[np.float64]
COST = 2.0
"""Minor units for a contact."""
WORLDS, SMALL = 200, 4_000
TRAITS = (0.0, 1.0, 2.0, 3.0)


@dataclass(frozen=True)
class Tested:
    """A shop after one randomised e-mail test: features, the test, what was learned, each customer's true profit."""

    world: World
    features: pd.DataFrame
    campaign: Campaign
    trained: Trained
    profit: Floats
    tau: Floats

    def policy(self, chosen: NDArray[np.bool_]) -> float:
        """True profit of contacting the chosen over the oracle's."""
        return float(self.profit[chosen].sum() / np.maximum(self.profit, 0).sum())


def tested(world: World, seed: int) -> Tested:
    """Play the test and learn from it."""
    tables, ids = world.tables(), world.customers["customer_id"]
    orders = tables["orders"].assign(day=tables["orders"]["ordered_at"].dt.floor("D"))
    orders["day"] = (orders["day"] - pd.Timestamp("1970-01-01")).dt.days
    days = orders.groupby(["customer_id", "day"], as_index=False).agg(lines=("amount", "size"), spend=("amount", "sum"))
    purchases = Purchases.of(days.assign(spend_minor=days["spend"] * 100, discount_minor=0.0))
    treated = np.random.default_rng(seed).random(world.size) < 0.5
    none = world.chances(np.full(world.size, ""), np.zeros(world.size))
    some = world.chances(np.full(world.size, "email"), np.zeros(world.size))
    bought = np.random.default_rng(seed + 1).random(world.size) < np.where(treated, some, none)
    rows = pd.DataFrame(
        {
            "customer_id": ids,
            "arm": np.where(treated, "email", "control"),
            "channel": "email",
            "offer": None,
            "chance": 0.5,
            "converted": bought,
        }
    )
    campaign = Campaign("test", world.today, "control", rows)
    attributes = tuple(name for name in ("region", "reads", "complains") if name in tables["customers"])
    columns, _ = columns_of(tables["customers"], attributes, [campaign], past=True)
    x = featured(tables["customers"], ids, columns, purchases, world.today)
    break_even = COST / (MARGIN * float(world.customers["mean_order_minor"].mean()))
    trained = train_uplift(
        [campaign], {"test": x}, columns, days=DAYS, seed=seed, progress=lambda *_: None, break_even=break_even
    )
    tau = some - none
    worth = MARGIN * world.customers["mean_order_minor"].to_numpy()
    return Tested(world, x, campaign, trained, tau * worth - COST, tau)


def learned(one: Tested) -> Floats:
    """τ̂ of everybody: by the learner where it ranks, else the mean."""
    uplift = one.trained.model.uplifts[0]
    texts = tuple(one.trained.files[name].decode() for name in uplift.files)
    return uplift.effect(texts).of(one.features)


def by_fifths(one: Tested) -> Floats:
    """What held-out customers of each customer's fifth were changed by."""
    fifths = one.trained.model.uplifts[0].fifths
    cuts = np.array([f.most for f in fifths[:-1] if f.most is not None])
    found: Floats = np.array([f.effect for f in fifths])[np.searchsorted(cuts, learned(one), side="left")]
    return found


def policies(traits: float) -> None:
    one = tested(World(seed=5, size=100_000, traits=traits), seed=1)
    worth = MARGIN * one.features["basket"].fillna(one.features["basket"].median()).to_numpy()
    best, _ = fit_trees(one.features, one.profit, None, seed=0, rounds=300, objective="regression")
    often, spent = one.features["days_112"].to_numpy(), one.features["spend_112"].to_numpy()
    recent = one.features["recency"].fillna(1_000).to_numpy()
    rfm = (often >= np.median(often)).astype(int) + (spent >= np.median(spent)) + (recent <= np.median(recent))
    chosen = {
        "oracle": one.profit > 0,
        "the best from what the shop sees": tree_values(best, one.features) > 0,
        f"{one.trained.algorithm}, contact where it pays": learned(one) * worth > COST,
        "the fifths that pay, as a plan sees them": by_fifths(one) * worth > COST,
        "everybody": np.ones(one.world.size, dtype=bool),
        "the likeliest third to buy": often >= np.quantile(often, 2 / 3),
        "RFM: good in two of three": rfm >= 2,
    }
    print(f"attributes that tell kinds apart by {traits:g} standard deviations")
    for name, who in chosen.items():
        print(f"| {traits:g} | {name} | {one.policy(who):.1%} | {who.mean():.0%} |")
    for row in one.trained.compared:
        print(f"    {row.name}: {row.loss:.5f}{' (used)' if row.chosen else ''}")
    for figure in one.trained.figures:
        print(f"    {figure.name}: {figure.value.estimate:.4f} ({figure.value.low:.4f} to {figure.value.high:.4f})")


def coverage(worlds: int) -> None:
    """How often the 95 % interval of the mean effect, and each fifth's, hold the truth; and the naive comparison."""
    whole = fifths = seen = naive = 0
    for seed in range(worlds):
        one = tested(World(seed=7_000 + seed, size=SMALL, traits=2.0), seed=seed)
        value = one.trained.figures[0].value
        truth = float(one.tau.mean())
        whole += value.low is not None and value.high is not None and value.low <= truth <= value.high
        contacts = one.world.tables()["contacts"]
        past = contacts[contacts["campaign_id"] == "past-1"]
        others = ~one.world.customers["customer_id"].isin(past["customer_id"])
        orders = one.world.tables()["orders"]
        mine = orders[orders["order_id"].str.startswith("h1-")]["customer_id"]
        rate = float(one.world.customers["customer_id"][others].isin(mine).mean())
        gap = float(past["converted_at"].notna().mean()) - rate
        error = float(np.sqrt(0.25 / len(past) + 0.25 / others.sum()))
        naive += abs(gap - truth) <= 1.96 * error
        tau, uplift = learned(one), one.trained.model.uplifts[0]
        cuts = [f.most for f in uplift.fifths[:-1] if f.most is not None]
        of = np.searchsorted(np.array(cuts), tau, side="left")
        for g, fifth in enumerate(uplift.fifths):
            seen += 1
            fifths += abs(float(one.tau[of == g].mean()) - fifth.effect) <= 1.96 * fifth.error
    print(f"mean effect: 95 % intervals hold the truth in {whole / worlds:.1%} of {worlds} shops")
    print(f"fifths by predicted effect: {fifths / seen:.1%} of {seen}")
    print(f"past contacts against the rest, which were not drawn by lot: {naive / worlds:.1%}")


def main() -> None:
    asked = sys.argv[1:]
    if asked[:1] == ["coverage"]:
        coverage(int(asked[1]) if len(asked) > 1 else WORLDS)
        return
    for traits in [float(one) for one in asked] or TRAITS:
        policies(traits)
    if not asked:
        coverage(WORLDS)


if __name__ == "__main__":
    main()
