"""Whether it lives, whether it can work, what it counts, and the schema of what it answers."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from agent.api.auth import Viewer
from agent.api.state import Api, TheApi
from tools.failure import ToolFailure

router = APIRouter(tags=["service"])


@router.head("/v1/health/live", include_in_schema=False)
@router.get("/v1/health/live")
async def live() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.head("/v1/health/ready", include_in_schema=False)
@router.get("/v1/health/ready", responses={503: {"description": "Something is missing; `checks` says what."}})
def ready(api: TheApi) -> Response:
    """Data, index, ledger and workers are there, and the model, where one is configured, gives a token."""
    checks = {"ledger": _ledger(api), "shop": _shop(api), "index": _index(api), "workers": _workers(api)}
    if api.settings.llm_base_url or api.settings.llm_model:
        checks["model"] = api.model.said()
    good = all(said == "ok" for said in checks.values())
    return JSONResponse({"status": "ok" if good else "unavailable", "checks": checks}, 200 if good else 503)


@router.get("/v1/schema")
def schema(_caller: Viewer) -> dict[str, Any]:
    """The JSON Schema of the campaign object."""
    return _schema()


@router.get("/metrics", response_class=Response)
def metrics(api: TheApi, _caller: Viewer) -> Response:
    """Prometheus' exposition format."""
    from prometheus_client import CONTENT_TYPE_LATEST

    from agent.ledger.jobs import counts

    with api.ledger.read() as session:
        jobs = counts(session)
    return Response(api.metrics.text(jobs, api.hub.streams), media_type=CONTENT_TYPE_LATEST)


@cache
def _schema() -> dict[str, Any]:
    from agent.schema import campaign_schema

    made: dict[str, Any] = json.loads(campaign_schema())
    return made


def _ledger(api: Api) -> str:
    from sqlalchemy import text
    from sqlalchemy.exc import SQLAlchemyError

    try:
        with api.ledger.read() as session:
            session.execute(text("SELECT 1 FROM campaigns LIMIT 1"))
    except SQLAlchemyError as error:
        return f"cannot be read: {type(error).__name__}"
    return "ok"


def _shop(api: Api) -> str:
    try:
        _ = api.deps().store
    except ToolFailure as failure:
        return failure.code
    return "ok"


def _index(api: Api) -> str:
    from tools.catalog.index import describe_index

    try:
        state = str(describe_index(api.deps().store, api.settings.home)["state"])
    except ToolFailure as failure:
        return failure.code
    return "ok" if state == "ready" else state


def _workers(api: Api) -> str:
    wanted = api.supervisor
    return "ok" if wanted is None or wanted.alive >= 1 else "none alive"
