"""RFC 9457 problems: what went wrong, in one shape, for whatever went wrong; never the input, never a stack trace."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException

from agent.api.logs import LOGGER, REQUEST_ID
from agent.errors import TYPE_BASE, problem_of
from tools.failure import ToolFailure

MEDIA = "application/problem+json"
MOST_PLACES = 200

STATUS: dict[str, int] = {
    "no_campaign": 404,
    "no_file": 404,
    "no_table": 404,
    "no_version": 404,
    "no_segment": 404,
    "no_copy": 404,
    "state_gone": 409,
    "no_plan": 409,
    "keys_needed": 403,
    "wrong_role": 403,
    "wrong_origin": 403,
    "no_key": 401,
    "body_slow": 408,
    "sha_mismatch": 409,
    "not_a_draft": 409,
    "wrong_status": 409,
    "package_broken": 409,
    "package_changed": 409,
    "already_approved": 409,
    "already_exported": 409,
    "not_approved": 409,
    "not_exported": 409,
    "too_early": 409,
    "no_results": 409,
    "changed_after_approval": 409,
    "shop_changed": 409,
    "bad_campaign": 409,
    "plan_failed": 409,
    "idempotency_mismatch": 409,
    "idempotency_busy": 409,
    "out_taken": 409,
    "body_large": 413,
    "body_kind": 415,
    "bad_json": 400,
    "bad_header": 400,
    "too_many": 429,
    "queue_full": 429,
    "no_shop": 503,
    "corrupt_shop": 503,
    "shop_schema": 503,
    "ledger_away": 503,
    "ledger_busy": 503,
    "index_running": 503,
    "import_running": 503,
    "home_not_writable": 503,
    "index_canary": 503,
    "no_embedding_model": 503,
}
"""The HTTP status of a failure's code; a code that is not here is about what was asked: 422."""


class ProblemBody(BaseModel):
    """RFC 9457. `type` names the kind for good; `detail` is a plain sentence."""

    type: str
    title: str
    status: int
    detail: str
    suggestions: tuple[str, ...] = ()
    errors: tuple[dict[str, str], ...] = ()
    """Of a body that does not fit: `pointer` (RFC 6901) and `detail` of each place."""
    rows: tuple[int, ...] = ()
    """Of a file that is refused: its rows, the first 200."""


def problem(status: int, code: str, detail: str, headers: Mapping[str, str] | None = None, **more: Any) -> JSONResponse:
    body = ProblemBody(
        type=TYPE_BASE + code.replace("_", "-"), title=code.replace("_", " ").capitalize(), status=status, detail=detail
    )
    return JSONResponse(
        {**body.model_dump(exclude_defaults=True), **more}, status, headers=dict(headers or {}), media_type=MEDIA
    )


def failure_response(failure: ToolFailure) -> JSONResponse:
    """The problem of a tool's failure; with `retry_after` in its detail, the header of that name."""
    said = problem_of(failure)
    retry = failure.detail.get("retry_after")
    headers = {"Retry-After": str(retry)} if retry is not None else {}
    if failure.code == "no_key":
        headers["WWW-Authenticate"] = "Bearer"
    more: dict[str, Any] = {"suggestions": list(said.suggestions)} if said.suggestions else {}
    more |= {name: failure.detail[name] for name in ("errors", "rows") if failure.detail.get(name)}
    return problem(STATUS.get(failure.code, 422), failure.code, said.detail, headers, **more)


def install(app: FastAPI) -> None:
    """Every way a request can fail answers with a problem."""
    app.add_exception_handler(ToolFailure, _failure)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(OperationalError, _ledger_away)
    app.add_exception_handler(Exception, bug)


def _failure(_request: Request, error: Exception) -> JSONResponse:
    return failure_response(error) if isinstance(error, ToolFailure) else bug(_request, error)


def _invalid(_request: Request, error: Exception) -> JSONResponse:
    return failure_response(invalid(error.errors() if isinstance(error, RequestValidationError) else ()))


def invalid(found: Sequence[Mapping[str, Any]], within: str | None = None) -> ToolFailure:
    """The failure of what does not fit its model, by pydantic's errors; `within`: what they are places of."""
    above = (within,) if within else ()
    places = [
        {"pointer": _pointer((*above, *item["loc"])), "detail": str(item["msg"]).removeprefix("Value error, ")}
        for item in found[:MOST_PLACES]
    ]
    first = f"{places[0]['pointer']}: {places[0]['detail']}" if places else "the request does not fit"
    return ToolFailure("invalid_request", first, errors=places)


def _pointer(location: tuple[int | str, ...]) -> str:
    return "/" + "/".join(str(part).replace("~", "~0").replace("/", "~1") for part in location)


def _http(_request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, HTTPException):
        return bug(_request, error)
    phrase = HTTPStatus(error.status_code).phrase
    return problem(error.status_code, phrase.lower().replace(" ", "_"), str(error.detail), error.headers)


def _ledger_away(_request: Request, _error: Exception) -> JSONResponse:
    """The database is locked, full or gone; what was asked was not done."""
    return problem(503, "ledger_away", "the ledger cannot be reached or written; try again", {"Retry-After": "5"})


def bug(request: Request, error: Exception) -> JSONResponse:
    """The answer to whatever nobody foresaw; the log says where it happened, and which request it was."""
    facts = {"request_id": request.scope.get(REQUEST_ID)}
    logging.getLogger(LOGGER).error("bug", exc_info=error, extra={"facts": facts})
    message = "something went wrong that is not your fault; it is logged under the X-Request-Id of this answer"
    return problem(500, "internal_error", message)
