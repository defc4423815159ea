"""The test, designed before launch: what this audience can show, and whether that is enough.

The campaign arm is compared whole (intention to treat): customers of it whom the budget sends nothing stay in, since
their like in the holdout cannot be told apart; they dilute the expected effect, and the design says so.

Two independent arms, each customer a Bernoulli trial ("has an order in the window"). The smallest detectable effect is
the absolute difference that a two-sided z-test at level `alpha` finds with probability `power`; statsmodels solves it
in Cohen's h = 2 asin √p₁ − 2 asin √p₀ (Cohen 1988, ch. 6), and h is turned back into a difference at the baseline.
Weekly looks by `sequential.py` cost less than 2 % of the smallest detectable effect, which leaves them out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.experiment.sequential import boundaries, information_at
from tools.experiment.types import Arm, Assignment, ExperimentPart, PlannedLook, SpendTest
from tools.vocabulary import Interval

if TYPE_CHECKING:
    from tools.experiment.spend_power import SpendHistory

MIN_EXPECTED_ORDERS = 5
"""Below five expected buyers or non-buyers in an arm the normal approximation is not to be trusted."""


@dataclass(frozen=True)
class DesignRequest:
    """Arms in customers; `baseline` and `expected_effect` (of the whole campaign arm) are fractions of customers."""

    campaign: int
    contacted: int
    """Of the campaign arm."""
    held_out: int
    salt: str
    days: int
    baseline: Interval
    expected_effect: float | None
    power: float = 0.8
    alpha: float = 0.05
    history: SpendHistory | None = None
    """What customers like these spent in past windows; null: nothing is said of spend."""


def detectable(baseline: float, campaign: int, held_out: int, *, power: float, alpha: float) -> float | None:
    """Smallest absolute rise over `baseline` (fractions) that the two arms can show; null where none can.

    Args:
        baseline: share of customers with an order without contact, in (0, 1).
    """
    from statsmodels.stats.power import NormalIndPower

    if min(campaign, held_out) < 2 or not 0 < baseline < 1:
        return None
    h = float(
        NormalIndPower().solve_power(
            effect_size=None,
            nobs1=campaign,
            ratio=held_out / campaign,
            alpha=alpha,
            power=power,
            alternative="two-sided",
        )
    )
    angle = math.asin(math.sqrt(baseline)) + h / 2
    if angle >= math.pi / 2:
        return None
    return math.sin(angle) ** 2 - baseline


def design(request: DesignRequest) -> ExperimentPart:
    """The `experiment` part: arms, sizes, the smallest detectable effect, and "cannot be measured" where that is so."""
    mde = detectable(
        request.baseline.estimate, request.campaign, request.held_out, power=request.power, alpha=request.alpha
    )
    measurable, note = _verdict(request, mde)
    return ExperimentPart(
        arms=(
            Arm(name="campaign", customers=request.campaign),
            Arm(name="holdout", customers=request.held_out),
        ),
        assignment=Assignment(salt=request.salt),
        metric="share of customers with at least one order in the window",
        baseline=request.baseline,
        mde=mde,
        expected_effect=request.expected_effect,
        power=request.power,
        alpha=request.alpha,
        days=request.days,
        measurable=measurable,
        note=note,
        looks=planned_looks(request) if measurable else (),
        spend=_spend(request),
        weeks_needed=_weeks(request, mde),
    )


def planned_looks(request: DesignRequest) -> tuple[PlannedLook, ...]:
    """A look at the end of every whole week, and at the end; none but the last where the window is short."""
    baseline = request.baseline.estimate
    days = [*range(7, request.days - 6, 7), request.days]
    if len(days) < 2 or not 0 < baseline < 1:
        return ()
    information = [information_at(day, request.days, baseline) for day in days]
    limits = boundaries(information, request.alpha)
    return tuple(
        PlannedLook(day=day, information=t, boundary_z=z) for day, t, z in zip(days, information, limits, strict=True)
    )


def _spend(request: DesignRequest) -> SpendTest | None:
    from tools.experiment.spend_power import spend_power

    if request.history is None:
        return None
    found = spend_power(request.history, request.campaign, request.held_out, power=request.power, alpha=request.alpha)
    if found is None:
        return None
    return SpendTest(
        mde_minor=round(found.mde_minor),
        mde_cuped_minor=round(found.mde_cuped_minor),
        variance_kept=found.variance_kept,
        customer_windows=len(request.history.spend),
    )


def _weeks(request: DesignRequest, mde: float | None) -> float | None:
    """Precision grows with the square of the effect: (mde / effect)² campaigns of this length."""
    if mde is None or not request.expected_effect or request.expected_effect <= 0:
        return None
    return request.days / 7 * max(1.0, (mde / request.expected_effect) ** 2)


def _verdict(request: DesignRequest, mde: float | None) -> tuple[bool, str]:
    smaller = min(request.campaign, request.held_out)
    rarer = min(request.baseline.estimate, 1 - request.baseline.estimate)
    if request.held_out == 0:
        return False, "This cannot be measured: nobody is held out, so there is nothing to compare with."
    if mde is None or smaller * rarer < MIN_EXPECTED_ORDERS:
        return False, (
            f"This cannot be measured: the smaller arm has {smaller} customers, of whom about "
            f"{smaller * request.baseline.estimate:.1f} would buy anyway; that is too few for any test."
        )
    sees = (
        f"With {request.campaign} in the campaign ({request.contacted} contacted) against {request.held_out} held out, "
        f"the test sees a difference of "
        f"{100 * mde:.1f} percentage points or more ({request.power:.0%} power, {request.alpha:.0%} level)."
    )
    if request.expected_effect is None or request.expected_effect <= 0:
        return True, sees
    expects = f" The forecast expects {100 * request.expected_effect:.2f} points."
    if request.expected_effect < mde:
        return False, sees + expects + (
            " This cannot be measured: the effect is smaller than what an audience of this size can show. Run it on "
            "more customers or for longer, or pool the readouts of several campaigns."
        )
    return True, sees + expects
