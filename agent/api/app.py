"""The HTTP application: routers, what stands before them, and what runs beside them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from starlette.middleware.errors import ServerErrorMiddleware
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware

from agent.api import campaigns, events, health, problems, readouts, shop
from agent.api.admission import Gate
from agent.api.document import DESCRIPTION, PROBLEMS, Application
from agent.api.limits import RateLimits
from agent.api.logs import Watched
from agent.api.metrics import Metrics
from agent.api.state import Api
from agent.api.strict import StrictBody
from agent.api.supervisor import Supervisor
from agent.deps import Deps
from agent.web import routes as web

FAILED_KEYS_PER_MINUTE = 30
AS_THEY_ARE = ("application/octet-stream", "application/vnd.apache.parquet")
"""Files of an export."""
COMPRESSION: dict[str, Any] = {
    "minimum_size": 1024,
    "compresslevel": 5,
    "thread_minimum_size": 32_768,
    "exclude_content_types": (*DEFAULT_EXCLUDED_CONTENT_TYPES, *AS_THEY_ARE),
}
"""For who accepts gzip; never a stream of events. Keys come in a header that no other site's page can make a browser
send, so an attacker has nobody whose answers he could measure (BREACH)."""


def create_app(deps: Deps) -> FastAPI:
    """The application on these deps. Worker processes are kept only while it is served with `settings.workers`."""
    settings = deps.settings
    limits = RateLimits(
        {
            "read": settings.reads_per_minute,
            "write": settings.writes_per_minute,
            "refused": FAILED_KEYS_PER_MINUTE,
        }
    )
    api = Api(deps, limits, Metrics(), Supervisor(settings.workers, deps.ledger) if settings.workers else None)
    app = Application(
        title="Briefsmith",
        version="0.1.0",
        summary="From a marketer's brief to a campaign that can be approved, launched and measured.",
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
        description=DESCRIPTION,
        responses=PROBLEMS,
        separate_input_output_schemas=False,
        # Its own spans hold paths and queries, and with them campaigns and what was searched for; ours hold templates.
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.state.api = api
    problems.install(app)
    for part in (campaigns, events, readouts, shop, health, web):
        app.include_router(part.router)
    app.add_middleware(GZipMiddleware, **COMPRESSION)
    app.add_middleware(ServerErrorMiddleware, handler=problems.bug)  # within what logs, counts and adds headers
    app.add_middleware(
        StrictBody,
        most_bytes=settings.max_body_bytes,
        seconds=settings.body_seconds,
        most_file_bytes=settings.max_file_bytes,
    )
    app.add_middleware(Gate, api=api)
    app.add_middleware(Watched, metrics=api.metrics)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    api: Api = app.state.api
    tasks = [asyncio.create_task(api.hub.run()), asyncio.create_task(api.room.run())]
    if api.supervisor is not None:
        tasks.append(asyncio.create_task(api.supervisor.run()))
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task
