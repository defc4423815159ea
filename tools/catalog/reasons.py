"""Why a product was chosen, in words, each figure from the data that the choice rests on."""

from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from tools.catalog.candidates import RECENT_DAYS, Candidates
from tools.catalog.scoring import NEW_DAYS, Scored, is_new
from tools.catalog.stored import CatalogIndex
from tools.catalog.taste import DAYS, Taste
from tools.money import format_money
from tools.vocabulary import Goal

NOTICEABLE_LIFT = 1.2


def reasons_for(
    index: CatalogIndex,
    candidates: Candidates,
    place: int,
    taste: Taste,
    scored: Scored,
    goal: Goal,
    as_of: date,
    currency: str,
) -> tuple[str, ...]:
    """Sentences without a full stop, the weightiest first."""
    row = candidates.table.iloc[place]
    found = [
        _for_goal(candidates.table, place, taste, goal, as_of),
        _kind(index, row, taste, place),
        _product(taste, place),
        _price(row, taste, currency),
        _availability(row),
        _margin(scored, place),
        *candidates.notes,
    ]
    return tuple(dict.fromkeys(reason for reason in found if reason))


def percent(share: float) -> str:
    """A share for reading: "38 %", "2.4 %", "under 0.1 %"."""
    if 0 < share < 0.001:
        return "under 0.1 %"
    return f"{share:.0%}".replace("%", " %") if share >= 0.0995 or share == 0 else f"{share * 100:.1f} %"


def _kind(index: CatalogIndex, row: "pd.Series[Any]", taste: Taste, place: int) -> str | None:
    share, everyone = float(taste.share[place]), float(taste.share_of_all[place])
    if share == 0:
        return None
    said = f"{index.kinds[int(row['text'])]}: bought by {percent(share)} of this segment in the last {DAYS} days"
    if everyone > 0 and share >= NOTICEABLE_LIFT * everyone:
        said += f", {share / everyone:.1f} times the share of all customers"
    return said


def _product(taste: Taste, place: int) -> str | None:
    buyers = int(taste.product_buyers[place])
    return f"{buyers:,} customers of this segment bought this very product" if buyers > 1 else None


def _price(row: "pd.Series[Any]", taste: Taste, currency: str) -> str | None:
    price = float(row["price_minor"])
    if np.isnan(price) or np.isnan(taste.price_low):
        return None
    low, high = (format_money(round(edge), currency) for edge in (taste.price_low, taste.price_high))
    said = format_money(round(price), currency)
    if taste.price_low <= price <= taste.price_high:
        return f"{said} is within what this segment usually pays ({low} to {high})"
    side = "below" if price < taste.price_low else "above"
    return f"{said} is {side} what this segment usually pays ({low} to {high})"


def _availability(row: "pd.Series[Any]") -> str | None:
    stock, lines = float(row["stock"]), float(row["lines_recent"])
    if not np.isnan(stock):
        return f"{stock:,.0f} in stock"
    if np.isnan(lines):
        return None
    times = "once" if lines == 1 else f"{lines:,.0f} times"
    return f"sold {times} in the last {RECENT_DAYS} days (the shop gives no stock)"


def _margin(scored: Scored, place: int) -> str:
    margin = float(scored.signals["margin"][place])
    return "margin not known: the shop gives no cost" if np.isnan(margin) else f"margin {percent(margin)} of its price"


def _for_goal(table: pd.DataFrame, place: int, taste: Taste, goal: Goal, as_of: date) -> str | None:
    """What the goal asked for and this product has; or that the data cannot say."""
    if goal == "launch":
        return _launch(table, place, as_of)
    if goal == "clear_stock":
        return _clearance(table, place)
    if goal == "cross_sell" and taste.share[place] < taste.share_of_all[place]:
        mine, everyone = percent(float(taste.share[place])), percent(float(taste.share_of_all[place]))
        return f"its kind is bought by {everyone} of all customers, and by {mine} of this segment"
    return None


def _launch(table: pd.DataFrame, place: int, as_of: date) -> str:
    if is_new(table, as_of)[place]:
        first = pd.Timestamp(table["first_sold_at"].iloc[place]).date()
        return f"new: first sold on {first.isoformat()}"
    return f"not new: nothing that fits better first sold in the last {NEW_DAYS} days"


def _clearance(table: pd.DataFrame, place: int) -> str:
    stock, units = float(table["stock"].iloc[place]), float(table["units_recent"].iloc[place])
    if np.isnan(stock):
        return "slow sales stand in for stock, which the shop does not give"
    if np.isnan(units) or units == 0:
        return f"none sold in the last {RECENT_DAYS} days"
    return f"its stock lasts {stock / units * RECENT_DAYS:,.0f} days at the pace of the last {RECENT_DAYS}"
