"""API keys: `bs_<id>_<secret>`, 256 random bits, shown once, kept as a hash."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from agent.ledger.tables import ApiKeyRow, Role
from tools.failure import ToolFailure

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlalchemy.orm import Session

SHAPE = re.compile(r"bs_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")
NAME = re.compile(r"[^\x00-\x1f\x7f]{1,100}")


@dataclass(frozen=True)
class NewKey:
    key_id: str
    key: str
    """The key itself; it cannot be shown again."""


def add(session: Session, name: str, role: Role, at: datetime) -> NewKey:
    """Make a key for somebody, whose name an approval by it will carry.

    Raises:
        ToolFailure: `bad_name`; `name_taken` (a revoked name stays taken: approvals carry it).
    """
    clean = name.strip()
    if not NAME.fullmatch(clean):
        raise ToolFailure("bad_name", f"a key's name is 1 to 100 characters on one line, not {name!r}")
    if session.scalar(select(func.count()).where(ApiKeyRow.name == clean)):
        raise ToolFailure("name_taken", f"there is, or was, a key named `{clean}`; take another name", name=clean)
    key_id, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    session.add(ApiKeyRow(key_id=key_id, name=clean, role=role, secret_sha=_sha(secret), created_at=at))
    return NewKey(key_id, f"bs_{key_id}_{secret}")


@dataclass(frozen=True)
class KnownKey:
    key_id: str
    name: str
    role: str


def find(session: Session | Connection, key: str) -> KnownKey | None:
    """The key, if it is valid and not revoked."""
    shape = SHAPE.fullmatch(key)
    if shape is None:
        return None
    found = select(ApiKeyRow.key_id, ApiKeyRow.name, ApiKeyRow.role, ApiKeyRow.secret_sha)
    live = found.where(ApiKeyRow.key_id == shape[1], ApiKeyRow.revoked_at.is_(None))
    row = session.execute(live).first()
    good = row is not None and hmac.compare_digest(row.secret_sha, _sha(shape[2]))
    return KnownKey(row.key_id, row.name, row.role) if row is not None and good else None


@dataclass(frozen=True)
class Look:
    """What the ledger says of one who calls: their key, and whether there are keys at all."""

    key: KnownKey | None
    keys_exist: bool


def look(session: Session | Connection, given: Sequence[str | None]) -> dict[str | None, Look]:
    """Of each key that was given, or of null where none was."""
    found = {key: find(session, key) if key is not None else None for key in given}
    exist = any(found.values()) or any_live(session)
    return {key: Look(row, exist) for key, row in found.items()}


def any_live(session: Session | Connection) -> bool:
    return session.execute(select(ApiKeyRow.key_id).where(ApiKeyRow.revoked_at.is_(None)).limit(1)).first() is not None


def every(session: Session) -> list[ApiKeyRow]:
    return list(session.scalars(select(ApiKeyRow).order_by(ApiKeyRow.created_at)))


def revoke(session: Session, name: str, at: datetime) -> ApiKeyRow:
    """Revoke a key by its name or id, at once.

    Raises:
        ToolFailure: `no_key`.
    """
    named = select(ApiKeyRow).where((ApiKeyRow.name == name) | (ApiKeyRow.key_id == name))
    row = session.scalars(named.with_for_update()).first()
    if row is None:
        raise ToolFailure("no_key", f"there is no key `{name}`; `briefsmith keys list` shows them", name=name)
    row.revoked_at = row.revoked_at or at
    return row


def _sha(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
