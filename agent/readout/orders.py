"""Who bought what: by the results file where it says so, else by the shop's own orders, if they reach far enough."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tools.failure import ToolFailure

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

    from agent.deps import Deps
    from tools.experiment.matching import Matched
    from tools.shop.results import Results


def with_orders(
    matched: Matched, results: Results, customers: pd.Series[str], start: date, end: date, deps: Deps
) -> Matched:
    """The matched lines, completed by the shop's orders where the file has no column of orders.

    Raises:
        ToolFailure: `no_results` where nothing says who bought until `end`; `results_mismatch` where the file has
            orders and every one of them lies outside the window: they are another campaign's.
    """
    import pandas as pd

    from tools.experiment.outcomes import LINE_COLUMNS, outside

    if "ordered_at" in results.columns:
        lines = int(matched.lines["ordered_at"].notna().sum())
        if lines and outside(matched.lines, start, end) == lines:
            first, last = matched.lines["ordered_at"].min().date(), matched.lines["ordered_at"].max().date()
            message = (
                f"{results.name}: all {lines:,} order lines ({first} to {last}) lie outside {start} to {end}, so they "
                "are not this campaign's. Nothing was changed."
            )
            raise ToolFailure("results_mismatch", message, file=results.name, orders=lines)
        return matched
    if matched.lines["converted"].notna().any():
        return _told(matched, results, end)
    orders = shop_orders(customers, start, end, deps, f"{results.name} has no column `ordered_at`")
    columns = [*LINE_COLUMNS, *(name for name in matched.lines.columns if name not in LINE_COLUMNS)]
    both = pd.concat([matched.lines, orders], ignore_index=True).reindex(columns=columns)
    note = f"{results.name} has no column `ordered_at`: who bought is read from the shop's own orders"
    return replace(matched, lines=both, notes=(*matched.notes, note))


def _told(matched: Matched, results: Results, end: date) -> Matched:
    """Who converted, entered on the window's last day: the file says whether and not when."""
    import pandas as pd

    bought = matched.lines["converted"].fillna(False).astype(bool)
    at = pd.Series(pd.Timestamp(end), index=bought.index).where(bought)
    by = "`converted`" if "converted" in results.columns else "an amount above 0"
    note = f"{results.name} has no column `ordered_at`: who bought in the window is told by {by}"
    return replace(matched, lines=matched.lines.assign(ordered_at=at), notes=(*matched.notes, note))


def shop_orders(customers: pd.Series[str], start: date, end: date, deps: Deps, why: str) -> pd.DataFrame:
    """The shop's own orders of these customers in the window.

    Raises:
        ToolFailure: `no_results` where they do not reach its end.
    """
    from tools.shop.past import ordered_lines

    last = deps.store.info.last_order_at
    if last is None or last.date() < end:
        until = "has no orders" if last is None else f"knows orders until {last.date()}"
        message = (
            f"{why}, and the shop {until}, not until {end}: name a results file with orders, or import the shop's "
            "newer orders first. Nothing was changed."
        )
        raise ToolFailure("no_results", message, end=end.isoformat())
    return ordered_lines(deps.store, customers, start, end)
