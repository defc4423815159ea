"""Whether a brief can be taken at all, said before anything is locked or written: a full queue refuses cheaply."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.failure import ToolFailure

if TYPE_CHECKING:
    from agent.api.auth import Caller
    from agent.api.state import Api

AGAIN_SECONDS = 5


def admit(api: Api, caller: Caller, campaign_id: str, key: str | None) -> None:
    """Refuse what is new while the queue is full; what was accepted or answered before is answered again.

    Raises:
        ToolFailure: `queue_full`, with the seconds to wait in `retry_after`.
    """
    from agent.ledger import campaigns, jobs, requests

    with api.ledger.look() as connection:
        if jobs.waiting(connection) < api.settings.max_queue:
            return
        before = campaigns.there(connection, campaign_id) or (
            key is not None and requests.there(connection, caller.principal, key)
        )
    if not before:
        raise full(api)


def full(api: Api) -> ToolFailure:
    message = f"{api.settings.max_queue} campaigns are waiting to be planned; try again later"
    return ToolFailure("queue_full", message, retry_after=AGAIN_SECONDS)
