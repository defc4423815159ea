"""Every plan that is written is entered in the ledger: before, whether it may be; after, that it is there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from agent.campaign import Campaign
from agent.shelf import read
from tools.failure import ToolFailure

if TYPE_CHECKING:
    from agent.ledger.ledger import Ledger


@contextmanager
def recorded(campaign: Campaign, folder: Path, ledger: Ledger) -> Iterator[Campaign]:
    """Write the package within: the campaign that is given has the status that it will have.

    A crash within, or right after, leaves a folder that the ledger does not know yet; approving it enters it.

    Raises:
        ToolFailure: before anything is written: `already_exported` where the plan differs from what was exported;
            `sha_mismatch` where what stands in the folder is not what this plan revises.
    """
    from agent.ledger.campaigns import holding, settle

    _still_the_base(campaign, folder)
    with ledger.read() as session:
        status = holding(session, campaign)
    made = campaign.model_copy(update={"status": status})
    yield made
    with ledger.write() as session:
        settle(session, made, folder, ledger.now())


def _still_the_base(campaign: Campaign, folder: Path) -> None:
    """Of two who change one version at once, the first to write wins, and the other is told; the caller is alone here.

    A first plan may be made again; a repeat after a crash finds itself.
    """
    try:
        there = read(folder, campaign.campaign_id).campaign
    except ToolFailure:
        return  # nothing is there, or nothing of this version
    if there.campaign_id != campaign.campaign_id or there.version == campaign.version == 1:
        return
    if there.plan_sha() not in (campaign.revises, campaign.plan_sha()):
        message = f"`{campaign.campaign_id}` was changed meanwhile: it is at version {there.version}; look at it again"
        raise ToolFailure("sha_mismatch", message, campaign_id=campaign.campaign_id, version=there.version)
