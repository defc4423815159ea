"""Every plan that is written is entered in the ledger: before, whether it may be; after, that it is there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from agent.campaign import Campaign

if TYPE_CHECKING:
    from agent.ledger.ledger import Ledger


@contextmanager
def recorded(campaign: Campaign, folder: Path, ledger: Ledger) -> Iterator[Campaign]:
    """Write the package within: the campaign that is given has the status that it will have.

    A crash within, or right after, leaves a folder that the ledger does not know yet; approving it enters it.

    Raises:
        ToolFailure: `already_exported`, before anything is written, where the plan differs from what was exported.
    """
    from agent.ledger.campaigns import holding, settle

    with ledger.read() as session:
        status = holding(session, campaign)
    made = campaign.model_copy(update={"status": status})
    yield made
    with ledger.write() as session:
        settle(session, made, folder, ledger.now())
