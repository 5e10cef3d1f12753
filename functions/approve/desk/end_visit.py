"""An officer ends a running visit; the room is closed after the commit."""

from typing import Any

from sqlalchemy.orm import Session

from functions.approve.desk.show_desk import shown
from shared import audit, messages, room_commands, scope, visits
from shared.actors import Actor
from shared.clock import now
from shared.database import in_transaction
from shared.models.visits import Visit, VisitStatus


@in_transaction
def end_visit(session: Session, *, actor: Actor, visit_id: str, reason: str) -> dict[str, Any]:
    """Raises Conflict when the visit is not running."""
    visit = scope.one(session, actor, Visit, visit_id)
    visits.move(
        session,
        actor,
        visit,
        only_from={VisitStatus.IN_PROGRESS},
        to=VisitStatus.TERMINATED,
        code="visit_not_running",
        reason=reason,
        ended_at=now(),
        ended_by=actor.id,
    )
    room_commands.close_room(session, visit)
    audit.record(session, actor, "visit.terminated", "visit", visit.id, reason=reason)
    messages.tell_visitors(
        session,
        visit,
        "会见已结束",
        "本次会见由民警结束，请点击查看原因",
        at=now(),
        dedupe_key=f"visit:{visit.id}:terminated",
    )
    return shown(session, actor, [visit])[0]
