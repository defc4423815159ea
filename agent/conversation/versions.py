"""The versions of a campaign on disk: the newest in its folder, the campaign object of each earlier one under it."""

from __future__ import annotations

from pathlib import Path

from agent.campaign import Campaign
from agent.shelf import read
from agent.workspace import Line
from tools.failure import ToolFailure
from tools.launch.files import write_folder

FOLDER = "versions"


def archive(campaign: Campaign, folder: Path) -> None:
    """Keep a version's campaign object, before the next one is written in its place."""
    place = folder / FOLDER / str(campaign.version)
    text = campaign.model_dump_json(indent=2, by_alias=True) + "\n"
    write_folder(place, {"campaign.json": lambda path: _write(path, text)})


def load(folder: Path, version: int) -> Campaign | None:
    """An earlier version; null where it is not there."""
    path = folder / FOLDER / str(version) / "campaign.json"
    return Campaign.model_validate_json(path.read_text(encoding="utf-8")) if path.is_file() else None


def before(campaign: Campaign, folder: Path) -> Campaign | None:
    """What an undo goes back to: the version before the last change that still stands."""
    stands = campaign.restores or campaign.version
    if stands <= 1:
        return None
    earlier = load(folder, stands - 1)
    if earlier is None or earlier.restores is None:
        return earlier
    return load(folder, earlier.restores)


def started_over(folder: Path, campaign_id: str) -> Line:
    """Where a plan of the same brief stands that is made once more: after the revisions, which are kept."""
    try:
        current = read(folder, campaign_id).campaign
    except ToolFailure:
        return Line()  # no campaign is there, or none of this version: nothing was revised
    if current.campaign_id != campaign_id or current.version == 1:
        return Line()
    archive(current, folder)
    return Line(
        campaign_id=campaign_id,
        version=current.version + 1,
        revises=current.plan_sha(),
        restores=1,
        turns=current.turns,
    )


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
