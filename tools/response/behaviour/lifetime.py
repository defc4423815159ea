"""BG/NBD: a customer buys at a rate of its own until it drops out, which it may after any purchase (Fader et al. 2005).

With x repeat days, the last of them t_x after the first, and T days since the first:

    ln L = lnΓ(r + x) − lnΓ(r) + r ln α + lnB(a, b + x) − lnB(a, b) − (r + x) ln(α + T)
           + ln(1 + [x > 0] · a/(b + x − 1) · ((α + T)/(α + t_x))^(r+x))
    P(alive) = 1 / (1 + [x > 0] · a/(b + x − 1) · ((α + T)/(α + t_x))^(r+x))
    P(buys in w days) = P(alive) · (1 − ((α + T)/(α + T + w))^(r+x))

On the demo shop its likelihood is that of lifetimes 0.11.3 to 1e-5 and its parameters lie within 1 % (compared once;
the penalty is another). The library is no dependency: its import sets an option that pandas has deprecated, and it is
no longer maintained.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tools.response.behaviour.purchases import Purchases, Rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

BOUNDS = (-7.0, 9.0)
"""Of the logarithms: where all customers buy alike, or nobody drops out, the likelihood rises without end."""
PENALTY = 0.001
"""Of a² + b² per customer, so that they stay finite where nobody drops out."""


def fit_lifetime(purchases: Purchases, origin: int) -> tuple[float, float, float, float]:
    """r, α, a, b by penalised maximum likelihood on the customers seen before `origin`."""
    from scipy.optimize import minimize

    x, recency, tenure = _summary(purchases, origin)
    seen = ~np.isnan(tenure)

    def loss(logged: Floats) -> float:
        parameters = np.exp(logged)
        fit = float(_log_likelihood(parameters, x[seen], recency[seen], tenure[seen]).mean())
        return PENALTY * float((parameters[2:] ** 2).sum()) - fit

    start = np.log([1.0, 10.0, 0.1, 1.0])
    found = minimize(loss, start, method="Nelder-Mead", bounds=[BOUNDS] * 4, options={"maxiter": 2_000})
    r, alpha, a, b = (float(value) for value in np.exp(found.x))
    return r, alpha, a, b


def lifetime_chances(purchases: Purchases, rows: Rows, parameters: tuple[float, float, float, float]) -> Floats:
    """P(buys) of each row; the lead is short against a lifetime, so dropping out within it is not counted."""
    r, alpha, a, b = parameters
    chances = np.zeros(len(rows))
    for origin in np.unique(rows.origin):
        chosen = np.flatnonzero(rows.origin == origin)
        x, recency, tenure = (one[rows.customer[chosen]] for one in _summary(purchases, int(origin)))
        odds = np.where(x > 0, a / (b + np.maximum(x, 1) - 1) * ((alpha + tenure) / (alpha + recency)) ** (r + x), 0)
        later = ((alpha + tenure) / (alpha + tenure + rows.window[chosen])) ** (r + x)
        chances[chosen] = np.nan_to_num((1 - later) / (1 + odds))
    return chances


def _summary(purchases: Purchases, origin: int) -> tuple[Floats, Floats, Floats]:
    """Repeat days, t_x and T of every customer on a day; NaN for those not seen yet."""
    past = purchases.before(origin)
    days = np.diff(past.begin).astype(float)
    if not len(past.day):
        nothing = np.full(len(days), np.nan)
        return nothing, nothing, nothing
    first = past.day[np.minimum(past.begin[:-1], len(past.day) - 1)]
    last = past.day[np.maximum(past.begin[1:] - 1, 0)]
    known = days > 0
    return (
        np.where(known, days - 1, np.nan),
        np.where(known, last - first, np.nan).astype(float),
        np.where(known, origin - first, np.nan).astype(float),
    )


def _log_likelihood(parameters: Floats, x: Floats, recency: Floats, tenure: Floats) -> Floats:
    from scipy.special import betaln, gammaln

    r, alpha, a, b = parameters
    odds = np.where(x > 0, a / (b + np.maximum(x, 1) - 1) * ((alpha + tenure) / (alpha + recency)) ** (r + x), 0)
    found: Floats = (
        gammaln(r + x)
        - gammaln(r)
        + r * np.log(alpha)
        + betaln(a, b + x)
        - betaln(a, b)
        - (r + x) * np.log(alpha + tenure)
        + np.log1p(odds)
    )
    return found
