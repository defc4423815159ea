"""Was it really by lot? Sample ratios against the plan, and the past of the arms against each other.

A sample-ratio mismatch means that customers were lost or moved between assignment and readout, and then the arms are no
longer alike: no effect is called uplift then (Fabijan et al. 2019).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pydantic import Field

from tools.vocabulary import Model

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MISMATCH = 0.001
"""p below which the sample ratio is called broken: an alarm that is raised once in a thousand sound campaigns."""


class SampleRatio(Model):
    """Customers seen by arm against the planned shares (χ², exact counts)."""

    seen: dict[str, int]
    expected: dict[str, float] | None
    """Customers by the plan; null where the planned shares are not known."""
    p_value: float | None = Field(ge=0, le=1)
    no_data: str | None = None

    @property
    def broken(self) -> bool:
        return self.p_value is not None and self.p_value < MISMATCH


def sample_ratio(seen: Mapping[str, int], shares: Mapping[str, float] | None) -> SampleRatio:
    """χ² of the counts against shares that sum to 1.

    Raises:
        ValueError: the shares do not sum to 1, or name other arms.
    """
    from scipy.special import chdtrc

    total = sum(seen.values())
    if shares is None:
        return SampleRatio(seen=dict(seen), expected=None, p_value=None, no_data="the planned shares are not known")
    if set(shares) != set(seen) or abs(sum(shares.values()) - 1) > 1e-6:
        raise ValueError(f"shares {dict(shares)} are not those of the arms {list(seen)}")
    expected = {arm: share * total for arm, share in shares.items()}
    if total == 0 or len(seen) < 2:
        return SampleRatio(seen=dict(seen), expected=expected, p_value=None, no_data="fewer than two arms were seen")
    if any(count == 0 and seen[arm] > 0 for arm, count in expected.items()):
        return SampleRatio(seen=dict(seen), expected=expected, p_value=0.0)
    chi2 = sum((seen[arm] - e) ** 2 / e for arm, e in expected.items() if e > 0)
    return SampleRatio(seen=dict(seen), expected=expected, p_value=float(chdtrc(len(seen) - 1, chi2)))


def standardised_gap(x: NDArray[np.float64], treated: NDArray[np.bool_]) -> float | None:
    """Difference of the arms' means in pooled standard deviations; null where x does not vary or an arm is empty.

    Above 0.1 in absolute value is worth a look; by lot alone it is about 1/√n_t + 1/√n_c at most.
    """
    import math

    one, other = x[treated], x[~treated]
    if min(len(one), len(other)) < 2:
        return None
    pooled = math.sqrt((float(one.var(ddof=1)) + float(other.var(ddof=1))) / 2)
    return float(one.mean() - other.mean()) / pooled if pooled > 0 else None
