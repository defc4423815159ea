"""The whole agent as a target: in process (with the playbook, a model, or what the settings name) or over HTTP."""

from __future__ import annotations

import copy
import os
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from agent.campaign import Campaign
from agent.deps import Deps
from evals.target import Target
from tools.failure import ToolFailure

KEY = "BRIEFSMITH_EVAL_API_KEY"
"""The environment's key for a target over HTTP, where that wants one; its role is planner."""
HTTP_SECONDS, POLL_SECONDS = 300.0, 0.5


@dataclass(frozen=True)
class Outcome:
    """`folder` holds the package; null where the campaign was planned elsewhere."""

    campaign: Campaign
    folder: Path | None


def planned(text: str, deps: Deps, target: Target, today: date, folder: Path) -> Outcome:
    """The campaign that a brief ends in.

    Raises:
        PlanError: no campaign could be made at all.
        ToolFailure: `target_away`, where a target over HTTP does not answer as it should.
    """
    from agent.plan import plan

    if target.kind == "http":
        return Outcome(_over_http(target.url, text, today), None)
    if target.ask is not None:
        return Outcome(_by_model(text, deps, target, today, folder), folder)
    who: dict[str, Any] = {} if target.kind == "agent" else {"planner": "playbook", "writer": "template"}
    return Outcome(plan(text, deps, today=today, out=folder, **who).campaign, folder)


def _by_model(text: str, deps: Deps, target: Target, today: date, folder: Path) -> Campaign:
    """As `agent.plan.plan` does, with the model under test as planner, and as writer unless only the planner is."""
    from agent.plan import carry_out, understand, write
    from agent.workspace import Workspace

    mine = copy.copy(deps)
    mine.llm = target.client()
    brief = understand(text, mine, today)
    work = Workspace(
        deps=mine,
        brief=brief,
        today=today,
        created_at=mine.now(),
        planner="llm",
        writer="template" if target.kind == "planner" else "llm",
    )
    return write(work, carry_out(work), folder)


def _over_http(url: str, text: str, today: date) -> Campaign:
    import httpx

    headers = {"Authorization": f"Bearer {os.environ[KEY]}"} if os.environ.get(KEY) else {}
    try:
        with httpx.Client(base_url=url, headers=headers, timeout=30) as http:
            posted = http.post("/v1/campaigns", json={"brief": text, "today": today.isoformat()})
            posted.raise_for_status()
            return _when_planned(http, posted.json()["links"]["self"])
    except (httpx.HTTPError, KeyError) as error:
        raise ToolFailure("target_away", f"{url} does not answer as Briefsmith does: {error}") from error


def _when_planned(http: Any, link: str) -> Campaign:
    until = time.monotonic() + HTTP_SECONDS
    while time.monotonic() < until:
        found = http.get(link)
        found.raise_for_status()
        made = found.json()
        if made["status"] != "planning":
            return Campaign.model_validate(made)
        time.sleep(POLL_SECONDS)
    raise ToolFailure("target_away", f"{link} was still being planned after {HTTP_SECONDS:.0f} s.")
