"""The OpenAPI document: one schema for every problem, the headers that answers carry, and where to read on."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

from agent.api.problems import MEDIA, ProblemBody

DESCRIPTION = (
    "A brief is posted and planned by a worker; its events say how far it is; an approval is for one hash; an export "
    "is of what was approved. docs/api.md walks through it with curl. Every failure is an RFC 9457 problem whose "
    "`type` names its kind for good. Without any key only this machine may call; make keys with `briefsmith keys add`."
)
RETRY = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}}}
PLACE = {"Location": {"description": "The campaign.", "schema": {"type": "string"}}}
REPLAYED = {
    "Idempotency-Replayed": {
        "description": "`true`: this request was answered before, and this is that answer.",
        "schema": {"type": "string", "enum": ["true"]},
    }
}
PLAN_SHA = {
    "Plan-Sha": {"description": "What an approval is for; not while it is planned.", "schema": {"type": "string"}}
}
WORDS = {
    400: "Not JSON, or a header that does not fit.",
    401: "No valid key.",
    403: "The role is not enough.",
    404: "There is no such thing.",
    405: "The path takes another method.",
    408: "The body came too slowly.",
    409: "It stands against the state of the campaign.",
    413: "The body is too large.",
    415: "The body is of a kind that is not taken.",
    422: "The request does not fit; `errors` names each place.",
    429: "Too many requests, or the queue is full; wait `Retry-After` seconds.",
    503: "No shop, index or ledger, or the ledger is busy.",
}
PROBLEM = {MEDIA: {"schema": {"$ref": "#/components/schemas/ProblemBody"}}}
PROBLEMS: dict[int | str, dict[str, Any]] = {
    code: {"description": words, "content": PROBLEM, "headers": RETRY if code in (409, 429, 503) else {}}
    for code, words in WORDS.items()
}


class Application(FastAPI):
    """FastAPI, with the problem's schema among the components, where every problem refers to it."""

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            made = super().openapi()
            made["components"]["schemas"]["ProblemBody"] = ProblemBody.model_json_schema()
        return super().openapi()
