"""Somebody who was to come along does not: the visit goes on, and an officer sees whether it still can."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from shared import audit
from shared.actors import Actor
from shared.models.flags import FlagKind
from shared.models.people import Relationship, Resident
from shared.models.visits import Visit, VisitParticipant
from shared.visit_flags import raise_flags


def leave(
    session: Session, actor: Actor, visit: Visit, *, relative_id: str, kind: FlagKind
) -> None:
    """Takes the relative out. The others are told by the flag, and not who it was."""
    mine = (VisitParticipant.visit_id == visit.id, VisitParticipant.relative_id == relative_id)
    session.execute(delete(VisitParticipant).where(*mine))
    session.expire(visit, ["participants"])
    audit.record(session, actor, "visit.left", "visit", visit.id, site_id=visit.site_id)
    raise_flags(session, actor, Visit.id == visit.id, kind=kind, source_id=relative_id)


def lock_residents(session: Session, relative_id: str) -> None:
    """The locks that this relative's bookings take: one that is not committed yet would be missed otherwise."""
    whose = select(Relationship.resident_id).where(Relationship.relative_id == relative_id)
    theirs = select(Resident.id).where(Resident.id.in_(whose)).order_by(Resident.id)
    session.execute(theirs.with_for_update()).all()
