"""Jobs: accepted work, taken by one worker at a time under a lease, and taken up again when the lease runs out."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, and_, func, or_, select, update

from agent.ledger.tables import JobKind, JobRow

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlalchemy.orm import Session

LEASE = timedelta(seconds=15)
"""A worker renews it several times within; a worker that was killed loses its job after this long."""
ATTEMPTS = 10
"""A job that has taken its worker down this often is failed, not tried for ever."""


def enqueue(session: Session, campaign_id: str, kind: JobKind, payload: dict[str, Any], at: datetime) -> JobRow:
    job = JobRow(campaign_id=campaign_id, kind=kind, payload=payload, state="queued", attempts=0, created_at=at)
    session.add(job)
    session.flush()
    return job


def open_job(session: Session, campaign_id: str) -> JobRow | None:
    """The campaign's job that is not finished, if there is one."""
    rows = select(JobRow).where(JobRow.campaign_id == campaign_id, JobRow.state.in_(("queued", "running")))
    return session.scalars(rows.order_by(JobRow.job_id)).first()


def last_job(session: Session, campaign_id: str) -> JobRow | None:
    rows = select(JobRow).where(JobRow.campaign_id == campaign_id).order_by(JobRow.job_id.desc())
    return session.scalars(rows.limit(1)).first()


def waiting(session: Session | Connection) -> int:
    """How many jobs are queued or running."""
    return session.scalar(select(func.count()).where(JobRow.state.in_(("queued", "running")))) or 0


def counts(session: Session) -> dict[str, int]:
    """State → how many jobs are in it."""
    rows = session.execute(select(JobRow.state, func.count()).group_by(JobRow.state)).all()
    return {str(row[0]): int(row[1]) for row in rows}


def claim(session: Session, worker: str, at: datetime) -> JobRow | None:
    """Take the oldest job that is queued, or whose worker has let its lease run out; null where there is none."""
    free = or_(JobRow.state == "queued", and_(JobRow.state == "running", JobRow.lease_until < at))
    oldest = select(JobRow).where(free).order_by(JobRow.job_id).limit(1).with_for_update(skip_locked=True)
    job = session.scalars(oldest).first()
    if job is None:
        return None
    job.state, job.worker, job.attempts = "running", worker, job.attempts + 1
    job.started_at, job.lease_until = job.started_at or at, at + LEASE
    return job


def renew(session: Session, job_id: int, worker: str, at: datetime) -> bool:
    """Keep the lease. False: it was lost to another worker, and this one's work no longer counts."""
    kept = update(JobRow).where(_held(job_id, worker)).values(lease_until=at + LEASE).returning(JobRow.job_id)
    return session.scalar(kept) is not None


def release(session: Session, worker: str, at: datetime) -> None:
    """The worker is known to be dead: what it held is taken up at once, not when its lease runs out."""
    gone = and_(JobRow.worker == worker, JobRow.state == "running")
    session.execute(update(JobRow).where(gone).values(lease_until=at - LEASE))


def worked(session: Session, worker: str) -> bool:
    """Whether it took a job that no other has taken since."""
    return session.scalar(select(JobRow.job_id).where(JobRow.worker == worker).limit(1)) is not None


def held(session: Session, job_id: int, worker: str) -> JobRow | None:
    """The job, locked, if this worker still holds it."""
    return session.scalars(select(JobRow).where(_held(job_id, worker)).with_for_update()).first()


def finish(job: JobRow, at: datetime, problem: dict[str, Any] | None = None) -> None:
    """Done, or failed with the problem."""
    job.state = "done" if problem is None else "failed"
    job.problem, job.finished_at, job.lease_until = problem, at, None


def _held(job_id: int, worker: str) -> ColumnElement[bool]:
    return and_(JobRow.job_id == job_id, JobRow.worker == worker, JobRow.state == "running")
