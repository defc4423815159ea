"""The campaign's events as a stream (SSE): numbered, resumable by `Last-Event-ID`, with a heartbeat."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Header
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool

from agent.api.auth import Viewer
from agent.api.campaigns import CampaignId
from agent.api.planned import row_of
from agent.api.state import Api, TheApi
from agent.ledger.tables import EventRow
from tools.failure import ToolFailure

router = APIRouter(prefix="/v1/campaigns", tags=["campaigns"])
AGAIN_SECONDS = 5.0
"""Longest until a stream looks by itself, should a wake-up have been missed."""
LONGEST_SECONDS = 600.0
"""After this a stream ends and the client resumes it, so that a revoked key is heard of."""
RETRY_MS = 1000


def _resume(
    api: TheApi,
    _caller: Viewer,
    campaign_id: CampaignId,
    last_event_id: Annotated[str | None, Header(description="The number of the last event that was received.")] = None,
) -> int:
    """Where to go on; checked before the stream begins."""
    row_of(api, campaign_id)
    if api.hub.streams >= api.settings.max_streams:
        raise ToolFailure("too_many", "there are too many open event streams; try again later", retry_after=5)
    if last_event_id is None or last_event_id == "":
        return 0
    if not re.fullmatch(r"[0-9]{1,9}", last_event_id):
        raise ToolFailure("bad_header", "Last-Event-ID is the number of an event of this stream")
    return int(last_event_id)


@router.get("/{campaign_id}/events", response_class=EventSourceResponse)
async def events(
    api: TheApi, campaign_id: CampaignId, seq: Annotated[int, Depends(_resume)]
) -> AsyncIterator[ServerSentEvent]:
    """What happened to the campaign, from the first event or the one after `Last-Event-ID`, and on as it happens."""
    until = asyncio.get_running_loop().time() + LONGEST_SECONDS
    yield ServerSentEvent(comment="events", retry=RETRY_MS)
    with api.hub.listening(campaign_id) as news:
        while asyncio.get_running_loop().time() < until:
            news.clear()
            for row in await run_in_threadpool(_after, api, campaign_id, seq):
                seq = row.seq
                yield ServerSentEvent(id=str(row.seq), event=row.kind, data={**row.data, "at": row.at.isoformat()})
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(news.wait(), AGAIN_SECONDS)


def _after(api: Api, campaign_id: str, seq: int) -> list[EventRow]:
    from agent.ledger.events import after

    with api.ledger.read() as session:
        return after(session, campaign_id, seq)
