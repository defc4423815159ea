"""`value`: what another targeting would have brought, from a past campaign whose arms were drawn by lot."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from agent.readout.options import ReadoutOptions
from agent.readout.past import measure_past
from tools.failure import ToolFailure
from tools.metrics.types import Metric
from tools.vocabulary import Model

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from agent.deps import Deps

FOLDS = 3
LEAST_ROWS = 50
"""Customers of an arm, of the folds that fit, below which their mean stands for a model."""
ROUNDS = 80


class Worth(Model):
    """One outcome per customer under the policy; revenue in minor units. `gain` is IPS less what was really done."""

    outcome: str
    done: Metric
    ips: Metric
    snips: Metric
    dr: Metric
    gain: Metric


class PolicyValue(Model):
    campaign_id: str
    customers: int
    effective: float
    """(Σw)² / Σw², customers: what the values rest on."""
    changed: int
    """Customers whom the policy gives another arm than the lot did."""
    worth: tuple[Worth, ...]
    notes: tuple[str, ...]


def value_policy(name: str, policy: Path, deps: Deps) -> PolicyValue:
    """Value the targeting of a file on a past campaign.

    Raises:
        ToolFailure: `not_randomised` where the arms were not drawn by lot or customers were lost; `bad_policy`; those
            of `measure_past`.
    """
    import numpy as np

    from tools.experiment.off_policy import Logged, off_policy
    from tools.metrics.means import mean
    from tools.shop.past import past_campaign
    from tools.shop.policies import read_policy

    past = past_campaign(deps.store, name)
    measured = measure_past(name, ReadoutOptions(), deps)
    if not past.randomised or measured.part.sample_ratio.broken:
        why = measured.part.standing if past.randomised else "`contacts` does not mark every row of it as randomised"
        message = f"`{name}` cannot say what another targeting would have brought: {why}"
        raise ToolFailure("not_randomised", message, campaign=name)
    rows = measured.observed.rows.reset_index(drop=True)
    arms = sorted(rows["arm"].unique())
    chance, notes = _chances(past.contacts, rows)
    chosen = read_policy(policy, rows["customer_id"].tolist(), arms)
    arm = np.array([arms.index(one) for one in rows["arm"]], dtype=np.int64)
    wanted = np.array([arms.index(one) for one in chosen], dtype=np.int64)
    pi = np.eye(len(arms))[wanted]
    worth, effective = [], 0.0
    for outcome, reward in _rewards(rows).items():
        found = off_policy(Logged(arm, chance, reward), pi, _model(deps, rows, arm, len(arms), reward))
        effective = found.effective
        weight = (wanted == arm) / chance
        gain = mean(weight * reward - reward) if found.ips.estimate is not None else found.ips
        worth.append(
            Worth(outcome=outcome, done=mean(reward), ips=found.ips, snips=found.snips, dr=found.dr, gain=gain)
        )
    return PolicyValue(
        campaign_id=name,
        customers=len(rows),
        effective=effective,
        changed=int((wanted != arm).sum()),
        worth=tuple(worth),
        notes=notes,
    )


def _rewards(rows: pd.DataFrame) -> dict[str, NDArray]:  # type: ignore[type-arg]
    found = {"conversion": (rows["orders"] > 0).to_numpy(float)}
    if rows["revenue_minor"].notna().any():
        found["revenue"] = rows["revenue_minor"].fillna(0).to_numpy(float)
    return found


def _chances(contacts: pd.DataFrame, rows: pd.DataFrame) -> tuple[NDArray, tuple[str, ...]]:  # type: ignore[type-arg]
    """Each customer's chance of the own arm: as recorded for everybody, else the arm's share."""
    told = contacts.drop_duplicates("customer_id").set_index("customer_id")["propensity"]
    known = told.reindex(rows["customer_id"]).to_numpy(float)
    if not (known != known).any():
        return known, ()
    share = rows.groupby("arm")["customer_id"].transform("size") / len(rows)
    return share.to_numpy(float), (
        "`propensity` is not known for everybody: the arms' shares are taken as the chances",
    )


def _model(deps: Deps, rows: pd.DataFrame, arm: NDArray, k: int, reward: NDArray) -> NDArray | None:  # type: ignore[type-arg]
    """q̂(i, a) from the customers' attributes by trees, each customer's from the folds that it is not in.

    The attributes are those that the shop has now: one that the campaign changed would bend the doubly robust value.
    """
    import numpy as np

    from tools.response.behaviour.trees import fit_trees, tree_values
    from tools.response.uplift.rows import columns_of, featured

    customers = deps.store.frame("customers")
    columns, _ = columns_of(customers, deps.store.attributes(), [], past=False)
    if not columns.names:
        return None
    start = deps.today()
    x = featured(customers, rows["customer_id"], columns, None, start)
    fold = np.random.default_rng(deps.settings.seed).permutation(len(rows)) % FOLDS
    found = np.zeros((len(rows), k))
    for part in range(FOLDS):
        for a in range(k):
            mine, held = (fold != part) & (arm == a), fold == part
            if mine.sum() < LEAST_ROWS:
                found[held, a] = reward[mine].mean() if mine.any() else 0.0
                continue
            text, _ = fit_trees(x[mine], reward[mine], None, seed=0, rounds=ROUNDS, objective="regression", leaves=6)
            found[held, a] = tree_values(text, x[held])
    return found
