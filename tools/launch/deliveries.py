"""Who gets what: the allocation's counts turned into one row a customer.

Within a group (customers of a segment reached by the same channels) nobody is preferred: they are taken in the order
of a salted hash, so that who is contacted, and with which variant, is random and can be repeated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tools.copywriter.types import CopyItem
from tools.experiment.assign import CAMPAIGN, hash_unit
from tools.vocabulary import Channel

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("customer_id", "arm", "segment_id", "channel", "offer_id", "copy_id", "product_ids")


@dataclass(frozen=True)
class Share:
    """`customers` of a segment reached by exactly `reach` get this channel and offer."""

    segment_id: str
    reach: frozenset[Channel]
    channel: Channel
    offer_id: str
    customers: int


def deliveries(
    members: pd.DataFrame,
    shares: Sequence[Share],
    copies: Sequence[CopyItem],
    products: Mapping[str, Sequence[str]],
    *,
    channels: Sequence[Channel],
    salt: str,
) -> pd.DataFrame:
    """One row a customer of the audience, columns `COLUMNS`; null channel, offer and copy where nothing is sent.

    Args:
        members: customer_id, segment_id, arm, and `<channel>_ok` for each of `channels`.
        products: segment → the product ids that its messages speak of.

    Raises:
        ValueError: a share asks for more customers than its group has.
    """
    import pandas as pd

    frame = members[["customer_id", "arm", "segment_id"]].copy()
    for column in ("channel", "offer_id", "copy_id"):
        frame[column] = pd.Series(None, index=frame.index, dtype="str")
    draw = pd.Series([hash_unit(f"{salt}:delivery", cid) for cid in frame["customer_id"]], index=frame.index)
    reach = _reach(members, channels)
    free = members["arm"] == CAMPAIGN
    for share in shares:
        group = free & (members["segment_id"] == share.segment_id) & (reach == share.reach)
        chosen = draw[group].sort_values(kind="stable").index[: share.customers]
        if len(chosen) < share.customers:
            raise ValueError(f"{share} asks for more than the {len(chosen)} customers who are free")
        frame.loc[chosen, "channel"] = share.channel
        frame.loc[chosen, "offer_id"] = share.offer_id
        free = free & ~free.index.isin(chosen)
    frame["copy_id"] = _variants(frame, copies, salt)
    frame["product_ids"] = [
        " ".join(products.get(segment, ())) if isinstance(channel, str) else ""
        for segment, channel in zip(frame["segment_id"], frame["channel"], strict=True)
    ]
    return frame[list(COLUMNS)].sort_values("customer_id", kind="stable").reset_index(drop=True)


def _reach(members: pd.DataFrame, channels: Sequence[Channel]) -> pd.Series[Any]:
    import pandas as pd

    flags = [members[f"{channel}_ok"] for channel in channels]
    sets = [frozenset(c for c, ok in zip(channels, row, strict=True) if ok) for row in zip(*flags, strict=True)]
    return pd.Series(sets, index=members.index, dtype="object")


def _variants(frame: pd.DataFrame, copies: Sequence[CopyItem], salt: str) -> list[str | None]:
    by_cell: dict[tuple[str, str, str], list[str]] = {}
    for item in copies:
        by_cell.setdefault((item.segment_id, item.channel, item.offer_id), []).append(item.copy_id)
    chosen: list[str | None] = []
    rows = zip(frame["customer_id"], frame["segment_id"], frame["channel"], frame["offer_id"], strict=True)
    for customer_id, segment_id, channel, offer_id in rows:
        variants = by_cell.get((segment_id, channel, offer_id), [])
        at = int(hash_unit(f"{salt}:variant", customer_id) * len(variants))
        chosen.append(variants[at] if variants else None)
    return chosen
