"""What contact causes, by channel and offer, for customers like these: a type that only a lot can make.

τ̂ only ranks customers; what is said of them is the mean of ψ among held-out customers of the same fifth by τ̂, which is
unbiased whatever τ̂ is. For a segment with share w_g of its customers in fifth g:

    effect = Σ w_g τ_g      variance = Σ w_g² s_g²      base = Σ w_g p_g  (the control's rate in those fifths)

To another base rate it is carried on the log-odds scale: ρ = logit(base + effect) − logit(base).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from tools.experiment.effects import Randomisation
from tools.response.types import Source
from tools.response.uplift.learners import Effect, Learner
from tools.response.uplift.rows import Columns
from tools.vocabulary import Channel, Interval, Model

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from tools.response.shelf import Stored

    Floats = NDArray[np.float64]

LEVEL = 0.9
LEAST_RATE = 1e-4


class Fifth(Model):
    """Held-out customers with τ̂ up to `most` (the last: everybody else)."""

    most: float | None
    effect: float
    """Mean of ψ: change of the share that converts, positive where contact brings more."""
    error: float = Field(ge=0)
    """Its standard error."""
    base: float = Field(ge=0, le=1)
    """Share of the control that converts."""
    predicted: float
    customers: int


class Uplift(Model):
    """One channel and offer against no contact. It cannot be made without a `Randomisation`."""

    channel: str
    offer: str | None
    campaigns: tuple[str, ...]
    days: int
    """Over which conversions were counted."""
    randomisation: Randomisation
    learner: Learner
    chance: float
    mean: float
    intercept: float
    slope: float
    files: tuple[str, ...]
    fifths: tuple[Fifth, ...]

    def effect(self, texts: tuple[str, ...]) -> Effect:
        """τ̂, from the texts of `files`."""
        return Effect(self.learner, texts, self.mean, self.chance, self.intercept, self.slope)

    def source(self, name: str) -> Source:
        """Where the figure comes from; the one place that calls it uplift."""
        text = (
            f"what {self.channel} adds: uplift of the randomised {', '.join(f'`{one}`' for one in self.campaigns)} "
            f"among customers alike (model {name}), carried to these customers' rate on the log-odds scale"
        )
        return Source(basis="randomised", text=text)

    def among(self, tau: Floats) -> Interval:
        """ρ, the shift in log odds, of customers with these τ̂, shape (n,)."""
        from scipy.special import ndtri

        cuts = [one.most for one in self.fifths[:-1] if one.most is not None]
        of = np.searchsorted(np.array(cuts), tau, side="left")
        share = np.bincount(of, minlength=len(self.fifths)) / len(tau)
        effect = float(sum(w * one.effect for w, one in zip(share, self.fifths, strict=True)))
        error = math.sqrt(sum((w * one.error) ** 2 for w, one in zip(share, self.fifths, strict=True)))
        base = float(sum(w * one.base for w, one in zip(share, self.fifths, strict=True)))
        reach = float(ndtri(1 - (1 - LEVEL) / 2)) * error
        shift, low, high = (_shift(base, effect + move) for move in (0.0, -reach, reach))
        return Interval(estimate=shift, low=min(low, shift), high=max(high, shift), level=LEVEL)


class UpliftModel(Model):
    """`model.json`."""

    columns: Columns
    uplifts: tuple[Uplift, ...]

    def of(self, channel: Channel) -> Uplift | None:
        """Contact by that channel without an offer; null where no campaign has tried it by lot."""
        return next((one for one in self.uplifts if one.channel == channel and one.offer is None), None)


def ranked(uplift: Uplift, stored: Stored, x: pd.DataFrame) -> Floats:
    """τ̂ of each row of the features, shape (n,)."""
    return uplift.effect(tuple(stored.read(name).decode() for name in uplift.files)).of(x)


def _shift(base: float, effect: float) -> float:
    def logit(p: float) -> float:
        p = min(max(p, LEAST_RATE), 1 - LEAST_RATE)
        return math.log(p / (1 - p))

    return logit(base + effect) - logit(base)
