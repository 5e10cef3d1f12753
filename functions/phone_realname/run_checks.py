"""Timer: checks that wait for the provider."""

import time

from sqlalchemy import select
from sqlalchemy.orm import Session

from functions.phone_realname import check_jobs
from shared import trace
from shared.actors import SYSTEM
from shared.clock import now
from shared.database import in_transaction
from shared.errors import TooMany
from shared.models.phones import PhoneCheckJob, PhoneCheckJobStatus
from shared.rules.phone_retries import next_local_day

BATCH = 50
BUDGET_S = 8.0  # the function may run 15 s, one call 5 s


def run_checks() -> int:
    """How many were settled. Stops at the first that fails: a provider that is down is not asked fifty times."""
    ends_at = time.monotonic() + BUDGET_S
    settled = 0
    for job_id in _due():
        claim = _claim(job_id)
        if claim is not None:
            said = _check(claim)
            settled += 1
            if said.means.try_again_later and not said.means.next_day:
                break
        if time.monotonic() > ends_at:
            break
    return settled


def _check(claim: check_jobs.Claim) -> check_jobs.Said:
    with trace.under(claim.asked_in):
        said = check_jobs.ask(claim)
        check_jobs.settle(actor=SYSTEM, claim=claim, said=said, tell=True)
    return said


@in_transaction
def _due(session: Session) -> list[str]:
    waiting = select(PhoneCheckJob.id).where(
        PhoneCheckJob.status == PhoneCheckJobStatus.WAITING, PhoneCheckJob.due_at <= now()
    )
    return list(session.scalars(waiting.order_by(PhoneCheckJob.due_at).limit(BATCH)))


def _claim(job_id: str) -> check_jobs.Claim | None:
    try:
        return _take(job_id=job_id)
    except TooMany:
        _postpone(job_id=job_id)
        return None


@in_transaction
def _take(session: Session, *, job_id: str) -> check_jobs.Claim | None:
    job = _lock_due(session, job_id)
    return None if job is None else check_jobs.take(session, job)


@in_transaction
def _postpone(session: Session, *, job_id: str) -> None:
    job = _lock_due(session, job_id)
    if job is not None:
        job.due_at = next_local_day(now())


def _lock_due(session: Session, job_id: str) -> PhoneCheckJob | None:
    """None when another timer has it, or had it."""
    return session.scalar(
        select(PhoneCheckJob)
        .where(
            PhoneCheckJob.id == job_id,
            PhoneCheckJob.status == PhoneCheckJobStatus.WAITING,
            PhoneCheckJob.due_at <= now(),
        )
        .with_for_update(skip_locked=True)
    )
