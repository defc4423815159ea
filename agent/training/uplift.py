"""The model of uplift, from past campaigns that were drawn by lot: the only one whose differences are called that."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from agent.readout.options import DEFAULT_DAYS, control_arm
from agent.training.cards import card_of, shelve
from tools.failure import ToolFailure
from tools.shop.arms import left_alone

if TYPE_CHECKING:
    import pandas as pd

    from agent.deps import Deps
    from tools.response.behaviour.purchases import Purchases
    from tools.response.card import Card
    from tools.response.uplift.rows import Campaign

NAME = "uplift"


def train_uplift_model(deps: Deps, today: date) -> tuple[Card, Path]:
    """Train and write it.

    Raises:
        ToolFailure: `no_table`, `no_randomised`; those of `train_uplift`.
    """
    from tools.response.logistic import schema_sha
    from tools.response.uplift.rows import columns_of, featured
    from tools.response.uplift.train import train_uplift

    store = deps.store
    contacts = store.frame("contacts", today)
    campaigns = randomised_campaigns(contacts, today)
    if not campaigns:
        raise none_randomised(contacts)
    deps.progress("Uplift: features", 0, None)
    customers, purchases = store.frame("customers"), purchases_of(deps, today)
    columns, notes = columns_of(customers, store.attributes(), campaigns, purchases is not None)
    given = {
        one.campaign_id: featured(customers, one.rows["customer_id"], columns, purchases, one.start)
        for one in campaigns
    }
    trained = train_uplift(
        campaigns,
        given,
        columns,
        days=DEFAULT_DAYS,
        seed=deps.settings.seed,
        progress=deps.progress,
        break_even=break_even(deps, contacts),
    )
    card = card_of(
        deps,
        today,
        trained,
        name=NAME,
        asks=f"What does contact change in the share of customers who buy within {DEFAULT_DAYS} days?",
        basis="randomised",
        algorithm=trained.algorithm,
        schema=schema_sha(columns.names),
    )
    return shelve(deps, card.model_copy(update={"notes": (*card.notes, *notes)}), trained.files)


def break_even(deps: Deps, contacts: pd.DataFrame) -> float:
    """The rise in the share that converts that pays for an e-mail: its cost over the margin of a mean order.

    0 where nothing says what an order is worth, or the assumptions have no sending cost in the shop's currency.
    """
    assumptions, currency = deps.assumptions, deps.store.info.currency
    earned = contacts["revenue_minor"].dropna()
    worth = float(earned[earned > 0].mean()) * assumptions.margin_rate.estimate if (earned > 0).any() else 0.0
    cost = assumptions.sending_cost.email.get(currency, 0.0)
    return cost / worth if worth > 0 else 0.0


def purchases_of(deps: Deps, today: date) -> Purchases | None:
    """The shop's purchase days before `today`; null where it has no orders."""
    from tools.response.behaviour.purchases import Purchases
    from tools.shop.purchases import purchase_days

    return Purchases.of(purchase_days(deps.store, today)) if deps.store.has("orders") else None


def randomised_campaigns(contacts: pd.DataFrame, today: date) -> list[Campaign]:
    """Campaigns whose every row is randomised, with one arm left alone, whose conversions are all in by `today`."""
    from tools.response.uplift.rows import Campaign

    made = []
    for name, rows in contacts.groupby("campaign_id"):
        start = rows["sent_at"].min().date()
        drawn = bool(rows["randomised"].astype("boolean").fillna(False).all())
        if not drawn or rows["sent_at"].max().date() + timedelta(days=DEFAULT_DAYS) > today:
            continue
        first = rows.sort_values("sent_at").drop_duplicates("customer_id").dropna(subset=["arm"])
        control = _control(first)
        if control is None or first["arm"].nunique() < 2:
            continue
        made.append(Campaign(str(name), start, control, _rows(first)))
    return made


def none_randomised(contacts: pd.DataFrame) -> ToolFailure:
    """Why there is no campaign to learn uplift from; one whose control nobody named is told how to be named."""
    message = "no past campaign was drawn by lot with an arm left alone, so nothing can be called uplift"
    drawn = contacts.groupby("campaign_id")["randomised"].agg(
        lambda marks: bool(marks.astype("boolean").fillna(False).all())
    )
    for name in drawn.index[drawn.to_numpy(bool)]:
        rows = contacts[contacts["campaign_id"] == name].dropna(subset=["arm"])
        arms = sorted(rows["arm"].unique())
        if len(arms) < 2:
            message += f"; `{name}` was drawn by lot and has one arm: who was left alone has to stand in `contacts` too"
        elif _control(rows) is None:
            message += (
                f"; `{name}` was drawn by lot, and none of its arms ({', '.join(arms)}) is known to have been left "
                "alone: name it with `briefsmith import … --control ARM`"
            )
    return ToolFailure("no_randomised", message)


def _control(rows: pd.DataFrame) -> str | None:
    try:
        named = control_arm(sorted(rows["arm"].unique()), None)
    except ToolFailure:
        # Two arms look left alone: nobody is here to say which is meant, so the campaign is not learned from.
        return None
    if named is not None:
        return named
    alone = rows["channel"].map(left_alone).groupby(rows["arm"]).all()
    found = [str(arm) for arm, quiet in alone.items() if quiet]
    return found[0] if len(found) == 1 else None


def _rows(first: pd.DataFrame) -> pd.DataFrame:
    """One row a customer, with the chance of its arm: as recorded, else the arm's share."""
    import pandas as pd

    within = first["converted_at"] < first["sent_at"] + pd.Timedelta(days=DEFAULT_DAYS)
    earned = first["converted_at"].isna() & (first["revenue_minor"].fillna(0) > 0)
    share = first.groupby("arm")["customer_id"].transform("size") / len(first)
    return pd.DataFrame(
        {
            "customer_id": first["customer_id"].to_numpy(),
            "arm": first["arm"].to_numpy(),
            "channel": first["channel"].to_numpy(),
            "offer": first["offer"].to_numpy(),
            "chance": first["propensity"].astype(float).fillna(share).to_numpy(),
            "converted": (within | earned).to_numpy(bool),
        }
    )
