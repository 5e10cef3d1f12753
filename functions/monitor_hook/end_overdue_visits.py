"""Timer: a visit whose time is up is completed and its room closed."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared import audit, room_commands, visits
from shared.actors import SYSTEM
from shared.batches import each
from shared.clock import now
from shared.database import in_transaction
from shared.errors import Conflict
from shared.models.visits import Visit, VisitStatus

BATCH = 500


def end_overdue_visits() -> int:
    """How many were ended; one that an officer ended in between is not."""
    return each(_overdue(), _end)


@in_transaction
def _overdue(session: Session) -> list[str]:
    closes_at = func.coalesce(Visit.extended_to, Visit.ends_at)
    query = select(Visit.id).where(
        visits.at_any_site(), Visit.status == VisitStatus.IN_PROGRESS, closes_at <= now()
    )
    return list(session.scalars(query.order_by(closes_at).limit(BATCH)))


@in_transaction
def _end(session: Session, visit_id: str) -> None:
    visit = session.get_one(Visit, visit_id, with_for_update=True)
    if now() < visit.closes_at:
        raise Conflict.of("changed_meanwhile")  # extended at this very moment
    visits.move(
        session,
        SYSTEM,
        visit,
        only_from={VisitStatus.IN_PROGRESS},
        to=VisitStatus.COMPLETED,
        ended_at=visit.closes_at,
    )
    room_commands.close_room(session, visit)
    audit.record(session, SYSTEM, "visit.completed", "visit", visit.id, site_id=visit.site_id)
