"""Timer: a visit whose time is up is completed and its room closed."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared import audit, room_commands, visits
from shared.actors import SYSTEM
from shared.batches import each
from shared.clock import now
from shared.database import in_transaction
from shared.models.visits import Visit, VisitStatus

BATCH = 100


def end_overdue_visits() -> int:
    """How many were ended; one that an officer ended in between is not."""
    return each(_overdue(), _end)


@in_transaction
def _overdue(session: Session) -> list[str]:
    query = select(Visit.id).where(Visit.status == VisitStatus.IN_PROGRESS, Visit.ends_at <= now())
    return list(session.scalars(query.limit(BATCH)))


@in_transaction
def _end(session: Session, visit_id: str) -> None:
    visit = session.get_one(Visit, visit_id)
    visits.move(
        session,
        SYSTEM,
        visit,
        only_from={VisitStatus.IN_PROGRESS},
        to=VisitStatus.COMPLETED,
        ended_at=visit.ends_at,
    )
    room_commands.close_room(session, visit)
    audit.record(session, SYSTEM, "visit.completed", "visit", visit.id, site_id=visit.site_id)
