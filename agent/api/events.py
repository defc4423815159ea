"""The campaign's events as a stream (SSE): numbered, resumable by `Last-Event-ID`, with a heartbeat."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, Header, Response
from fastapi.responses import StreamingResponse

from agent.api.auth import Viewer
from agent.api.campaigns import CampaignId
from agent.api.state import TheApi
from tools.failure import ToolFailure

router = APIRouter(prefix="/v1/campaigns", tags=["campaigns"])
LONGEST_SECONDS = 600.0
"""After this a stream ends and the client resumes it, so that a revoked key is heard of."""
HEADERS = {"X-Accel-Buffering": "no"}
"""A proxy must hand on each event at once."""
EXAMPLE = {
    "text/event-stream": {
        "schema": {"type": "string"},
        "example": 'event: step\ndata: {"step": "solve budget", "known": ["audience"]}\nid: 6\n\n',
    }
}


class EventStream(StreamingResponse):
    """Frames as the hub made them: what one event costs does not grow with those who listen."""

    media_type = "text/event-stream"


@router.get("/{campaign_id}/events", response_class=EventStream, responses={200: {"content": EXAMPLE}})
async def events(
    api: TheApi,
    _caller: Viewer,
    campaign_id: CampaignId,
    last_event_id: Annotated[str | None, Header(description="The number of the last event that was received.")] = None,
) -> Response:
    """What happened to the campaign, from the first event or the one after `Last-Event-ID`, and on as it happens."""
    if api.hub.streams >= api.settings.max_streams:
        raise ToolFailure("too_many", "there are too many open event streams; try again later", retry_after=5)
    if last_event_id and not re.fullmatch(r"[0-9]{1,9}", last_event_id):
        raise ToolFailure("bad_header", "Last-Event-ID is the number of an event of this stream")
    feed = await api.hub.open(campaign_id)
    frames = api.hub.follow(campaign_id, feed, int(last_event_id or 0), LONGEST_SECONDS)
    return EventStream(frames, headers=HEADERS)
