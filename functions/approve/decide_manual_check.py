"""An officer has checked a person by hand: in the room, by telephone, with the documents."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from shared import audit, messages, onsite, scope
from shared.actors import SYSTEM, Actor
from shared.clock import now
from shared.database import compare_and_set, in_transaction
from shared.errors import Conflict
from shared.models.people import ManualCheck, ManualCheckPurpose, ManualCheckStatus, Relative
from shared.models.visits import VisitParticipant


@in_transaction
def decide_manual_check(
    session: Session, *, actor: Actor, check_id: str, status: ManualCheckStatus, reason: str
) -> ManualCheck:
    """A reason is asked either way: how was it checked? Raises Conflict when somebody was first."""
    check = scope.one(session, actor, ManualCheck, check_id)
    decided = (
        update(ManualCheck)
        .where(ManualCheck.id == check.id, ManualCheck.status == ManualCheckStatus.PENDING)
        .values(status=status, reason=reason, decided_at=now(), decided_by=actor.id)
    )
    if not compare_and_set(session, decided):
        raise Conflict.of("changed_meanwhile")
    session.refresh(check)
    if status is ManualCheckStatus.APPROVED:
        _take_effect(session, check)
    audit.record(
        session, actor, f"manual_check.{status.value}", "manual_check", check.id, reason=reason
    )
    _tell(session, check)
    return check


def _take_effect(session: Session, check: ManualCheck) -> None:
    relative = session.get_one(Relative, check.relative_id, with_for_update=True)
    if check.purpose is ManualCheckPurpose.FACE:
        relative.face_checked_at = now()
    elif check.purpose is ManualCheckPurpose.PHONE:
        relative.phone_checked_at = now()
        onsite.match(session, SYSTEM, relative)
    else:
        session.get_one(VisitParticipant, (check.visit_id, relative.id)).face_checked_at = now()


def _tell(session: Session, check: ManualCheck) -> None:
    approved = check.status is ManualCheckStatus.APPROVED
    messages.tell_family(
        session,
        [check.relative_id],
        "核验通过" if approved else "核验未通过",
        "民警已完成人工核验" if approved else "人工核验未通过，请点击查看原因",
        page="pages/registration/index",
        dedupe_key=f"manual_check:{check.id}",
    )
