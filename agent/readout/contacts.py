"""The customers of a measured campaign as rows of `contacts`, so that the next `train` learns from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from agent.readout.own import Measured

NOBODY_SENT = "none"
"""The channel of a customer whom nothing was sent to: the held-out, and those the budget left out."""


def contact_rows(measured: Measured) -> pd.DataFrame:
    """One row a customer, with the stored columns of `contacts`; times in UTC without a zone.

    `propensity` is the chance of the customer's own arm within the segment that it was drawn in. `sent_at` is the
    window's first day where no time of sending is known; what happened at a time that is not known is entered on its
    last day, since no later plan may know it earlier. `randomised` is what the readout found it to be.
    """
    import pandas as pd

    part, rows = measured.part, measured.observed.rows
    audience = measured.audience.set_index("customer_id").loc[rows["customer_id"]].reset_index()
    start = pd.Timestamp(part.start)
    end = pd.Timestamp(part.end) + pd.Timedelta(hours=23, minutes=59)
    arm_size = audience.groupby(["segment_id", "arm"])["customer_id"].transform("size")
    size = audience.groupby("segment_id")["customer_id"].transform("size")
    made = pd.DataFrame(
        {
            "campaign_id": part.campaign_id,
            "customer_id": rows["customer_id"].to_numpy(),
            "channel": audience["channel"].fillna(NOBODY_SENT),
            "sent_at": _time(rows, "sent").fillna(start),
            "arm": audience["arm"],
            "offer": audience["offer_id"],
            "randomised": part.basis == "randomised",
            "propensity": arm_size / size,
            "converted_at": rows["first_order_at"].to_numpy(),
            "revenue_minor": rows["revenue_minor"].where(rows["orders"] > 0).astype("Float64").round().astype("Int64"),
        }
    )
    for step in ("opened", "clicked", "redeemed", *(("visited",) if measured.observed.knows("visited") else ())):
        did = rows[step].fillna(False).astype(bool).to_numpy()
        made[f"{step}_at"] = _time(rows, step).fillna(end).where(did)
    return made


def _time(rows: pd.DataFrame, step: str) -> pd.Series[pd.Timestamp]:
    """When each customer's step happened, null where that is not known."""
    import pandas as pd

    column = f"{step}_at"
    known = rows[column] if column in rows else pd.Series(pd.NaT, index=rows.index)
    return known.astype("datetime64[us]").reset_index(drop=True)
