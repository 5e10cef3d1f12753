"""An officer has compared the clip with the ID photo where the machine would not decide."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from functions.approve.face.in_scope import one_in_scope
from shared import audit, face_checks, messages
from shared.actors import Actor
from shared.clock import now
from shared.database import compare_and_set, in_transaction
from shared.errors import Conflict
from shared.models.faces import FaceCheck, FaceCheckStatus
from shared.models.people import Relative


@in_transaction
def decide_face_review(
    session: Session, *, actor: Actor, check_id: str, status: FaceCheckStatus, reason: str
) -> FaceCheck:
    """PASSED or REFUSED, with how it was told. Raises NotFound, Conflict when it no longer waits."""
    check, _ = one_in_scope(session, actor, check_id, to_decide=True)
    session.get_one(
        Relative, check.relative_id, with_for_update=True
    )  # before the check: the order of locks
    waiting = update(FaceCheck).where(
        FaceCheck.id == check.id, FaceCheck.status == FaceCheckStatus.REVIEW
    )
    values = {
        "status": status,
        "decided_at": now(),
        "decided_by": actor.id,
        "decision_reason": reason,
        "enrolment": None,
    }
    vectors = face_checks.unpacked(check.enrolment)
    if not compare_and_set(session, waiting.values(**values)):
        raise Conflict.of("face_review_over")
    session.refresh(check)
    if status is FaceCheckStatus.PASSED:
        face_checks.take_effect(session, check, vectors)
    audit.record(
        session, actor, f"face_review.{status.value}", "face_check", check.id, reason=reason
    )
    _tell(session, check)
    return check


def _tell(session: Session, check: FaceCheck) -> None:
    passed = check.status is FaceCheckStatus.PASSED
    messages.tell_family(
        session,
        [check.relative_id],
        "核验通过" if passed else "核验未通过",
        "民警已核对照片" if passed else "未能确认为本人，请点击查看",
        page=f"pages/face/result?id={check.id}",
        dedupe_key=f"face_review:{check.id}:decided",
    )
