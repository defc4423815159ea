"""How far audiences overlap: what a second campaign, or another reading of the first, would share with it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from tools.segments.compile import predicate
from tools.segments.filter import Filter

if TYPE_CHECKING:
    import pandas as pd

    from tools.shop.store import ShopStore


def segment_overlap(filters: Mapping[str, Filter], store: ShopStore, as_of: date) -> pd.DataFrame:
    """Customers who match both, a row and a column for each name; the diagonal holds each one's own size.

    Raises:
        ToolFailure: as `compile_filter`.
    """
    import pandas as pd

    if not filters:
        return pd.DataFrame()
    customers = store.table("customers", as_of)
    # Columns get names of ours: a filter's name may be anything.
    columns = {f"f{i}": predicate(f, store, as_of).fill_null(False) for i, f in enumerate(filters.values())}
    matches = customers.select(**columns).to_pyarrow().to_pandas().astype("int64")
    counts: pd.DataFrame = matches.T.dot(matches)
    return counts.set_axis(list(filters), axis=0).set_axis(list(filters), axis=1)
