"""Campaigns in the shop of known truth, as the readout's tests play them."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd

from tools.experiment.assign import assign_arms
from tools.experiment.observed import STEPS, Facts, Observed
from tools.experiment.outcomes import observe
from tools.experiment.readout import read_out
from tools.experiment.readout_types import ReadoutPart
from tools.shop.world import DAYS, World

HOLDOUT = 0.2


def lines_of(results: pd.DataFrame) -> pd.DataFrame:
    """A results file of `World.play` as the reader of such files hands it on."""
    made = results[["customer_id", "order_id"]].copy()
    for step in STEPS:
        said = results[step] if step in results else pd.Series(pd.NA, index=results.index)
        made[step] = said.astype("boolean")
    made["ordered_at"] = pd.to_datetime(results["ordered_at"], utc=True).dt.tz_localize(None)
    for name in ("amount", "discount", "margin"):
        made[f"{name}_minor"] = (results[name] * 100).round()
    made["survey"] = np.nan
    return made


def assigned(world: World, salt: str) -> pd.DataFrame:
    """Everybody, in three segments by region, a fifth of each held out."""
    members = world.customers[["customer_id"]].assign(segment_id=world.customers["region"])
    return members.assign(arm=assign_arms(members, holdout_fraction=HOLDOUT, salt=salt))


def facts(world: World, **changes: object) -> Facts:
    known: dict[str, object] = {
        "campaign_id": "c-1",
        "start": world.today,
        "end": world.today + timedelta(days=DAYS - 1),
        "read_at": datetime(2025, 10, 1, tzinfo=UTC),
        "source": "results.csv",
        "source_sha": "0",
        "currency": "USD",
        "randomised": True,
        "standing": "by lot within segments",
        "control": "holdout",
        "shares": {"campaign": 1 - HOLDOUT, "holdout": HOLDOUT},
        "sending_minor": 100,
        "margin_source": "the results file",
    }
    return Facts(**(known | changes))  # type: ignore[arg-type]


def run(world: World, seed: int, *, depth: float = 0.1, before: "pd.Series[float] | None" = None) -> Observed:
    """One campaign by e-mail: another draw of the arms and of everything that follows."""
    who = assigned(world, f"salt-{seed}")
    contacted = who["arm"] == "campaign"
    sent = who.assign(channel=contacted.map({True: "email", False: None}), depth=depth * contacted)
    results = world.play(sent[["customer_id", "channel", "depth"]], seed=seed)
    end = world.today + timedelta(days=DAYS - 1)
    return observe(who, lines_of(results), start=world.today, end=end, before=before)


def spend_before(world: World) -> "pd.Series[float]":
    """What each customer spent before the campaign, in minor units."""
    orders = world.tables()["orders"]
    return (orders.groupby("customer_id")["amount"].sum() * 100).round()


def readout(world: World, seed: int, **changes: object) -> ReadoutPart:
    return read_out(run(world, seed), facts(world, **changes))
