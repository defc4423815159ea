"""What may be said about a readout beside the campaign's name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from tools.failure import ToolFailure
from tools.shop.arms import arms_left_alone

if TYPE_CHECKING:
    import pandas as pd

    from agent.deps import Deps
    from tools.experiment.observed import Observed

PAST_DAYS = 90
"""Days before a campaign whose spend CUPED uses, where no other column is named."""
DEFAULT_DAYS = 14
"""Days from the last message on in which a past campaign's orders count, where nothing else is said."""
MOST_NUMBERS = 12
"""Values of a number that are segments of their own; with more it is cut into fifths."""
MOST_SEGMENTS = 50


@dataclass(frozen=True)
class ReadoutOptions:
    results: Path | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)
    """Column of a results file → the file's own name for it."""
    control: str | None = None
    """The arm to compare with; null: the one whose name says that it was left alone."""
    arms: tuple[str, ...] = ()
    """Arms of a past campaign that are compared with the control; empty: all."""
    days: int = DEFAULT_DAYS
    by: str | None = None
    """Attribute of the customers to read segments by; null: the plan's segments, or none."""
    covariate: str | None = None
    """Numeric attribute from before the campaign, for CUPED; null: spend in the `PAST_DAYS` before."""
    cost_minor: int | None = None
    """What sending cost in all; null: by the plan's forecast, or not known."""
    until: date | None = None
    """Last day whose orders the results hold, for a reading before the end; null: the window is over."""
    out: Path | None = None


def control_arm(arms: list[str], wanted: str | None) -> str | None:
    """The arm that was left without contact, or null where no name says so.

    Raises:
        ToolFailure: `no_such_arm`; `unclear_control` where several names say so.
    """
    if wanted is not None:
        if wanted not in arms:
            raise ToolFailure("no_such_arm", f"there is no arm `{wanted}`; the arms are {', '.join(arms)}", arms=arms)
        return wanted
    found = arms_left_alone(arms)
    if len(found) > 1:
        message = f"several arms look as if they were left alone: {', '.join(found)}; name one with --control"
        raise ToolFailure("unclear_control", message, arms=found)
    return found[0] if found else None


def with_attributes(observed: Observed, options: ReadoutOptions, deps: Deps) -> Observed:
    """Segments by `by`, and `covariate` in place of the past spend.

    Raises:
        ToolFailure: `unknown_column` where the customers have no such attribute, or it is no number;
            `too_many_segments`.
    """
    from tools.experiment.observed import Observed

    rows = observed.rows
    if options.by is not None:
        rows = rows.assign(segment_id=_segments(_attribute(deps, rows, options.by), options.by))
    if options.covariate is not None:
        values = _attribute(deps, rows, options.covariate)
        if values.dtype.kind not in "iuf":
            message = f"`{options.covariate}` holds no numbers, so it cannot explain spend"
            raise ToolFailure("unknown_column", message, column=options.covariate)
        filled = values.astype(float)
        rows = rows.assign(pre_minor=filled.fillna(filled.mean()))
    return Observed(rows)


def _attribute(deps: Deps, rows: pd.DataFrame, name: str) -> pd.Series[float]:
    known = deps.store.attributes()
    folded = [one for one in known if one.casefold() == name.casefold()]
    if name not in known and len(folded) == 1:
        name = folded[0]
    if name not in known:
        has = f"they have {', '.join(known)}" if known else "they have none"
        raise ToolFailure("unknown_column", f"the customers have no attribute `{name}`; {has}", column=name)
    customers = deps.store.frame("customers").set_index("customer_id")[name]
    values: pd.Series[float] = customers.reindex(rows["customer_id"]).reset_index(drop=True)
    return values


def _segments(values: pd.Series[float], name: str) -> pd.Series[str]:
    """A segment a value; numbers with many values are cut into fifths."""
    import pandas as pd

    if values.dtype.kind in "iuf" and values.nunique() > MOST_NUMBERS:
        fifths = pd.qcut(values, 5, duplicates="drop")
        cut: pd.Series[str] = fifths.map(lambda one: f"{name} {one.left:g} to {one.right:g}").astype("object")
        return cut.map(_named)
    if values.nunique() > MOST_SEGMENTS:
        message = f"`{name}` has {values.nunique():,} values; segments can be read by at most {MOST_SEGMENTS}"
        raise ToolFailure("too_many_segments", message, column=name)
    if values.dtype.kind in "iuf":
        return values.map(lambda one: _named(one) if one != one else f"{name} {one:g}")
    return values.astype("object").map(_named)


def _named(value: object) -> str:
    return "not known" if value is None or value != value else str(value)
