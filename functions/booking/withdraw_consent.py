"""A relative takes a consent back. What follows is said first, and done only on a second, confirmed request."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session

from functions.booking.leave_visit import leave, lock_residents
from functions.booking.registration import registration
from shared import audit, erasure
from shared.actors import Actor
from shared.cancellations import OPEN, cancel_ahead
from shared.clock import now
from shared.database import in_transaction
from shared.errors import Conflict, Refused
from shared.models.flags import FlagKind
from shared.models.people import Consent, ConsentPurpose, Relative
from shared.models.visits import Visit, VisitParticipant
from shared.phone_reviews import review_later

EFFECTS = {
    ConsentPurpose.IDENTITY: "将取消未完成的会见，您不能再使用远程会见，直到重新同意。",
    ConsentPurpose.FACE: "将删除您的人脸模板、核验视频和证件照片，取消未完成的会见；重新同意后需再次核验，"
    "也可以改由民警人工核验。",
    ConsentPurpose.PHONE: "将删除您的手机号和您提交的亲情电话，取消未完成的会见；重新同意后需再次核验。",
    ConsentPurpose.RECORDING: "会见须录音录像，撤回后将取消未完成的会见，直到重新同意。",
}


@in_transaction
def withdraw_consent(
    session: Session, *, actor: Actor, purpose: ConsentPurpose, confirmed: bool
) -> dict[str, Any]:
    """Raises Refused with what would follow until it is confirmed, Conflict when nothing was given."""
    lock_residents(session, actor.id)
    relative = session.get_one(Relative, actor.id, with_for_update=True)
    given = session.scalars(_given(actor.id, purpose)).all()
    if not given:
        raise Conflict.of("consent_not_given")
    if not confirmed:
        raise Refused.of("consent_withdrawal_effects", effects=EFFECTS[purpose])
    _withdraw(session, actor, relative, given)
    erasure.note_withdrawal_later(session, relative.id, purpose)
    session.flush()
    return registration(session, relative)


@in_transaction
def withdraw_again(
    session: Session,
    *,
    actor: Actor,
    relative_id: str,
    purpose: ConsentPurpose,
    withdrawn_at: datetime,
) -> bool:
    """In a database restored from a backup, which knows nothing of it. False when nothing given before it stands."""
    lock_residents(session, relative_id)
    relative = session.get(Relative, relative_id, with_for_update=True)
    before = _given(relative_id, purpose).where(Consent.given_at <= withdrawn_at)
    given = session.scalars(before).all()
    if relative is None or not given:
        return False
    _withdraw(session, actor, relative, given)
    return True


def _given(relative_id: str, purpose: ConsentPurpose) -> Select[tuple[Consent]]:
    return select(Consent).where(
        Consent.relative_id == relative_id,
        Consent.purpose == purpose,
        Consent.withdrawn_at.is_(None),
    )


def _withdraw(session: Session, actor: Actor, relative: Relative, given: Sequence[Consent]) -> None:
    """All of one purpose."""
    purpose = given[0].purpose
    for one in given:
        one.withdrawn_at = now()
    _erase(session, relative, purpose)
    _leave_visits(session, actor, relative.id)
    audit.record(
        session, actor, "consent.withdrawn", "relative", relative.id, purpose=purpose.value
    )


def _erase(session: Session, relative: Relative, purpose: ConsentPurpose) -> None:
    if purpose is ConsentPurpose.FACE:
        erasure.erase_face_data(session, relative)
    if purpose is ConsentPurpose.PHONE:
        relative.phone = relative.phone_checked_at = None
        review_later(session, relative_id=relative.id)


def _leave_visits(session: Session, actor: Actor, relative_id: str) -> None:
    """Those this person leads are cancelled; from the others the person is only taken out."""
    mine = VisitParticipant.relative_id == relative_id
    led = and_(mine, Visit.requested_by == relative_id)
    cancel_ahead(session, actor, led, reason="申请人撤回了同意")
    others = select(Visit).join(VisitParticipant).where(mine, Visit.status.in_(OPEN))
    for visit in session.scalars(others.order_by(Visit.id)):
        leave(session, actor, visit, relative_id=relative_id, kind=FlagKind.CONSENT_WITHDRAWN)
