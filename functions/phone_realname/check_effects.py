"""What follows from a settled check: for a relative's own phone, a family phone asked for, a phone checked again."""

from datetime import timedelta

from sqlalchemy.orm import Session

from shared import audit, messages, onsite, phone_states
from shared.actors import SYSTEM, Actor
from shared.clock import now
from shared.models.people import Relative
from shared.models.phones import (
    FamilyPhone,
    FamilyPhoneStatus,
    PhoneCheckJob,
    PhoneCheckPurpose,
    PhoneCheckResult,
)
from shared.reasons import REASONS

GAVE_UP = "phone_check_gave_up"
# A number that could not be checked stays as it is and is looked at again soon.
LOOK_AGAIN = timedelta(days=7)
CHECKABLE = (FamilyPhoneStatus.PENDING, FamilyPhoneStatus.APPROVED)
PHRASES = {
    PhoneCheckResult.MATCH: ("核验通过", "手机号实名核验已通过，请继续办理"),
    PhoneCheckResult.MISMATCH: ("核验未通过", "手机号实名核验未通过，请查看原因"),
    PhoneCheckResult.NOT_CHECKED: ("未能核验", "手机号未能自动核验，请查看下一步"),
}
FAMILY_PHRASES = {
    PhoneCheckResult.MATCH: ("核验通过", "亲情电话核验通过，等待民警审核"),
    PhoneCheckResult.NOT_CHECKED: ("未能核验", "亲情电话未能核验，由民警人工核对"),
}
PAGES = {
    PhoneCheckPurpose.REGISTRATION: "pages/registration/index",
    PhoneCheckPurpose.FAMILY_PHONE: "pages/phones/index",
}


def lock_subject(session: Session, job: PhoneCheckJob) -> None:
    """The subject before its job: asking for a check locks in the same order."""
    if job.family_phone_id is not None:
        session.get_one(FamilyPhone, job.family_phone_id, with_for_update=True)
    elif job.relative_id is not None:
        session.get_one(Relative, job.relative_id, with_for_update=True)


def apply(
    session: Session, actor: Actor, job: PhoneCheckJob, *, elements_phone: str, tell: bool
) -> None:
    """`job` has its result and reason; its subject is locked."""
    assert job.result is not None
    if job.family_phone_id is None:
        _registration(session, job, elements_phone)
    else:
        phone = session.get_one(FamilyPhone, job.family_phone_id)
        # By the state, not by what was wanted: an officer may have approved it while its check was waiting.
        work = _asked if phone.status is FamilyPhoneStatus.PENDING else _rechecked
        work(session, actor, phone, job)
    audit.record(
        session,
        actor,
        "phone.checked",
        "phone_check_job",
        job.id,
        site_id=job.site_id,
        purpose=job.purpose.value,
        result=job.result.value,
        code=job.reason,
    )
    if tell:
        _tell(session, job)


def give_up(session: Session, actor: Actor, job: PhoneCheckJob, *, tell: bool) -> None:
    job.result, job.reason = PhoneCheckResult.NOT_CHECKED, GAVE_UP
    apply(session, actor, job, elements_phone="", tell=tell)


def _registration(session: Session, job: PhoneCheckJob, number: str) -> None:
    if job.result is PhoneCheckResult.MATCH and job.relative_id:
        relative = session.get_one(Relative, job.relative_id)
        relative.phone, relative.phone_checked_at = number, now()
        onsite.match(session, SYSTEM, relative)


def _asked(session: Session, actor: Actor, phone: FamilyPhone, job: PhoneCheckJob) -> None:
    """A number of the phone system's own list is in use already: a match allows it without an officer."""
    phone.check_result, phone.check_reason = job.result, job.reason
    if job.result is PhoneCheckResult.MATCH:
        phone.checked_at = now()
        if phone.relative_id is None:
            phone_states.move(
                session, phone, only_from=FamilyPhoneStatus.PENDING, to=FamilyPhoneStatus.APPROVED
            )
    if job.result is PhoneCheckResult.MISMATCH:
        code = job.reason or "phone_mismatch"
        if phone.relative_id is None:
            phone_states.block(session, actor, phone, code=code)
        else:
            reason = REASONS[code]
            phone_states.end(session, actor, phone, FamilyPhoneStatus.REJECTED, reason=reason)


def _rechecked(session: Session, actor: Actor, phone: FamilyPhone, job: PhoneCheckJob) -> None:
    """Only a mismatch blocks: whatever could not be checked stays and is tried again."""
    if phone.status is not FamilyPhoneStatus.APPROVED:
        return
    phone.recheck_not_before = now() + LOOK_AGAIN
    if job.result is PhoneCheckResult.MATCH:
        phone.check_result, phone.check_reason, phone.checked_at = job.result, None, now()
    if job.result is PhoneCheckResult.MISMATCH:
        phone.check_result, phone.check_reason = job.result, "family_phone_owner_changed"
        phone_states.block(session, actor, phone, code="family_phone_owner_changed")


def _tell(session: Session, job: PhoneCheckJob) -> None:
    if job.relative_id is None or job.purpose not in PAGES or job.result is None:
        return
    of_family_phone = job.purpose is PhoneCheckPurpose.FAMILY_PHONE
    if of_family_phone and job.result is PhoneCheckResult.MISMATCH:
        return  # told as its refusal
    phrase, thing = (FAMILY_PHRASES if of_family_phone else PHRASES)[job.result]
    messages.tell_family(
        session,
        [job.relative_id],
        phrase,
        thing,
        page=PAGES[job.purpose],
        dedupe_key=f"phone_check:{job.id}",
    )
