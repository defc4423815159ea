"""Reading before the end: only on a day that the plan foresaw, by its boundary."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from tools.failure import ToolFailure

if TYPE_CHECKING:
    from agent.campaign import Campaign
    from tools.experiment.readout_types import ReadoutPart

LEVEL = 0.95


@dataclass(frozen=True)
class Reading:
    """The last day that counts, the level of the intervals, and the look (from 1; null: the only one)."""

    end: date
    level: float
    look: int | None = None


def reading_of(campaign: Campaign, start: date, end: date, until: date | None) -> Reading:
    """Which of the plan's looks this is.

    Raises:
        ToolFailure: `too_early` where `until` is before the first look, or before the start.
    """
    looks = campaign.experiment.looks if campaign.experiment else ()
    over = ((until or end) - start).days + 1
    if not looks:
        if over < (end - start).days + 1:
            raise _too_early(campaign, f"at the end, {end}")
        return Reading(end, LEVEL)
    passed = [look for look in looks if look.day <= over]
    if not passed:
        raise _too_early(campaign, f"after day {looks[0].day}, {start + timedelta(days=looks[0].day - 1)}")
    return Reading(
        end=start + timedelta(days=passed[-1].day - 1),
        level=_level(passed[-1].boundary_z),
        look=len(passed),
    )


def with_look(part: ReadoutPart, campaign: Campaign, reading: Reading) -> ReadoutPart:
    """The readout with the look it was made at, and whether the test may stop."""
    from tools.experiment.readout_types import Look

    looks = campaign.experiment.looks if campaign.experiment else ()
    if reading.look is None:
        return part
    planned = looks[reading.look - 1]
    effect = part.effect("conversion")
    p = effect.p_value if effect is not None else None
    look = Look(
        look=reading.look,
        looks=len(looks),
        information=planned.information,
        boundary_z=planned.boundary_z,
        crossed=p is not None and p <= 1 - reading.level,
    )
    return part.model_copy(update={"look": look})


def _level(boundary_z: float) -> float:
    """Coverage of estimate ± boundary × standard error: the repeated confidence interval (Jennison and Turnbull)."""
    from scipy.special import ndtr

    return min(1 - 1e-12, 1 - 2 * float(ndtr(-boundary_z)))


def _too_early(campaign: Campaign, when: str) -> ToolFailure:
    message = f"`{campaign.campaign_id}` may first be read {when}: earlier looks would raise false alarms"
    return ToolFailure("too_early", message, campaign=campaign.campaign_id)
