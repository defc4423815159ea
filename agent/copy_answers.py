"""What past messages were answered with: each variant of a measured campaign, and how many of its customers bought.

The package says who was to get which variant, and the shop's `contacts`, into which a readout enters its customers, who
converted. Campaigns whose package is not whole are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from agent.past_copy import campaigns_of
from tools.copywriter.learned import Answered, ResponseScore, Unlearned, learn

if TYPE_CHECKING:
    import pandas as pd

    from agent.campaign import Campaign
    from tools.shop.store import ShopStore

RUBRIC = "the rubric of tools/copywriter/score.py, which knows nothing of response"


def response_score(home: Path, store: ShopStore) -> ResponseScore | Unlearned:
    """Learned from every campaign that was planned here and measured."""
    found = answered(home, store)
    return learn(found) if found else Unlearned("no campaign that was planned here has been measured")


def answered(home: Path, store: ShopStore) -> list[Answered]:
    """Each variant of each measured campaign."""
    measured = [campaign for campaign in campaigns_of(home) if campaign.readout is not None]
    if not measured or not store.has("contacts"):
        return []
    bought = _converted(store, [campaign.campaign_id for campaign in measured])
    return [one for campaign in measured for one in _answered(home, campaign, bought)]


def _converted(store: ShopStore, campaign_ids: list[str]) -> pd.DataFrame:
    """campaign_id, customer_id, converted."""
    table = store.table("contacts")
    kept = table.filter(table.campaign_id.isin(campaign_ids))
    rows = kept.select("campaign_id", "customer_id", converted=kept.converted_at.notnull())
    frame: pd.DataFrame = rows.to_pyarrow().to_pandas()
    return frame


def _answered(home: Path, campaign: Campaign, bought: pd.DataFrame) -> Iterator[Answered]:
    import pandas as pd

    path = home / "campaigns" / campaign.campaign_id / "audience.parquet"
    if not path.is_file():
        return
    sent = pd.read_parquet(path, columns=["customer_id", "copy_id"]).dropna()
    own = bought[bought["campaign_id"] == campaign.campaign_id].drop_duplicates("customer_id")
    by_copy = sent.merge(own, on="customer_id").groupby("copy_id")["converted"]
    sizes, sums = by_copy.size().to_dict(), by_copy.sum().to_dict()
    for item in campaign.copies:
        if item.copy_id in sizes:
            cell = f"{campaign.campaign_id}.{item.segment_id}.{item.channel}.{item.offer_id}"
            yield Answered(cell, item.parts, item.angle, int(sizes[item.copy_id]), int(sums[item.copy_id]))
