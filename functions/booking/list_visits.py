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


@in_transaction
def show_visit(session: Session, *, relative_id: str, visit_id: str) -> Visit:
    return own_visit(session, relative_id, visit_id)


def own_visit(session: Session, relative_id: str, visit_id: str) -> Visit:
    """Raises NotFound, also for somebody else's: the two must look the same."""
    visit = session.scalar(
        select(Visit)
        .join(VisitParticipant)
        .where(Visit.id == visit_id, VisitParticipant.relative_id == relative_id)
    )
    if visit is None:
        raise NotFound.of("not_found")
    return visit
