"""Price response where elasticities are known: `python -m evals.bench.price [WORLDS]`.

How often 90 % intervals hold the truth (products, categories, the shop; a product's price alone and all prices of a
category), and how far estimates are off: each product alone, drawn towards its category, and the shop's one figure.
"""

from __future__ import annotations

import sys

import numpy as np

from tools.response.price.fit import constrained, fit_product, shrink
from tools.response.price.rows import series_of
from tools.shop.price_world import PriceWorld

WORLDS = 100


def main() -> None:
    worlds = int(sys.argv[1]) if len(sys.argv) > 1 else WORLDS
    held: dict[str, list[float]] = {}
    off: dict[str, list[float]] = {}
    wrong_sign: list[bool] = []
    for seed in range(worlds):
        world = PriceWorld(seed=5_000 + seed)
        truth = world.truth.set_index("product_id")
        fits = [fit_product(one) for one in series_of(world.sold, world.baskets.tolist())]
        own, whole = shrink(fits, "own"), shrink(fits, "own", "others")
        for fit in fits:
            real, (alone, error) = float(truth["own"][fit.product_id]), fit.of("own")
            drawn = constrained(own.products[fit.product_id])
            held.setdefault("product, alone", []).append(abs(alone - real) <= 1.645 * error)
            held.setdefault("product, shrunk", []).append(drawn.low <= real <= drawn.high)
            off.setdefault("each product alone", []).append(alone - real)
            off.setdefault("shrunk, own price negative", []).append(drawn.estimate - real)
            off.setdefault("the shop's one figure", []).append(own.shop[0] - real)
            wrong_sign.append(alone >= 0)
        for name, posterior in own.categories.items():
            middle = float(truth["own"][truth["category"] == name].mean())
            interval = constrained(posterior)
            held.setdefault("category, mean of its products", []).append(interval.low <= middle <= interval.high)
        both = constrained(whole.shop)
        real = float((truth["own"] + truth["cross"]).mean())
        held.setdefault("the shop, all prices together", []).append(both.low <= real <= both.high)
    print(f"{worlds} shops, {len(wrong_sign):,} products; alone, {np.mean(wrong_sign):.1%} have the wrong sign")
    for what, marks in held.items():
        print(f"| 90 % intervals hold the truth: {what} | {np.mean(marks):.1%} of {len(marks):,} |")
    for what, gaps in off.items():
        print(f"| root mean squared error, {what} | {np.sqrt(np.mean(np.square(gaps))):.3f} |")


if __name__ == "__main__":
    main()
