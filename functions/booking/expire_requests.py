"""Timer: a request nobody decided before its visit begins is expired, and the family is told."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared import audit, messages, visits
from shared.actors import SYSTEM
from shared.batches import each
from shared.clock import chinese, now
from shared.database import in_transaction
from shared.models.visits import Visit, VisitStatus

BATCH = 100


def expire_requests() -> int:
    """How many were expired."""
    return each(_overdue(), _expire)


@in_transaction
def _overdue(session: Session) -> list[str]:
    query = select(Visit.id).where(Visit.status == VisitStatus.REQUESTED, Visit.starts_at <= now())
    return list(session.scalars(query.limit(BATCH)))


@in_transaction
def _expire(session: Session, visit_id: str) -> None:
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
    messages.tell_family(
        session,
        [one.relative_id for one in visit.participants],
        data={
            "phrase1": "未及审核",
            "time2": chinese(visit.starts_at),
            "thing3": "很抱歉，申请未能及时审核，请重新预约",
        },
        page=f"pages/visit/index?id={visit.id}",
        dedupe_key=f"visit:{visit.id}:expired",
    )
