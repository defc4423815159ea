"""Who calls, and what that role may do. Without any key only this machine may call; with one, everybody needs one."""

from __future__ import annotations

import ipaddress
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.requests import HTTPConnection

from agent.api.limits import Kind
from agent.api.state import Api, TheApi
from agent.ledger.tables import Role
from tools.failure import ToolFailure

RANK: dict[Role, int] = {"viewer": 0, "planner": 1, "approver": 2}
"""Each role may do what those below it may."""
BEARER = HTTPBearer(auto_error=False, description="An API key: `briefsmith keys add NAME --role ROLE`")
LOCAL_NAMES = ("localhost", "127.0.0.1", "[::1]")
FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")


@dataclass(frozen=True)
class Caller:
    """`name` is null where no key exists yet and the caller is on this machine."""

    principal: str
    role: Role
    name: str | None


def require(role: Role, kind: Kind) -> Callable[..., Awaitable[Caller]]:
    """A dependency: the caller, if the key is good, its role enough, and its rate within the limit."""

    async def dependency(
        request: Request, api: TheApi, given: Annotated[HTTPAuthorizationCredentials | None, Security(BEARER)]
    ) -> Caller:
        address = _address(request)
        api.limits.check("refused", address)
        try:
            caller = await identified(request, api, given.credentials if given else None)
        except ToolFailure as failure:
            if failure.code == "no_key":
                api.limits.hit("refused", address)
            raise
        api.limits.hit(kind, caller.principal)
        if RANK[caller.role] < RANK[role]:
            message = f"this needs the role {role}; the key has the role {caller.role}"
            raise ToolFailure("wrong_role", message, needed=role)
        return caller

    return dependency


Viewer = Annotated[Caller, Depends(require("viewer", "read"))]
PlannerReads = Annotated[Caller, Depends(require("planner", "read"))]
Planner = Annotated[Caller, Depends(require("planner", "write"))]
Approver = Annotated[Caller, Depends(require("approver", "write"))]


async def identified(connection: HTTPConnection, api: Api, credentials: str | None) -> Caller:
    """Who calls.

    Raises:
        ToolFailure: `wrong_origin`; `no_key`; `keys_needed`.
    """
    _same_origin(connection)
    known = await api.callers.ask(credentials)
    if known.key is not None:
        return Caller(f"key:{known.key.key_id}", _role(known.key.role), known.key.name)
    if known.keys_exist or credentials is not None:
        raise ToolFailure("no_key", "this needs a valid API key: Authorization: Bearer bs_…")
    if not _local(connection, _address(connection)):
        message = "until a key exists only this machine may call; make one with `briefsmith keys add`"
        raise ToolFailure("keys_needed", message)
    return Caller("local", "approver", None)


def _address(connection: HTTPConnection) -> str:
    return connection.client.host if connection.client else ""


def _role(word: str) -> Role:
    return next(role for role in RANK if role == word)


def _local(request: HTTPConnection, address: str) -> bool:
    """From this machine, by its own name (no DNS rebinding), and not through a proxy that only looks local."""
    host = request.headers.get("host", "")
    name = host if host.endswith("]") else host.rsplit(":", 1)[0]
    try:
        loopback = ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
    return loopback and name in LOCAL_NAMES and not any(header in request.headers for header in FORWARDED)


def _same_origin(request: HTTPConnection) -> None:
    """A page of another site may not call, whatever the browser thinks of it: CORS is closed, and so is this."""
    origin = request.headers.get("origin")
    if origin is not None and origin != f"{request.url.scheme}://{request.headers.get('host', '')}":
        raise ToolFailure("wrong_origin", "calls from pages of other sites are not answered")
