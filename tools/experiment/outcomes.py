"""From lines of results to one row a customer: everybody who was assigned, whatever became of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tools.experiment.observed import STEPS, Observed

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

LINE_COLUMNS = (
    "customer_id", *STEPS, "ordered_at", "order_id", "amount_minor", "discount_minor", "margin_minor", "survey",
)  # fmt: skip
"""Of results: steps are nullable booleans, `ordered_at` a UTC time without zone, money in minor units."""


def observe(
    assigned: pd.DataFrame, lines: pd.DataFrame, *, start: date, end: date, before: pd.Series[float] | None
) -> Observed:
    """One row for each of `assigned` (customer_id, arm, segment_id), with what the lines say of them.

    Orders outside `start` to `end` (both days counted) do not count. A customer without a line did nothing.

    Args:
        lines: `LINE_COLUMNS`; several lines a customer and an order are allowed.
        before: customer_id → spend before the campaign in minor units, for those who spent; None: not known.
    """
    import pandas as pd

    made = assigned[["customer_id", "arm", "segment_id"]].reset_index(drop=True)
    people = pd.Index(made["customer_id"])
    rows = lines.assign(at=people.get_indexer(lines["customer_id"]))
    rows = rows[rows["at"] >= 0]
    for step in STEPS:
        made[step] = _did(rows, step, len(made))
        if f"{step}_at" in rows:
            made[f"{step}_at"] = rows.groupby("at")[f"{step}_at"].min().reindex(made.index)
    made["survey"] = rows.groupby("at")["survey"].mean().reindex(made.index).astype(float)
    inside = _in_window(rows, start, end)
    bought = inside.groupby("at")
    made["orders"] = bought["order_key"].nunique().reindex(made.index, fill_value=0).astype(np.int64)
    made["revenue_minor"] = _summed(made, inside, "amount_minor")
    given = inside.assign(discount_minor=inside["discount_minor"].fillna(0))
    knows_discounts = bool(lines["discount_minor"].notna().any())
    made["discount_minor"] = _summed(made, given, "discount_minor") if knows_discounts else np.nan
    made["margin_minor"] = _summed(made, inside, "margin_minor")
    made["first_order_at"] = bought["ordered_at"].min().reindex(made.index)
    made["pre_minor"] = np.nan if before is None else before.reindex(people, fill_value=0).to_numpy(dtype=float)
    return Observed(made)


def _did(rows: pd.DataFrame, step: str, size: int) -> pd.Series[bool]:
    """Whether any line says so, by position; all null where no line records the step."""
    import pandas as pd

    said = rows[step].astype("boolean")
    did = np.zeros(size, dtype=bool)
    did[rows.loc[said.fillna(False).astype(bool), "at"].to_numpy()] = True
    return pd.Series(did if said.notna().any() else [pd.NA] * size, dtype="boolean")


def outside(lines: pd.DataFrame, start: date, end: date) -> int:
    """Lines with an order on a day outside the window."""
    return int(lines["ordered_at"].notna().sum()) - len(_in_window(lines, start, end))


def _in_window(lines: pd.DataFrame, start: date, end: date) -> pd.DataFrame:
    """Lines with an order in the window; `order_key` is the order's id, else its time."""
    import pandas as pd

    first, last = pd.Timestamp(start), pd.Timestamp(end) + pd.Timedelta(days=1)
    found = lines[(lines["ordered_at"] >= first) & (lines["ordered_at"] < last)]
    key = found["order_id"].where(found["order_id"].notna(), found["ordered_at"].astype(str))
    return found.assign(order_key=key)


def _summed(made: pd.DataFrame, inside: pd.DataFrame, column: str) -> pd.Series[float]:
    """An amount by position: 0 without an order; not known where one of the customer's orders lacks it."""
    import pandas as pd

    if len(inside) and not inside[column].notna().any():
        return pd.Series(np.nan, index=made.index, dtype=float)
    found = inside.groupby("at")[column].sum().reindex(made.index, fill_value=0).astype(float)
    return found.mask(made.index.isin(inside.loc[inside[column].isna(), "at"]))
