"""A relative cancels; the place is free again at once."""

from datetime import timedelta

from sqlalchemy.orm import Session

from functions.booking.list_visits import own_visit
from shared import audit, visits
from shared.actors import Actor
from shared.clock import now
from shared.database import in_transaction
from shared.errors import Refused
from shared.models.visits import Visit, VisitStatus
from shared.site_rules import rules_of_visit


@in_transaction
def cancel_visit(session: Session, *, actor: Actor, visit_id: str) -> Visit:
    """Raises Refused too close to the start, Conflict when it is not booked any more."""
    visit = own_visit(session, actor.id, visit_id)
    rules = rules_of_visit(session, visit)
    if now() > visit.starts_at - timedelta(hours=rules.cancel_hours_before):
        raise Refused.of("too_late_to_cancel", hours=rules.cancel_hours_before)
    visits.move(
        session,
        actor,
        visit,
        only_from={VisitStatus.REQUESTED, VisitStatus.APPROVED},
        to=VisitStatus.CANCELLED,
        ended_at=now(),
        ended_by=actor.id,
    )
    audit.record(session, actor, "visit.cancelled", "visit", visit.id, site_id=visit.site_id)
    return visit
