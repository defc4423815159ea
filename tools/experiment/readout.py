"""From the customers of a campaign and what they did to what it caused: intention to treat, everybody counted.

Which estimate comes first is fixed before the results are seen: conversion is compared as it is; revenue and margin
with CUPED where spend before the campaign is known. The plain figures stand beside them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tools.experiment.arms import arm_readout
from tools.experiment.checks import MISMATCH, SampleRatio, sample_ratio, standardised_gap
from tools.experiment.comparisons import Standing, compare_all
from tools.experiment.effects import Randomisation
from tools.experiment.readout_types import ReadoutPart
from tools.experiment.returns import returns_of

if TYPE_CHECKING:
    from tools.experiment.observed import Facts, Observed


def read_out(observed: Observed, facts: Facts) -> ReadoutPart:
    """The readout. Where something cannot be told it says "no data" and why, and never 0 or infinity."""
    rows = observed.rows
    observed = _with_margin(observed, facts)
    counts = {str(arm): int(n) for arm, n in rows["arm"].value_counts().sort_index().items()}
    ratio = sample_ratio(dict(facts.seen or counts), facts.shares)
    standing = _standing(facts, ratio)
    effects = compare_all(observed, facts.control, standing, facts.level) if facts.control is not None else ()
    treated = (rows["arm"] != facts.control).to_numpy(dtype=bool)
    return ReadoutPart(
        campaign_id=facts.campaign_id,
        read_at=facts.read_at,
        start=facts.start,
        end=facts.end,
        source=facts.source,
        source_sha=facts.source_sha,
        currency=facts.currency,
        basis="randomised" if isinstance(standing, Randomisation) else "observational",
        standing=standing.method if isinstance(standing, Randomisation) else standing,
        control=facts.control,
        level=facts.level,
        arms=tuple(arm_readout(observed, arm, facts.control, facts.level) for arm in counts),
        sample_ratio=ratio,
        past_spend_gap=_past_gap(observed, treated),
        effects=effects,
        returns=returns_of(observed, treated, effects, facts),
        notes=facts.notes,
    )


def _standing(facts: Facts, ratio: SampleRatio) -> Standing:
    if facts.control is None:
        return f"there is no arm that was left without contact{': ' + facts.standing if facts.standing else ''}"
    if not facts.randomised:
        return facts.standing
    if ratio.broken:
        planned = ratio.expected or {}
        seen = ", ".join(f"{arm} {n:,} of {planned.get(arm, 0):,.0f}" for arm, n in ratio.seen.items())
        return (
            f"the arms were drawn by lot, but the customers seen ({seen}) are not those of the plan (p below "
            f"{MISMATCH:g}): customers were lost or moved, so the arms are no longer alike"
        )
    return Randomisation(method=facts.standing, sample_ratio_p=ratio.p_value)


def _with_margin(observed: Observed, facts: Facts) -> Observed:
    """Margins by the rate where the results bring none: rate × full price, less the discount."""
    from tools.experiment.observed import Observed

    rows = observed.rows
    if observed.knows("margin_minor") or facts.margin_rate is None:
        return observed
    given = rows["discount_minor"].fillna(0)
    full = rows["revenue_minor"] + given
    return Observed(rows.assign(margin_minor=facts.margin_rate * full - given))


def _past_gap(observed: Observed, treated: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> float | None:
    if not observed.knows("pre_minor") or treated.all():
        return None
    return standardised_gap(np.nan_to_num(observed.floats("pre_minor")), treated)
