"""The whole agent on shops whose truth is known: what its plan is worth there, against the most that any plan could be.

`earned` is one less the regret: the plan's true expected gain over the oracle's (`evals.oracle`), in [0, 1]. The oracle
sees every customer's chances and no planner does, so 1 is out of reach; what counts is the difference between two.
"""

from __future__ import annotations

import json
import tempfile
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evals.agents import Outcome, planned
from evals.case import Case, load_cases
from evals.oracle import Action, assigned, truth
from evals.package import flaws
from evals.target import Target
from evals.tasks.base import Answer, EvalTask, Scored
from evals.worlds import deps, world
from tools.failure import ToolFailure

if TYPE_CHECKING:
    from agent.campaign import Campaign
    from agent.deps import Deps

METRICS = ("status", "package", "money", "true_money", "earned")


@cache
def task() -> EvalTask:
    return EvalTask("worlds", METRICS, load_cases("worlds"), answer, score, ("planner", "planner_terms"))


def answer(case: Case, target: Target) -> Answer:
    """The plan's figures, and what it is worth in truth (minor units)."""
    if target.kind == "http":
        raise ToolFailure("no_world", "The worlds are on this machine; a target over HTTP has a shop of its own.")
    given = case.input
    shop = deps(given["seed"], given["size"])
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "campaign"
        made = planned(given["brief"], shop, target, date.fromisoformat(given["today"]), out)
        figures = _figures(case, made, shop)
    spent = made.campaign.cost
    tokens = spent.prompt_tokens + spent.completion_tokens
    return Answer(json.dumps(figures, ensure_ascii=False, sort_keys=True), calls=spent.llm_calls, tokens=tokens)


def _figures(case: Case, made: Outcome, shop: Deps) -> dict[str, Any]:
    campaign, folder = made.campaign, made.folder
    problem = campaign.problem.detail if campaign.problem else ""
    found: dict[str, Any] = {"status": campaign.status, "problem": problem, "flaws": []}
    if campaign.status == "draft" and campaign.allocation and folder:
        allocation = campaign.allocation
        found["flaws"] = flaws(folder, campaign)
        found["spend_minor"] = allocation.spend_minor
        found["cells_minor"] = sum(cell.cost_minor for cell in allocation.cells)
        found |= _in_truth(case, campaign, folder, shop)
    return found


def _in_truth(case: Case, campaign: Campaign, folder: Path, shop: Deps) -> dict[str, float]:
    import pandas as pd

    fields, costs = campaign.brief.fields, shop.assumptions
    channels = fields.channels or sorted({cell.channel for cell in campaign.forecast})
    depth = {offer.offer_id: offer.discount_pct / 100 for offer in campaign.offers}
    actions: dict[Action, float] = {(c, o): d for c in channels for o, d in depth.items()}
    segments: dict[str, int] = {"sms": costs.sms_segments["en"]}
    sending: dict[str, float] = {
        c: costs.sending_cost.micro(c, "USD") / 1_000_000 * segments.get(c, 1) for c in channels
    }
    known = truth(world(case.input["seed"], case.input["size"]), actions, sending)
    audience = pd.read_parquet(folder / "audience.parquet")
    arm = audience[audience["arm"] == "campaign"]["customer_id"].astype(str).tolist()
    gain, cost = known.worth(assigned(audience))
    best = known.best(case.expected["budget"], arm)
    return {"true_gain_minor": round(gain), "true_cost_minor": round(cost), "best_gain_minor": round(best)}


def score(case: Case, text: str) -> Scored:
    """`true_money`: what the plan costs in truth is within the budget, to a tenth: a forecast is no promise of luck."""
    got, want = json.loads(text), case.expected
    scores: dict[str, float | None] = dict.fromkeys(METRICS)
    scores["status"] = float(got["status"] == want["status"])
    wrong = [] if scores["status"] else [f"status {got['status']}: {got['problem']}"]
    if want["status"] == "draft" and got["status"] == "draft":
        budget, best = want["budget"], got["best_gain_minor"]
        scores["package"] = float(not got["flaws"])
        scores["money"] = float(got["spend_minor"] <= budget and got["spend_minor"] == got["cells_minor"])
        scores["true_money"] = float(got["true_cost_minor"] <= ROOM * budget)
        scores["earned"] = min(1.0, max(0.0, got["true_gain_minor"] / best)) if best > 0 else None
        wrong += got["flaws"]
        wrong += [f"{name} fails: {got}" for name in ("money", "true_money") if not scores[name]]
    return Scored(scores, "; ".join(wrong))


ROOM = 1.1
