"""What is true of customers by what a learner says of them: from held-out ones; who is not shown to lose is contacted.

Fifths by τ̂ hold where the Qini's interval lies above 0. That ranks customers for a budget that is short; whether to
leave some out although there is money is another question, and a costly one to get wrong: the fifths that would be left
out are told from one half of the held-out customers and judged on the other, both ways,

    gain = − mean over all of (ψ_i − b) · 1[i's fifth lies below b on the other half]      b break-even

Where its interval does not lie above 0, leaving out is not shown to pay: such fifths are then joined with the next
until together they lie above b, so that a plan with money for everybody contacts everybody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tools.metrics.qini import auuc, qini
from tools.metrics.types import LEVEL, Metric, around, metric
from tools.response.card import Figure
from tools.response.uplift.learners import Effect, Trial, doubly_robust, mean_effect
from tools.response.uplift.model import Fifth

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Marks = NDArray[np.bool_]
    Groups = NDArray[np.int64]

FIFTHS = 5


def judge(
    name: str, effect: Effect, whole: Trial, test: Trial, *, seed: int, least: float
) -> tuple[tuple[Fifth, ...], tuple[Figure, ...]]:
    """Fifths by τ̂, where held-out customers show that τ̂ ranks; else everybody together; and the figures.

    The mean over everybody is of all rows: ψ is made of other folds, and its mean does not depend on τ̂.

    Args:
        least: b, the rise in the share that converts at which a contact breaks even.
    """
    psi = doubly_robust(whole, seed=seed)
    middle, low, high = mean_effect(psi, LEVEL)
    n = len(psi)
    figures = [
        Figure(name=f"{name}: uplift in the share that converts", value=metric(middle, low, high, n), better="higher")
    ]
    everybody = (_fifth(whole, psi, effect.of(whole.features), np.ones(n, dtype=bool), None),)
    if effect.learner == "constant":
        return everybody, tuple(figures)
    y, t, tau = test.outcome, test.treated, effect.of(test.features)
    ranks = qini(y, t, tau, seed=seed)
    figures += [
        Figure(name=f"{name}: Qini coefficient", value=ranks, better="higher"),
        Figure(name=f"{name}: area under the uplift curve", value=auuc(y, t, tau, seed=seed), better="higher"),
    ]
    cuts = np.unique(np.quantile(tau, np.linspace(0, 1, FIFTHS + 1)[1:-1]))
    of = np.searchsorted(cuts, tau, side="left")
    if ranks.low is None or ranks.low <= 0 or not all(_both_arms(test, of == g) for g in range(len(cuts) + 1)):
        return everybody, tuple(figures)
    held = doubly_robust(test, seed=seed)
    gain = left_out_gain(held, of, least, seed=seed)
    figures.append(Figure(name=f"{name}: gained by leaving out who does not pay", value=gain, better="higher"))
    ends: list[float | None] = [*(float(cut) for cut in cuts), None]
    if gain.low is None or gain.low <= 0:
        of, ends = joined(held, of, ends, least)
    if len(ends) == 1:
        return everybody, tuple(figures)
    return tuple(_fifth(test, held, tau, of == g, most) for g, most in enumerate(ends)), tuple(figures)


def left_out_gain(psi: Floats, of: Groups, least: float, *, seed: int) -> Metric:
    """What leaving out the groups below `least` changes, in converted customers per customer, against everybody.

    Args:
        psi: doubly robust scores, shape (n,).
        of: each row's group, shape (n,).
    """
    half = np.random.default_rng(seed).permutation(len(psi)) % 2 == 0
    gained = np.zeros(len(psi))
    for mine in (half, ~half):
        low = [g for g in range(int(of.max()) + 1) if psi[~mine & (of == g)].mean() < least]
        out = mine & np.isin(of, low)
        gained[out] = least - psi[out]
    return around(float(gained.mean()), float(gained.std(ddof=1)) / float(np.sqrt(len(psi))), len(psi))


def joined(psi: Floats, of: Groups, ends: list[float | None], least: float) -> tuple[Groups, list[float | None]]:
    """The groups, each below `least` joined with the next above (the last with the one before) until none is.

    One group is left where everybody together lies below it.
    """
    of, ends = of.copy(), list(ends)
    while len(ends) > 1:
        means = np.array([psi[of == g].mean() for g in range(len(ends))])
        below = np.flatnonzero(means < least)
        if not len(below):
            break
        first = min(int(below[0]), len(ends) - 2)
        of[of > first] -= 1
        del ends[first]
    return of, ends


def _both_arms(test: Trial, mine: Marks) -> bool:
    return min(int((mine & test.treated).sum()), int((mine & ~test.treated).sum())) >= 2


def _fifth(test: Trial, psi: Floats, tau: Floats, mine: Marks, most: float | None) -> Fifth:
    return Fifth(
        most=most,
        effect=float(psi[mine].mean()),
        error=float(psi[mine].std(ddof=1)) / float(np.sqrt(mine.sum())),
        base=float(test.outcome[mine & ~test.treated].mean()),
        predicted=float(tau[mine].mean()),
        customers=int(mine.sum()),
    )
