"""Demand against prices, product by product, and what products tell each other.

For product i of category c in week t, with n_t orders of the shop that week:

    units_it ~ quasi-Poisson(n_t · exp(α_i + β_i Δ log p_it + γ_i Δ log q_it + δ_i promotion_it + κ_i trend_t))

p is the net price, q the mean price of the category's other products (its own mean taken off either). β is the
own-price elasticity, negative where a higher price sells less; γ the cross-price one, positive for substitutes; β + γ
is what happens where all prices of a category move together, as in a discount on the whole order.

Shrinkage in two levels (hierarchical Bayes, the variances averaged over a grid):

    β_i ~ N(μ_c, τ²),  μ_c ~ N(μ, ω²),  β̂_i ~ N(β_i, s_i²)

and the sign constraint as the prior β < 0: estimate and interval are those of the posterior cut off at 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tools.response.price.rows import Series
from tools.vocabulary import Interval

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

STEPS = 25
RIDGE = {"own": 0.005, "others": 0.005, "promotion": 0.3, "trend": 1.0, "competitor": 0.005}
"""Precision of a normal prior around 0 on each coefficient: only there so that a fit exists."""
LEVEL = 0.9
GRID = (0.02, 0.08, 0.15, 0.23, 0.32, 0.42, 0.55, 0.7, 0.9, 1.2, 1.6, 2.2)
"""Values of τ and ω."""


@dataclass(frozen=True)
class Fit:
    """Coefficients in the order of the series' names after the intercept, and their covariance (sandwich)."""

    product_id: str
    category: str
    names: tuple[str, ...]
    intercept: float
    coefficients: Floats
    covariance: Floats
    revenue_minor: float

    def of(self, *names: str) -> tuple[float, float]:
        """The sum of these coefficients and its standard error."""
        take = np.array([name in names for name in self.names], dtype=float)
        return float(take @ self.coefficients), float(np.sqrt(max(take @ self.covariance @ take, 0.0)))

    def units(self, one: Series) -> Floats:
        """Expected units of each week."""
        found: Floats = one.traffic * np.exp(np.clip(self.intercept + one.features @ self.coefficients, -30, 10))
        return found

    def moved(self, moved: Floats, series: Series) -> Fit:
        """The same product with other coefficients, its intercept fitted again to these weeks."""
        raw = series.traffic * np.exp(np.clip(series.features @ moved, -30, 10))
        level = float(np.log(series.units.sum() / raw.sum()))
        return Fit(self.product_id, self.category, self.names, level, moved, self.covariance, self.revenue_minor)


def fit_product(one: Series, *, without: tuple[str, ...] = ()) -> Fit:
    """Quasi-Poisson by iterated least squares, with a sandwich covariance.

    Args:
        without: features that are held at 0 (a model that knows no prices).
    """
    used = [k for k, name in enumerate(one.names) if name not in without]
    x = np.column_stack([np.ones(len(one.units)), one.features[:, used]])
    ridge = np.diag([1e-6, *(RIDGE[one.names[k]] for k in used)])
    beta = np.zeros(x.shape[1])
    beta[0] = np.log(one.units.sum() / one.traffic.sum())
    mean = one.traffic * np.exp(beta[0])
    for _ in range(STEPS):
        bread = x.T @ (mean[:, None] * x) + ridge
        step = np.linalg.solve(bread, x.T @ (one.units - mean) - ridge @ beta)
        step *= min(1.0, 2.0 / max(float(np.abs(step).max()), 1e-12))
        beta = beta + step
        mean = one.traffic * np.exp(np.clip(x @ beta, -30, 10))
        if float(np.abs(step).max()) < 1e-8:
            break
    inverse = np.linalg.inv(x.T @ (mean[:, None] * x) + ridge)
    leverage = np.clip(mean * np.einsum("ij,jk,ik->i", x, inverse, x), 0, 0.95)
    score = x * ((one.units - mean) / (1 - leverage))[:, None]
    # The prior is part of the spread: what the weeks say nothing of is not known to be 0.
    covariance = inverse @ (score.T @ score + ridge) @ inverse
    coefficients = np.zeros(len(one.names))
    coefficients[used] = beta[1:]
    whole = np.zeros((len(one.names), len(one.names)))
    whole[np.ix_(used, used)] = covariance[1:, 1:]
    return Fit(one.product_id, one.category, one.names, float(beta[0]), coefficients, whole, one.revenue_minor)


@dataclass(frozen=True)
class Shrunk:
    """Posterior mean and standard deviation before the sign constraint, of each product, category, and the shop."""

    products: dict[str, tuple[float, float]]
    categories: dict[str, tuple[float, float]]
    shop: tuple[float, float]
    within: float
    """Posterior mean of τ, the spread of products about their category."""
    between: float
    """That of ω, the spread of categories about the shop."""


def shrink(fits: list[Fit], *names: str) -> Shrunk:
    """Products towards their category, categories towards the shop; of the sum of these coefficients.

    τ and ω are averaged over their posterior on a grid: at their single best values, which are often 0, intervals of
    categories held the truth in 4 of 10 cases where 9 were claimed.
    """
    y, s = np.array([fit.of(*names) for fit in fits]).T
    named = sorted({fit.category for fit in fits})
    of = np.array([named.index(fit.category) for fit in fits])
    parts = [_given(y, np.maximum(s, 1e-3), of, len(named), tau, omega) for tau in GRID for omega in GRID]
    log = np.array([one.log for one in parts])
    weight = np.exp(log - log.max())
    weight /= weight.sum()
    mean, deviation = _mixed(weight, np.array([one.mean for one in parts]), np.array([one.variance for one in parts]))
    values = [(float(m), float(d)) for m, d in zip(mean, deviation, strict=True)]
    n, k = len(fits), len(named)
    spreads = np.array([(tau, omega) for tau in GRID for omega in GRID])
    within, between = weight @ spreads
    return Shrunk(
        {fit.product_id: values[i] for i, fit in enumerate(fits)},
        dict(zip(named, values[n : n + k], strict=True)),
        values[-1],
        float(within),
        float(between),
    )


@dataclass(frozen=True)
class _Given:
    """The posterior with τ and ω given, products, categories and the shop in one row, and its log evidence."""

    mean: Floats
    variance: Floats
    log: float


def _given(y: Floats, s: Floats, of: NDArray[np.int64], k: int, tau: float, omega: float) -> _Given:
    """μ and all μ_c under flat priors; τ, ω half-normal of scale 1 on the points of the grid (closer
    together near 0, so that small spreads weigh more)."""
    w = 1 / (s**2 + tau**2)
    each = np.bincount(of, w, k)
    middle, error = np.bincount(of, w * y, k) / each, 1 / each
    v = 1 / (error + omega**2)
    shop, shop_variance = float(v @ middle / v.sum()), float(1 / v.sum())
    log = 0.5 * (np.log(w).sum() - w @ (y - middle[of]) ** 2 + np.log(error).sum())
    log += 0.5 * (np.log(v).sum() - v @ (middle - shop) ** 2 + np.log(shop_variance)) - (tau**2 + omega**2) / 2
    keep = omega**2 * v
    category = keep * middle + (1 - keep) * shop
    category_variance = keep * error + (1 - keep) ** 2 * shop_variance
    own = tau**2 * w
    product = own * y + (1 - own) * category[of]
    product_variance = own * s**2 + (1 - own) ** 2 * category_variance[of]
    mean = np.concatenate([product, category, [shop]])
    return _Given(mean, np.concatenate([product_variance, category_variance, [shop_variance]]), float(log))


def _mixed(weight: Floats, mean: Floats, variance: Floats) -> tuple[Floats, Floats]:
    middle = weight @ mean
    return middle, np.sqrt(weight @ (variance + (mean - middle) ** 2))


def constrained(posterior: tuple[float, float], *, sign: int = -1, level: float = LEVEL) -> Interval:
    """Mean and equal-tailed interval of a normal cut off at 0; `sign` −1 keeps what is negative."""
    from scipy.stats import truncnorm

    middle, error = posterior
    error = max(error, 1e-6)
    low, high = (-np.inf, -middle / error) if sign < 0 else (-middle / error, np.inf)
    cut = truncnorm(low, high, loc=middle, scale=error)
    tail = (1 - level) / 2
    below, mean, above = float(cut.ppf(tail)), float(cut.mean()), float(cut.ppf(1 - tail))
    return Interval(estimate=mean, low=min(below, mean), high=max(above, mean), level=level)


def best_depth(elasticity: float, margin: float, cap: float) -> float:
    """The discount on everything that earns most, a fraction in [0, cap].

    Profit at net price 1 − d is (1 − d)^ε (m − d), so without a cap 1 − d = (1 − m) ε / (1 + ε) for ε < −1; where
    demand is less elastic than 1/m, no discount earns more than it costs.

    Args:
        elasticity: ε, negative.
        margin: m, gross margin as a fraction of the price without discount.
    """
    if elasticity >= -1:
        return 0.0
    price = (1 - margin) * elasticity / (1 + elasticity)
    return float(np.clip(1 - price, 0.0, cap))
