"""The resident knows of a visit, from an officer or at the terminal: the family sees that it was done."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from shared import audit, messages, scope
from shared.actors import Actor
from shared.clock import now
from shared.database import compare_and_set, in_transaction
from shared.errors import Conflict
from shared.models.visits import Visit, VisitStatus


@in_transaction
def mark_resident_told(session: Session, *, actor: Actor, visit_id: str) -> Visit:
    """Done twice it is done once. Raises Conflict unless the visit is approved."""
    visit = scope.one(session, actor, Visit, visit_id)
    mark_told(session, actor, visit)
    if visit.resident_told_at is None:
        raise Conflict.of("visit_not_approved")
    return visit


def mark_told(session: Session, actor: Actor, visit: Visit) -> None:
    told = update(Visit).where(
        Visit.id == visit.id,
        Visit.status == VisitStatus.APPROVED,
        Visit.resident_told_at.is_(None),
    )
    if compare_and_set(session, told.values(resident_told_at=now())):
        audit.record(session, actor, "visit.resident_told", "visit", visit.id)
        _tell(session, visit)
    session.refresh(visit)


def _tell(session: Session, visit: Visit) -> None:
    messages.tell_visitors(
        session,
        visit,
        "已告知",
        "会见对象已知道这次会见",
        dedupe_key=f"visit:{visit.id}:resident_told",
    )
