"""A past campaign as `contacts` tells it, and what its customers spent before and bought after, from the orders."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from tools.failure import ToolFailure
from tools.shop.appending import MEASURED
from tools.shop.results import STEPS

if TYPE_CHECKING:
    import pandas as pd

    from tools.shop.store import ShopStore

UNNAMED = "campaign"
"""The arm of contacts that name none."""


@dataclass(frozen=True)
class PastCampaign:
    """`assigned`: customer_id, arm, one row a customer; `contacts`: its rows in `contacts` as they are stored.

    `randomised` only where every row says so. `own` rows were written by an earlier readout.
    """

    campaign_id: str
    assigned: pd.DataFrame
    contacts: pd.DataFrame
    randomised: bool
    own: bool
    first: date
    last: date

    @property
    def tells_outcomes(self) -> bool:
        """Whether `contacts` itself says who bought; else the orders have to."""
        return bool(self.contacts[["converted_at", "revenue_minor"]].notna().any(axis=None))


def past_campaign(store: ShopStore, campaign_id: str) -> PastCampaign:
    """The campaign's rows.

    Raises:
        ToolFailure: `no_campaign` where there is none; `mixed_arms` with customers who stand in several arms.
    """
    rows = store.frame("contacts") if store.has("contacts") else None
    known = [] if rows is None else sorted(rows["campaign_id"].unique())
    if rows is None or campaign_id not in known:
        some = f"; it has {', '.join(known[:10])}{' …' if len(known) > 10 else ''}" if known else ""
        message = f"there is no campaign `{campaign_id}`, neither planned here nor in the shop's `contacts`{some}"
        raise ToolFailure("no_campaign", message, campaign=campaign_id)
    rows = rows[rows["campaign_id"] == campaign_id].reset_index(drop=True)
    arms = rows.assign(arm=rows["arm"].fillna(UNNAMED))[["customer_id", "arm"]].drop_duplicates()
    twice = arms.loc[arms["customer_id"].duplicated(), "customer_id"].tolist()
    if twice:
        shown = ", ".join(f"`{one}`" for one in twice[:5])
        message = f"{len(twice):,} customers of `{campaign_id}` stand in several arms, so none can be compared: {shown}"
        raise ToolFailure("mixed_arms", message, campaign=campaign_id, customers=twice[:200])
    own = bool(rows[MEASURED].notna().any()) if MEASURED in rows else False
    return PastCampaign(
        campaign_id=campaign_id,
        assigned=arms.sort_values("customer_id", ignore_index=True),
        contacts=rows,
        randomised=bool(rows["randomised"].astype("boolean").fillna(False).all()),
        own=own,
        first=rows["sent_at"].min().date(),
        last=rows["sent_at"].max().date(),
    )


def told_lines(past: PastCampaign, control: str | None) -> pd.DataFrame:
    """What `contacts` says of each customer, as lines of results; one conversion a row.

    A row with revenue but without a time is taken to have converted when it was sent.
    """
    import pandas as pd

    rows = past.contacts
    made = pd.DataFrame({"customer_id": rows["customer_id"]})
    steps = {step: f"{step}_at" for step in STEPS}
    for step, column in steps.items():
        made[step] = _told(rows, column)
    contacted = (rows["arm"].fillna(UNNAMED) != control) & (rows["channel"] != "none")
    made["sent"] = contacted.astype("boolean")
    earned = rows["revenue_minor"].fillna(0) > 0
    made["ordered_at"] = rows["converted_at"].where(rows["converted_at"].notna(), rows["sent_at"].where(earned))
    bought = made["ordered_at"].notna()
    knows_revenue = bool(rows["revenue_minor"].notna().any())
    made["order_id"] = pd.Series(range(len(rows)), dtype=str).where(bought)
    made["amount_minor"] = rows["revenue_minor"].astype("Float64").fillna(0 if knows_revenue else pd.NA).where(bought)
    for name in ("discount_minor", "margin_minor", "survey"):
        made[name] = pd.Series(float("nan"), index=rows.index)
    return made


def _told(rows: pd.DataFrame, column: str) -> pd.Series[bool]:
    import pandas as pd

    if column not in rows or not rows[column].notna().any():
        return pd.Series(pd.NA, index=rows.index, dtype="boolean")
    return rows[column].notna().astype("boolean")


def ordered_lines(store: ShopStore, customers: pd.Series[str], start: date, end: date) -> pd.DataFrame:
    """Orders of these customers from `start` to `end` (both counted): customer_id, ordered_at, order_id,
    amount_minor, discount_minor; one row an order."""
    import ibis

    orders = store.table("orders", end + timedelta(days=1))
    orders = orders.filter(orders.ordered_at >= ibis.literal(start.isoformat()).cast("timestamp"))
    mine = orders.semi_join(ibis.memtable(customers.to_frame("customer_id")), "customer_id")
    each = mine.group_by(["customer_id", "order_id"]).agg(
        ordered_at=mine.ordered_at.min(),
        amount_minor=mine.amount_minor.sum(),
        discount_minor=mine.discount_minor.sum(),
    )
    found: pd.DataFrame = each.order_by(["customer_id", "order_id"]).to_pyarrow().to_pandas()
    return found


def spend_before(store: ShopStore, start: date, days: int) -> pd.Series[float] | None:
    """customer_id → spend in the `days` before `start`, in minor units; None where the shop has no order before it."""
    import ibis

    if not store.has("orders"):
        return None
    orders = store.table("orders", start)
    since = ibis.literal((start - timedelta(days=days)).isoformat()).cast("timestamp")
    orders = orders.filter(orders.ordered_at >= since)
    spent = orders.group_by("customer_id").agg(spent=orders.amount_minor.sum()).order_by("customer_id")
    frame: pd.DataFrame = spent.to_pyarrow().to_pandas()
    return frame.set_index("customer_id")["spent"].astype(float) if len(frame) else None
