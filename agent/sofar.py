"""What is known of a campaign while it is planned: a snapshot before each step, for whoever looks; gone at the end."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from agent.campaign import Campaign

if TYPE_CHECKING:
    from agent.workspace import Workspace

PARTS = ("audience", "products", "offers", "forecast", "allocation", "copy", "checks", "experiment")
"""As `campaign.json` names them, in the order in which a plan makes them."""


def snapshot(home: Path, campaign_id: str, job_id: int) -> Path:
    """Where the snapshot of that job is: a crashed job's repeat writes over it, another job never reads it."""
    return home / "planning" / f"{campaign_id}-{job_id}.json"


def keep(work: Workspace, path: Path) -> tuple[str, ...]:
    """Write the campaign as it stands, by rename: the parts that it has. Nothing is synced, it may be lost."""
    campaign = work.campaign("planning")
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(campaign.model_dump_json(by_alias=True), encoding="utf-8")
    fresh.replace(path)
    return tuple(name for name in PARTS if getattr(campaign, "copies" if name == "copy" else name))


def known(path: Path) -> Campaign | None:
    """The snapshot, or null where there is none (yet, or any more)."""
    try:
        return Campaign.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
