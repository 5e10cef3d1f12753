"""Timer: approved phones that are due to be checked again are put up for it."""

from datetime import timedelta

from sqlalchemy import ColumnElement, delete, exists, or_, select
from sqlalchemy.orm import Session

from functions.phone_realname import check_jobs, daily_limits
from shared.batches import each
from shared.clock import now
from shared.database import in_transaction
from shared.errors import Conflict
from shared.models.phones import (
    FamilyPhone,
    FamilyPhoneStatus,
    PhoneCheckCount,
    PhoneCheckJob,
    PhoneCheckJobStatus,
    PhoneCheckPurpose,
)
from shared.models.places import Site
from shared.rules.site_rules import SiteRules

BATCH = 50  # a site and run


def recheck_phones() -> int:
    """How many phones were put up for a new check."""
    _forget_old_counts()
    return each(_sites(), _recheck_site)


@in_transaction
def _sites(session: Session) -> list[str]:
    return list(session.scalars(select(Site.id)))


def _recheck_site(site_id: str) -> int:
    return each(_due(site_id), _recheck)


@in_transaction
def _due(session: Session, site_id: str) -> list[str]:
    rules = SiteRules.of(session.get_one(Site, site_id).rules)
    old = now() - timedelta(days=rules.phone_recheck_days)
    due = (
        select(FamilyPhone.id)
        .where(FamilyPhone.site_id == site_id, FamilyPhone.checked_at <= old, *_may_be_checked())
        .order_by(FamilyPhone.checked_at)
        .limit(BATCH)
    )
    return list(session.scalars(due))


def _may_be_checked() -> tuple[ColumnElement[bool], ...]:
    open_job = exists().where(
        PhoneCheckJob.family_phone_id == FamilyPhone.id,
        PhoneCheckJob.status == PhoneCheckJobStatus.WAITING,
    )
    not_before = FamilyPhone.recheck_not_before
    return (
        FamilyPhone.status == FamilyPhoneStatus.APPROVED,
        or_(not_before.is_(None), not_before <= now()),
        ~open_job,
    )


@in_transaction
def _recheck(session: Session, phone_id: str) -> None:
    mine = select(FamilyPhone).where(FamilyPhone.id == phone_id, *_may_be_checked())
    phone = session.scalar(mine.with_for_update(skip_locked=True))
    if phone is None:
        raise Conflict.of("changed_meanwhile")
    # Held back at once: should the job be dropped, the phone is not put up again every minute.
    phone.recheck_not_before = now() + timedelta(days=1)
    wanted = PhoneCheckJob(
        purpose=PhoneCheckPurpose.RECHECK,
        relative_id=phone.relative_id,
        site_id=phone.site_id,
        family_phone_id=phone.id,
    )
    check_jobs.open_job(session, wanted, number=phone.number)


@in_transaction
def _forget_old_counts(session: Session) -> None:
    week_ago = daily_limits.today() - timedelta(days=7)
    session.execute(delete(PhoneCheckCount).where(PhoneCheckCount.day < week_ago))
