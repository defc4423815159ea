"""The whole agent on the demo shop: graded on the campaign that it ends with, not on how it got there.

Needs a shop in BRIEFSMITH_HOME: `make demo`.
"""

import json
import tempfile
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from agent.campaign import Campaign
from agent.deps import Deps
from evals.agents import planned
from evals.case import Case, load_cases
from evals.package import flaws, parts_missing
from evals.target import Target
from evals.tasks.base import Answer, EvalTask, Scored

METRICS = ("status", "package", "money", "within_brief", "audience")


@cache
def task() -> EvalTask:
    return EvalTask("plans", METRICS, load_cases("plans"), answer, score, ("planner", "planner_terms"))


@cache
def _deps() -> Deps:
    """On the shop of BRIEFSMITH_HOME, with a ledger of its own: what an eval plans is nobody's campaign."""
    import atexit
    import shutil

    from agent.settings import Settings

    settings = Settings()
    home = Path(tempfile.mkdtemp(prefix="briefsmith-eval-"))
    for part in ("shop", "index", "cache", "models", "assumptions.yaml"):
        if (settings.home / part).exists():
            (home / part).symlink_to((settings.home / part).resolve())
    atexit.register(shutil.rmtree, home, ignore_errors=True)

    # Native libraries are to let go before the interpreter does.
    atexit.register(_deps.cache_clear)
    return Deps(settings=settings.model_copy(update={"home": home}))


def answer(case: Case, target: Target) -> Answer:
    """The figures of the campaign that a brief ends in."""
    with tempfile.TemporaryDirectory() as folder:
        day, out = date.fromisoformat(case.input["today"]), Path(folder) / "campaign"
        made = planned(case.input["brief"], _deps(), target, day, out)
        campaign = made.campaign
        wrong = _flaws(campaign, made.folder) if campaign.status == "draft" else []
    spent = campaign.cost
    text = json.dumps(graded(campaign) | {"flaws": wrong}, ensure_ascii=False, sort_keys=True)
    return Answer(text, calls=spent.llm_calls, tokens=spent.prompt_tokens + spent.completion_tokens)


def _flaws(campaign: Campaign, folder: Path | None) -> list[str]:
    """Over HTTP there is the object alone."""
    return flaws(folder, campaign) if folder else parts_missing(campaign)


def graded(campaign: Campaign) -> dict[str, Any]:
    """What is graded of a campaign, small enough for a log."""
    allocation, audience = campaign.allocation, campaign.audience
    return {
        "status": campaign.status,
        "asks": [question.field for question in campaign.brief.questions if question.blocking],
        "problem": campaign.problem.detail if campaign.problem else "",
        "spend_minor": allocation.spend_minor if allocation else 0,
        "cells_minor": sum(cell.cost_minor for cell in allocation.cells) if allocation else 0,
        "gap": allocation.gap if allocation else None,
        "channels": sorted({cell.channel for cell in allocation.cells}) if allocation else [],
        "deepest_pct": max((offer.discount_pct for offer in campaign.offers), default=0),
        "matches": next((step.customers for step in audience.funnel if step.step == "matches"), 0) if audience else 0,
        "holdout_pct": campaign.brief.fields.holdout_pct,
        "blocked": [c.rule_id for c in campaign.checks if c.severity == "block" and c.verdict == "fail"],
    }


def score(case: Case, text: str) -> Scored:
    got, want = json.loads(text), case.expected
    wrong: list[str] = []
    status = _status(got, want)
    if not status:
        wrong.append(f"status {got['status']}: {got['problem']}")
    scores: dict[str, float | None] = dict.fromkeys(METRICS)
    scores["status"] = float(status)
    if want.get("status") == "draft":
        broken = _outside(got, want)
        low, high = want.get("audience", (1, got["matches"]))
        money = (
            got["spend_minor"] <= want["budget"] and got["spend_minor"] == got["cells_minor"] and got["gap"] is not None
        )
        wrong += [*broken, *got["flaws"]]
        if not money:
            wrong.append(
                f"spends {got['spend_minor']} of {want['budget']}, cells {got['cells_minor']}, gap {got['gap']}"
            )
        if not low <= got["matches"] <= high:
            wrong.append(f"{got['matches']} matches, {low} to {high} expected")
        scores |= {
            "package": float(got["status"] == "draft" and not got["flaws"]),
            "money": float(money),
            "within_brief": float(not broken),
            "audience": float(low <= got["matches"] <= high),
        }
    return Scored(scores, "; ".join(wrong))


def _status(got: dict[str, Any], want: dict[str, Any]) -> bool:
    if "status_not" in want:
        return bool(got["status"] != want["status_not"])
    return bool(got["status"] == want["status"] and ("asks" not in want or want["asks"] in got["asks"]))


def _outside(got: dict[str, Any], want: dict[str, Any]) -> list[str]:
    """What the plan does that the brief did not allow."""
    found = [f"sends by {name}" for name in got["channels"] if name not in want["channels"]]
    if got["deepest_pct"] > want.get("cap", 100):
        found.append(f"offers {got['deepest_pct']} %, above {want['cap']} %")
    if "holdout" in want and got["holdout_pct"] != want["holdout"]:
        found.append(f"holds out {got['holdout_pct']} %")
    found += [f"{rule} blocks" for rule in got["blocked"]]
    return found
