"""What a version leaves beside its package, so that the next one, in another process, need not make it again.

`state/` in the campaign's folder: the members, the economics, the keys of the steps. It can be thrown away at any
time: a revision then plans everything anew. It is taken only if it belongs to the very plan in `campaign.json`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from agent.campaign import Campaign
from agent.deps import Deps
from agent.workspace import Line, Workspace
from tools.launch.files import write_folder

FOLDER = "state"
FILES = ("members.parquet", "state.json")


def keep(work: Workspace, campaign: Campaign, folder: Path) -> None:
    """Write the state of a draft; of anything else there is none."""
    if campaign.status != "draft" or work.audience is None:
        return
    members = work.audience.members
    state = {
        "plan_sha": campaign.plan_sha(),
        "keys": work.keys,
        "members_sha": work.members_sha,
        "economics": [asdict(e) for e in work.economics],
        "groups": [{**asdict(g), "reach": sorted(g.reach)} for g in work.groups],
        "pasts": {key: [{**asdict(p), "as_of": p.as_of.isoformat()} for p in past] for key, past in work.pasts.items()},
    }
    writers = {
        "members.parquet": lambda path: members.to_parquet(path, index=False),
        "state.json": lambda path: path.write_text(json.dumps(state, ensure_ascii=False), encoding="utf-8"),
    }
    write_folder(folder / FOLDER, writers, owned=FILES)


def restore(campaign: Campaign, folder: Path, deps: Deps) -> Workspace:
    """The workspace of a campaign on disk; without its parts where its state is gone or is another plan's."""
    work = Workspace(
        deps=deps,
        brief=campaign.brief,
        today=campaign.today,
        created_at=campaign.created_at,
        planner=campaign.planner,
        writer=campaign.writer,
        line=line_of(campaign),
    )
    path = folder / FOLDER / "state.json"
    if campaign.audience is None or not path.is_file():
        return work
    state: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if state.get("plan_sha") == campaign.plan_sha():
        _fill(work, campaign, state, folder)
    return work


def line_of(campaign: Campaign) -> Line:
    return Line(
        campaign_id=campaign.campaign_id,
        version=campaign.version,
        revises=campaign.revises,
        restores=campaign.restores,
        turns=campaign.turns,
        step_arguments=campaign.step_arguments,
        edits=campaign.edits,
    )


def _fill(work: Workspace, campaign: Campaign, state: Mapping[str, Any], folder: Path) -> None:
    from datetime import date

    import pandas as pd

    from tools.budget.allocate import GroupAllocation
    from tools.response.forecast import Economics
    from tools.segments.audience import Audience
    from tools.segments.backtest import Past

    assert campaign.audience is not None
    members = pd.read_parquet(folder / FOLDER / "members.parquet")
    work.audience = Audience(campaign.audience, members)
    work.products, work.offers, work.forecast = campaign.products, campaign.offers, campaign.forecast
    work.allocation, work.copies, work.checks = campaign.allocation, campaign.copies, campaign.checks
    work.experiment, work.writing = campaign.experiment, campaign.writing
    work.trace = list(campaign.trace)
    work.keys, work.members_sha = dict(state["keys"]), str(state["members_sha"])
    work.economics = tuple(Economics(**row) for row in state["economics"])
    work.groups = tuple(GroupAllocation(**{**row, "reach": frozenset(row["reach"])}) for row in state["groups"])
    work.pasts = {
        key: tuple(Past(**{**row, "as_of": date.fromisoformat(row["as_of"])}) for row in rows)
        for key, rows in state["pasts"].items()
    }
