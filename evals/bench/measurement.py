"""How far the measurement can be trusted: coverage in 200 shops of known truth, and false alarms without an effect.

    python -m evals.bench.measurement

Each shop is drawn anew and runs ten campaigns; 4,000 campaigns without effect are read on days 4, 8, 11 and 14.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tools.experiment.estimate import Arms, compare_amounts, compare_shares, cuped
from tools.experiment.sequential import boundaries, information_at
from tools.metrics.rates import parts
from tools.shop.world import World

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tools.metrics.types import Metric

WORLDS, CAMPAIGNS, SIZE = 200, 10, 1500
ALARMS, DAYS, BASELINE = 4000, (4, 8, 11, 14), 0.4
DEPTH = 0.1


def main() -> None:
    coverage()
    false_alarms()


def coverage() -> None:
    """Share of 95 % intervals that hold the truth, and what the two naive comparisons say of the same truth."""
    inside = dict.fromkeys(("conversion", "revenue", "revenue, CUPED"), 0)
    truths: list[float] = []
    naive: list[float] = []
    width = {"plain": 0.0, "cuped": 0.0}
    for seed in range(WORLDS):
        world = World(seed=1000 + seed, size=SIZE)
        none = world.chances(np.full(SIZE, ""), np.zeros(SIZE))
        some = world.chances(np.full(SIZE, "email"), np.full(SIZE, DEPTH))
        mean = world.customers["mean_order_minor"].to_numpy()
        _, strata = np.unique(world.customers["region"].to_numpy(dtype=str), return_inverse=True)
        orders, revenue = float((some - none).mean()), float(((some * (1 - DEPTH) - none) * mean).mean())
        rng = np.random.default_rng(seed)
        before = sum((_amounts(rng, rng.random(SIZE) < none, mean) for _ in range(6)), start=np.zeros(SIZE))
        for _ in range(CAMPAIGNS):
            arms = Arms(rng.random(SIZE) < 0.8, strata.astype(np.int64))
            buys = rng.random(SIZE) < np.where(arms.treated, some, none)
            paid = _amounts(rng, buys, mean) * np.where(arms.treated, 1 - DEPTH, 1.0)
            plain, narrow = (
                compare_amounts(paid, arms).difference,
                compare_amounts(cuped(paid, before, arms), arms).difference,
            )
            inside["conversion"] += _holds(compare_shares(buys, arms).difference, orders)
            inside["revenue"] += _holds(plain, revenue)
            inside["revenue, CUPED"] += _holds(narrow, revenue)
            width["plain"] += _width(plain)
            width["cuped"] += _width(narrow)
            redeemed = buys & arms.treated
            naive.append(1.0 - float(buys[~redeemed].mean()))
            truths.append(orders)
    runs = WORLDS * CAMPAIGNS
    for name, count in inside.items():
        print(f"{name}: 95 % intervals hold the truth in {count / runs:.1%} of {runs:,} campaigns in {WORLDS} shops")
    print(f"CUPED's intervals are {1 - width['cuped'] / width['plain']:.1%} narrower")
    print(f"redeemers against the rest: {np.mean(naive):.3f}, where the truth is {np.mean(truths):.3f}")


def false_alarms() -> None:
    """Campaigns without effect: how often any look raises an alarm, by the plan's boundaries and by a fixed level."""
    rng = np.random.default_rng(6)
    limits = boundaries([information_at(day, DAYS[-1], BASELINE) for day in DAYS])
    by_plan = peeking = at_end = 0
    for _ in range(ALARMS):
        day = rng.exponential(DAYS[-1] / -np.log(1 - BASELINE), 800)
        treated = rng.random(800) < 0.7
        z = [abs(_z(day <= one, treated)) for one in DAYS]
        by_plan += any(one >= limit for one, limit in zip(z, limits, strict=True))
        peeking += any(one >= 1.96 for one in z)
        at_end += z[-1] >= 1.96
    print(
        f"without effect, {ALARMS:,} campaigns: alarm at the end {at_end / ALARMS:.1%}, at any of {len(DAYS)} looks by"
    )
    print(f"the plan's boundaries {by_plan / ALARMS:.1%}, at any of them by a fixed 5 % level {peeking / ALARMS:.1%}")


def _amounts(rng: np.random.Generator, buys: NDArray[np.bool_], mean: NDArray[np.float64]) -> NDArray[np.float64]:
    return buys * mean * np.exp(rng.normal(-0.125, 0.5, len(mean)))


def _holds(found: Metric, truth: float) -> bool:
    _, low, high = parts(found)
    return low <= truth <= high


def _width(found: Metric) -> float:
    _, low, high = parts(found)
    return high - low


def _z(bought: NDArray[np.bool_], treated: NDArray[np.bool_]) -> float:
    pooled = bought.mean()
    error = np.sqrt(pooled * (1 - pooled) * (1 / treated.sum() + 1 / (~treated).sum()))
    return float((bought[treated].mean() - bought[~treated].mean()) / error)


if __name__ == "__main__":
    main()
