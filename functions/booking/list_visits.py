"""A relative's own visits."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.database import in_transaction
from shared.errors import NotFound
from shared.models.visits import Visit, VisitParticipant

SHOWN = 100


@in_transaction
def list_visits(session: Session, *, relative_id: str) -> Sequence[Visit]:
    query = select(Visit).join(VisitParticipant).where(VisitParticipant.relative_id == relative_id)
    return session.scalars(query.order_by(Visit.starts_at.desc()).limit(SHOWN)).all()


def own_visit(session: Session, relative_id: str, visit_id: str, *, lock: bool = False) -> Visit:
    """Raises NotFound, also for somebody else's: the two must look the same."""
    visit = session.get(Visit, visit_id, with_for_update=lock)
    if visit is None or all(one.relative_id != relative_id for one in visit.participants):
        raise NotFound.of("not_found")
    return visit


def participant(visit: Visit, relative_id: str) -> VisitParticipant:
    """This relative's part in a visit of hers."""
    return next(one for one in visit.participants if one.relative_id == relative_id)
