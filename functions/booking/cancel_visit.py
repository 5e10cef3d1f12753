"""A relative cancels: who booked ends the visit, and the place is free at once; who comes along only stays away."""

from datetime import timedelta

from sqlalchemy.orm import Session

from functions.booking.leave_visit import leave
from functions.booking.list_visits import own_visit, participant
from shared import audit, messages, room_commands, visits
from shared.actors import Actor
from shared.clock import now
from shared.database import in_transaction
from shared.errors import Conflict, Refused
from shared.models.flags import FlagKind
from shared.models.visits import Visit, VisitStatus
from shared.site_rules import rules_of_visit

OPEN = {VisitStatus.REQUESTED, VisitStatus.APPROVED}


@in_transaction
def cancel_visit(session: Session, *, actor: Actor, visit_id: str) -> Visit:
    """Raises Refused too close to the start, Conflict when it is not booked any more."""
    visit = own_visit(session, actor.id, visit_id)
    rules = rules_of_visit(session, visit)
    if now() > visit.starts_at - timedelta(hours=rules.cancel_hours_before):
        raise Refused.of("too_late_to_cancel", hours=rules.cancel_hours_before)
    if not participant(visit, actor.id).lead:
        return _stay_away(session, actor, visit)
    visits.move(
        session,
        actor,
        visit,
        only_from=OPEN,
        to=VisitStatus.CANCELLED,
        ended_at=now(),
        ended_by=actor.id,
    )
    room_commands.close_if_opened(session, visit)
    audit.record(session, actor, "visit.cancelled", "visit", visit.id, site_id=visit.site_id)
    _tell_companions(session, actor, visit)
    return visit


def _tell_companions(session: Session, actor: Actor, visit: Visit) -> None:
    messages.tell_family(
        session,
        [one.relative_id for one in visit.participants if one.relative_id != actor.id],
        "会见已取消",
        "申请人取消了会见，名额已退还",
        at=visit.starts_at,
        page=messages.visit_page(visit.id),
        dedupe_key=f"visit:{visit.id}:cancelled",
        or_sms=True,
    )


def _stay_away(session: Session, actor: Actor, visit: Visit) -> Visit:
    if visit.status not in OPEN:
        raise Conflict.of("changed_meanwhile")
    leave(session, actor, visit, relative_id=actor.id, kind=FlagKind.COMPANION_LEFT)
    return visit
