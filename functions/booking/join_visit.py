"""A relative gets the pass for the room: this room, this person, this time."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from functions.booking.list_visits import own_visit, participant
from functions.booking.waiting_room import face_good
from shared import audit
from shared.actors import Actor
from shared.clock import chinese, now, seconds_until
from shared.database import in_transaction
from shared.errors import Conflict, Refused, reason
from shared.models.people import Relationship, Resident, ResidentStatus
from shared.models.visits import Visit, VisitParticipant, VisitStatus
from shared.room_passes import FAMILY
from shared.room_state import talking_pass
from shared.rules.relationships import stands
from shared.rules.site_rules import SiteRules
from shared.site_rules import rules_of_visit

OPEN = {VisitStatus.APPROVED, VisitStatus.IN_PROGRESS}
NOT_OPEN = {
    VisitStatus.REQUESTED: "visit_not_approved",
    VisitStatus.REJECTED: "visit_rejected",
    VisitStatus.CANCELLED: "visit_cancelled",
    VisitStatus.NO_SHOW: "visit_missed",
    VisitStatus.EXPIRED: "visit_expired",
}


@in_transaction
def join_visit(session: Session, *, actor: Actor, visit_id: str) -> dict[str, Any]:
    """Raises Conflict or Refused: not approved, too early, over, face check missing, resident restricted."""
    # Locked: whoever marks the no-shows must see this pass, or this one must see the no-show.
    visit = own_visit(session, actor.id, visit_id, lock=True)
    rules = rules_of_visit(session, visit)
    _require_open(visit, rules)
    if session.get_one(Resident, visit.resident_id).status is not ResidentStatus.ACTIVE:
        raise Refused.of("resident_not_open")
    _require_tie(session, visit, actor.id)
    mine = participant(visit, actor.id)
    _require_face_check(visit, mine, rules)
    mine.pass_given_at = mine.pass_given_at or now()
    audit.record(session, actor, "visit.pass_given", "visit", visit.id, site_id=visit.site_id)
    return talking_pass(session, visit, f"{FAMILY}{actor.id}")


def _require_open(visit: Visit, rules: SiteRules) -> None:
    if visit.status not in OPEN:
        raise Conflict.of(NOT_OPEN.get(visit.status, "visit_over"))
    opens = visit.starts_at - timedelta(minutes=rules.check_in_minutes_before)
    if now() < opens:
        wait = {"opens_at": opens.isoformat(), "seconds_left": seconds_until(opens)}
        raise Refused([reason("too_early_to_join", opens=chinese(opens))], wait)
    if now() >= visit.closes_at:
        raise Conflict.of("visit_over")


def _require_tie(session: Session, visit: Visit, relative_id: str) -> None:
    """It may have ended since the booking, for one of several who take part."""
    tie = session.scalar(
        select(Relationship).where(
            Relationship.relative_id == relative_id, Relationship.resident_id == visit.resident_id
        )
    )
    if tie is None or not stands(tie.status, tie.suspended_until, tie.expires_at, at=now()):
        raise Refused.of("relationship_not_approved")


def _require_face_check(visit: Visit, mine: VisitParticipant, rules: SiteRules) -> None:
    if not face_good(mine, visit, rules):
        raise Refused.of("face_check_before_visit")
