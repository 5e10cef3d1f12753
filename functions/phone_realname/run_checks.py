"""Timer: checks that wait for the provider."""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from functions.phone_realname import check_jobs
from shared import trace
from shared.actors import SYSTEM
from shared.batches import each, in_time
from shared.clock import now
from shared.database import in_transaction
from shared.errors import TooMany, Unavailable
from shared.models.phones import PhoneCheckJob, PhoneCheckJobStatus
from shared.rules.phone_retries import next_local_day

BATCH = 50
BUDGET_S = 8.0  # the function may run 15 s, one call 5 s
BROKEN = timedelta(hours=1)


def run_checks() -> int:
    """How many were settled. Stops at the first that fails: a provider that is down is not asked fifty times."""
    silent = False

    def run(job_id: str) -> int:
        nonlocal silent
        claim = None if silent else _claim(job_id)
        if claim is None:
            return 0
        means = _check(claim).means
        silent = means.try_again_later and not means.next_day
        return 1

    return each(in_time(_due(), seconds=BUDGET_S), run)


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
        _postpone(job_id, next_local_day(now()))
        return None
    except (Unavailable, OperationalError):
        raise
    except Exception:
        _postpone(job_id, now() + BROKEN)  # it must not be the first of every run
        raise


@in_transaction
def _take(session: Session, *, job_id: str) -> check_jobs.Claim | None:
    job = _lock_due(session, job_id)
    return None if job is None else check_jobs.take(session, job)


@in_transaction
def _postpone(session: Session, job_id: str, to: datetime) -> None:
    job = PhoneCheckJob.id == job_id, PhoneCheckJob.status == PhoneCheckJobStatus.WAITING
    session.execute(
        update(PhoneCheckJob).where(*job, PhoneCheckJob.due_at <= now()).values(due_at=to)
    )


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
