"""The customers of one campaign and what they did: the table that a readout is made from, one row a customer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

STEPS = ("sent", "delivered", "opened", "clicked", "redeemed", "visited")


@dataclass(frozen=True)
class Observed:
    """`rows`: customer_id, arm, segment_id (null: no segments), the `STEPS` as nullable booleans (all null: not
    recorded), orders, revenue_minor, discount_minor, margin_minor (NaN: not known), pre_minor (spend before the
    campaign; NaN: not known), survey (NaN: no answer), first_order_at, and `<step>_at` where times are
    known."""

    rows: pd.DataFrame

    def floats(self, column: str) -> NDArray[np.float64]:
        return self.rows[column].to_numpy(dtype=float)

    @property
    def buys(self) -> NDArray[np.bool_]:
        found: NDArray[np.bool_] = self.rows["orders"].to_numpy() > 0
        return found

    @property
    def visits(self) -> NDArray[np.bool_]:
        """Who came to the shop, bought or not; nobody where that is not recorded."""
        found: NDArray[np.bool_] = self.rows["visited"].fillna(False).to_numpy(dtype=bool)
        return found

    def knows(self, column: str) -> bool:
        """Whether the column has a value for anybody."""
        return bool(self.rows[column].notna().any())


@dataclass(frozen=True)
class Facts:
    """What is known about the campaign beside its customers. Money in minor units."""

    campaign_id: str
    start: date
    end: date
    read_at: datetime
    source: str
    source_sha: str
    currency: str
    randomised: bool
    standing: str
    """How customers were assigned where `randomised`, else why the comparison is not."""
    control: str | None
    shares: Mapping[str, float] | None = None
    """Planned share of customers by arm."""
    seen: Mapping[str, int] | None = None
    """Customers by arm that the sample ratio is checked on; null: all that were assigned."""
    sending_minor: int | None = None
    margin_rate: float | None = None
    """Gross margin as a fraction of the full price, for results without margins."""
    margin_source: str = "no data: the results have no column `margin`"
    level: float = 0.95
    notes: tuple[str, ...] = ()
