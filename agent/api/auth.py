"""Who calls, and what that role may do. Without any key only this machine may call; with one, everybody needs one."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

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


def require(role: Role, kind: Kind) -> Callable[..., Caller]:
    """A dependency: the caller, if the key is good, its role enough, and its rate within the limit."""

    def dependency(
        request: Request, api: TheApi, given: Annotated[HTTPAuthorizationCredentials | None, Security(BEARER)]
    ) -> Caller:
        caller = _caller(request, api, given)
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


def _caller(request: Request, api: Api, given: HTTPAuthorizationCredentials | None) -> Caller:
    from agent.ledger import keys

    _same_origin(request)
    address = request.client.host if request.client else ""
    api.limits.check("refused", address)
    with api.ledger.look() as session:
        row = keys.find(session, given.credentials) if given else None
        if row is not None:
            return Caller(f"key:{row.key_id}", _role(row.role), row.name)
        exist = keys.any_live(session)
    if exist or given is not None:
        api.limits.hit("refused", address)
        raise ToolFailure("no_key", "this needs a valid API key: Authorization: Bearer bs_…")
    if not _local(request, address):
        message = "until a key exists only this machine may call; make one with `briefsmith keys add`"
        raise ToolFailure("keys_needed", message)
    return Caller("local", "approver", None)


def _role(word: str) -> Role:
    return next(role for role in RANK if role == word)


def _local(request: Request, address: str) -> bool:
    """From this machine, by its own name (no DNS rebinding), and not through a proxy that only looks local."""
    host = request.headers.get("host", "")
    name = host if host.endswith("]") else host.rsplit(":", 1)[0]
    try:
        loopback = ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
    return loopback and name in LOCAL_NAMES and not any(header in request.headers for header in FORWARDED)


def _same_origin(request: Request) -> None:
    """A page of another site may not call, whatever the browser thinks of it: CORS is closed, and so is this."""
    origin = request.headers.get("origin")
    if origin is not None and origin != f"{request.url.scheme}://{request.headers.get('host', '')}":
        raise ToolFailure("wrong_origin", "calls from pages of other sites are not answered")
