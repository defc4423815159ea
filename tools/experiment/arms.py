"""One arm as it was seen: sent, delivered, opened, clicked, redeemed, bought."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tools.experiment.observed import STEPS, Observed
from tools.experiment.readout_types import ArmReadout
from tools.metrics.means import aov, mean
from tools.metrics.rates import cvr, rate
from tools.metrics.types import Metric, no_data

if TYPE_CHECKING:
    import pandas as pd

NO_REVENUE = "the revenue is not known"


def arm_readout(observed: Observed, arm: str, control: str | None, level: float) -> ArmReadout:
    """The arm's own figures; a step that the results do not record is "no data", not none."""
    whole = observed.rows
    rows = whole[whole["arm"] == arm]
    revenue, orders = rows["revenue_minor"].to_numpy(dtype=float), rows["orders"].to_numpy(dtype=float)
    discounts = rows["discount_minor"].to_numpy(dtype=float)
    known = not bool(np.isnan(revenue).any())
    answers = rows["survey"].dropna().to_numpy(dtype=float)
    recorded = {step: observed.knows(step) for step in STEPS}
    sent = _step(rows, "sent", recorded, None, level)
    return ArmReadout(
        arm=arm,
        role="control" if arm == control else "treated",
        customers=len(rows),
        sent=sent,
        delivered=_step(rows, "delivered", recorded, "sent", level),
        opened=_step(rows, "opened", recorded, "delivered", level),
        clicked=_step(rows, "clicked", recorded, "delivered", level),
        redeemed=_step(rows, "redeemed", recorded, None, level),
        visited=_step(rows, "visited", recorded, None, level),
        converted=cvr(int((orders > 0).sum()), len(rows), level=level),
        orders=int(orders.sum()),
        order_value=aov(revenue, orders, level=level) if known else no_data(NO_REVENUE, len(rows), level),
        revenue_minor=int(revenue.sum()) if known else None,
        revenue_per_customer=mean(revenue, level=level) if known else no_data(NO_REVENUE, len(rows), level),
        discount_minor=int(discounts.sum()) if not np.isnan(discounts).any() else None,
        survey=mean(answers, level=level) if len(answers) else no_data("nobody of this arm answered a survey"),
    )


def _step(rows: pd.DataFrame, step: str, recorded: dict[str, bool], of: str | None, level: float) -> Metric:
    """The share of a step among those of the step before; among everybody where that one is not recorded."""
    if not recorded[step]:
        return no_data(f"the results do not record `{step}`", len(rows), level)
    reached = rows[step].fillna(False).astype(bool)
    base = rows[of].fillna(False).astype(bool) | reached if of is not None and recorded[of] else None
    trials = len(rows) if base is None else int(base.sum())
    return rate(int(reached.sum()), trials, level=level, of=of or "customer")
