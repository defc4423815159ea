"""Every comparison of a readout: everybody, each arm, each segment, for conversion, revenue and margin.

Arms and segments are families: their p-values are corrected by Holm's method, their intervals by Bonferroni's, so that
each statement of a family holds together with the others at the stated level.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from tools.experiment.effects import (
    SHARES,
    Method,
    ObservationalEstimate,
    Outcome,
    Randomisation,
    RandomisedEffect,
)
from tools.experiment.estimate import Arms, Compared, compare_amounts, compare_shares, cuped
from tools.experiment.readout_types import EffectRow

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tools.experiment.observed import Observed

Standing = Randomisation | str
"""How the arms were drawn, or why they were not."""
OUTCOMES: tuple[Outcome, ...] = ("visit", "conversion", "revenue", "margin")


@dataclass(frozen=True)
class _Scope:
    kind: Literal["overall", "arm", "segment"]
    name: str
    chosen: NDArray[np.bool_]


def compare_all(observed: Observed, control: str, standing: Standing, level: float) -> tuple[EffectRow, ...]:
    """The rows, by scope, then outcome, then method with the prespecified one first."""
    families = _families(observed, control)
    made: list[EffectRow] = []
    for scopes in families:
        within = 1 - (1 - level) / len(scopes)
        for outcome in OUTCOMES:
            if outcome == "visit" and not observed.knows("visited"):
                continue
            for method in _methods(observed, outcome, alone=scopes[0].kind == "overall"):
                found = [_compare(observed, control, scope, outcome, method, within) for scope in scopes]
                made += _rows(scopes, outcome, method, found, standing)
    return tuple(made)


def _families(observed: Observed, control: str) -> list[list[_Scope]]:
    rows = observed.rows
    everybody = np.ones(len(rows), dtype=bool)
    families = [[_Scope("overall", "", everybody)]]
    arms = sorted(str(arm) for arm in rows["arm"].unique() if arm != control)
    if len(arms) > 1:
        families.append([_Scope("arm", arm, rows["arm"].isin([arm, control]).to_numpy(bool)) for arm in arms])
    segments = sorted(str(segment) for segment in rows["segment_id"].dropna().unique())
    if len(segments) > 1:
        families.append([_Scope("segment", one, (rows["segment_id"] == one).to_numpy(bool)) for one in segments])
    return families


def _methods(observed: Observed, outcome: Outcome, *, alone: bool) -> tuple[Method, ...]:
    if outcome == "margin" and not observed.knows("margin_minor"):
        return ("difference",)
    if not observed.knows("pre_minor"):
        return ("difference",)
    first: Method = "difference" if outcome in SHARES else "cuped"
    other: Method = "cuped" if outcome in SHARES else "difference"
    return (first, other) if alone else (first,)


@dataclass(frozen=True)
class _Found:
    compared: Compared
    treated: int
    variance_kept: float | None


def _compare(observed: Observed, control: str, scope: _Scope, outcome: Outcome, method: Method, level: float) -> _Found:
    rows = observed.rows[scope.chosen]
    treated = (rows["arm"] != control).to_numpy(dtype=bool)
    _, strata = np.unique(rows["segment_id"].fillna("").to_numpy(dtype=str), return_inverse=True)
    arms = Arms(treated, strata.astype(np.int64))
    buys = (observed.visits if outcome == "visit" else observed.buys)[scope.chosen]
    if outcome in SHARES and method == "difference":
        return _Found(compare_shares(buys, arms, level=level), int(treated.sum()), None)
    y = buys.astype(float) if outcome in SHARES else rows[f"{outcome}_minor"].to_numpy(dtype=float)
    if np.isnan(y).any():
        return _Found(_unknown(len(y), outcome, level), int(treated.sum()), None)
    plain = compare_amounts(y, arms, level=level, buyers=buys)
    if method == "difference":
        return _Found(plain, int(treated.sum()), None)
    before = np.nan_to_num(rows["pre_minor"].to_numpy(dtype=float))
    adjusted = compare_amounts(cuped(y, before, arms), arms, level=level, buyers=buys)
    kept = adjusted.variance / plain.variance if adjusted.variance is not None and plain.variance else None
    return _Found(adjusted, int(treated.sum()), kept)


def _unknown(n: int, outcome: str, level: float) -> Compared:
    from tools.metrics.types import no_data

    nothing = no_data(f"the {outcome} is not known", n, level)
    return Compared(nothing, nothing, nothing, None)


def _rows(
    scopes: list[_Scope], outcome: Outcome, method: Method, found: list[_Found], standing: Standing
) -> list[EffectRow]:
    adjusted = holm([one.compared.p_value for one in found]) if scopes[0].kind != "overall" else [None] * len(found)
    return [
        EffectRow(
            scope=scope.kind,
            name=scope.name,
            outcome=outcome,
            effect=_effect(one, method, p, standing),
            total=one.compared.difference.scaled(one.treated),
        )
        for scope, one, p in zip(scopes, found, adjusted, strict=True)
    ]


def _effect(
    found: _Found, method: Method, p_adjusted: float | None, standing: Standing
) -> RandomisedEffect | ObservationalEstimate:
    one = found.compared
    if isinstance(standing, Randomisation):
        return RandomisedEffect(
            treated=one.treated,
            control=one.control,
            difference=one.difference,
            method=method,
            p_value=one.p_value,
            p_adjusted=p_adjusted,
            variance_kept=found.variance_kept,
            randomisation=standing,
        )
    return ObservationalEstimate(
        treated=one.treated,
        control=one.control,
        difference=one.difference,
        method=method,
        p_value=one.p_value,
        p_adjusted=p_adjusted,
        variance_kept=found.variance_kept,
        reason=standing,
    )


def holm(p_values: list[float | None]) -> list[float | None]:
    """Holm's step-down p-values (1979); those without data stay null and do not count.

    statsmodels has it too, but collects garbage at each call, a tenth of a second each time.
    """
    known = [i for i, p in enumerate(p_values) if p is not None]
    corrected: list[float | None] = [None] * len(p_values)
    reached = 0.0
    for rank, i in enumerate(sorted(known, key=lambda i: p_values[i] or 0.0)):
        reached = max(reached, min(1.0, (len(known) - rank) * (p_values[i] or 0.0)))
        corrected[i] = reached
    return corrected
