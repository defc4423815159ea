"""The ledger's tables. Times are aware and UTC; JSON columns hold no customer row and no personal data."""

from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import JSON, DateTime, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

JobKind = Literal["plan", "revise"]
JobState = Literal["queued", "running", "done", "failed"]
EffectState = Literal["begun", "done"]
Role = Literal["viewer", "planner", "approver"]


class Moment(TypeDecorator[datetime]):
    """An aware time in UTC. SQLite forgets the zone, so it is put back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  the signature is TypeDecorator's
        if value is not None and value.tzinfo is None:
            raise ValueError(f"the ledger keeps aware times, got {value!r}")
        return value.astimezone(UTC) if value is not None else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  the signature is TypeDecorator's
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    type_annotation_map = {  # noqa: RUF012  SQLAlchemy's own idiom
        datetime: Moment,
        dict[str, Any]: JSON,
        dict[str, str]: JSON,
        str: String(200),
    }


class CampaignRow(Base):
    """One campaign. `status` is the truth; the one in `campaign.json` follows it."""

    __tablename__ = "campaigns"

    campaign_id: Mapped[str] = mapped_column(primary_key=True)
    status: Mapped[str]
    folder: Mapped[str] = mapped_column(Text)
    secret: Mapped[bytes] = mapped_column(LargeBinary(32))
    """Random; what must be unguessable and yet repeatable (coupon codes) is derived from it."""
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class VersionRow(Base):
    """One plan that a campaign has had, by its hash; numbered from 1."""

    __tablename__ = "versions"

    campaign_id: Mapped[str] = mapped_column(ForeignKey("campaigns.campaign_id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    plan_sha: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]


class ApprovalRow(Base):
    """An approval of one version by a named person. At most one of a campaign is not voided."""

    __tablename__ = "approvals"
    __table_args__ = (
        Index(
            "one_live_approval",
            "campaign_id",
            unique=True,
            sqlite_where=text("voided_at IS NULL"),
            postgresql_where=text("voided_at IS NULL"),
        ),
    )

    approval_id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[str] = mapped_column(ForeignKey("campaigns.campaign_id"))
    plan_sha: Mapped[str] = mapped_column(String(64))
    approver: Mapped[str]
    files: Mapped[dict[str, str]]
    """File of the package → SHA-256, as they were when it was approved."""
    at: Mapped[datetime]
    voided_at: Mapped[datetime | None]


class EventRow(Base):
    """What happened to a campaign, numbered from 1 within it without a gap: the id of the SSE stream."""

    __tablename__ = "events"
    __table_args__ = (UniqueConstraint("campaign_id", "seq", name="one_event_a_number"),)

    event_id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[str] = mapped_column(ForeignKey("campaigns.campaign_id"))
    seq: Mapped[int]
    kind: Mapped[str]
    data: Mapped[dict[str, Any]]
    at: Mapped[datetime]


class JobRow(Base):
    """Work that was accepted. A worker holds it by a lease; one that is not renewed is taken up again."""

    __tablename__ = "jobs"
    __table_args__ = (Index("jobs_by_state", "state", "job_id"),)

    job_id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[str] = mapped_column(ForeignKey("campaigns.campaign_id"))
    kind: Mapped[str]
    payload: Mapped[dict[str, Any]]
    state: Mapped[str]
    attempts: Mapped[int] = mapped_column(default=0)
    worker: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    problem: Mapped[dict[str, Any] | None] = mapped_column(JSON)


class OutboxRow(Base):
    """An effect on the world outside the ledger (files, a call to a sender), by its key: begun, then done once."""

    __tablename__ = "outbox"

    key: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    state: Mapped[str]
    begun_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON)


class ApiKeyRow(Base):
    """An API key. The key itself is shown once and never stored: 256 random bits need no slow hash."""

    __tablename__ = "api_keys"

    key_id: Mapped[str] = mapped_column(String(12), primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    role: Mapped[str]
    secret_sha: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class RequestRow(Base):
    """An answered request with an Idempotency-Key: what was asked (its hash) and what was answered."""

    __tablename__ = "requests"

    principal: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    request_sha: Mapped[str] = mapped_column(String(64))
    status: Mapped[int]
    body: Mapped[dict[str, Any]]
    at: Mapped[datetime]
