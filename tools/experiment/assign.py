"""Who is held out: a salted hash, ranked within each segment, so that every segment gives its exact share.

The arm of a customer depends on the salt, the customer's id and the segment's members alone: the same plan gives the
same arms on any machine, and a new salt gives an independent draw.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from tools.failure import ToolFailure

if TYPE_CHECKING:
    import pandas as pd

HOLDOUT = "holdout"
CAMPAIGN = "campaign"


def hash_unit(salt: str, customer_id: str) -> float:
    """A number in [0, 1) from SHA-256 of `salt:customer_id`; uniform for any set of ids."""
    digest = hashlib.sha256(f"{salt}:{customer_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def assign_arms(members: pd.DataFrame, *, holdout_fraction: float, salt: str) -> pd.Series[str]:
    """The arm of each row of `members` (columns `customer_id`, `segment_id`), aligned with its index.

    Each segment of n customers holds out round(n × holdout_fraction), ties to even: those with the smallest hashes.

    Raises:
        ToolFailure: `bad_holdout` where the fraction is not in [0, 1).
    """
    import pandas as pd

    if not 0 <= holdout_fraction < 1:
        raise ToolFailure("bad_holdout", f"A holdout of {holdout_fraction:.0%} leaves nobody to contact; say less.")
    draw = pd.Series([hash_unit(salt, cid) for cid in members["customer_id"]], index=members.index, dtype="float64")
    rank = draw.groupby(members["segment_id"]).rank(method="first")
    size = members.groupby("segment_id")["customer_id"].transform("size")
    held = rank <= (size * holdout_fraction).round()
    return held.map({True: HOLDOUT, False: CAMPAIGN}).astype("str")
