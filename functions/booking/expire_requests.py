"""Timer: a request nobody decided in time is expired, its place free, and the family told."""

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from shared import audit, messages, visits
from shared.actors import SYSTEM
from shared.batches import each
from shared.clock import now
from shared.database import in_transaction
from shared.models.visits import Visit, VisitStatus

BATCH = 100


def expire_requests() -> int:
    """How many were expired."""
    return each(_overdue(), _expire)


@in_transaction
def _overdue(session: Session) -> list[str]:
    query = select(Visit.id).where(visits.at_any_site(), *_over())
    return list(session.scalars(query.limit(BATCH)))


def _over() -> tuple[ColumnElement[bool], ...]:
    held_until = func.coalesce(Visit.held_until, Visit.starts_at)
    return Visit.status == VisitStatus.REQUESTED, held_until <= now()


def release_overdue(session: Session, *, slot_id: str, resident_id: str) -> int:
    """For a booking that finds no room: requests in that slot or of that resident whose time is over."""
    near = or_(Visit.slot_id == slot_id, Visit.resident_id == resident_id)
    query = select(Visit.id).where(near, *_over()).order_by(Visit.slot_id)
    return each(session.scalars(query).all(), lambda visit_id: _expire_within(session, visit_id))


def _expire_within(session: Session, visit_id: str) -> None:
    # A conflict takes back what `move` had begun: the transaction around it goes on.
    with session.begin_nested():
        expire(session, visit_id)


@in_transaction
def _expire(session: Session, visit_id: str) -> None:
    expire(session, visit_id)


def expire(session: Session, visit_id: str) -> None:
    """Raises Conflict when it was decided meanwhile."""
    visit = session.get_one(Visit, visit_id)
    visits.move(
        session,
        SYSTEM,
        visit,
        only_from={VisitStatus.REQUESTED},
        to=VisitStatus.EXPIRED,
        ended_at=now(),
    )
    audit.record(session, SYSTEM, "visit.expired", "visit", visit.id, site_id=visit.site_id)
    messages.tell_visitors(
        session,
        visit,
        "未及审核",
        "很抱歉，申请未能及时审核，请重新预约",
        dedupe_key=f"visit:{visit.id}:expired",
    )
