"""Past campaigns whose arms were drawn by lot, as trials: one for each channel and offer that an arm was all given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from tools.failure import ToolFailure
from tools.response.behaviour.features import ASKED, NAMES, features
from tools.response.behaviour.purchases import Purchases, Rows, day_number
from tools.response.uplift.learners import Trial
from tools.vocabulary import Model

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

MOST_LEVELS = 12
"""Values of a text attribute that become features; a value that was not among them has none of them."""
UNBALANCED = 0.001
"""p below which an attribute differs between the arms: it was changed by the contact, or the lot failed."""
PAST = tuple(name for name in NAMES if name not in ASKED)


class Columns(Model):
    """How attributes become features: `numbers` as they are, `levels` one column a value."""

    past: bool
    """Whether the purchases before the campaign are features."""
    numbers: tuple[str, ...]
    levels: dict[str, tuple[str, ...]]

    @property
    def names(self) -> tuple[str, ...]:
        named = tuple(f"{name}={value}" for name, values in self.levels.items() for value in values)
        return (*(PAST if self.past else ()), *self.numbers, *named)


@dataclass(frozen=True)
class Campaign:
    """A past campaign of which every row says that it was randomised.

    `rows`: customer_id, arm, channel, offer (null: none), chance (of the own arm), converted; one row a customer.
    """

    campaign_id: str
    start: date
    control: str
    rows: pd.DataFrame


@dataclass(frozen=True)
class Arm:
    """Arms of one campaign that were given the same, against its control."""

    campaign: Campaign
    arms: tuple[str, ...]
    channel: str
    offer: str | None

    @property
    def chosen(self) -> NDArray[np.bool_]:
        """Which rows of the campaign are of these arms or the control."""
        found: NDArray[np.bool_] = self.campaign.rows["arm"].isin([*self.arms, self.campaign.control]).to_numpy(bool)
        return found

    def trial(self, x: pd.DataFrame) -> Trial:
        """Args: x: features of all rows of the campaign, in their order."""
        rows = self.campaign.rows
        mine = self.chosen
        treated = (rows["arm"] != self.campaign.control).to_numpy(bool)[mine]
        chance = rows.groupby("arm")["chance"].mean()
        own, other = float(chance[list(self.arms)].sum()), float(chance[self.campaign.control])
        e = np.full(int(mine.sum()), own / (own + other))
        y = rows["converted"].to_numpy(float)[mine]
        return Trial(x[mine].reset_index(drop=True), treated, y, e)


def arms_of(campaign: Campaign) -> tuple[list[Arm], list[str]]:
    """Arms that were given one channel and one offer throughout, and words on those that were not.

    Where a plan chose channel or offer customer by customer, only contact itself was drawn by lot.
    """
    kinds: dict[tuple[str, str | None], list[str]] = {}
    mixed = []
    for arm, rows in campaign.rows[campaign.rows["arm"] != campaign.control].groupby("arm"):
        channels = rows["channel"].unique().tolist()
        offers = rows["offer"].fillna("none").unique().tolist()
        if len(channels) == 1 and len(offers) == 1 and channels[0] != "none":
            kinds.setdefault((str(channels[0]), None if offers[0] == "none" else str(offers[0])), []).append(str(arm))
        else:
            mixed.append(f"`{arm}` of `{campaign.campaign_id}` mixes channels or offers that were not drawn by lot")
    return [Arm(campaign, tuple(arms), channel, offer) for (channel, offer), arms in kinds.items()], mixed


def columns_of(
    customers: pd.DataFrame, attributes: tuple[str, ...], campaigns: list[Campaign], past: bool
) -> tuple[Columns, list[str]]:
    """Which features there are, and words on attributes that are left out."""
    numbers, levels, notes = [], {}, []
    frame = customers.set_index("customer_id")
    for name in attributes:
        values = frame[name]
        if values.isna().all():
            notes.append(f"`{name}` has no value for anybody and is left out")
        elif values.nunique() == 1:
            notes.append(f"`{name}` has one value throughout and is left out")
        elif any(_differs(values, one) for one in campaigns):
            notes.append(
                f"`{name}` differs between arms that were drawn by lot (p below {UNBALANCED:g}): it is left out"
            )
        elif values.dtype.kind in "iufb":
            numbers.append(name)
        elif values.nunique() <= MOST_LEVELS:
            levels[name] = tuple(sorted(str(one) for one in values.dropna().unique()))
        else:
            notes.append(f"`{name}` has {values.nunique():,} values, more than {MOST_LEVELS}, and is left out")
    return Columns(past=past, numbers=tuple(numbers), levels=levels), notes


def _differs(values: pd.Series[float], campaign: Campaign) -> bool:
    """χ² of arms against values (tenths of a number with many): no such table of a fair lot has so small a p."""
    import pandas as pd
    from scipy.stats import chi2_contingency

    mine = values.reindex(campaign.rows["customer_id"]).reset_index(drop=True)
    if mine.dtype.kind in "iuf" and mine.nunique() > 10:
        mine = pd.qcut(mine, 10, duplicates="drop")
    table = pd.crosstab(mine.astype(str), campaign.rows["arm"])
    table = table[table.sum(axis=1) >= 5 * table.shape[1]]
    if min(table.shape) < 2:
        return False
    return bool(chi2_contingency(table.to_numpy())[1] < UNBALANCED)


def featured(
    customers: pd.DataFrame, ids: pd.Series[str], columns: Columns, purchases: Purchases | None, start: date
) -> pd.DataFrame:
    """The features of `ids` on a day, a row each; nothing of that day or later is read of the purchases.

    Raises:
        ToolFailure: `model_schema` where the shop no longer has an attribute that the model was trained with.
    """
    import pandas as pd

    missing = [name for name in (*columns.numbers, *columns.levels) if name not in customers]
    if missing:
        message = f"the model was trained with attributes that the shop has no more: {', '.join(missing)}"
        raise ToolFailure("model_schema", message, columns=missing)
    found: dict[str, Floats] = {}
    if columns.past and purchases is not None:
        found |= _past(purchases, ids.to_numpy(str), day_number(start))
    frame = customers.set_index("customer_id").reindex(ids)
    for name in columns.numbers:
        found[name] = frame[name].to_numpy(dtype=float)
    for name, values in columns.levels.items():
        text = frame[name].astype("object").map(str).to_numpy()
        found |= {f"{name}={value}": (text == value).astype(float) for value in values}
    return pd.DataFrame(found, columns=list(columns.names))


def _past(purchases: Purchases, ids: NDArray[np.str_], day: int) -> Mapping[str, Floats]:
    """The features of behaviour; for who has not bought, counts of 0 and nothing else."""
    at = np.minimum(np.searchsorted(purchases.customers, ids), max(0, len(purchases.customers) - 1))
    known = purchases.customers[at] == ids if len(purchases.customers) else np.zeros(len(ids), dtype=bool)
    n = int(known.sum())
    rows = Rows(at[known], np.full(n, day), np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64))
    seen = features(purchases, rows)
    found: dict[str, Floats] = {}
    for name in PAST:
        nothing = 0.0 if name.startswith(("days_", "spend_", "decay_")) else np.nan
        found[name] = np.full(len(ids), nothing)
        found[name][known] = seen[name].to_numpy(dtype=float)
    return found
