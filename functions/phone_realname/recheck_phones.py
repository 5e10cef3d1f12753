"""Timer: approved phones that are due to be checked again are put up for it."""

from datetime import timedelta

from sqlalchemy import delete, exists, or_, select
from sqlalchemy.orm import Session

from functions.phone_realname import check_jobs, daily_limits
from shared.batches import each
from shared.clock import now
from shared.database import in_transaction
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


@in_transaction
def _recheck_site(session: Session, site_id: str) -> int:
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


@in_transaction
def _forget_old_counts(session: Session) -> None:
    week_ago = daily_limits.today() - timedelta(days=7)
    session.execute(delete(PhoneCheckCount).where(PhoneCheckCount.day < week_ago))
