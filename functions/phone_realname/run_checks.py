"""Timers: checks that wait for the provider; approved phones that are due to be checked again, or whose ground is gone."""

import time
from datetime import timedelta

from sqlalchemy import delete, exists, or_, select
from sqlalchemy.orm import Session

from functions.phone_realname import check_jobs, daily_limits, phone_states
from shared.actors import SYSTEM
from shared.clock import now
from shared.consents import missing_consents
from shared.database import in_transaction
from shared.errors import TooMany
from shared.models.people import (
    ConsentPurpose,
    Relationship,
    RelationshipStatus,
    Resident,
    ResidentStatus,
)
from shared.models.phones import (
    FamilyPhone,
    FamilyPhoneStatus,
    PhoneCheckCount,
    PhoneCheckJob,
    PhoneCheckJobStatus,
    PhoneCheckPurpose,
)
from shared.models.places import Site
from shared.rules.phone_retries import next_local_day
from shared.rules.site_rules import SiteRules

BATCH = 50
BUDGET_S = 8.0  # the function may run 15 s, one call 5 s
LEFT = (ResidentStatus.TRANSFERRED, ResidentStatus.RELEASED)


def run_checks() -> int:
    """How many were settled. Stops at the first that fails: a provider that is down is not asked fifty times."""
    ends_at = time.monotonic() + BUDGET_S
    settled = 0
    for job_id in _due():
        claim = _claim(job_id)
        if claim is not None:
            said = check_jobs.ask(claim)
            check_jobs.settle(actor=SYSTEM, claim=claim, said=said, tell=True)
            settled += 1
            if said.means.try_again_later and not said.means.next_day:
                break
        if time.monotonic() > ends_at:
            break
    return settled


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


def recheck_phones() -> int:
    """How many phones were put up for a new check."""
    _end_groundless()
    _forget_old_counts()
    return sum(_recheck_site(site_id=site_id) for site_id in _sites())


@in_transaction
def _sites(session: Session) -> list[str]:
    return list(session.scalars(select(Site.id)))


@in_transaction
def _recheck_site(session: Session, *, site_id: str) -> int:
    rules = SiteRules.of(session.get_one(Site, site_id).rules)
    old = now() - timedelta(days=rules.phone_recheck_days)
    open_job = exists().where(
        PhoneCheckJob.family_phone_id == FamilyPhone.id,
        PhoneCheckJob.status == PhoneCheckJobStatus.WAITING,
    )
    due = (
        select(FamilyPhone)
        .where(
            FamilyPhone.site_id == site_id,
            FamilyPhone.status == FamilyPhoneStatus.APPROVED,
            FamilyPhone.checked_at <= old,
            or_(FamilyPhone.recheck_not_before.is_(None), FamilyPhone.recheck_not_before <= now()),
            ~open_job,
        )
        .order_by(FamilyPhone.checked_at)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    phones = session.scalars(due).all()
    for phone in phones:
        # Held back at once: should the job be dropped, the phone is not put up again every minute.
        phone.recheck_not_before = now() + timedelta(days=1)
        wanted = PhoneCheckJob(
            purpose=PhoneCheckPurpose.RECHECK,
            relative_id=phone.relative_id,
            site_id=site_id,
            family_phone_id=phone.id,
        )
        check_jobs.open_job(session, wanted, number=phone.number)
    return len(phones)


def _end_groundless() -> None:
    """Phones whose tie, resident or consent is gone. Each in a transaction of its own."""
    for phone_id in _groundless():
        _end_one(phone_id=phone_id)


@in_transaction
def _groundless(session: Session) -> list[str]:
    standing = (FamilyPhoneStatus.PENDING, FamilyPhoneStatus.APPROVED)
    query = select(FamilyPhone).where(FamilyPhone.status.in_(standing)).order_by(FamilyPhone.id)
    return [one.id for one in session.scalars(query) if _why_over(session, one)]


@in_transaction
def _end_one(session: Session, *, phone_id: str) -> None:
    phone = session.get_one(FamilyPhone, phone_id, with_for_update=True)
    code = _why_over(session, phone)
    if code is None:
        return
    phone_states.block(session, SYSTEM, phone, code=code)
    if code == "family_phone_consent_over":
        phone_states.erase(phone)


def _why_over(session: Session, phone: FamilyPhone) -> str | None:
    if phone.status not in (FamilyPhoneStatus.PENDING, FamilyPhoneStatus.APPROVED):
        return None
    if session.get_one(Resident, phone.resident_id).status in LEFT:
        return "family_phone_resident_left"
    if phone.relationship_id is None or phone.relative_id is None:
        return None  # from the phone system's own list
    if ConsentPurpose.PHONE in missing_consents(session, phone.relative_id):
        return "family_phone_consent_over"
    tie = session.get_one(Relationship, phone.relationship_id)
    over = tie.expires_at is not None and tie.expires_at <= now()
    return "family_phone_tie_over" if over or not _stands(tie) else None


def _stands(tie: Relationship) -> bool:
    return tie.status is RelationshipStatus.APPROVED


@in_transaction
def _forget_old_counts(session: Session) -> None:
    week_ago = daily_limits.today() - timedelta(days=7)
    session.execute(delete(PhoneCheckCount).where(PhoneCheckCount.day < week_ago))
