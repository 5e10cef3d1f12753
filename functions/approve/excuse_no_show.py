"""An officer excuses a no-show: it stands on record and counts for nothing."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from shared import audit, messages, scope
from shared.actors import Actor
from shared.clock import now
from shared.database import compare_and_set, in_transaction
from shared.errors import Conflict
from shared.models.visits import Visit, VisitStatus


@in_transaction
def excuse_no_show(session: Session, *, actor: Actor, visit_id: str, reason: str) -> Visit:
    """Raises Conflict unless it is a no-show that nobody has excused."""
    visit = scope.one(session, actor, Visit, visit_id)
    excused = update(Visit).where(
        Visit.id == visit.id,
        Visit.status == VisitStatus.NO_SHOW,
        Visit.excused_at.is_(None),
    )
    if not compare_and_set(session, excused.values(excused_at=now())):
        raise Conflict.of("visit_not_missed")
    session.refresh(visit)
    audit.record(session, actor, "visit.excused", "visit", visit.id, reason=reason)
    messages.tell_visitors(
        session,
        visit,
        "未到已免记",
        "民警已核实情况，不影响预约",
        dedupe_key=f"visit:{visit.id}:excused",
    )
    return visit
